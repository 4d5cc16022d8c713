"""Attempts to pay an order: our rows for what Razorpay calls payments."""

from payments import gateway, messages
from payments.models import Payment, PaymentOrder
from tutorhub.core import audit


def locked(order: PaymentOrder, entity: gateway.Entity) -> Payment:
    """The row of this payment under its lock, made if it is new."""
    Payment.objects.get_or_create(
        razorpay_payment_id=entity["id"],
        defaults={
            "order": order,
            "amount_paise": entity["amount"],
            "currency": entity["currency"],
            "method": entity.get("method") or "",
        },
    )
    return Payment.objects.locked().get(razorpay_payment_id=entity["id"])


def given_back(entity: gateway.Entity) -> None:
    """End an attempt that was authorised and never captured, and tell its payer.

    Razorpay gives such a payment back by itself. It was never our money, so nothing is booked.
    """
    orders = PaymentOrder.objects.select_related("payer")
    order = orders.filter(razorpay_order_id=entity.get("order_id") or "").first()
    if order is None:
        return
    payment = locked(order, entity)
    if payment.can_move_to(Payment.Status.FAILED):
        payment.order = order
        payment.move_to(Payment.Status.FAILED, note="given back by Razorpay, never captured")
        audit.record("payment.given_back", payment)
        messages.payment_given_back(payment)
