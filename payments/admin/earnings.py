from django.contrib import admin

from payments.admin.base import FinanceAdmin, money_link, rupees
from payments.models import Earning


@admin.register(Earning)
class EarningAdmin(FinanceAdmin):
    list_display = ["session_id", "whose", "gross", "net", "status", "held_at", "released_at"]
    list_select_related = ["tutor"]
    list_filter = ["status", "held_at"]
    search_fields = ["=session_id"]
    gross = rupees("gross_paise", "price")
    net = rupees("net_paise", "for the tutor")

    @admin.display(description="tutor")
    def whose(self, earning: Earning) -> str:
        return money_link(earning.tutor)
