"""Orders: what is to be paid, opened at the gateway, and money that came at the wrong time."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from payments import gateway
from payments.models import Payment, PaymentOrder, Refund
from payments.services import invoices, ledger, refunds
from payments.services.ledger import credit, debit
from tutorhub.core import audit, clock
from tutorhub.core.errors import Conflict, Unavailable
from tutorhub.core.ids import uuid7

FIRST_CHECK = timedelta(minutes=15)
"""How long a webhook may take before we ask (reconciler R1)."""


class GatewayAway(Unavailable):
    code = "gateway_unavailable"
    message = _("The payment service does not answer. Please try again in a minute.")


class OrderClosed(Conflict):
    code = "order_closed"
    message = _("This payment is no longer open.")


@transaction.atomic
def create(
    *,
    purpose: str,
    purpose_id: UUID,
    payer: User,
    amount_paise: int,
    expires_at: datetime,
    description: str,
    terms: dict[str, Any] | None = None,
) -> PaymentOrder:
    """Ask `payer` for money for one thing, or return the order that asks for it already."""
    live = PaymentOrder.objects.live().for_purpose(purpose, purpose_id).filter(payer=payer).locked()
    known = live.first()
    if known is not None and known.expires_at > clock.now() and known.amount_paise == amount_paise:
        return known
    if known is not None:
        _close(known, PaymentOrder.Status.EXPIRED)
    order_id = uuid7()
    order = PaymentOrder(
        id=order_id,
        purpose=purpose,
        purpose_id=purpose_id,
        payer=payer,
        amount_paise=amount_paise,
        description=description,
        terms=terms or {},
        receipt=f"or-{order_id.hex}",
        expires_at=expires_at,
    )
    try:
        with transaction.atomic():
            order.save(force_insert=True)
    except IntegrityError:
        # Somebody asked for the same thing at the same moment; theirs is as good.
        return PaymentOrder.objects.live().for_purpose(purpose, purpose_id).get(payer=payer)
    audit.record("order.created", order, by=payer, purpose=purpose, amount_paise=amount_paise)
    return order


def open_at_gateway(order: PaymentOrder) -> PaymentOrder:
    """Create the order at Razorpay and remember its id; safe to repeat. Speaks to the network.

    Raises GatewayAway when nobody knows what happened: a repeat finds the order by its receipt.
    """
    # Durable: refuses to run inside another transaction, which would stay open over the network.
    with transaction.atomic(durable=True):
        order = PaymentOrder.objects.get(pk=order.pk)
    if order.razorpay_order_id:
        return order
    minutes = int((order.expires_at - clock.now()).total_seconds() // 60)
    try:
        entity = gateway.client().create_order(
            amount_paise=order.amount_paise,
            receipt=order.receipt,
            notes={"tutorhub_order": str(order.pk)},
            expiry_minutes=max(0, minutes),
        )
    except gateway.GatewayError as error:
        raise GatewayAway from error
    return _opened(order.pk, entity)


@transaction.atomic
def cancel_for(*, purpose: str, purpose_id: UUID) -> None:
    """Nobody is to pay for this any more. Money that still comes is handled as late."""
    _close_all(purpose, purpose_id, PaymentOrder.Status.CANCELLED)


@transaction.atomic
def expire_for(*, purpose: str, purpose_id: UUID) -> None:
    """The time to pay for this is over. Money that still comes is handled as late."""
    _close_all(purpose, purpose_id, PaymentOrder.Status.EXPIRED)


@transaction.atomic
def apply_late(order: PaymentOrder) -> PaymentOrder:
    """Use money that came late after all: unapplied -> escrow. Once, unless it went back."""
    order = PaymentOrder.objects.locked().select_related("payer").get(pk=order.pk)
    payment = _late_payment(order)
    if payment.place == Payment.Place.PURPOSE:
        return order
    if payment.place != Payment.Place.UNAPPLIED:
        raise OrderClosed
    payment.place = Payment.Place.PURPOSE
    payment.save(update_fields=["place"])
    invoices.issue_receipt(order)
    ledger.post(
        kind="late_money_applied",
        key=f"order:{order.pk}:apply_late",
        legs=[
            debit("unapplied", payment.amount_paise, payment.pk),
            credit("session_escrow", payment.amount_paise, order.purpose_id),
        ],
        refs={"order": order.pk, "payment": payment.pk},
    )
    audit.record("order.late_money_applied", order)
    return order


@transaction.atomic
def return_late(order: PaymentOrder) -> Refund:
    """Send money that came too late back to where it came from. Once."""
    order = PaymentOrder.objects.locked().get(pk=order.pk)
    payment = _late_payment(order)
    if payment.place == Payment.Place.RETURNED:
        return payment.refunds.earliest("pk")
    if payment.place != Payment.Place.UNAPPLIED:
        raise OrderClosed
    return refunds.return_unapplied(payment, reason="late")


@transaction.atomic
def return_paid(order: PaymentOrder, *, by: User | None = None) -> Refund:
    """Send back the whole payment of a paid class that cannot be held: escrow -> refund. Once."""
    order = PaymentOrder.objects.locked().get(pk=order.pk)
    if order.purpose != PaymentOrder.Purpose.SESSION or not order.is_paid:
        raise OrderClosed
    payment = order.payments.locked().filter(place=Payment.Place.PURPOSE).first()
    if payment is None:
        returned = order.payments.filter(place=Payment.Place.RETURNED, alarm=Payment.Alarm.NONE)
        refund = Refund.objects.filter(payment__in=returned).order_by("pk").first()
        if refund is None:
            raise OrderClosed
        return refund
    return refunds.initiate(
        payment, source=("session_escrow", order.purpose_id), reason="cancelled", by=by
    )


def _late_payment(order: PaymentOrder) -> Payment:
    """The payment that made the order PAID_LATE; duplicates and mismatches are not it."""
    if order.status != PaymentOrder.Status.PAID_LATE:
        raise OrderClosed
    return (
        order.payments.locked()
        .filter(alarm=Payment.Alarm.NONE)
        .exclude(place=Payment.Place.NOWHERE)
        .get()
    )


@transaction.atomic(durable=True)
def _opened(order_id: UUID, entity: gateway.Entity) -> PaymentOrder:
    order = PaymentOrder.objects.locked().get(pk=order_id)
    if order.razorpay_order_id:
        return order
    order.razorpay_order_id = entity["id"]
    order.check_at = clock.now() + FIRST_CHECK
    order.save(update_fields=["razorpay_order_id", "check_at"])
    if order.status == PaymentOrder.Status.CREATING:
        order.move_to(PaymentOrder.Status.OPEN)
    return order


def _close_all(purpose: str, purpose_id: UUID, status: str) -> None:
    for order in PaymentOrder.objects.live().for_purpose(purpose, purpose_id).locked():
        _close(order, status)


def _close(order: PaymentOrder, status: str) -> None:
    order.move_to(status)
    audit.record(f"order.{status.lower()}", order)
