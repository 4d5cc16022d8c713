from django.contrib import admin

from payments.admin.base import FinanceAdmin, rupees
from payments.models import Invoice


@admin.register(Invoice)
class InvoiceAdmin(FinanceAdmin):
    list_display = ["text", "series", "recipient", "about", "base", "total", "issued_on"]
    list_select_related = ["recipient"]
    list_filter = ["series", "year", "about", "issued_on"]
    search_fields = ["=text", "=about_id", "=recipient__phone"]
    base = rupees("base_paise", "before GST")
    total = rupees("total_paise", "total")
