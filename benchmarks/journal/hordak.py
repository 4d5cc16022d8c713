"""django-hordak as its documentation says: a Transaction and its Legs in one database transaction.

All classes share one escrow account, because opening an account of its own for each moves every
node of hordak's tree. It keeps no running balance and knows no keys.
"""

from decimal import Decimal

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from hordak.models import Account, AccountType, Leg, Transaction  # noqa: E402
from moneyed import Money  # noqa: E402

from benchmarks.journal import Fact  # noqa: E402
from benchmarks.journal import Leg as OurLeg  # noqa: E402

accounts: dict[str, Account] = {}


def wait_for_disk(wait: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = " + ("on" if wait else "off"))


def book(fact: Fact) -> None:
    with transaction.atomic():
        booked = Transaction.objects.create(description=fact.key)
        for leg in fact.legs:
            side = "debit" if leg.debit else "credit"
            amount = Money(Decimal(leg.debit or leg.credit) / 100, "INR")
            Leg.objects.create(transaction=booked, account=_account(leg), **{side: amount})


def _account(leg: OurLeg) -> Account:
    owner = "" if leg.code == "session_escrow" else leg.owner
    name = f"{leg.code} {owner}"
    if name not in accounts:
        found = Account.objects.filter(name=name).first()
        accounts[name] = found or Account.objects.create(
            name=name, type=AccountType.liability, currencies=["INR"]
        )
    return accounts[name]
