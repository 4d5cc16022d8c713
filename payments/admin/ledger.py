from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from payments.admin.base import FinanceAdmin, FinanceInline
from payments.models import LedgerAccount, LedgerEntry, LedgerTxn


@admin.register(LedgerAccount)
class LedgerAccountAdmin(FinanceAdmin):
    list_display = ["code", "owner_key", "unit", "balance", "version", "closed_at"]
    list_filter = ["code", "unit"]
    search_fields = ["=owner_key", "=code"]


class EntryInline(FinanceInline):
    model = LedgerEntry
    fields = ("account", "debit", "credit", "unit", "balance_after")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[LedgerEntry]:
        return super().get_queryset(request).select_related("account")


@admin.register(LedgerTxn)
class LedgerTxnAdmin(FinanceAdmin):
    list_display = ["idem_key", "kind", "effective_at"]
    list_filter = ["kind", "effective_at"]
    search_fields = ["=idem_key"]
    inlines = [EntryInline]
