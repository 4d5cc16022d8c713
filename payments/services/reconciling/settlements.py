"""R4: Razorpay's settlement report, row by row, against what we booked on `rzp_clearing`.

A payment, a refund and a lost dispute each have one ledger key, so a row of the report finds its
posting by its `entity_id`. What is missing here is first asked for (perhaps only a webhook was
lost) and only then put on record; nothing is ever booked from the report alone but a fee.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, Min, OuterRef, QuerySet, Subquery, Sum

from payments import gateway
from payments.models import (
    GatewayDispute,
    LedgerEntry,
    Payment,
    ReconItem,
    ReconRun,
    Refund,
    Settlement,
    SettlementRow,
)
from payments.services import captures, events, settlements
from payments.services.reconciling import runs, tolerance
from tutorhub.core import clock

Problem = ReconItem.Problem
READY_AT_HOUR = 3
"""Hour of the day in India when the report of the day before is complete."""
PAGE = 1000
LOOK_BACK = timedelta(days=45)
MOST_MISSING = 200


@dataclass(frozen=True)
class Line:
    """One row of the report. Amounts are paise; `net` is what it adds to the settlement."""

    entity_id: str
    kind: str
    settlement_id: str
    payment_id: str
    dispute_id: str
    credit: int
    debit: int
    fee: int
    tax: int

    @classmethod
    def of(cls, row: gateway.Entity) -> "Line":
        """Raises KeyError, TypeError or ValueError for a row that is not what the contract says."""
        return cls(
            entity_id=str(row["entity_id"]),
            kind=str(row["type"]),
            settlement_id=str(row.get("settlement_id") or ""),
            payment_id=str(row.get("payment_id") or ""),
            dispute_id=str(row.get("dispute_id") or ""),
            credit=int(row["credit"] or 0),
            debit=int(row["debit"] or 0),
            fee=int(row.get("fee") or 0),
            tax=int(row.get("tax") or 0),
        )

    @property
    def net(self) -> int:
        return self.credit - self.debit

    @property
    def key(self) -> str:
        """The ledger key of what this row settles; empty if no posting of ours has one."""
        if self.kind == "payment":
            return f"rzp:capture:{self.entity_id}"
        if self.kind == "refund":
            return f"rzp:refund:{self.entity_id}"
        return f"rzp:dispute:{self.dispute_id}:lost" if self.dispute_id else ""

    @property
    def fee_key(self) -> str:
        return f"rzp:fee:{self.entity_id}"

    @property
    def fee_ref(self) -> str:
        return f"{self.entity_id}:fee"

    @property
    def gross(self) -> int:
        """What our posting under `key` moved on `rzp_clearing`, if the books agree."""
        return self.net + self.fee if self.kind == "payment" else self.net


def reconcile() -> ReconRun | None:
    """Go through the reports of the days since the last time. Speaks to the network."""
    if not _is_due():
        return None
    return runs.perform(ReconRun.Kind.R4, _work)


def _is_due() -> bool:
    last = runs.last_done(ReconRun.Kind.R4)
    if last is None or runs.has_open(ReconRun.Kind.R4):
        return True
    return date.fromisoformat(last.cursor["until"]) < _last_complete_day()


def _last_complete_day() -> date:
    moment = clock.now().astimezone(clock.IST) - timedelta(hours=READY_AT_HOUR)
    return moment.date() - timedelta(days=1)


def _work(under_way: runs.Pass) -> None:
    cursor = under_way.cursor or _next_days()
    until = date.fromisoformat(cursor["until"])
    while (day := date.fromisoformat(cursor["day"])) <= until:
        page = gateway.client().settlement_rows(
            year=day.year, month=day.month, day=day.day, skip=cursor["skip"]
        )
        _look_at(under_way, page, day)
        cursor["skip"] += len(page)
        if len(page) < PAGE:
            cursor["day"], cursor["skip"] = str(day + timedelta(days=1)), 0
        under_way.save(**cursor)
    _compare_settlements(under_way)
    _name_what_is_missing_there(under_way)


def _next_days() -> dict[str, Any]:
    """From the last day that was done (its report may have grown) to the last complete one."""
    last = runs.last_done(ReconRun.Kind.R4)
    until = _last_complete_day()
    if last is not None:
        begins = date.fromisoformat(last.cursor["until"])
    else:
        first = Payment.objects.aggregate(at=Min("captured_at"))["at"]
        begins = first.astimezone(clock.IST).date() if first else until
    return {"day": str(min(begins, until)), "until": str(until), "skip": 0}


def _look_at(under_way: runs.Pass, page: list[gateway.Entity], day: date) -> None:
    under_way.run.looked += len(page)
    lines = tolerance.each(page, Line.of)
    if len(lines) < len(page):
        under_way.found(
            f"report of {day}",
            Problem.DIFFERS,
            note=f"{len(page) - len(lines)} rows are unreadable",
        )
    for name in sorted({line.settlement_id for line in lines if line.settlement_id}):
        _know_settlement(under_way, name)
    _keep(lines, day)
    booked = _moved(lines)
    _ask_for_missing(under_way, [line for line in lines if line.key and line.key not in booked])
    booked = _moved(lines)
    under_way.is_fine([line.entity_id for line in lines if _agrees(under_way, line, booked)])
    paid = [line for line in lines if line.kind == "payment" and line.key in booked]
    under_way.is_fine([line.fee_ref for line in paid if _fee_agrees(under_way, line, booked)])


def _know_settlement(under_way: runs.Pass, settlement_id: str) -> None:
    if not Settlement.objects.filter(razorpay_settlement_id=settlement_id).exists():
        asked = tolerance.each([settlement_id], settlements.look_up)
        under_way.run.mended += sum(1 for settlement in asked if settlement is not None)


def _keep(lines: Iterable[Line], day: date) -> None:
    names = {line.settlement_id for line in lines}
    known = dict(
        Settlement.objects.filter(razorpay_settlement_id__in=names).values_list(
            "razorpay_settlement_id", "pk"
        )
    )
    SettlementRow.objects.bulk_create(
        [
            SettlementRow(
                settlement_id=known.get(line.settlement_id),
                razorpay_settlement_id=line.settlement_id,
                entity_id=line.entity_id,
                kind=line.kind,
                credit_paise=line.credit,
                debit_paise=line.debit,
                fee_paise=line.fee,
                tax_paise=line.tax,
                settled_on=day,
            )
            for line in lines
        ],
        ignore_conflicts=True,
    )


def _moved(lines: Iterable[Line]) -> dict[str, int]:
    """By ledger key: how much the posting added to `rzp_clearing`."""
    keys = [key for line in lines for key in (line.key, line.fee_key) if key]
    entries = LedgerEntry.objects.filter(account__code="rzp_clearing", txn__idem_key__in=keys)
    return {
        key: debit - credit
        for key, debit, credit in entries.values_list("txn__idem_key", "debit", "credit")
    }


def _ask_for_missing(under_way: runs.Pass, lines: list[Line]) -> None:
    for is_there in tolerance.each(lines, _ask):
        under_way.run.mended += is_there


def _ask(line: Line) -> bool:
    """Bring in what a lost webhook would have told us; whether that was possible."""
    try:
        if line.kind == "payment":
            captures.apply_capture(line.entity_id)
        elif line.kind == "refund":
            events.apply_refund(payment_id=line.payment_id, refund_id=line.entity_id)
        else:
            events.apply_dispute(line.dispute_id)
    except events.UNKNOWN:
        return False
    return True


def _agrees(under_way: runs.Pass, line: Line, booked: dict[str, int]) -> bool:
    ours = booked.get(line.key)
    if ours == line.gross:
        return True
    if not line.key:
        problem, note = Problem.ADJUSTMENT, f"{line.kind} without a dispute"
    elif ours is not None:
        problem, note = Problem.DIFFERS, line.kind
    elif line.kind in {"payment", "refund"}:
        problem, note = Problem.MISSING_HERE, f"{line.kind} {line.payment_id}".strip()
    else:
        problem, note = Problem.ADJUSTMENT, f"{line.kind} {line.dispute_id}"
    under_way.found(line.entity_id, problem, ours=ours, theirs=line.gross, note=note)
    others = runs.open_items(ReconRun.Kind.R4).filter(ref=line.entity_id).exclude(problem=problem)
    others.update(resolved_at=clock.now())
    return False


def _fee_agrees(under_way: runs.Pass, line: Line, booked: dict[str, int]) -> bool:
    """Book the fee (kind 2) if it was not known before."""
    ours = -booked[line.fee_key] if line.fee_key in booked else None
    if ours is None and captures.book_fee(line.entity_id, fee_paise=line.fee, tax_paise=line.tax):
        under_way.run.mended += 1
        ours = line.fee
    if (ours or 0) == line.fee:
        return True
    under_way.found(line.fee_ref, Problem.DIFFERS, ours=ours, theirs=line.fee, note="fee")
    return False


def _compare_settlements(under_way: runs.Pass) -> None:
    """The rows of each settlement of the last weeks have to come to what was transferred."""
    rows = (
        SettlementRow.objects.filter(settlement=OuterRef("pk"))
        .order_by()
        .values("settlement")
        .annotate(total=Sum(F("credit_paise") - F("debit_paise")))
        .values("total")
    )
    recent = Settlement.objects.filter(
        settled_at__gte=clock.now() - LOOK_BACK, settled_at__lt=_end_of(_last_complete_day())
    ).annotate(reported=Subquery(rows))
    for settlement in recent.order_by("settled_at"):
        ref = settlement.razorpay_settlement_id
        if settlement.reported is None and settlement.amount_paise:
            under_way.found(
                ref, Problem.MISSING_THERE, ours=settlement.amount_paise, note="settlement"
            )
        elif (settlement.reported or 0) != settlement.amount_paise:
            under_way.found(
                ref,
                Problem.DIFFERS,
                ours=settlement.reported,
                theirs=settlement.amount_paise,
                note="rows of the report against the transfer",
            )
        else:
            under_way.is_fine([ref])


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=clock.IST)


def _name_what_is_missing_there(under_way: runs.Pass) -> None:
    """Money of ours that no report has mentioned in the time that a settlement takes."""
    until = clock.now() - settings.RECON_SETTLED_WITHIN
    since = clock.now() - LOOK_BACK
    wanted: list[tuple[str, QuerySet[Any], str]] = [
        (
            "payment",
            Payment.objects.filter(captured_at__gte=since, captured_at__lt=until),
            "razorpay_payment_id",
        ),
        (
            "refund",
            Refund.objects.filter(
                status=Refund.Status.PROCESSED, closed_at__gte=since, closed_at__lt=until
            ),
            "razorpay_refund_id",
        ),
        (
            "dispute",
            GatewayDispute.objects.filter(
                status=GatewayDispute.Status.LOST, closed_at__gte=since, closed_at__lt=until
            ),
            "razorpay_dispute_id",
        ),
    ]
    for kind, rows, name in wanted:
        reported = SettlementRow.objects.filter(entity_id=OuterRef(name))
        missing = rows.filter(~Exists(reported))
        amount = "deducted_paise" if kind == "dispute" else "amount_paise"
        for ref, ours in missing.order_by("pk").values_list(name, amount)[:MOST_MISSING]:
            under_way.found(ref, Problem.MISSING_THERE, ours=ours, note=kind)
