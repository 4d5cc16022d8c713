"""The data map of notifications."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from notifications.models import Message
from tutorhub.core.datamap import Erased, Table


def _messages(user: Any) -> QuerySet[Message]:
    """Without codes, which are secrets even of their owner."""
    return Message.objects.filter(user_id=user.pk, is_secret=False)


TABLES = [
    Table(
        "notifications.Message",
        plain="id user_id channels channel template language is_secret prepaid_paise status error"
        " created_at expires_at sent_at",
        personal="to phone email subject body values_text",
        section="messages",
        title=_("Messages"),
        purpose=_("To tell you about classes, money and sign-ins, and to prove that we did"),
        kept="messages",
        erased=Erased.EMPTIED,
        of=_messages,
    ),
    Table(
        "notifications.Delivery",
        plain="id message number channel status cost_paise is_unknown error created_at asked_at"
        " sent_at delivered_at read_at failed_at",
        personal="to provider_id",
        kept="messages",
        erased=Erased.EMPTIED,
    ),
    Table(
        "notifications.ProviderEvent",
        plain="id provider sha256 status note received_at",
        hidden="sealed",
        kept="provider_events",
        erased=Erased.AGED,
    ),
]
