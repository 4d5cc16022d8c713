"""How long messages are kept: the rules that `tutorhub.core.retention` runs."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from notifications.models import Delivery, Message, ProviderEvent
from notifications.services.forgetting import NOBODY
from tutorhub.core.retention import Rule, delete, empty


def _messages(before: datetime) -> int:
    """First the texts and addresses go, and later the rows."""
    old = Message.objects.filter(created_at__lt=before).exclude(**NOBODY)
    cleared = empty(old, **NOBODY)
    attempts = Delivery.objects.filter(created_at__lt=before).exclude(to="", provider_id="")
    empty(attempts, to="", provider_id="")
    very_old = before - (settings.MESSAGES_KEPT - settings.MESSAGE_TEXTS_KEPT)
    return cleared + delete(Message.objects.filter(created_at__lt=very_old))


def _provider_events(before: datetime) -> int:
    return delete(ProviderEvent.objects.filter(received_at__lt=before))


RULES = [
    Rule(
        "messages",
        settings.MESSAGE_TEXTS_KEPT,
        _("text and address 90 days, and that it was sent 1 year"),
        _messages,
    ),
    Rule("provider_events", settings.PROVIDER_EVENTS_KEPT, _("30 days"), _provider_events),
]
