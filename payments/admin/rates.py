from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest

from payments.admin.base import FinanceAdmin, me, sees_money
from payments.models import TaxRate
from tutorhub.core import audit, clock


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
        return sees_money(request)

    def save_model(self, request: HttpRequest, obj: TaxRate, form: Any, change: bool) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            audit.record("tax_rate.added", obj, by=me(request), name=obj.name, bps=obj.bps)
