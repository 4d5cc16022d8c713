"""TutorHub's ledger, as the services call it."""

import django

django.setup()

from django.db import connection  # noqa: E402

from benchmarks.journal import Fact  # noqa: E402
from payments.services import ledger  # noqa: E402


def wait_for_disk(wait: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = " + ("on" if wait else "off"))


def book(fact: Fact) -> None:
    legs = [
        ledger.debit(leg.code, leg.debit, leg.owner)
        if leg.debit
        else ledger.credit(leg.code, leg.credit, leg.owner)
        for leg in fact.legs
    ]
    ledger.post(kind=fact.kind, key=fact.key, legs=legs, refs={"bench": 1})
