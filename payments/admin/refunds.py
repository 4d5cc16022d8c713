from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from payments.admin.base import FinanceAdmin, me, money_link, rupees
from payments.models import ExternalRefund, Refund, RefundRequest
from payments.services import external_refunds, refund_decisions, refund_requests
from tutorhub.core.money import rupees_exact


@admin.register(Refund)
class RefundAdmin(FinanceAdmin):
    list_display = [
        *("id", "payment", "payer", "amount", "reason", "status", "note", "created_at"),
    ]
    list_select_related = ["payment__order__payer"]
    list_filter = ["status", "reason", "created_at"]
    search_fields = ["=razorpay_refund_id", "=payment__razorpay_payment_id"]
    actions = ["retry", "to_wallet"]
    after_code = ("retry", "to_wallet")
    amount = rupees("amount_paise", "amount")

    @admin.display(description="payer")
    def payer(self, refund: Refund) -> str:
        return money_link(refund.payment.order.payer)

    @admin.action(description="Try a failed refund again")
    def retry(self, request: HttpRequest, queryset: QuerySet[Refund]) -> None:
        self.each(
            request,
            queryset,
            lambda refund: refund_decisions.retry(refund, by=me(request)),
            "is sent again",
        )

    @admin.action(description="Put a failed refund into the family's wallet")
    def to_wallet(self, request: HttpRequest, queryset: QuerySet[Refund]) -> None:
        self.each(
            request,
            queryset,
            lambda refund: refund_decisions.to_wallet(refund, by=me(request)),
            "is in the wallet",
        )


@admin.register(ExternalRefund)
class ExternalRefundAdmin(FinanceAdmin):
    """Somebody paid back in Razorpay's dashboard. Say once who bears it."""

    list_display = [
        *("razorpay_refund_id", "payment", "amount", "seen_at", "resolution", "resolved_by"),
    ]
    list_select_related = ["payment", "resolved_by"]
    list_filter = ["resolution", "seen_at"]
    search_fields = ["=razorpay_refund_id", "=payment__razorpay_payment_id"]
    actions = ["take_from_order", "take_from_tutor", "take_from_wallet", "take_as_loss"]
    amount = rupees("amount_paise", "amount")

    @admin.action(description="Take it from what the order paid for")
    def take_from_order(self, request: HttpRequest, queryset: QuerySet[ExternalRefund]) -> None:
        self._resolve(request, queryset, ExternalRefund.Resolution.ORDER)

    @admin.action(description="Take it from the tutor's earning of the class")
    def take_from_tutor(self, request: HttpRequest, queryset: QuerySet[ExternalRefund]) -> None:
        self._resolve(request, queryset, ExternalRefund.Resolution.TUTOR)

    @admin.action(description="Take it from the family's wallet")
    def take_from_wallet(self, request: HttpRequest, queryset: QuerySet[ExternalRefund]) -> None:
        self._resolve(request, queryset, ExternalRefund.Resolution.WALLET)

    @admin.action(description="Bear it ourselves")
    def take_as_loss(self, request: HttpRequest, queryset: QuerySet[ExternalRefund]) -> None:
        self._resolve(request, queryset, ExternalRefund.Resolution.LOSS)

    def _resolve(
        self, request: HttpRequest, queryset: QuerySet[ExternalRefund], resolution: str
    ) -> None:
        self.each(
            request,
            queryset,
            lambda external: external_refunds.resolve(
                external, resolution=resolution, by=me(request)
            ),
            "is decided",
        )


@admin.register(RefundRequest)
class RefundRequestAdmin(FinanceAdmin):
    """Refunds that one person may not decide alone. They are asked for from the list of orders."""

    list_display = [
        *("requested_at", "order", "payer", "amount", "is_to_wallet", "is_from_tutor"),
        *("status", "requested_by", "decided_by", "decided_at"),
    ]
    list_select_related = ["order__payer", "requested_by", "decided_by"]
    list_filter = ["status", "requested_at"]
    search_fields = ["=order__receipt", "=order__razorpay_order_id"]
    actions = ["approve", "reject"]
    after_code = ("approve",)

    @admin.display(description="payer")
    def payer(self, asked: RefundRequest) -> str:
        return money_link(asked.order.payer)

    @admin.display(description="amount")
    def amount(self, asked: RefundRequest) -> str:
        return "all" if asked.amount_paise is None else rupees_exact(asked.amount_paise)

    @admin.action(description="Give it back (somebody else asked)")
    def approve(self, request: HttpRequest, queryset: QuerySet[RefundRequest]) -> None:
        self.each(
            request,
            queryset,
            lambda asked: refund_requests.approve(asked, by=me(request)),
            "is given back",
        )

    @admin.action(description="Reject")
    def reject(self, request: HttpRequest, queryset: QuerySet[RefundRequest]) -> None:
        self.each(
            request,
            queryset,
            lambda asked: refund_requests.reject(asked, by=me(request)),
            "is rejected",
        )
