from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from payments.admin.base import FinanceAdmin, me, money_link, rupees
from payments.models import Payment
from payments.services import refund_decisions


@admin.register(Payment)
class PaymentAdmin(FinanceAdmin):
    """`alarm: mismatch` is the queue of money that needs a person."""

    list_display = [
        *(
            "razorpay_payment_id",
            "order",
            "payer",
            "amount",
            "currency",
            "status",
            "place",
            "alarm",
        ),
        *("note", "created_at"),
    ]
    list_select_related = ["order__payer"]
    list_filter = ["alarm", "place", "status", "created_at"]
    search_fields = ["=razorpay_payment_id", "=order__receipt"]
    actions = ["send_back"]
    after_code = ("send_back",)
    amount = rupees("amount_paise", "amount")

    @admin.display(description="payer")
    def payer(self, payment: Payment) -> str:
        return money_link(payment.order.payer)

    @admin.action(description="Send money that was set aside back to the payer")
    def send_back(self, request: HttpRequest, queryset: QuerySet[Payment]) -> None:
        self.each(
            request,
            queryset,
            lambda payment: refund_decisions.return_set_aside(payment, by=me(request)),
            "sent back",
        )
