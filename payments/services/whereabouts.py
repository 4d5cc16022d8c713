"""Where is this person's money? Reads over the ledger, each bounded by an index."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Prefetch, Q

from accounts.models import User
from payments.models import (
    CHART,
    Earning,
    GatewayDispute,
    Invoice,
    LedgerAccount,
    LedgerEntry,
    LedgerTxn,
    Payment,
    PaymentOrder,
    Payout,
    Refund,
    Settlement,
)

MOST_PEOPLE = 20
MOST_THINGS = 1000
MOST_TXNS = 40

Owner = tuple[str, str]


@dataclass
class Money:
    """The accounts that are somebody's, and what was last booked on them."""

    accounts: list[LedgerAccount]
    txns: list[LedgerTxn]

    @property
    def held(self) -> list[LedgerAccount]:
        return [account for account in self.accounts if account.balance]


@dataclass
class Thing:
    """An order, payment, refund, … that the search found, whose it is, and what was booked."""

    row: Any
    person: User | None
    txns: list[LedgerTxn] = field(default_factory=list)


@dataclass
class Found:
    people: list[User]
    things: list[Thing]
    txns: list[LedgerTxn]


def of_person(user: User) -> Money:
    """Every account that belongs to a person, or to an order, class, refund or payout of theirs."""
    orders = _pks(PaymentOrder.objects.filter(payer=user))
    classes = PaymentOrder.objects.filter(payer=user, purpose=PaymentOrder.Purpose.SESSION)
    owners = {
        "student": [user.pk],
        "tutor": [user.pk],
        "order": orders,
        "session": list(classes.order_by("-pk").values_list("purpose_id", flat=True)[:MOST_THINGS]),
        "payment": _pks(Payment.objects.filter(order__payer=user)),
        "refund": _pks(Refund.objects.filter(payment__order__payer=user)),
        "payout": _pks(Payout.objects.filter(tutor=user)),
    }
    accounts = _accounts(
        (code, str(owner)) for code, kind in CHART.items() for owner in owners.get(kind.owner, [])
    )
    return Money(accounts, _txns(_last_of([account.pk for account in accounts])))


def txn(text: str) -> list[LedgerTxn]:
    """One transaction with its legs, or none."""
    pk = _uuid(text)
    return _txns([pk]) if pk else []


def latest_entries(account_pk: str, limit: int) -> list[LedgerEntry]:
    """What was last booked on one account. Empty for something that is no account's number."""
    if not account_pk.isdecimal():
        return []
    entries = LedgerEntry.objects.filter(account_id=int(account_pk))
    # Platform accounts have no versions, and their entries are many: the newest come by number.
    tracked = entries.exclude(account_version=None).order_by("-account_version")[:limit]
    found = list(tracked.select_related("txn", "account"))
    return found or list(entries.select_related("txn", "account").order_by("-pk")[:limit])


def find(text: str) -> Found:
    """People and things by what one has in hand: a phone number, a name, any kind of number."""
    text = text.strip()
    if len(text) < 3:
        return Found([], [], [])
    things = [Thing(row, person, _about(row)) for row, person in _things(text)]
    txns = [] if things else _txns(_ids_by_key([text]))
    return Found(_people(text), things, txns)


def _people(text: str) -> list[User]:
    wanted = Q(email__iexact=text)
    digits = re.sub(r"[^0-9]", "", text)
    if len(digits) >= 10 and not re.search(r"[A-Za-z]", text):
        wanted |= Q(phone=f"+91{digits[-10:]}")
    elif (pk := _uuid(text)) is not None:
        wanted |= Q(pk=pk)
    else:
        wanted |= Q(name__icontains=text)
    return list(User.objects.filter(wanted).order_by("name", "pk")[:MOST_PEOPLE])


def _things(text: str) -> list[tuple[Any, User | None]]:
    by_pk = _uuid(text) or _uuid(text.partition("-")[2])
    orders = PaymentOrder.objects.select_related("payer").filter(
        Q(receipt=text)
        | Q(razorpay_order_id=text)
        | (Q(pk=by_pk) | Q(purpose_id=by_pk) if by_pk else Q(pk=None))
    )
    payments = Payment.objects.select_related("order__payer").filter(
        Q(razorpay_payment_id=text) | Q(pk=by_pk)
    )
    refunds = Refund.objects.select_related("payment__order__payer").filter(
        Q(razorpay_refund_id=text) | Q(pk=by_pk)
    )
    payouts = Payout.objects.select_related("tutor").filter(
        Q(razorpay_payout_id=text) | Q(utr=text) | Q(pk=by_pk)
    )
    earnings = Earning.objects.select_related("tutor").filter(
        Q(session_id=by_pk) if by_pk else Q(pk=None)
    )
    disputes = GatewayDispute.objects.select_related("payment__order__payer").filter(
        razorpay_dispute_id=text
    )
    settlements = Settlement.objects.filter(Q(razorpay_settlement_id=text) | Q(utr=text))
    invoices = Invoice.objects.select_related("recipient").filter(text=text)
    return [
        *((row, row.payer) for row in orders.order_by("-pk")[:MOST_PEOPLE]),
        *((row, row.order.payer) for row in payments[:MOST_PEOPLE]),
        *((row, row.payment.order.payer) for row in refunds[:MOST_PEOPLE]),
        *((row, row.tutor) for row in payouts[:MOST_PEOPLE]),
        *((row, row.tutor) for row in earnings[:MOST_PEOPLE]),
        *((row, row.payment.order.payer) for row in disputes[:MOST_PEOPLE]),
        *((row, None) for row in settlements[:MOST_PEOPLE]),
        *((row, row.recipient) for row in invoices[:MOST_PEOPLE]),
    ]


