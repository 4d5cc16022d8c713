"""Settlements: what Razorpay collected for us arrives at our bank."""

from datetime import datetime

from django.db import transaction

from payments import gateway
from payments.models import Settlement, SettlementRow
from payments.services import ledger
from payments.services.ledger import credit, debit
from tutorhub.core import audit, clock


def look_up(settlement_id: str) -> Settlement | None:
    """Book a settlement as Razorpay tells it; None while it is not processed. Asks the network."""
    known = Settlement.objects.filter(razorpay_settlement_id=settlement_id).first()
    if known is not None:
        return known
    entity = gateway.client().fetch_settlement(settlement_id)
    return book(entity) if entity.get("status") == "processed" else None


@transaction.atomic
def book(entity: gateway.Entity) -> Settlement:
    """Book the transfer (kind 35), once. Razorpay takes money back when refunds exceed receipts."""
    amount = int(entity["amount"])
    settlement, is_new = Settlement.objects.get_or_create(
        razorpay_settlement_id=entity["id"],
        defaults={
            "amount_paise": amount,
            "utr": str(entity.get("utr") or "")[:40],
            "settled_at": datetime.fromtimestamp(int(entity["created_at"]), tz=clock.IST),
        },
    )
    if not is_new:
        return settlement
    SettlementRow.objects.filter(razorpay_settlement_id=entity["id"]).update(settlement=settlement)
    if amount:
        taken, given = (debit, credit) if amount > 0 else (credit, debit)
        ledger.post(
            kind="settlement",
            key=f"rzp:settlement:{entity['id']}",
            legs=[taken("bank", abs(amount)), given("rzp_clearing", abs(amount))],
            refs={"settlement": settlement.pk, "utr": settlement.utr},
        )
    audit.record("settlement.booked", settlement, amount_paise=amount)
    return settlement
