from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest

from payments.admin.base import FinanceAdmin, me, money_link, rupees
from payments.models import Payout, PayoutMethod
from payments.services import payout_checks, payouts


class ReasonForm(ActionForm):
    reason = forms.CharField(required=False, label="Reason (the tutor sees it)", max_length=300)


@admin.register(Payout)
class PayoutAdmin(FinanceAdmin):
    list_display = [
        *("id", "whose", "amount", "account", "account_state", "status", "gateway_status"),
        *("requested_at", "decided_at", "utr"),
    ]
    list_select_related = ["tutor", "method"]
    list_filter = ["status", "gateway_status", "method__validation", "week", "requested_at"]
    search_fields = ["=id", "=razorpay_payout_id", "=utr", "tutor__name", "=tutor__phone"]
    action_form = ReasonForm
    actions = ["approve", "reject"]
    amount = rupees("amount_paise", "amount")

    @admin.display(description="tutor")
    def whose(self, payout: Payout) -> str:
        return money_link(payout.tutor)

    @admin.display(description="to")
    def account(self, payout: Payout) -> str:
        return f"{payout.method.holder_name}, {payout.method.hint}"

    @admin.display(description="account")
    def account_state(self, payout: Payout) -> str:
        return payout.method.get_validation_display()

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


class ProofForm(ActionForm):
    reason = forms.CharField(required=False, label="What proves it", max_length=300)


@admin.register(PayoutMethod)
class PayoutMethodAdmin(FinanceAdmin):
    """Where tutors are paid, without the sealed numbers, and what the bank said of it."""

    list_display = [
        *("hint", "tutor", "holder_name", "registered_name", "validation", "validation_note"),
        *("usable_at", "replaced_at"),
    ]
    list_select_related = ["tutor"]
    list_filter = ["validation", "kind", "is_weekly"]
    search_fields = ["tutor__name", "=tutor__phone", "=razorpay_fund_account_id"]
    exclude = ["account_number", "vpa", "pan"]
    action_form = ProofForm
    actions = ["confirm"]

    @admin.action(description="The account is the tutor's own (say what proves it)")
    def confirm(self, request: HttpRequest, queryset: QuerySet[PayoutMethod]) -> None:
        reason = request.POST.get("reason", "")
        self.each(
            request,
            queryset,
            lambda method: payout_checks.confirm(method, by=me(request), reason=reason),
            "confirmed",
        )
