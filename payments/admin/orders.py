from django.contrib import admin

from payments.admin.base import FinanceAdmin, FinanceInline, rupees
from payments.models import Payment, PaymentOrder


class PaymentInline(FinanceInline):
    model = Payment
    fields = ("razorpay_payment_id", "status", "amount_paise", "place", "alarm")
    readonly_fields = fields


@admin.register(PaymentOrder)
class PaymentOrderAdmin(FinanceAdmin):
    list_display = ["receipt", "purpose", "payer", "amount", "status", "created_at", "paid_at"]
    list_select_related = ["payer"]
    list_filter = ["status", "purpose", "created_at"]
    search_fields = ["=receipt", "=razorpay_order_id", "=purpose_id"]
    inlines = [PaymentInline]
    amount = rupees("amount_paise", "amount")
