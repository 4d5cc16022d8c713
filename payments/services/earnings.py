"""What a class earns: the split, the tax, and the two steps from escrow to the tutor."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery, Sum

from accounts.models import User
from payments.models import Earning, LedgerAccount, Payout, PayoutMethod, TaxRate, YearlyGross
from payments.services import invoices, ledger, rates
from payments.services.ledger import credit, debit
from tutorhub.core import audit, clock
from tutorhub.core.money import pct


@dataclass(frozen=True)
class Breakdown:
    """Where the money of one class goes, in paise; rates in basis points.

    `lacks_pan` is of an estimate: more tax is withheld because the tutor's PAN is not known yet.
    """

    gross: int
    commission: int
    commission_bps: int
    gst: int
    gst_parts: Mapping[str, int]
    tds: int
    tds_bps: int
    tcs: int
    net: int
    lacks_pan: bool = field(default=False, compare=False, repr=False)


@dataclass(frozen=True)
class EarningsSummary:
    """A tutor's money, in paise.

    `available` is what was released, `withdrawable` the part of it whose first wait is over,
    `pending` what is on its way out, `held` what waits for the family's word.
    """

    available_paise: int
    withdrawable_paise: int
    held_paise: int
    pending_paise: int
    paid_paise: int


def commission_bps(kind: str = "session", on: date | None = None) -> int:
    """The commission on sessions, batches or courses on that day (India; today by default)."""
    return rates.in_force(on or clock.today())[f"commission_{kind}"].bps


def breakdown(*, gross_paise: int, tutor: User, tutor_state: str, commission_bps: int) -> Breakdown:
    """What a class of this price would leave the tutor if it were completed now."""
    in_force = rates.in_force(clock.today())
    has_pan, so_far = _tax_position(tutor)
    parts = split(
        gross_paise=gross_paise,
        commission_bps=commission_bps,
        gst_bps=in_force["gst"].bps,
        is_same_state=tutor_state == settings.COMPANY_STATE,
        tds_bps=_tds_bps(in_force, has_pan=has_pan, gross_with_this=so_far + gross_paise),
    )
    return replace(parts, lacks_pan=not has_pan)


def split(
    *, gross_paise: int, commission_bps: int, gst_bps: int, is_same_state: bool, tds_bps: int
) -> Breakdown:
    """The arithmetic alone (payments.md 5.4): every part is rounded once, the tutor gets the rest.

    Tax is collected at source (TCS) only from tutors registered for GST; TutorHub has none yet.
    """
    commission = pct(gross_paise, commission_bps)
    if is_same_state:
        half = pct(commission, gst_bps // 2)
        parts = {"cgst": half, "sgst": half, "igst": 0}
    else:
        parts = {"cgst": 0, "sgst": 0, "igst": pct(commission, gst_bps)}
    gst = sum(parts.values())
    tds = pct(gross_paise, tds_bps)
    net = gross_paise - commission - gst - tds
    if net < 0:
        raise ValueError("commission and tax are more than the price")
    return Breakdown(
        gross=gross_paise,
        commission=commission,
        commission_bps=commission_bps,
        gst=gst,
        gst_parts=parts,
        tds=tds,
        tds_bps=tds_bps,
        tcs=0,
        net=net,
    )


@transaction.atomic
def recognise(
    *,
    session_id: UUID,
    tutor: User,
    tutor_state: str,
    gross_paise: int,
    commission_bps: int,
    by: User | None = None,
) -> Breakdown:
    """Split the escrow of a completed class (kind 6), once; the tutor's part is held."""
    year = _locked_year(tutor)
    known = booked(session_id)
    if known is not None:
        return known
    parts = breakdown(
        gross_paise=gross_paise,
        tutor=tutor,
        tutor_state=tutor_state,
        commission_bps=commission_bps,
    )
    year.gross_paise += gross_paise
    year.save(update_fields=["gross_paise"])
    earning = Earning.objects.create(session_id=session_id, tutor=tutor, **_columns(parts))
    invoices.issue_commission(earning, state=tutor_state)
    ledger.post(
        kind="session_completed",
        key=f"booking:{session_id}:complete",
        legs=[
            debit("session_escrow", parts.gross, session_id),
            credit("tutor_held", parts.net, tutor.pk),
            credit("commission_session", parts.commission),
            *(credit(f"gst_output_{name}", paise) for name, paise in parts.gst_parts.items()),
            credit("tds_payable", parts.tds),
            credit("tcs_payable", parts.tcs),
        ],
        actor=by,
        refs={"session": session_id, "earning": earning.pk},
    )
    audit.record("earning.held", earning, by=by, net_paise=parts.net)
    return parts


