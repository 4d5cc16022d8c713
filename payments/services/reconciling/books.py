"""R6: does the ledger add up, and is anything held for too long?

The triggers of migration 0002 make most of this impossible. It is looked at all the same, because
whoever owns the database can turn a trigger off. Every step is one statement, so it sees one moment
of the books however much is posted meanwhile; the long ones go in slices, which are the cursor.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Sum
from django.db.models.functions import Coalesce

from payments import gateway
from payments.models import (
    CHART,
    Earning,
    ExternalRefund,
    GatewayDispute,
    PaymentOrder,
    Payout,
    ReconItem,
    ReconRun,
)
from payments.services import ledger
from payments.services.reconciling import runs
from tutorhub.core import clock

Problem = ReconItem.Problem
SLICE = 20_000
FLOAT = "float"
MOST_NAMED = 100
"""How many rows of one problem are named; the rest shows when these are mended."""


def reconcile(*, is_asked_for: bool = False, budget: float = runs.BUDGET) -> ReconRun | None:
    """Check everything once an hour, or now if somebody asks for it."""
    if not is_asked_for and not runs.is_due(ReconRun.Kind.R6, settings.RECON_BOOKS_EVERY):
        return None
    return runs.perform(ReconRun.Kind.R6, _work, budget=budget)


def _work(under_way: runs.Pass) -> None:
    cursor = under_way.cursor or {"step": 0, "after": ""}
    while cursor["step"] < len(STEPS):
        step = cursor["step"]
        after = STEPS[step](under_way, cursor["after"])
        cursor = {"step": step + (after is None), "after": after or ""}
        under_way.save(**cursor)
    under_way.settle_unseen()


# Each step takes where to go on and returns where the next slice begins, or None at its end.


def _trial_balance(under_way: runs.Pass, _after: str) -> None:
    """I1 over everything, and the balance of each code."""
    sums = _rows(
        """
        SELECT a.code, e.unit, sum(e.debit), sum(e.credit), count(*)
          FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id
         GROUP BY a.code, e.unit ORDER BY a.code, e.unit
        """
    )
    units: dict[str, list[int]] = {}
    for code, unit, debit, credit, _count in sums:
        total = units.setdefault(unit, [0, 0])
        total[0] += int(debit)
        total[1] += int(credit)
        if code not in CHART:
            under_way.found(f"code:{code}", Problem.UNBALANCED, note="is not in the chart")
    for unit, (debit, credit) in units.items():
        if debit != credit:
            under_way.found(
                f"unit:{unit}", Problem.UNBALANCED, ours=debit, theirs=credit, note="debit, credit"
            )
    under_way.run.looked += sum(int(row[4]) for row in sums)
    under_way.run.result = {
        "units": units,
        "codes": {
            code: CHART[code].normal * int(debit - credit)
            for code, _unit, debit, credit, _count in sums
            if code in CHART
        },
        "entries": sum(int(row[4]) for row in sums),
    }


def _transactions(under_way: runs.Pass, after: str) -> str | None:
    """I1 and I2, transaction by transaction."""
    ends = _slice_ends("SELECT id FROM ledger_txn WHERE id > %s", after or _FIRST)
    if ends is None:
        return None
    bad = _rows(
        """
        SELECT t.id, l.count, l.debit, l.credit
          FROM ledger_txn t
          JOIN LATERAL (SELECT count(*), sum(debit) AS debit, sum(credit) AS credit,
                               count(DISTINCT unit) AS units
                          FROM ledger_entry WHERE txn_id = t.id) l ON true
         WHERE t.id > %s AND t.id <= %s
           AND (l.count < 2 OR l.debit <> l.credit
                OR (l.units > 1 AND EXISTS (
                    SELECT FROM ledger_entry WHERE txn_id = t.id
                     GROUP BY unit HAVING sum(debit) <> sum(credit))))
         LIMIT %s
        """,
        [after or _FIRST, ends, MOST_NAMED],
    )
    for pk, count, debit, credit in bad:
        under_way.found(
            f"txn:{pk}",
            Problem.UNBALANCED,
            ours=int(debit or 0),
            theirs=int(credit or 0),
            note=f"{count} legs; debit, credit",
        )
    return ends


def _accounts(under_way: runs.Pass, after: str) -> str | None:
    """I6 and I7: the running balance is the sum of the entries, without gaps, never below zero."""
    start = int(after or 0)
    ends = _slice_ends("SELECT id FROM ledger_account WHERE id > %s", start)
    if ends is None:
        return None
    bad = _rows(
        """
        SELECT a.id, a.balance, l.total, a.version, l.count, l.last
          FROM ledger_account a
          JOIN LATERAL (SELECT coalesce(sum(a.normal * (debit - credit)), 0) AS total,
                               count(*), coalesce(max(account_version), 0) AS last
                          FROM ledger_entry WHERE account_id = a.id) l ON true
         WHERE a.id > %s AND a.id <= %s AND a.track_balance
           AND (a.balance <> l.total OR a.version <> l.count OR l.last <> l.count
                OR (a.balance < 0 AND NOT a.allow_negative))
         LIMIT %s
        """,
        [start, int(ends), MOST_NAMED],
    )
    for pk, balance, total, version, count, last in bad:
        note = "balance against the sum of the entries"
        if balance == total:
            note = "below zero" if balance < 0 else f"version {version}, {count} entries to {last}"
        under_way.found(
            f"account:{pk}", Problem.UNBALANCED, ours=balance, theirs=int(total), note=note
        )
    return ends


def _holds(under_way: runs.Pass, after: str) -> str | None:
    """Every account that ought to drain: how much is on it, and since when (one code a slice).

    But for money that waits for a bank's decision about its payment: nobody else can do anything.
    """
    codes = [code for code in settings.HOLD_AGES if code not in BY_ROWS]
    code = codes[int(after or 0)]
    before = clock.now() - settings.HOLD_AGES[code]
    old = _rows(
        """
        SELECT a.id, a.balance, born.effective_at
          FROM ledger_account a
          JOIN LATERAL (SELECT coalesce(max(account_version), 0) AS version FROM ledger_entry
                         WHERE account_id = a.id AND balance_after = 0) zero ON true
          JOIN LATERAL (SELECT t.effective_at
                          FROM ledger_entry e JOIN ledger_txn t ON t.id = e.txn_id
                         WHERE e.account_id = a.id AND e.account_version > zero.version
                         ORDER BY e.account_version LIMIT 1) born ON true
         WHERE a.code = %s AND a.balance > 0 AND born.effective_at < %s
           AND NOT EXISTS (
                SELECT FROM payments_gatewaydispute d
                  JOIN payments_payment p ON p.id = d.payment_id
                  JOIN payments_paymentorder o ON o.id = p.order_id
                  LEFT JOIN payments_refund r ON r.payment_id = p.id
                 WHERE d.status = ANY(%s)
                   AND a.owner_key = CASE a.code WHEN 'session_escrow' THEN o.purpose_id
                                                 WHEN 'unapplied' THEN p.id
                                                 WHEN 'refund_payable' THEN r.id END::text)
         ORDER BY born.effective_at LIMIT %s
        """,
        [code, before, list(GatewayDispute.LIVE), MOST_NAMED],
    )
    for pk, balance, since in old:
        _is_old(under_way, f"account:{pk}", code, balance, since)
    return str(int(after or 0) + 1) if int(after or 0) + 1 < len(codes) else None


def _old_rows(under_way: runs.Pass, _after: str) -> None:
    """Accounts that never drain as a whole: their age is that of the rows behind them."""
    for code, find in BY_ROWS.items():
        before = clock.now() - settings.HOLD_AGES[code]
        for ref, balance, since in find(before):
            _is_old(under_way, ref, code, balance, since)


def _is_old(under_way: runs.Pass, ref: str, code: str, balance: int, since: datetime) -> None:
    note = f"{code} since {since.astimezone(clock.IST):%Y-%m-%d}"
    under_way.found(ref, Problem.OLD, ours=balance, note=note)


def _old_earnings(before: datetime) -> list[tuple[str, int, datetime]]:
    """Held earnings, but for those that a chargeback keeps."""
    disputed = PaymentOrder.objects.filter(
        purpose_id=OuterRef("session_id"), payments__disputes__status__in=GatewayDispute.LIVE
    )
    old = Earning.objects.filter(~Exists(disputed), status=Earning.Status.HELD, held_at__lt=before)
    return [
        (f"earning:{pk}", net, since)
        for pk, net, since in old.order_by("held_at").values_list("pk", "net_paise", "held_at")[
            :MOST_NAMED
        ]
    ]


def _old_external_refunds(before: datetime) -> list[tuple[str, int, datetime]]:
    old = ExternalRefund.objects.filter(resolution="", seen_at__lt=before).order_by("seen_at")
    return [
        (f"external:{pk}", amount, since)
        for pk, amount, since in old.values_list("pk", "amount_paise", "seen_at")[:MOST_NAMED]
    ]


BY_ROWS: dict[str, Callable[[datetime], list[tuple[str, int, datetime]]]] = {
    "tutor_held": _old_earnings,
    "external_refund_suspense": _old_external_refunds,
}


def _invoices(under_way: runs.Pass, _after: str) -> None:
    """I15: as many invoices as the counter says, from 1, in every series and year."""
    series = _rows(
        """
        SELECT c.series, c.year, c.last, i.count, i.last
          FROM payments_invoicecounter c
          JOIN LATERAL (SELECT count(*), coalesce(max(number), 0) AS last FROM payments_invoice
                         WHERE series = c.series AND year = c.year) i ON true
        """
    )
    under_way.run.result["series"] = [f"{row[0]} {row[1]}: {row[2]}" for row in series]
    for name, year, last, count, highest in series:
        if not last == count == highest:
            under_way.found(
                f"series:{name}/{year}",
                Problem.UNBALANCED,
                ours=count,
                theirs=last,
                note=f"{count} documents up to {highest}, counter at {last}",
            )


def _money_in_accounts(under_way: runs.Pass, _after: str) -> None:
    """Our RazorpayX account, as far as Razorpay says what is on it."""
    ours = ledger.balance("rzpx_float")
    theirs = _x_balance()
    sending = Payout.objects.filter(status=Payout.Status.SENDING).aggregate(
        total=Coalesce(Sum("amount_paise"), 0), count=Count("pk")
    )
    under_way.run.result |= {"x_balance": theirs, "sending": sending["total"]}
    if theirs is None:
        under_way.is_as_before(FLOAT)
        return
    # What is on its way has left their account, with its fee, and not yet our float.
    fees = sending["count"] * settings.PAYOUT_FEE_ALLOWANCE_PAISE
    if not ours - sending["total"] - fees <= theirs <= ours:
        under_way.found(
            FLOAT, Problem.DIFFERS, ours=ours, theirs=theirs, note="rzpx_float, RazorpayX"
        )


def _x_balance() -> int | None:
    """None when Razorpay does not answer, which is no difference."""
    try:
        return gateway.client().x_balance(settings.RAZORPAYX_ACCOUNT_NUMBER)
    except gateway.GatewayError:
        return None


STEPS: list[Callable[[runs.Pass, str], str | None]] = [
    _trial_balance,
    _transactions,
    _accounts,
    _holds,
    _old_rows,
    _invoices,
    _money_in_accounts,
]

_FIRST = "00000000-0000-0000-0000-000000000000"


def _slice_ends(select: str, after: str | int) -> str | None:
    """The last id of the next slice, or None when there is nothing after `after`."""
    found = _rows(
        f"SELECT id::text FROM ({select} ORDER BY id LIMIT %s) s ORDER BY s.id DESC LIMIT 1",  # noqa: S608
        [after, SLICE],
    )
    return str(found[0][0]) if found else None


def _rows(sql: str, params: list[Any] | None = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
