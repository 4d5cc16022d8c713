"""Paid classes that did not happen: who gets what of the money (kinds 11, 12 and 13).

The caller, who knows the class, decides by its policy and holds its lock; here the order is locked,
then the tutor's year. Repeating one of these changes nothing.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from accounts.models import User
from payments.models import Earning, PaymentOrder
from payments.services import (
    covers,
    earnings,
    ledger,
    rates,
    receivables,
    refunds,
    splits,
    taxes,
)
from payments.services.ledger import credit, debit
from payments.services.splits import Breakdown
from tutorhub.core import audit, clock
from tutorhub.core.money import pct


@dataclass(frozen=True)
class Shares:
    """What becomes of a price, in paise: back to the family, our fee with its GST, the tutor's."""

    refund_paise: int
    fee_paise: int
    tutor_paise: int

    @property
    def kept_paise(self) -> int:
        return self.fee_paise + self.tutor_paise


def shares(*, price_paise: int, refund_bps: int, fee_bps: int) -> Shares:
    """Divide a price; both rates are basis points of it, and the tutor gets the rest."""
    refund = pct(price_paise, refund_bps)
    fee = min(pct(price_paise, fee_bps), price_paise - refund)
    return Shares(refund, fee, price_paise - refund - fee)


def quote(
    *, price_paise: int, refund_bps: int, fee_bps: int, tutor: User, tutor_state: str
) -> Breakdown:
    """What a late cancellation would leave the tutor now: shown before anybody confirms it."""
    parts = shares(price_paise=price_paise, refund_bps=refund_bps, fee_bps=fee_bps)
    in_force = rates.in_force(clock.today())
    position = taxes.position(tutor)
    return splits.split_kept(
        kept_paise=parts.kept_paise,
        fee_paise=parts.fee_paise,
        gst_bps=in_force["gst"].bps,
        is_same_state=position.is_same_state(tutor_state),
        tds_bps=position.tds_bps(in_force, gross_paise=parts.kept_paise),
        tcs_bps=position.tcs_bps(in_force),
    )


@transaction.atomic
def cancelled_late(
    *,
    order: PaymentOrder,
    tutor: User,
    tutor_state: str,
    refund_bps: int,
    fee_bps: int,
    to_wallet: bool | None = None,
    by: User | None = None,
) -> Breakdown:
    """The family cancelled too late (kind 11): part goes back, part to the tutor, part is our fee.

    The tutor's part is held like that of a class. Returns how the part that is kept was split.
    """
    order, session_id = _locked(order), order.purpose_id
    earnings.locked_year(tutor)
    known = earnings.booked(session_id)
    if known is not None:
        return known
    price = _in_escrow(order)
    terms = {"price_paise": price, "refund_bps": refund_bps, "fee_bps": fee_bps}
    parts = quote(**terms, tutor=tutor, tutor_state=tutor_state)
    _give_back(order, price - parts.gross, to_wallet=to_wallet, reason="late cancellation", by=by)
    if parts.gross:
        earnings.book(
            session_id=session_id,
            tutor=tutor,
            parts=parts,
            kind=Earning.Kind.CANCELLATION,
            state=tutor_state,
            by=by,
        )
    return parts


@transaction.atomic
def learner_absent(
    *,
    order: PaymentOrder,
    tutor: User,
    tutor_state: str,
    commission_bps: int,
    due_bps: int = 10_000,
    to_wallet: bool | None = None,
    by: User | None = None,
) -> Breakdown:
    """The learner did not come (kind 12): so much of the price is due as for a class held.

    The rest, if any, goes back.
    """
    order, session_id = _locked(order), order.purpose_id
    known = earnings.booked(session_id)
    if known is not None:
        return known
    parts = earnings.recognise(
        session_id=session_id,
        tutor=tutor,
        tutor_state=tutor_state,
        gross_paise=pct(order.total_paise, due_bps),
        commission_bps=commission_bps,
        kind=Earning.Kind.NO_SHOW,
        by=by,
    )
    rest = _in_escrow(order)
    _give_back(order, rest, to_wallet=to_wallet, reason="learner absent", by=by)
    return parts


@transaction.atomic
def tutor_failed(
    *,
    order: PaymentOrder,
    tutor: User,
    goodwill_paise: int = 0,
    penalty_paise: int = 0,
    to_wallet: bool | None = None,
    reason: str = "tutor absent",
    by: User | None = None,
) -> None:
    """The tutor did not come, or cancelled too late (kind 13): all money goes back.

    The family may get goodwill into the wallet on top. A penalty comes out of what the tutor has
    available, and what is missing there is owed. With both equal the tutor pays the goodwill.
    """
    order, session_id = _locked(order), order.purpose_id
    _give_back(order, _in_escrow(order), to_wallet=to_wallet, reason=reason, by=by)
    _goodwill(order, goodwill_paise, by)
    _penalty(session_id, tutor, penalty_paise, by)


def _locked(order: PaymentOrder) -> PaymentOrder:
    return PaymentOrder.objects.locked().select_related("payer").get(pk=order.pk)


def _in_escrow(order: PaymentOrder) -> int:
    return ledger.balance("session_escrow", order.purpose_id)


def _give_back(
    order: PaymentOrder, paise: int, *, to_wallet: bool | None, reason: str, by: User | None
) -> None:
    """What went back before without us, and was our loss, is part of it."""
    rest = paise - covers.by_class_called_off(order, paise)
    if rest:
        refunds.refund_order(order, amount_paise=rest, to_wallet=to_wallet, reason=reason, by=by)


def _goodwill(order: PaymentOrder, paise: int, by: User | None) -> None:
    key = f"booking:{order.purpose_id}:goodwill"
    if not paise or ledger.id_of(key):
        return
    ledger.post(
        kind="goodwill",
        key=key,
        legs=[debit("goodwill", paise), credit("student_wallet", paise, order.payer_id)],
        actor=by,
        refs={"session": order.purpose_id, "order": order.pk},
    )
    receivables.recover_from_family(order.payer_id, came_in_paise=paise, key=f"{key}:recover")
    audit.record("order.goodwill", order, by=by, amount_paise=paise)


def _penalty(session_id: UUID, tutor: User, paise: int, by: User | None) -> None:
    key = f"booking:{session_id}:penalty"
    if not paise or ledger.id_of(key):
        return
    ledger.post(
        kind="penalty",
        key=key,
        legs=[
            *receivables.take(receivables.TUTOR, tutor.pk, paise),
            credit("penalty_income", paise),
        ],
        actor=by,
        refs={"session": session_id},
    )
    audit.record("tutor.penalty", tutor, by=by, amount_paise=paise, session=str(session_id))
