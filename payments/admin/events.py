from django.contrib import admin

from payments.admin.base import FinanceAdmin
from payments.models import GatewayEvent, RefusedWebhooks
from tutorhub.core.logs import scrub


@admin.register(GatewayEvent)
class GatewayEventAdmin(FinanceAdmin):
    list_display = ["event_key", "name", "status", "tries", "note", "received_at", "closed_at"]
    list_filter = ["status", "name", "received_at"]
    search_fields = ["=event_key"]
    exclude = ["body", "found_by"]
    readonly_fields = ["text"]

    @admin.display(description="body")
    def text(self, event: GatewayEvent) -> str:
        """Without the numbers and addresses that Razorpay writes into it."""
        return scrub(bytes(event.body).decode(errors="replace"))


@admin.register(RefusedWebhooks)
class RefusedWebhooksAdmin(FinanceAdmin):
    list_display = ["hour", "count", "last_at"]
    ordering = ["-hour"]
