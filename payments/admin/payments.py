from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from payments.admin.base import FinanceAdmin, me, rupees
from payments.models import Payment
from payments.services import refund_decisions


@admin.register(Payment)
class PaymentAdmin(FinanceAdmin):
    """`alarm: mismatch` is the queue of money that needs a person."""

    list_display = [
        *("razorpay_payment_id", "order", "amount", "currency", "status", "place", "alarm"),
        *("note", "created_at"),
    ]
    list_select_related = ["order"]
    list_filter = ["alarm", "place", "status", "created_at"]
    search_fields = ["=razorpay_payment_id", "=order__receipt"]
    actions = ["send_back"]
    amount = rupees("amount_paise", "amount")

    @admin.action(description="Send money that was set aside back to the payer")
    def send_back(self, request: HttpRequest, queryset: QuerySet[Payment]) -> None:
        self.each(
            request,
            queryset,
            lambda payment: refund_decisions.return_set_aside(payment, by=me(request)),
            "sent back",
        )
