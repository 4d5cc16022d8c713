from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from payments.admin.base import FinanceAdmin, me, rupees, sees_money
from payments.models import CreditLot, CreditPack
from payments.services import credits
from tutorhub.core import audit
from tutorhub.core.readonly import StaffAdmin


@admin.register(CreditPack)
class CreditPackAdmin(StaffAdmin):
    """The one thing here that is edited. Orders keep the terms they were made on."""

    list_display = ["code", "credits", "price", "is_on_sale"]
    price = rupees("base_paise", "price before GST")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return sees_money(request)

    has_add_permission = has_module_permission

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return sees_money(request)

    has_change_permission = has_view_permission

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: CreditPack, form: Any, change: bool) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            audit.record("credit_pack.saved", obj, by=me(request), changed=form.changed_data)


@admin.register(CreditLot)
class CreditLotAdmin(FinanceAdmin):
    list_display = ["id", "tutor", "credits", "used", "returned", "left", "created_at"]
    list_select_related = ["tutor"]
    search_fields = ["=id", "=tutor__phone", "=order__razorpay_order_id"]
    actions = ["refund_unused"]
    after_code = ("refund_unused",)

    @admin.action(description="Pay back unused credits to where the money came from")
    def refund_unused(self, request: HttpRequest, queryset: QuerySet[CreditLot]) -> None:
        self.each(
            request,
            queryset,
            lambda lot: credits.refund_unused(lot, by=me(request)),
            "is paid back",
        )
