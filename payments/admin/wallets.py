from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import User
from payments.admin.base import FinanceAdmin, me, money_link, rupees, sees_money
from payments.models import PromoGrant
from payments.services import promos


class PromoGrantForm(forms.ModelForm):
    rupees = forms.DecimalField(min_value=Decimal(1), max_digits=7, decimal_places=2)

    class Meta:
        model = PromoGrant
        fields = ("user", "rupees", "reason")

    def clean_user(self) -> User:
        user: User = self.cleaned_data["user"]
        if not user.is_family:
            raise forms.ValidationError("Promotional balance is for families.")
        return user


@admin.register(PromoGrant)
class PromoGrantAdmin(FinanceAdmin):
    """One person asks for it, another one gives it; the family spends it on classes."""

    form = PromoGrantForm
    list_display = [
        *("whose", "amount", "reason", "status", "requested_by", "requested_at", "decided_by"),
    ]
    list_select_related = ["user", "requested_by", "decided_by"]
    list_filter = ["status", "requested_at"]
    search_fields = ["=user__phone", "user__name"]
    raw_id_fields = ["user"]
    actions = ["approve", "reject"]
    after_code = ("approve",)
    amount = rupees("amount_paise", "amount")

    @admin.display(description="family")
    def whose(self, grant: PromoGrant) -> str:
        return money_link(grant.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return sees_money(request)

    def get_fields(self, request: HttpRequest, obj: PromoGrant | None = None) -> Any:
        if obj is None:
            return ["user", "rupees", "reason"]
        return [field.name for field in PromoGrant._meta.fields]

    def save_model(self, request: HttpRequest, obj: PromoGrant, form: Any, change: bool) -> None:
        entered = promos.ask(
            user=form.cleaned_data["user"],
            amount_paise=int(form.cleaned_data["rupees"] * 100),
            reason=form.cleaned_data["reason"],
            by=me(request),
        )
        # The page that follows speaks of the row that the service has written.
        obj.pk, obj.amount_paise = entered.pk, entered.amount_paise
        said = "It waits until somebody else in finance gives it."
        self.message_user(request, said, messages.WARNING)

    @admin.action(description="Give it (somebody else asked)")
    def approve(self, request: HttpRequest, queryset: QuerySet[PromoGrant]) -> None:
        self.each(
            request, queryset, lambda grant: promos.approve(grant, by=me(request)), "is given"
        )

    @admin.action(description="Reject")
    def reject(self, request: HttpRequest, queryset: QuerySet[PromoGrant]) -> None:
        self.each(
            request, queryset, lambda grant: promos.reject(grant, by=me(request)), "is rejected"
        )
