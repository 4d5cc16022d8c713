from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from payments.admin.base import FinanceAdmin, me, rupees
from payments.models import PromoGrant
from payments.policies import is_finance
from payments.services import wallets


@admin.register(PromoGrant)
class PromoGrantAdmin(FinanceAdmin):
    """Given once and never changed; the family spends it on classes."""

    list_display = ["user", "amount", "reason", "granted_by", "granted_at"]
    list_select_related = ["user", "granted_by"]
    search_fields = ["=user__phone", "user__name"]
    raw_id_fields = ["user"]
    fields = ["user", "amount_paise", "reason"]
    amount = rupees("amount_paise", "amount")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_finance(me(request))

    def save_model(self, request: HttpRequest, obj: PromoGrant, form: Any, change: bool) -> None:
        wallets.grant_promo(obj, by=me(request))
