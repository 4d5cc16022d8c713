"""Where the money comes from that a bank took back (kind 16): from whoever has it, else from us."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum

from payments.models import (
    CreditLot,
    GatewayDispute,
    OrderRefund,
    Payment,
    PaymentOrder,
    Refund,
)
from payments.services import credits, earnings, invoices, ledger, receivables, refunds
from payments.services.ledger import Leg, credit, debit

Purpose = PaymentOrder.Purpose


@dataclass
class Search:
    """What of a deducted amount was found so far: the legs, and whose it was (paise)."""

    missing: int
    legs: list[Leg] = field(default_factory=list)
    escrow: int = 0
    payer: int = 0

    def found(self, paise: int, *legs: Leg) -> int:
        self.missing -= paise
        self.legs.extend(legs)
        return paise


def book(dispute: GatewayDispute) -> None:
    """Book what Razorpay deducted for a lost dispute, once, and note where it was taken from.

    The caller holds the locks of the dispute, its payment and its order.
    """
    payment, amount = dispute.payment, dispute.deducted_paise
    search = Search(missing=amount)
    if payment.place == Payment.Place.UNAPPLIED:
        _from_account(search, "unapplied", payment.pk)
    elif payment.place == Payment.Place.PURPOSE:
        _from_purpose(search, dispute, payment.order)
    _from_refunds(search, payment)
    dispute.escrow_paise, dispute.payer_paise = search.escrow, search.payer
    dispute.loss_paise = search.missing
    dispute.save(update_fields=["escrow_paise", "payer_paise", "loss_paise"])
    _no_refund_of(payment, amount)
    ledger.post(
        kind="chargeback_lost",
        key=f"rzp:dispute:{dispute.razorpay_dispute_id}:lost",
        legs=[
            *search.legs,
            debit("chargeback_loss", search.missing),
            credit("rzp_clearing", amount),
        ],
        refs={"dispute": dispute.pk, "payment": payment.pk, "order": payment.order_id},
    )


def _no_refund_of(payment: Payment, amount: int) -> None:
    """Money that the bank has given back is not there to be refunded any more."""
    payment.refund_reserved_paise = min(
        payment.amount_paise, payment.refund_reserved_paise + amount
    )
    if payment.place == Payment.Place.UNAPPLIED and not refunds.sendable(payment):
        payment.place = Payment.Place.RETURNED
    payment.save(update_fields=["refund_reserved_paise", "place"])
    if payment.place == Payment.Place.PURPOSE:
        order = payment.order
        order.refunded_gateway_paise = min(
            order.amount_paise, order.refunded_gateway_paise + amount
        )
        order.save(update_fields=["refunded_gateway_paise"])


def _from_purpose(search: Search, dispute: GatewayDispute, order: PaymentOrder) -> None:
    if order.purpose == Purpose.SESSION:
        _from_class(search, order, cause=f"chargeback:{dispute.pk}")
    elif order.purpose == Purpose.WALLET_TOPUP:
        _from_payer(search, order.payer_id, search.missing)
    else:
        _from_credits(search, dispute, order)


def _from_account(search: Search, code: str, owner: UUID) -> None:
    paise = min(search.missing, ledger.balance(code, owner))
    search.found(paise, debit(code, paise, owner))


def _from_payer(search: Search, payer_id: UUID, paise: int) -> None:
    legs = receivables.take(receivables.FAMILY, payer_id, paise)
    search.payer += search.found(paise, *legs)


def _from_class(search: Search, order: PaymentOrder, *, cause: str) -> None:
    """Money that nobody earned yet, then what the class earned, by the split of kind 15.

    No more than this order still pays of it: a class that was paid twice lives on the other's.
    If the class is completed between our look and the booking, the booking fails on the empty
    escrow, and the event comes again.
    """
    session_id = order.purpose_id
    most = min(search.missing, order.total_paise - order.refunded_paise)
    unearned = min(most, ledger.balance("session_escrow", session_id))
    earned = min(most - unearned, earnings.left_gross_paise(session_id))
    if earned:
        earnings.reverse(session_id=session_id, gross_paise=earned, cause=cause)
    search.escrow += unearned
    search.found(unearned + earned, debit("session_escrow", unearned + earned, session_id))


def _from_refunds(search: Search, payment: Payment) -> None:
    """Money that was on its way back: still here because it could not be sent, or in the wallet."""
    returning = Refund.objects.filter(payment=payment)
    for refund in returning.locked().filter(status=Refund.Status.FAILED, retried_by=None):
        _from_account(search, "refund_payable", refund.pk)
    credited = _sum(returning.filter(status=Refund.Status.CREDITED), "amount_paise")
    if payment.place == Payment.Place.PURPOSE:
        to_wallet = OrderRefund.objects.filter(order=payment.order_id, is_to_wallet=True)
        credited += _sum(to_wallet, "gateway_paise")
    taken = _sum(GatewayDispute.objects.filter(payment=payment), "payer_paise")
    paise = min(search.missing, max(0, credited - taken))
    if paise:
        _from_payer(search, payment.order.payer_id, paise)


def _sum(rows: QuerySet[Any], column: str) -> int:
    return int(rows.aggregate(total=Sum(column))["total"] or 0)


def _from_credits(search: Search, dispute: GatewayDispute, order: PaymentOrder) -> None:
    """Unused credits of the pack, as many as the amount had paid for, with their tax."""
    lot = CreditLot.objects.locked().select_related("tutor", "order").get(order=order)
    count = min(lot.left, search.missing * lot.credits // order.total_paise)
    while (worth := credits.worth(lot, count)).total > search.missing:
        count -= 1
    if not count:
        return
    credits.take_back(lot, count, worth)
    invoices.issue_pack_credit_note(lot, refund=dispute, sums=worth)
    search.found(worth.total, *credits.unused_legs(lot, count, worth))