@transaction.atomic
def release(*, session_id: UUID, tutor: User, by: User | None = None) -> Earning:
    """Make the tutor's part of a class available (kind 7), once."""
    earning = Earning.objects.locked().get(session_id=session_id, tutor=tutor)
    if earning.status == Earning.Status.RELEASED:
        return earning
    earning.move_to(Earning.Status.RELEASED, released_at=clock.now())
    ledger.post(
        kind="session_released",
        key=f"booking:{session_id}:release",
        legs=[
            debit("tutor_held", earning.net_paise, tutor.pk),
            credit("tutor_earnings", earning.net_paise, tutor.pk),
        ],
        actor=by,
        refs={"session": session_id, "earning": earning.pk},
    )
    audit.record("earning.released", earning, by=by, net_paise=earning.net_paise)
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
        tds=earning.tds_paise,
        tds_bps=earning.tds_bps,
        tcs=earning.tcs_paise,
        net=earning.net_paise,
    )


def summary(tutor: User) -> EarningsSummary:
    balances = dict(
        LedgerAccount.objects.filter(
            code__in=["tutor_earnings", "tutor_held"], owner_key=str(tutor.pk)
        ).values_list("code", "balance")
    )
    sums = {
        row["status"]: row["total"]
        for row in Payout.objects.visible_to(tutor)
        .values("status")
        .annotate(total=Sum("amount_paise"))
        .order_by()
    }
    available = balances.get("tutor_earnings", 0)
    return EarningsSummary(
        available_paise=available,
        withdrawable_paise=max(0, available - waiting_paise(tutor)),
        held_paise=balances.get("tutor_held", 0),
        pending_paise=sum(sums.get(status, 0) for status in Payout.IN_FLIGHT),
        paid_paise=sums.get(Payout.Status.PROCESSED, 0),
    )


def waiting_paise(tutor: User) -> int:
    """Released earnings that a tutor with few payouts so far cannot withdraw yet."""
    if not settings.PAYOUT_FIRST_WAIT:
        return 0
    since = clock.now() - settings.PAYOUT_FIRST_WAIT
    fresh = Earning.objects.filter(tutor=tutor, released_at__gt=since).aggregate(
        total=Sum("net_paise")
    )["total"]
    if not fresh:
        return 0
    done = Payout.objects.visible_to(tutor).filter(status=Payout.Status.PROCESSED).count()
    return int(fresh) if done < settings.PAYOUT_FIRST_COUNT else 0


def _columns(parts: Breakdown) -> dict[str, int]:
    return {
        "gross_paise": parts.gross,
        "commission_bps": parts.commission_bps,
        "commission_paise": parts.commission,
        "cgst_paise": parts.gst_parts["cgst"],
        "sgst_paise": parts.gst_parts["sgst"],
        "igst_paise": parts.gst_parts["igst"],
        "tds_bps": parts.tds_bps,
        "tds_paise": parts.tds,
        "tcs_paise": parts.tcs,
        "net_paise": parts.net,
    }


def _tax_position(tutor: User) -> tuple[bool, int]:
    """Whether the tutor's PAN is known, and the gross of this financial year so far."""
    year = rates.financial_year(clock.today())
    gross = YearlyGross.objects.filter(tutor=OuterRef("pk"), year=year).values("gross_paise")
    method = PayoutMethod.objects.current().filter(tutor=OuterRef("pk"))
    has_pan, so_far = (
        User.objects.filter(pk=tutor.pk)
        .annotate(has_pan=Exists(method), so_far=Subquery(gross))
        .values_list("has_pan", "so_far")
        .get()
    )
    return has_pan, so_far or 0


def _tds_bps(in_force: Mapping[str, TaxRate], *, has_pan: bool, gross_with_this: int) -> int:
    if not has_pan:
        return in_force["tds_no_pan"].bps
    threshold = in_force["tds"].threshold_paise or 0
    return in_force["tds"].bps if gross_with_this > threshold else 0


def _locked_year(tutor: User) -> YearlyGross:
    """The counter of this financial year; its lock also makes bookings of one class wait."""
    year = rates.financial_year(clock.today())
    YearlyGross.objects.get_or_create(tutor=tutor, year=year)
    return YearlyGross.objects.select_for_update(no_key=True).get(tutor=tutor, year=year)
