from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.admin.base import FinanceAdmin, me
from payments.models import GatewayEvent, RefusedWebhooks
from payments.services import events
from tutorhub.core.logs import scrub


@admin.register(GatewayEvent)
class GatewayEventAdmin(FinanceAdmin):
    list_display = ["event_key", "name", "status", "tries", "note", "received_at", "closed_at"]
    list_filter = ["status", "name", "received_at"]
    search_fields = ["=event_key"]
    exclude = ["body", "found_by"]
    readonly_fields = ["text"]
    actions = ["try_again"]

    @admin.action(description=gettext_lazy("Try again"))
    def try_again(self, request: HttpRequest, queryset: QuerySet[GatewayEvent]) -> None:
        again = str(_("will be tried again"))
        self.each(request, queryset, lambda event: events.try_again(event, by=me(request)), again)

    @admin.display(description="body")
    def text(self, event: GatewayEvent) -> str:
        """Without the numbers and addresses that Razorpay writes into it."""
        return scrub(bytes(event.body).decode(errors="replace"))


@admin.register(RefusedWebhooks)
class RefusedWebhooksAdmin(FinanceAdmin):
    list_display = ["hour", "count", "last_at"]
    ordering = ["-hour"]
