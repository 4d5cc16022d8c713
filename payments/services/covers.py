"""What covers a loss after all: money we still had when we thought that we bore it ourselves."""

from payments.models import ExternalRefund, GatewayDispute, LedgerEntry, PaymentOrder, Refund
from payments.services import ledger
from payments.services.ledger import credit, debit


def by_failed_refund(refund: Refund) -> int:
    """Keep what a failed refund still owes, as far as the payer has had it from the bank.

    The bank took the money while the refund was on its way, so it was booked as our loss. Returns
    paise. The caller holds the locks of the payment and the refund.
    """
    owed = left = ledger.balance("refund_payable", refund.pk)
    lost = GatewayDispute.objects.filter(
        payment=refund.payment_id, status=GatewayDispute.Status.LOST, loss_paise__gt=0
    )
    for dispute in lost.locked():
        taken = min(left, dispute.loss_paise)
        dispute.loss_paise -= taken
        dispute.save(update_fields=["loss_paise"])
        left -= taken
    if owed != left:
        ledger.post(
            kind="refund_covered",
            key=f"refund:{refund.pk}:covered",
            legs=[
                debit("refund_payable", owed - left, refund.pk),
                credit("chargeback_loss", owed - left),
            ],
            refs={"refund": refund.pk, "payment": refund.payment_id},
        )
    return owed - left


def by_class_called_off(order: PaymentOrder, most_paise: int | None = None) -> int:
    """Keep what is left in the escrow of a class that is called off, as far as we bore it.

    Somebody had paid it back at Razorpay, finance said that we bear it, and so the class stayed
    paid: no more than `most_paise` of its escrow is the family's again now. Returns paise. The
    caller holds the order's lock.
    """
    borne = ExternalRefund.objects.filter(
        payment__order=order, resolution=ExternalRefund.Resolution.LOSS
    )
    key = f"order:{order.pk}:loss_covered:"
    before = LedgerEntry.objects.filter(txn__idem_key__startswith=key, account__code="write_off")
    covered = list(before.values_list("credit", flat=True))
    lost = sum(borne.values_list("amount_paise", flat=True)) - sum(covered)
    paise = min(lost, ledger.balance("session_escrow", order.purpose_id))
    if most_paise is not None:
        paise = min(paise, most_paise)
    if paise:
        ledger.post(
            kind="loss_covered",
            key=f"{key}{len(covered) + 1}",
            legs=[debit("session_escrow", paise, order.purpose_id), credit("write_off", paise)],
            refs={"order": order.pk},
        )
    return paise
