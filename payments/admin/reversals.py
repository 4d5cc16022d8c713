"""Why money of tutors is held or was taken back. Chargebacks are with the classes they dispute."""

from django.contrib import admin

from payments.admin.base import FinanceAdmin, rupees
from payments.models import EarningFreeze, EarningReversal


@admin.register(EarningReversal)
class EarningReversalAdmin(FinanceAdmin):
    list_display = ["earning", "cause", "gross", "net", "owed", "created_at"]
    list_select_related = ["earning"]
    list_filter = ["created_at"]
    search_fields = ["=cause", "=earning__session_id"]
    gross = rupees("gross_paise", "price")
    net = rupees("net_paise", "from the tutor")
    owed = rupees("receivable_paise", "now owed")


@admin.register(EarningFreeze)
class EarningFreezeAdmin(FinanceAdmin):
    list_display = ["session_id", "cause", "frozen_at", "lifted_at"]
    list_filter = [("lifted_at", admin.EmptyFieldListFilter), "frozen_at"]
    search_fields = ["=session_id", "=cause"]
