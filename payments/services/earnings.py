"""What a class earns: the split, the tax, and the two steps from escrow to the tutor."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from payments.models import (
    Earning,
    EarningReversal,
    GatewayDispute,
    LedgerAccount,
    PaymentOrder,
    Payout,
    StatementLine,
    StatementMonth,
    YearlyGross,
)
from payments.services import freezes, invoices, ledger, rates, receivables, splits, taxes
from payments.services.ledger import credit, debit
from payments.services.splits import Breakdown
from tutorhub.core import audit, clock
from tutorhub.core.errors import Conflict

BOOKED_AS: dict[str, tuple[str, str]] = {
    Earning.Kind.CLASS: ("session_completed", "commission_session"),
    Earning.Kind.CANCELLATION: ("session_cancelled_late", "cancellation_fee"),
    Earning.Kind.NO_SHOW: ("session_no_show", "commission_session"),
}
"""The kind of transaction (6, 11, 12) and the income that each kind of earning is booked as."""


class Frozen(Conflict):
    code = "earning_frozen"
    message = _("The money of this class waits until a dispute about it is over.")


class MoreThanEarned(Conflict):
    code = "more_than_earned"
    message = _("This is more than is left of what the class earned.")


@dataclass(frozen=True)
class EarningsSummary:
    """A tutor's money, in paise.

    `available` is what was released, `withdrawable` the part of it whose first wait is over,
    `pending` what is on its way out, `held` what waits for the family's word,
    `receivable` what was taken back after it had been paid out, and comes off later earnings.
    """

    available_paise: int
    withdrawable_paise: int
    held_paise: int
    pending_paise: int
    paid_paise: int
    receivable_paise: int


def commission_bps(kind: str = "session", on: date | None = None) -> int:
    """The commission on sessions, batches or courses on that day (India; today by default)."""
    return rates.in_force(on or clock.today())[f"commission_{kind}"].bps


def breakdown(*, gross_paise: int, tutor: User, tutor_state: str, commission_bps: int) -> Breakdown:
    """What a class of this price would leave the tutor if it were completed now."""
    in_force = rates.in_force(clock.today())
    position = taxes.position(tutor)
    parts = splits.split(
        gross_paise=gross_paise,
        commission_bps=commission_bps,
        gst_bps=in_force["gst"].bps,
        is_same_state=position.is_same_state(tutor_state),
        tds_bps=position.tds_bps(in_force, gross_paise=gross_paise),
        tcs_bps=position.tcs_bps(in_force),
    )
    return replace(parts, lacks_pan=not position.has_pan)


@transaction.atomic
def recognise(
    *,
    session_id: UUID,
    tutor: User,
    tutor_state: str,
    gross_paise: int,
    commission_bps: int,
    kind: str = Earning.Kind.CLASS,
    by: User | None = None,
) -> Breakdown:
    """Split the escrow of a completed class (kind 6), once; the tutor's part is held.

    What went back before the class was held is no longer there to be earned.
    """
    locked_year(tutor)
    known = booked(session_id)
    if known is not None:
        return known
    parts = breakdown(
        gross_paise=_to_be_earned(session_id, gross_paise),
        tutor=tutor,
        tutor_state=tutor_state,
        commission_bps=commission_bps,
    )
    book(session_id=session_id, tutor=tutor, parts=parts, kind=kind, state=tutor_state, by=by)
    return parts


@transaction.atomic
def release(*, session_id: UUID, tutor: User, by: User | None = None) -> Earning:
    """Make the tutor's part of a class available (kind 7), once. Raises Frozen.

    What the tutor owes from earlier reversals is taken out of it first (kind 37).
    """
    earning = Earning.objects.locked().get(session_id=session_id, tutor=tutor)
    if earning.status != Earning.Status.HELD:
        return earning
    if freezes.is_frozen(session_id):
        raise Frozen
    earning.move_to(Earning.Status.RELEASED, released_at=clock.now())
    debt = receivables.locked_debt(tutor.pk)
    if earning.left_paise:
        ledger.post(
            kind="session_released",
            key=f"booking:{session_id}:release",
            legs=[
                debit("tutor_held", earning.left_paise, tutor.pk),
                credit("tutor_earnings", earning.left_paise, tutor.pk),
            ],
            actor=by,
            refs={"session": session_id, "earning": earning.pk},
        )
    receivables.recover_from_tutor(
        tutor.pk,
        paise=min(debt, earning.left_paise),
        key=f"booking:{session_id}:recover",
        refs={"session": session_id, "earning": earning.pk},
    )
    audit.record("earning.released", earning, by=by, net_paise=earning.left_paise)
    return earning


@transaction.atomic
def reverse(
    *, session_id: UUID, gross_paise: int, cause: str, by: User | None = None
) -> EarningReversal:
    """Move what a class earned, or part of it, back into its escrow (kind 15), once per cause.

    The tutor's part comes out of what is still held, then out of the available earnings, and what
    is missing there is owed. Raises MoreThanEarned, also for what is no class or was never given.
    """
    found = Earning.objects.filter(session_id=session_id).first()
    if found is None:
        raise MoreThanEarned
    year = locked_year(found.tutor, on=found.held_at.astimezone(clock.IST).date())
    earning = Earning.objects.locked().select_related("tutor").get(pk=found.pk)
    known = EarningReversal.objects.filter(cause=cause).first()
    if known is not None:
        return _same_reversal(known, earning, gross_paise)
    left = _left(earning)
    gross_left = sum(left.values())
    if not 0 < gross_paise <= gross_left:
        raise MoreThanEarned
    parts = splits.taken(earning, left, gross_paise)
    reversal = EarningReversal(earning=earning, cause=cause, gross_paise=gross_paise, **parts)
    invoices.issue_credit_note(reversal)
    _find_net(earning, reversal)
    reversal.save(force_insert=True)
    year.gross_paise -= gross_paise
    year.save(update_fields=["gross_paise"])
    earning.reversed_net_paise += reversal.net_paise
    earning.save(update_fields=["reversed_net_paise", "frozen_paise"])
    if gross_paise == gross_left:
        earning.move_to(Earning.Status.REVERSED)
    _book_reversal(reversal, is_whole=gross_paise == earning.gross_paise, by=by)
    audit.record("earning.reversed", earning, by=by, cause=cause, gross_paise=gross_paise)
    return reversal


def left_gross_paise(session_id: UUID) -> int:
    """The gross of a class that was earned and not taken back; 0 before it is earned."""
    earning = Earning.objects.filter(session_id=session_id).first()
    return sum(_left(earning).values()) if earning else 0


def book(
    *, session_id: UUID, tutor: User, parts: Breakdown, kind: str, state: str, by: User | None
) -> Earning:
    """Write down an earning and book it out of the escrow of the class (kinds 6, 11 and 12).

    `state` is that of the tutor's place. The caller holds this year's counter (`locked_year`).
    """
    year = locked_year(tutor)
    year.gross_paise += parts.gross
    year.save(update_fields=["gross_paise"])
    earning = Earning.objects.create(
        session_id=session_id, tutor=tutor, kind=kind, **splits.columns(parts)
    )
    invoices.issue_commission(earning, state=taxes.position(tutor).state or state)
    if parts.gross:
        name, income = BOOKED_AS[kind]
        ledger.post(
            kind=name,
            key=f"booking:{session_id}:complete",
            legs=[
                debit("session_escrow", parts.gross, session_id),
                credit("tutor_held", parts.net, tutor.pk),
                credit(income, parts.commission),
                *(credit(f"gst_output_{part}", paise) for part, paise in parts.gst_parts.items()),
                credit("tds_payable", parts.tds),
                credit("tcs_payable", parts.tcs),
            ],
            actor=by,
            refs={"session": session_id, "earning": earning.pk},
        )
    audit.record("earning.held", earning, by=by, net_paise=parts.net)
    return earning


def booked(session_id: UUID) -> Breakdown | None:
    """The split as it was booked, if the class was completed."""
    earning = Earning.objects.filter(session_id=session_id).first()
    if earning is None:
        return None
    return Breakdown(
        gross=earning.gross_paise,
        commission=earning.commission_paise,
        commission_bps=earning.commission_bps,
        gst=earning.gst_paise,
        gst_parts={
            "cgst": earning.cgst_paise,
            "sgst": earning.sgst_paise,
            "igst": earning.igst_paise,
        },
        gst_bps=earning.gst_bps,
        tds=earning.tds_paise,
        tds_bps=earning.tds_bps,
        tcs=earning.tcs_paise,
        tcs_bps=earning.tcs_bps,
        net=earning.net_paise,
    )


def summary(tutor: User) -> EarningsSummary:
    balances = dict(
        LedgerAccount.objects.filter(
            code__in=["tutor_earnings", "tutor_held", "tutor_receivable"], owner_key=str(tutor.pk)
        ).values_list("code", "balance")
    )
    pending = Payout.objects.visible_to(tutor).in_flight().aggregate(total=Sum("amount_paise"))
    payouts, paid = _paid_out(tutor)
    available = balances.get("tutor_earnings", 0)
    waiting = waiting_paise(tutor, payouts=payouts) if available else 0
    return EarningsSummary(
        available_paise=available,
        withdrawable_paise=max(0, available - waiting),
        held_paise=balances.get("tutor_held", 0),
        pending_paise=pending["total"] or 0,
        paid_paise=paid,
        receivable_paise=balances.get("tutor_receivable", 0),
    )


def waiting_paise(tutor: User, *, payouts: int) -> int:
    """Released earnings that a tutor with so few `payouts` so far cannot withdraw yet."""
    if not settings.PAYOUT_FIRST_WAIT or payouts >= settings.PAYOUT_FIRST_COUNT:
        return 0
    since = clock.now() - settings.PAYOUT_FIRST_WAIT
    fresh = Earning.objects.filter(tutor=tutor, released_at__gt=since).aggregate(
        total=Sum(F("net_paise") - F("reversed_net_paise") - F("frozen_paise"))
    )["total"]
    return fresh or 0


def locked_year(tutor: User, on: date | None = None) -> YearlyGross:
    """The counter of the financial year of that day (India; today by default).

    Its lock also makes bookings of one class wait for each other.
    """
    year = rates.financial_year(on or clock.today())
    YearlyGross.objects.get_or_create(tutor=tutor, year=year)
    return YearlyGross.objects.select_for_update(no_key=True).get(tutor=tutor, year=year)


def _paid_out(tutor: User) -> tuple[int, int]:
    """How many payouts reached the tutor and stayed there, and their paise; from monthly sums."""
    kinds = StatementMonth.objects.filter(
        tutor=tutor, kind__in=[StatementLine.Kind.PAYOUT, StatementLine.Kind.PAYOUT_BACK]
    )
    back = Q(kind=StatementLine.Kind.PAYOUT_BACK)
    sums = kinds.aggregate(
        there=Sum("lines", filter=~back, default=0),
        back=Sum("lines", filter=back, default=0),
        paise=Sum("paid_out_paise", default=0),
    )
    return sums["there"] - sums["back"], sums["paise"]


def _to_be_earned(session_id: UUID, gross_paise: int) -> int:
    """The price of a class, or less if part of it has gone back to the family or its bank.

    An empty escrow that no bank has emptied is a mistake, which the ledger then refuses.
    """
    held = ledger.balance("session_escrow", session_id)
    disputes = GatewayDispute.objects.about(PaymentOrder.Purpose.SESSION, session_id)
    if held or disputes.filter(escrow_paise__gt=0).exists():
        return min(gross_paise, held)
    return gross_paise


def _same_reversal(known: EarningReversal, earning: Earning, gross_paise: int) -> EarningReversal:
    if (known.earning_id, known.gross_paise) != (earning.pk, gross_paise):
        raise Conflict(_("This was taken back before, and differently."), code="reversal_mismatch")
    return known


def _left(earning: Earning) -> dict[str, int]:
    """The parts of an earning that were not taken back, by the names of their columns."""
    gone = earning.reversals.aggregate(**{name: Sum(name) for name in splits.PARTS})
    return {name: getattr(earning, name) - (gone[name] or 0) for name in splits.PARTS}


def _find_net(earning: Earning, reversal: EarningReversal) -> None:
    """Say where the tutor's part comes from; locks the accounts that the booking will touch."""
    tutor = earning.tutor_id
    _held, available, _owed, _escrow = ledger.locked_balances(
        ("tutor_held", tutor),
        ("tutor_earnings", tutor),
        ("tutor_receivable", tutor),
        ("session_escrow", earning.session_id),
    )
    net = reversal.net_paise
    if earning.status == Earning.Status.HELD:
        reversal.from_held_paise = net
    else:
        # The rest of the tutor's held money belongs to other classes.
        reversal.from_held_paise = min(net, earning.frozen_paise)
        earning.frozen_paise -= reversal.from_held_paise
    reversal.from_available_paise = min(net - reversal.from_held_paise, available)
    reversal.receivable_paise = net - reversal.from_held_paise - reversal.from_available_paise


def _book_reversal(reversal: EarningReversal, *, is_whole: bool, by: User | None) -> None:
    earning = reversal.earning
    session, tutor = earning.session_id, earning.tutor_id
    key = f"booking:{session}:reverse"
    ledger.post(
        kind="session_reversed",
        key=key if is_whole else f"{key}:{reversal.pk}",
        legs=[
            debit("tutor_held", reversal.from_held_paise, tutor),
            debit("tutor_earnings", reversal.from_available_paise, tutor),
            debit("tutor_receivable", reversal.receivable_paise, tutor),
            debit(BOOKED_AS[earning.kind][1], reversal.commission_paise),
            debit("gst_output_cgst", reversal.cgst_paise),
            debit("gst_output_sgst", reversal.sgst_paise),
            debit("gst_output_igst", reversal.igst_paise),
            debit("tds_payable", reversal.tds_paise),
            debit("tcs_payable", reversal.tcs_paise),
            credit("session_escrow", reversal.gross_paise, session),
        ],
        actor=by,
        refs={"session": session, "earning": earning.pk, "cause": reversal.cause},
        reverses=ledger.id_of(f"booking:{session}:complete") if is_whole else None,
    )
