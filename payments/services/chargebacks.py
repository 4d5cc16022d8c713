"""Where the money comes from that a bank took back (kind 16): from whoever has it, else from us."""

from dataclasses import dataclass
from uuid import UUID

from payments.models import CreditLot, GatewayDispute, Payment, PaymentOrder
from payments.services import earnings, invoices, ledger, receivables
from payments.services.ledger import Leg, credit, debit

Purpose = PaymentOrder.Purpose


@dataclass(frozen=True)
class Taken:
    """Legs that make up part of a deducted amount, in paise; the rest of it is our loss."""

    legs: list[Leg]
    paise: int
    escrow_paise: int = 0


def book(dispute: GatewayDispute) -> None:
    """Book what Razorpay deducted for a lost dispute, once, and note where it was taken from.

    The caller holds the locks of the dispute, its payment and its order.
    """
    payment, amount = dispute.payment, dispute.deducted_paise
    taken = _find(dispute, payment, amount)
    loss = amount - taken.paise
    dispute.escrow_paise, dispute.loss_paise = taken.escrow_paise, loss
    dispute.save(update_fields=["escrow_paise", "loss_paise"])
    _no_refund_of(payment, amount)
    ledger.post(
        kind="chargeback_lost",
        key=f"rzp:dispute:{dispute.razorpay_dispute_id}:lost",
        legs=[*taken.legs, debit("chargeback_loss", loss), credit("rzp_clearing", amount)],
        refs={"dispute": dispute.pk, "payment": payment.pk, "order": payment.order_id},
    )


def _no_refund_of(payment: Payment, amount: int) -> None:
    """Money that the bank has given back is not there to be refunded any more."""
    payment.refund_reserved_paise = min(
        payment.amount_paise, payment.refund_reserved_paise + amount
    )
    payment.save(update_fields=["refund_reserved_paise"])
    if payment.place == Payment.Place.PURPOSE:
        order = payment.order
        order.refunded_gateway_paise = min(
            order.amount_paise, order.refunded_gateway_paise + amount
        )
        order.save(update_fields=["refunded_gateway_paise"])


def _find(dispute: GatewayDispute, payment: Payment, amount: int) -> Taken:
    order = payment.order
    if payment.place == Payment.Place.UNAPPLIED:
        return _from_account("unapplied", payment.pk, amount)
    if payment.place != Payment.Place.PURPOSE:
        return Taken([], 0)
    if order.purpose == Purpose.SESSION:
        return _from_class(order.purpose_id, amount, cause=f"chargeback:{dispute.pk}")
    if order.purpose == Purpose.WALLET_TOPUP:
        return Taken(list(receivables.take(receivables.FAMILY, order.payer_id, amount)), amount)
    return _from_credits(dispute, order, amount)


def _from_account(code: str, owner: UUID, amount: int) -> Taken:
    found = min(amount, ledger.locked_balances((code, owner))[0])
    return Taken([debit(code, found, owner)], found)


def _from_class(session_id: UUID, amount: int, *, cause: str) -> Taken:
    """Money that nobody earned yet, then what the class earned, by the split of kind 15.

    If the class is completed between our look and the booking, the booking fails on the empty
    escrow, and the event comes again.
    """
    unearned = min(amount, ledger.balance("session_escrow", session_id))
    earned = min(amount - unearned, earnings.left_gross_paise(session_id))
    if earned:
        earnings.reverse(session_id=session_id, gross_paise=earned, cause=cause)
    found = unearned + earned
    return Taken([debit("session_escrow", found, session_id)], found, escrow_paise=unearned)


def _from_credits(dispute: GatewayDispute, order: PaymentOrder, amount: int) -> Taken:
    """Unused credits of the pack, as many as the amount had paid for, with their tax."""
    lot = CreditLot.objects.locked().select_related("tutor", "order").get(order=order)
    count = min(lot.left, amount * lot.credits // order.total_paise)
    while (worth := _worth(lot, count)).total > amount:
        count -= 1
    if not count:
        return Taken([], 0)
    lot.returned += count
    lot.returned_paise += worth.base
    lot.save(update_fields=["returned", "returned_paise"])
    invoices.issue_pack_credit_note(lot, refund=dispute, sums=worth)
    legs = [
        debit("lead_credits", count, lot.tutor_id),
        credit("lead_issued", count),
        debit("lead_deferred", worth.base, lot.tutor_id),
        debit("gst_output_cgst", worth.cgst),
        debit("gst_output_sgst", worth.sgst),
        debit("gst_output_igst", worth.igst),
    ]
    return Taken(legs, worth.total)


def _worth(lot: CreditLot, count: int) -> invoices.Sums:
    """What so many unused credits of a lot were paid with: revenue to come, and GST (paise)."""
    is_rest = count == lot.left > 0
    rest = lot.base_paise - lot.earned_paise - lot.returned_paise
    gst = {
        part: lot.order.terms[f"{part}_paise"] * count // lot.credits
        for part in ("cgst", "sgst", "igst")
    }
    return invoices.Sums(rest if is_rest else count * (lot.base_paise // lot.credits), **gst)
