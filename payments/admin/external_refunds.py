from django.contrib import admin

from payments.admin.base import FinanceAdmin, money_link, rupees
from payments.models import OrderRefund


@admin.register(OrderRefund)
class OrderRefundAdmin(FinanceAdmin):
    """What was decided; the part that Razorpay sends is a refund of its own."""

    list_display = [
        *("id", "order", "payer", "gateway", "wallet", "promo", "is_to_wallet", "reason"),
        *("decided_by", "created_at"),
    ]
    list_select_related = ["order__payer", "decided_by"]
    list_filter = ["reason", "is_to_wallet", "created_at"]
    search_fields = ["=order__receipt", "=order__purpose_id", "=id"]
    gateway = rupees("gateway_paise", "to where it came from")
    wallet = rupees("wallet_paise", "to the wallet")
    promo = rupees("promo_paise", "promotional")

    @admin.display(description="payer")
    def payer(self, refund: OrderRefund) -> str:
        return money_link(refund.order.payer)
