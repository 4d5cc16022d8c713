from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from payments.admin.base import FinanceAdmin, me, rupees, sees_money
from payments.models import Funding
from payments.services import treasury


class FundingForm(forms.ModelForm):
    rupees = forms.DecimalField(min_value=Decimal(1), max_digits=12, decimal_places=2)
    reference = forms.CharField(max_length=60, help_text="of the bank (UTR)")

    class Meta:
        model = Funding
        fields = ("rupees", "reference")

    def clean_reference(self) -> str:
        reference: str = self.cleaned_data["reference"].strip()
        if Funding.objects.exclude(status=Funding.Status.REJECTED).filter(reference=reference):
            raise forms.ValidationError("This transfer was entered before.")
        return reference


@admin.register(Funding)
class FundingAdmin(FinanceAdmin):
    """A bank transfer into the payout account: one person enters it, another one books it."""

    form = FundingForm
    list_display = [
        *("reference", "amount", "status", "requested_by", "requested_at", "decided_by"),
        "decided_at",
    ]
    list_select_related = ["requested_by", "decided_by"]
    list_filter = ["status", "requested_at"]
    search_fields = ["=reference"]
    actions = ["approve", "reject"]
    amount = rupees("amount_paise", "amount")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return sees_money(request)

    def get_fields(self, request: HttpRequest, obj: Funding | None = None) -> Any:
        if obj is None:
            return ["rupees", "reference"]
        return [field.name for field in Funding._meta.fields]

    def save_model(self, request: HttpRequest, obj: Funding, form: Any, change: bool) -> None:
        entered = treasury.ask_funding(
            amount_paise=int(form.cleaned_data["rupees"] * 100),
            reference=form.cleaned_data["reference"],
            by=me(request),
        )
        # The page that follows speaks of the row that the service has written.
        obj.pk, obj.amount_paise = entered.pk, entered.amount_paise

    @admin.action(description="Book (somebody else entered it)")
    def approve(self, request: HttpRequest, queryset: QuerySet[Funding]) -> None:
        self.each(
            request,
            queryset,
            lambda funding: treasury.approve_funding(funding, by=me(request)),
            "booked",
        )

    @admin.action(description="Reject")
    def reject(self, request: HttpRequest, queryset: QuerySet[Funding]) -> None:
        self.each(
            request,
            queryset,
            lambda funding: treasury.reject_funding(funding, by=me(request)),
            "rejected",
        )
