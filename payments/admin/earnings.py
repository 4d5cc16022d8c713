from django.contrib import admin

from payments.admin.base import FinanceAdmin, rupees
from payments.models import Earning


@admin.register(Earning)
class EarningAdmin(FinanceAdmin):
    list_display = ["session_id", "tutor", "gross", "net", "status", "held_at", "released_at"]
    list_select_related = ["tutor"]
    list_filter = ["status", "held_at"]
    search_fields = ["=session_id"]
    gross = rupees("gross_paise", "price")
    net = rupees("net_paise", "for the tutor")
