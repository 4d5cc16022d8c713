"""Money that came after its order had ended: it is set aside, and used after all or sent back.

Whoever the class belongs to decides, when it hears `news.ORDER_PAID_LATE`. While the payer's bank
disputes it, it buys nothing and goes nowhere; what the bank leaves goes back (`bank_decided`).
"""

import contextlib

from django.db import transaction

from payments.models import Payment, PaymentOrder, Refund
from payments.services import freezes, invoices, ledger, refunds, wallets
from payments.services.ledger import credit, debit
from payments.services.orders import OrderClosed
from tutorhub.core import audit
from tutorhub.core.errors import Conflict


class WalletSpent(Conflict):
    """Late money came for a mixed payment, and its part from the wallet is not there any more."""

    code = "wallet_spent"


@transaction.atomic
def use(order: PaymentOrder) -> PaymentOrder:
    """Use money that came late after all: unapplied -> escrow. Once, unless it went back.

    The wallet's part of a mixed payment is taken from what is still held for it; if that has been
    given back it is taken again, and WalletSpent raised if it is not there. Raises OrderClosed when
    it has found another place, or freezes.Disputed.
    """
    order = PaymentOrder.objects.locked().select_related("payer").get(pk=order.pk)
    payment = _late_payment(order)
    if payment.place == Payment.Place.PURPOSE:
        return order
    if payment.place != Payment.Place.UNAPPLIED:
        raise OrderClosed
    freezes.check_undisputed(payment)
    payment.place = Payment.Place.PURPOSE
    payment.save(update_fields=["place"])
    own_legs = wallets.take_again(order)
    invoices.issue_receipt(order)
    try:
        # A savepoint, because the posting ends the transaction it fails in.
        with transaction.atomic():
            ledger.post(
                kind="late_money_applied",
                key=f"order:{order.pk}:apply_late",
                legs=[
                    debit("unapplied", payment.amount_paise, payment.pk),
                    *own_legs,
                    credit("session_escrow", order.total_paise, order.purpose_id),
                ],
                refs={"order": order.pk, "payment": payment.pk},
            )
    except ledger.Overdraft as error:
        raise WalletSpent from error
    audit.record("order.late_money_applied", order)
    return order


@transaction.atomic
def send_back(order: PaymentOrder) -> Refund | None:
    """Send money that came too late back to where it came from, and the hold with it. Once.

    Returns the refund; None where it went back without us, or waits for the payer's bank. Raises
    OrderClosed when it has found another place.
    """
    order = PaymentOrder.objects.locked().get(pk=order.pk)
    payment = _late_payment(order)
    if payment.place == Payment.Place.RETURNED:
        wallets.give_back(order)
        return payment.refunds.order_by("pk").first()
    if payment.place != Payment.Place.UNAPPLIED:
        raise OrderClosed
    refund = None
    with contextlib.suppress(freezes.Disputed, refunds.NothingToRefund):
        refund = refunds.return_unapplied(payment, reason="late")
    wallets.give_back(order)
    return refund


def waits(order: PaymentOrder) -> bool:
    """Whether late money of this order waits for the payer's bank."""
    late = order.payments.filter(place=Payment.Place.UNAPPLIED, alarm=Payment.Alarm.NONE)
    return any(freezes.is_disputed(payment) for payment in late)


def bank_decided(payment: Payment) -> None:
    """Send back what the payer's bank has left of a locked payment, if that is late money.

    It is too late to ask whether its class can still be held.
    """
    is_left = payment.place == Payment.Place.UNAPPLIED and payment.alarm == Payment.Alarm.NONE
    if is_left and payment.order.status == PaymentOrder.Status.PAID_LATE:
        send_back(payment.order)


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
