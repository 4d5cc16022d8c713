from django.contrib import admin

from payments.admin.base import FinanceAdmin, money_link, rupees
from payments.models import EarningFreeze, EarningReversal, GatewayDispute


@admin.register(GatewayDispute)
class GatewayDisputeAdmin(FinanceAdmin):
    list_display = [
        *("razorpay_dispute_id", "payment", "payer", "amount", "deducted", "status", "phase"),
        *("respond_by", "opened_at", "closed_at"),
    ]
    list_select_related = ["payment__order__payer"]
    list_filter = ["status", "phase", "opened_at"]
    search_fields = ["=razorpay_dispute_id", "=payment__razorpay_payment_id"]
    amount = rupees("amount_paise", "amount")
    deducted = rupees("deducted_paise", "taken")

    @admin.display(description="payer")
    def payer(self, dispute: GatewayDispute) -> str:
        return money_link(dispute.payment.order.payer)


@admin.register(EarningReversal)
class EarningReversalAdmin(FinanceAdmin):
    list_display = ["earning", "cause", "gross", "net", "owed", "created_at"]
    list_select_related = ["earning"]
    list_filter = ["created_at"]
    search_fields = ["=cause", "=earning__session_id"]
    gross = rupees("gross_paise", "price")
    net = rupees("net_paise", "from the tutor")
    owed = rupees("receivable_paise", "now owed")


@admin.register(EarningFreeze)
class EarningFreezeAdmin(FinanceAdmin):
    list_display = ["session_id", "cause", "frozen_at", "lifted_at"]
    list_filter = [("lifted_at", admin.EmptyFieldListFilter), "frozen_at"]
    search_fields = ["=session_id", "=cause"]
