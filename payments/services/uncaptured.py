"""Payments that were authorised and never captured: Razorpay gives them back by itself."""

from payments import gateway, messages
from payments.models import Payment, PaymentOrder
from tutorhub.core import audit


def given_back(entity: gateway.Entity) -> None:
    """End the attempt and tell its payer. It was never our money, so nothing is booked."""
    order = PaymentOrder.objects.filter(razorpay_order_id=entity.get("order_id") or "").first()
    if order is None:
        return
    payment, _created = Payment.objects.get_or_create(
        razorpay_payment_id=entity["id"],
        defaults={
            "order": order,
            "amount_paise": entity["amount"],
            "currency": entity["currency"],
            "method": entity.get("method") or "",
        },
    )
    payment = Payment.objects.locked().select_related("order__payer").get(pk=payment.pk)
    if payment.can_move_to(Payment.Status.FAILED):
        payment.move_to(Payment.Status.FAILED, note="given back by Razorpay, never captured")
        audit.record("payment.given_back", payment)
        messages.payment_given_back(payment)
