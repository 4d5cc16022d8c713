"""Money in the back office: finance sees all of it and decides about payouts; nothing is edited."""

from collections.abc import Callable
from datetime import date
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from accounts.models import User
from payments.models import (
    CreditLot,
    CreditPack,
    Earning,
    GatewayEvent,
    LedgerAccount,
    LedgerEntry,
    LedgerTxn,
    Payment,
    PaymentOrder,
    Payout,
    Refund,
    TaxRate,
)
from payments.policies import is_finance
from payments.services import payouts, refunds
from tutorhub.core import audit, clock
from tutorhub.core.errors import DomainError
from tutorhub.core.money import rupees_exact
from tutorhub.core.readonly import ReadOnlyAdmin


def me(request: HttpRequest) -> User:
    """The member of staff whom the admin site has let in."""
    return cast(User, request.user)


def _rupees(field: str, label: str) -> Callable[[Any, Any], str]:
    @admin.display(description=label, ordering=field)
    def show(self: Any, row: Any) -> str:
        return rupees_exact(getattr(row, field) or 0)

    return show


class FinanceAdmin(ReadOnlyAdmin):
    """Open to the finance group and superusers."""

    show_full_result_count = False
    ordering = ["-pk"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_finance(me(request))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_finance(me(request))

    def each(
        self, request: HttpRequest, rows: QuerySet[Any], decide: Callable[..., Any], did: str
    ) -> None:
        """Do one thing to every row; what one of them refuses is said and stops no other."""
        for row in rows:
            try:
                decide(row)
            except DomainError as error:
                self.message_user(request, f"{row}: {error}", messages.ERROR)
            else:
                self.message_user(request, f"{row}: {did}.", messages.SUCCESS)


class PaymentInline(admin.TabularInline):
    model: type[Model] = Payment
    fields = ("razorpay_payment_id", "status", "amount_paise", "place", "alarm")
    readonly_fields = ("razorpay_payment_id", "status", "amount_paise", "place", "alarm")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_finance(me(request))


@admin.register(PaymentOrder)
class PaymentOrderAdmin(FinanceAdmin):
    list_display = ["receipt", "purpose", "payer", "amount", "status", "created_at", "paid_at"]
    list_select_related = ["payer"]
    list_filter = ["status", "purpose", "created_at"]
    search_fields = ["=receipt", "=razorpay_order_id", "=purpose_id"]
    inlines = [PaymentInline]
    amount = _rupees("amount_paise", "amount")


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
    amount = _rupees("amount_paise", "amount")

    @admin.action(description="Send money that was set aside back to the payer")
    def send_back(self, request: HttpRequest, queryset: QuerySet[Payment]) -> None:
        self.each(
            request,
            queryset,
            lambda payment: refunds.return_set_aside(payment, by=me(request)),
            "sent back",
        )


@admin.register(Refund)
class RefundAdmin(FinanceAdmin):
    list_display = ["id", "payment", "amount", "reason", "status", "note", "created_at"]
    list_select_related = ["payment"]
    list_filter = ["status", "reason", "created_at"]
    search_fields = ["=razorpay_refund_id", "=payment__razorpay_payment_id"]
    actions = ["retry"]
    amount = _rupees("amount_paise", "amount")

    @admin.action(description="Try a failed refund again")
    def retry(self, request: HttpRequest, queryset: QuerySet[Refund]) -> None:
        self.each(
            request,
            queryset,
            lambda refund: refunds.retry(refund, by=me(request)),
            "is sent again",
        )


@admin.register(GatewayEvent)
class GatewayEventAdmin(FinanceAdmin):
    list_display = ["event_key", "name", "status", "tries", "note", "received_at", "closed_at"]
    list_filter = ["status", "name", "received_at"]
    search_fields = ["=event_key"]
    exclude = ["body"]
    readonly_fields = ["text"]

    @admin.display(description="body")
    def text(self, event: GatewayEvent) -> str:
        return bytes(event.body).decode(errors="replace")


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
    exclude = ["client_key"]
    action_form = ReasonForm
    actions = ["approve", "reject"]
    amount = _rupees("amount_paise", "amount")

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


@admin.register(CreditPack)
class CreditPackAdmin(admin.ModelAdmin):
    """The one thing here that is edited. Orders keep the terms they were made on."""

    list_display = ["code", "credits", "price", "is_on_sale"]
    price = _rupees("base_paise", "price before GST")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_finance(me(request))

    has_add_permission = has_module_permission

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_finance(me(request))

    has_change_permission = has_view_permission

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: CreditPack, form: Any, change: bool) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            audit.record("credit_pack.saved", obj, by=me(request), changed=form.changed_data)


class TaxRateForm(forms.ModelForm):
    def clean_from_on(self) -> date:
        from_on: date = self.cleaned_data["from_on"]
        if from_on <= clock.today():
            raise forms.ValidationError("A new rate starts tomorrow or later.")
        return from_on


@admin.register(TaxRate)
class TaxRateAdmin(FinanceAdmin):
    """A new rate is a new row that starts on a day to come; what was in force stays."""

    form = TaxRateForm
    list_display = ["name", "label", "bps", "threshold_paise", "from_on"]
    list_filter = ["name"]
    ordering = ["name", "-from_on"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_finance(me(request))

    def save_model(self, request: HttpRequest, obj: TaxRate, form: Any, change: bool) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            audit.record("tax_rate.added", obj, by=me(request), name=obj.name, bps=obj.bps)


@admin.register(Earning)
class EarningAdmin(FinanceAdmin):
    list_display = ["session_id", "tutor", "gross", "net", "status", "held_at", "released_at"]
    list_select_related = ["tutor"]
    list_filter = ["status", "held_at"]
    search_fields = ["=session_id"]
    gross = _rupees("gross_paise", "price")
    net = _rupees("net_paise", "for the tutor")


@admin.register(CreditLot)
class CreditLotAdmin(FinanceAdmin):
    list_display = ["id", "tutor", "credits", "used", "created_at"]
    list_select_related = ["tutor"]


@admin.register(LedgerAccount)
class LedgerAccountAdmin(FinanceAdmin):
    list_display = ["code", "owner_key", "unit", "balance", "version", "closed_at"]
    list_filter = ["code", "unit"]
    search_fields = ["=owner_key", "=code"]


class EntryInline(PaymentInline):
    model = LedgerEntry
    fields = ("account", "debit", "credit", "unit", "balance_after")
    readonly_fields = ("account", "debit", "credit", "unit", "balance_after")

    def get_queryset(self, request: HttpRequest) -> QuerySet[LedgerEntry]:
        return super().get_queryset(request).select_related("account")


@admin.register(LedgerTxn)
class LedgerTxnAdmin(FinanceAdmin):
    list_display = ["idem_key", "kind", "effective_at"]
    list_filter = ["kind", "effective_at"]
    search_fields = ["=idem_key"]
    inlines = [EntryInline]
