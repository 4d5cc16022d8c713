from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest

from payments.admin.base import FinanceAdmin, me, rupees
from payments.models import Payout
from payments.services import payouts


class ReasonForm(ActionForm):
    reason = forms.CharField(required=False, label="Reason (the tutor sees it)", max_length=300)


@admin.register(Payout)
class PayoutAdmin(FinanceAdmin):
    list_display = [
        *("id", "tutor", "amount", "account", "status", "requested_at", "decided_at", "utr"),
    ]
    list_select_related = ["tutor", "method"]
    list_filter = ["status", "requested_at"]
    search_fields = ["=id", "=razorpay_payout_id", "tutor__name", "=tutor__phone"]
    action_form = ReasonForm
    actions = ["approve", "reject"]
    amount = rupees("amount_paise", "amount")

    @admin.display(description="to")
    def account(self, payout: Payout) -> str:
        return f"{payout.method.holder_name}, {payout.method.hint}"

    @admin.action(description="Approve")
    def approve(self, request: HttpRequest, queryset: QuerySet[Payout]) -> None:
        self.each(
            request, queryset, lambda payout: payouts.approve(payout, by=me(request)), "approved"
        )

    @admin.action(description="Reject (give a reason)")
    def reject(self, request: HttpRequest, queryset: QuerySet[Payout]) -> None:
        reason = request.POST.get("reason", "").strip()
        if not reason:
            self.message_user(request, "Give a reason: the tutor sees it.", messages.ERROR)
            return
        self.each(
            request,
            queryset,
            lambda payout: payouts.reject(payout, by=me(request), reason=reason),
            "rejected",
        )
