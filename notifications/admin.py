"""What was sent and what became of it, for staff. Texts are never shown, addresses only masked."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from notifications.models import Delivery, Message, ProviderEvent
from notifications.queries import masked
from tutorhub.core.readonly import ReadOnlyAdmin


class DeliveryInline(admin.TabularInline):
    """The attempts of a message, channel by channel, with their receipts."""

    model = Delivery
    extra = 0
    can_delete = False
    fields = [
        "number", "channel", "address", "status", "cost_paise", "error", "is_unknown", "asked_at",
        "sent_at", "delivered_at", "read_at", "failed_at", "provider_id",
    ]  # fmt: skip
    readonly_fields = ("address",)

    @admin.display(description="to")
    def address(self, delivery: Delivery) -> str:
        return masked(delivery.to)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """A number can be searched for as a whole, but not be read here."""

    list_display = [
        "created_at", "template", "address", "channel", "attempts", "language", "status",
        "sent_at", "error",
    ]  # fmt: skip
    list_filter = ["status", "channel", "template"]
    search_fields = ["=to", "=phone", "=email"]
    ordering = ["-created_at"]
    show_full_result_count = False
    inlines = [DeliveryInline]
    fields = [
        "address", "channel", "template", "language", "status", "error", "created_at",
        "expires_at", "sent_at",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("deliveries")

    @admin.display(description="to")
    def address(self, message: Message) -> str:
        return masked(message.to)

    @admin.display(description="attempts")
    def attempts(self, message: Message) -> str:
        return ", ".join(f"{one.channel} {one.status}" for one in message.deliveries.all())


@admin.register(ProviderEvent)
class ProviderEventAdmin(ReadOnlyAdmin):
    """Webhooks by time and outcome; what is in them stays sealed."""

    list_display = ["received_at", "provider", "status", "note"]
    list_filter = ["provider", "status"]
    ordering = ["-received_at"]
    show_full_result_count = False
    fields = ["received_at", "provider", "status", "note", "sha256"]
