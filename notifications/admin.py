"""What was sent, for staff. Bodies of secret messages are never shown."""

from django.contrib import admin

from notifications.models import Message
from tutorhub.core.readonly import ReadOnlyAdmin


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "template", "channel", "language", "status", "sent_at", "error"]
    list_filter = ["status", "channel", "template"]
    search_fields = ["=to"]
    ordering = ["-created_at"]
    show_full_result_count = False
    fields = [
        "to", "channel", "template", "language", "status", "provider_id", "error", "created_at",
        "sent_at",
    ]  # fmt: skip