def _about(row: Any) -> list[LedgerTxn]:
    """What was booked about one thing: by its keys, and on the accounts that it owns."""
    keys: list[str] = []
    owners: list[Owner] = []
    if isinstance(row, PaymentOrder):
        keys = [f"order:{row.pk}:"]
        owners = [("wallet_hold", str(row.pk)), ("promo_hold", str(row.pk))]
        if row.purpose == PaymentOrder.Purpose.SESSION:
            owners.append(("session_escrow", str(row.purpose_id)))
        for name in row.payments.values_list("razorpay_payment_id", flat=True):
            keys += [f"rzp:capture:{name}", f"rzp:fee:{name}"]
    elif isinstance(row, Payment):
        name = row.razorpay_payment_id
        keys = [f"rzp:capture:{name}", f"rzp:fee:{name}"]
        owners = [("unapplied", str(row.pk))]
    elif isinstance(row, Refund):
        owners = [("refund_payable", str(row.pk))]
    elif isinstance(row, Payout):
        keys = [f"rzpx:payout:{row.razorpay_payout_id}:"] if row.razorpay_payout_id else []
        owners = [("payout_pending", str(row.pk))]
    elif isinstance(row, Earning):
        keys = [f"booking:{row.session_id}:"]
        owners = [("session_escrow", str(row.session_id))]
    elif isinstance(row, GatewayDispute):
        keys = [f"rzp:dispute:{row.razorpay_dispute_id}:"]
    elif isinstance(row, Settlement):
        keys = [f"rzp:settlement:{row.razorpay_settlement_id}"]
    accounts = _accounts(owners)
    ids = {*_ids_by_key(keys), *_last_of([account.pk for account in accounts])}
    return _txns(ids)


def _accounts(owners: Iterable[Owner]) -> list[LedgerAccount]:
    pairs = list(owners)
    if not pairs:
        return []
    codes, keys = zip(*pairs, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT a.id FROM unnest(%s::text[], %s::text[]) AS wanted (code, owner_key)
              JOIN ledger_account a USING (code, owner_key)
            """,
            [list(codes), list(keys)],
        )
        ids = [row[0] for row in cursor.fetchall()]
    return list(LedgerAccount.objects.filter(pk__in=ids).order_by("code", "-pk"))


def _last_of(accounts: Sequence[int]) -> list[UUID]:
    """The transactions that last touched these accounts, a few of each by its index."""
    if not accounts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT e.txn_id FROM unnest(%s::bigint[]) AS wanted (id)
              JOIN LATERAL (SELECT id, txn_id FROM ledger_entry WHERE account_id = wanted.id
                             ORDER BY account_version DESC LIMIT %s) e ON true
             GROUP BY e.txn_id ORDER BY max(e.id) DESC LIMIT %s
            """,
            [list(accounts), MOST_TXNS, MOST_TXNS],
        )
        return [row[0] for row in cursor.fetchall()]


def _ids_by_key(keys: Sequence[str]) -> list[UUID]:
    wanted = Q(pk=None)
    for key in keys:
        wanted |= Q(idem_key__startswith=key) if key.endswith(":") else Q(idem_key=key)
    return list(LedgerTxn.objects.filter(wanted).values_list("pk", flat=True)[:MOST_TXNS])


def _txns(ids: Iterable[UUID]) -> list[LedgerTxn]:
    """With their legs, newest first. Identifiers are in the order of time."""
    entries = LedgerEntry.objects.select_related("account").order_by("seq")
    found = LedgerTxn.objects.filter(pk__in=list(ids)).order_by("-pk")
    return list(found.prefetch_related(Prefetch("entries", entries)))


def _pks(rows: Any) -> list[UUID]:
    return list(rows.order_by("-pk").values_list("pk", flat=True)[:MOST_THINGS])


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
