"""Refunds that somebody started at Razorpay: booked in suspense, and resolved by a person."""

import logging

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from payments import gateway
from payments.models import ExternalRefund, Payment, PaymentOrder, Refund
from payments.policies import check_is_finance
from payments.services import earnings, ledger
from payments.services.ledger import Leg, credit, debit
from tutorhub.core import audit, clock
from tutorhub.core.errors import Conflict

log = logging.getLogger(__name__)

Resolution = ExternalRefund.Resolution


class UnknownPayment(Conflict):
    """The gateway speaks of a payment that is not in our books (yet)."""

    code = "unknown_payment"


class StillOwed(Conflict):
    code = "still_owed"
    message = _(
        "We owe this money to the payer ourselves. Take it from what was paid,"
        " once our own refund has ended."
    )


class AlreadyResolved(Conflict):
    code = "already_resolved"
    message = _("This was decided before.")


def book(payment: Payment, entity: gateway.Entity) -> ExternalRefund:
    """Take note of a processed refund that is not ours (kind 34). Once; the payment is locked.

    Razorpay can pay back that much less of the payment from now on.
    """
    external, is_new = ExternalRefund.objects.get_or_create(
        razorpay_refund_id=entity["id"],
        defaults={"payment": payment, "amount_paise": int(entity["amount"])},
    )
    if not is_new:
        return external
    left = payment.amount_paise - payment.refund_reserved_paise
    payment.refund_reserved_paise += min(external.amount_paise, left)
    payment.save(update_fields=["refund_reserved_paise"])
    ledger.post(
        kind="external_refund",
        key=f"rzp:refund:{entity['id']}",
        legs=[
            debit("external_refund_suspense", external.amount_paise),
            credit("rzp_clearing", external.amount_paise),
        ],
        refs={"payment": payment.pk, "refund": entity["id"]},
    )
    audit.record("payment.refunded_outside", payment, refund=entity["id"])
    log.error("refund %s was not started here", entity["id"])
    return external


@transaction.atomic
def resolve(
    external: ExternalRefund, *, resolution: str, by: User, note: str = ""
) -> ExternalRefund:
    """Say who bears a refund from outside, and take it out of suspense. Finance only, once.

    ORDER takes it from what the order paid for (the class's escrow, money set aside, a topped-up
    wallet, a refund of ours that failed because of it), TUTOR from what the class earned, by way of
    its escrow, WALLET from the family's wallet, LOSS from us. What we owe the payer anyway is never
    our loss: it comes first, and only the rest is borne so. Raises AlreadyResolved, StillOwed,
    ledger.Overdraft when the money is not there, and what earnings.reverse raises.
    """
    check_is_finance(by)
    payment = Payment.objects.get(external_refunds=external)
    order = PaymentOrder.objects.locked().get(pk=payment.order_id)
    payment = Payment.objects.locked().get(pk=payment.pk)
    if resolution == Resolution.TUTOR:
        earnings.reverse(
            session_id=order.purpose_id,
            gross_paise=external.amount_paise,
            cause=f"external_refund:{external.pk}",
            by=by,
        )
    external = (
        ExternalRefund.objects.select_for_update(of=("self",), no_key=True)
        .order_by("pk")
        .get(pk=external.pk)
    )
    if external.resolution != Resolution.OPEN:
        raise AlreadyResolved
    owed = _owed_anyway(external, payment)
    rest = external.amount_paise - sum(leg.debit for leg in owed)
    if owed and resolution != Resolution.ORDER and (not rest or resolution == Resolution.TUTOR):
        raise StillOwed
    borne = [_bearer(rest, order, resolution)] if rest else []
    ledger.post(
        kind="external_refund_resolved",
        key=f"external_refund:{external.pk}:resolve",
        legs=[*owed, *borne, credit("external_refund_suspense", external.amount_paise)],
        actor=by,
        refs={"external_refund": external.pk, "order": order.pk, "payment": payment.pk},
    )
    _count(rest, order, payment, resolution)
    external.resolution, external.note = resolution, note[:300]
    external.resolved_at, external.resolved_by = clock.now(), by
    external.save(update_fields=["resolution", "note", "resolved_at", "resolved_by"])
    audit.record("external_refund.resolved", external, by=by, resolution=resolution)
    return external


def _count(borne_paise: int, order: PaymentOrder, payment: Payment, resolution: str) -> None:
    """Note on the order, or on money set aside, that so much of it is not there any more."""
    is_topup = order.purpose == PaymentOrder.Purpose.WALLET_TOPUP
    is_of_order = is_topup or resolution != Resolution.WALLET
    if payment.place == Payment.Place.PURPOSE and is_of_order:
        left = order.amount_paise - order.refunded_gateway_paise
        order.refunded_gateway_paise += min(borne_paise, left)
        order.save(update_fields=["refunded_gateway_paise"])
    elif payment.place == Payment.Place.UNAPPLIED and _is_all_back(payment):
        payment.place = Payment.Place.RETURNED
        payment.save(update_fields=["place"])


def _bearer(paise: int, order: PaymentOrder, resolution: str) -> Leg:
    if resolution == Resolution.LOSS:
        return debit("write_off", paise)
    if resolution == Resolution.WALLET or order.purpose == PaymentOrder.Purpose.WALLET_TOPUP:
        return debit("student_wallet", paise, order.payer_id)
    return debit("session_escrow", paise, order.purpose_id)


def _owed_anyway(external: ExternalRefund, payment: Payment) -> list[Leg]:
    """Where money lies that we were to pay back ourselves, which this refund has done for us.

    That is refunds of ours which Razorpay refused because of this one, then money set aside; as
    much as there is of it, for a chargeback may have taken some before. Raises StillOwed while such
    a refund of ours has not ended.
    """
    legs, left = [], external.amount_paise
    for refund in payment.refunds.filter(retried_by=None).order_by("pk"):
        payable = ledger.balance("refund_payable", refund.pk)
        if payable and refund.status != Refund.Status.FAILED:
            if refund.amount_paise + external.amount_paise > payment.amount_paise:
                raise StillOwed
        elif taken := min(left, payable):
            legs.append(debit("refund_payable", taken, refund.pk))
            left -= taken
    if taken := min(left, ledger.balance("unapplied", payment.pk)):
        legs.append(debit("unapplied", taken, payment.pk))
    return legs


def _is_all_back(payment: Payment) -> bool:
    return payment.refund_reserved_paise == payment.amount_paise
