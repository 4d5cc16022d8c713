from django.contrib import admin

from payments.admin.base import FinanceAdmin, rupees
from payments.models import Settlement, SettlementRow


@admin.register(Settlement)
class SettlementAdmin(FinanceAdmin):
    list_display = ["razorpay_settlement_id", "amount", "utr", "settled_at", "booked_at"]
    list_filter = ["settled_at"]
    search_fields = ["=razorpay_settlement_id", "=utr"]
    amount = rupees("amount_paise", "amount")


@admin.register(SettlementRow)
class SettlementRowAdmin(FinanceAdmin):
    """The report as it was read; a settlement may have thousands of rows."""

    list_display = ["entity_id", "settlement", "kind", "credited", "debited", "fee", "settled_on"]
    list_select_related = ["settlement"]
    list_filter = ["kind", "settled_on"]
    search_fields = ["=entity_id", "=razorpay_settlement_id"]
    credited = rupees("credit_paise", "credit")
    debited = rupees("debit_paise", "debit")
    fee = rupees("fee_paise", "fee")
