from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from payments.admin.base import FinanceAdmin, me, rupees
from payments.models import Refund
from payments.services import refund_decisions


@admin.register(Refund)
class RefundAdmin(FinanceAdmin):
    list_display = ["id", "payment", "amount", "reason", "status", "note", "created_at"]
    list_select_related = ["payment"]
    list_filter = ["status", "reason", "created_at"]
    search_fields = ["=razorpay_refund_id", "=payment__razorpay_payment_id"]
    actions = ["retry"]
    amount = rupees("amount_paise", "amount")

    @admin.action(description="Try a failed refund again")
    def retry(self, request: HttpRequest, queryset: QuerySet[Refund]) -> None:
        self.each(
            request,
            queryset,
            lambda refund: refund_decisions.retry(refund, by=me(request)),
            "is sent again",
        )
