from decimal import Decimal
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from payments.admin.base import FinanceAdmin, FinanceInline, me, money_link, rupees
from payments.models import OrderRefund, Payment, PaymentOrder, RefundRequest
from payments.services import refund_requests
from tutorhub.core import idempotency
from tutorhub.core.ids import uuid7
from tutorhub.core.money import rupees_exact


class PaymentInline(FinanceInline):
    model = Payment
    fields = ("razorpay_payment_id", "status", "amount_paise", "place", "alarm")
    readonly_fields = fields


class DecisionInline(FinanceInline):
    model = OrderRefund
    fields = (
        *("created_at", "reason", "gateway_paise", "wallet_paise", "promo_paise"),
        *("is_to_wallet", "decided_by"),
    )
    readonly_fields = fields


class RefundForm(ActionForm):
    rupees = forms.DecimalField(
        required=False,
        min_value=Decimal("0.01"),
        max_digits=9,
        decimal_places=2,
        label="Rupees to give back (empty for all)",
    )
    idempotency_key = forms.CharField(
        required=False, initial=lambda: uuid7().hex, widget=forms.HiddenInput, label=""
    )
    """A part could be given back twice by two clicks; this form counts once."""


def _what_became(made: OrderRefund | RefundRequest) -> str:
    if isinstance(made, RefundRequest):
        return "is so large that somebody else in finance has to agree: see Large refunds"
    return "is given back"


@admin.register(PaymentOrder)
class PaymentOrderAdmin(FinanceAdmin):
    """A refund comes out of the class's escrow; one action takes the tutor's earning, too."""

    list_display = [
        *("receipt", "purpose", "whose", "price", "amount", "method", "status", "created_at"),
        "paid_at",
    ]
    list_select_related = ["payer"]
    list_filter = ["status", "purpose", "created_at"]
    search_fields = ["=receipt", "=razorpay_order_id", "=purpose_id"]
    inlines = [PaymentInline, DecisionInline]
    action_form = RefundForm
    actions = ["refund", "refund_to_source", "refund_to_wallet", "refund_from_tutor"]
    after_code = tuple(actions)
    amount = rupees("amount_paise", "amount at Razorpay")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, and what its form decides: once for each form that was drawn."""
        show = idempotency.page(in_transaction=True)(super().changelist_view)
        return cast(HttpResponse, show(request, extra_context))

    @admin.action(description="Give back as the family has chosen")
    def refund(self, request: HttpRequest, queryset: QuerySet[PaymentOrder]) -> None:
        self._decide(request, queryset, to_wallet=None)

    @admin.action(description="Give back to where it was paid from")
    def refund_to_source(self, request: HttpRequest, queryset: QuerySet[PaymentOrder]) -> None:
        self._decide(request, queryset, to_wallet=False)

    @admin.action(description="Give back into the family's wallet")
    def refund_to_wallet(self, request: HttpRequest, queryset: QuerySet[PaymentOrder]) -> None:
        self._decide(request, queryset, to_wallet=True)

    @admin.action(description="Give back, and take from the tutor what was passed on")
    def refund_from_tutor(self, request: HttpRequest, queryset: QuerySet[PaymentOrder]) -> None:
        self._decide(request, queryset, to_wallet=None, from_tutor=True)

    def _decide(
        self,
        request: HttpRequest,
        queryset: QuerySet[PaymentOrder],
        *,
        to_wallet: bool | None,
        from_tutor: bool = False,
    ) -> None:
        field = RefundForm.base_fields["rupees"]
        try:
            asked = field.clean(request.POST.get("rupees", ""))
        except forms.ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
            return
        self.each(
            request,
            queryset,
            lambda order: refund_requests.decide_or_ask(
                order,
                by=me(request),
                amount_paise=None if asked is None else int(asked * 100),
                to_wallet=to_wallet,
                from_tutor=from_tutor,
            ),
            _what_became,
        )

    @admin.display(description="price")
    def price(self, order: PaymentOrder) -> str:
        return rupees_exact(order.total_paise)

    @admin.display(description="payer")
    def whose(self, order: PaymentOrder) -> str:
        return money_link(order.payer)
