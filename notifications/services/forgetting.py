"""What was said to somebody who was erased, and what was said about them to others."""

import re
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from notifications.models import Delivery, Message
from notifications.services import deliveries

EMPTY = {"subject": "", "body": "", "values_text": ""}
NOBODY = {**EMPTY, "to": "", "phone": "", "email": ""}


@transaction.atomic
def forget(
    user_id: UUID,
    *,
    addresses: Collection[str],
    strangers: Collection[str],
    before: datetime,
) -> int:
    """Empty every message to this person; what was not sent yet is not sent. Returns how many.

    To the addresses of `strangers` only what went there without an account goes. What is newer than
    `before` belongs to whoever has the number now.
    """
    to_address = Q()
    for name in ("to", "phone", "email"):
        to_address |= Q(**{f"{name}__in": addresses})
    without_account = Q(phone__in=strangers) | Q(email__in=strangers)
    to_address |= without_account & Q(user_id__isnull=True)
    theirs = Q(user_id=user_id) | to_address & Q(created_at__lte=before)
    found = list(Message.objects.locked().filter(theirs).exclude(**NOBODY))
    for message in found:
        deliveries.give_up(message, "erased")
    keys = [message.pk for message in found]
    Message.objects.filter(pk__in=keys).update(**NOBODY)
    Delivery.objects.filter(message__in=keys).update(to="", provider_id="")
    return len(keys)


@transaction.atomic
def forget_mentions(
    words: Collection[str], *, told: Collection[str], before: datetime | None = None
) -> int:
    """Empty what these accounts were told with one of these names or numbers in it.

    Only what was put into a template counts, and only as whole words: somebody may be called like
    a word that is in the texts of everybody. What is newer than `before` speaks of somebody else.
    Messages that are still on their way stay, to be emptied with their age.
    """
    named = Q()
    for word in words:
        named |= Q(values_text__regex=_as_word(word))
    if not named:
        return 0
    theirs = Message.objects.filter(user_id__in=told, is_secret=False)
    if before is not None:
        theirs = theirs.filter(created_at__lte=before)
    return theirs.filter(named).exclude(status=Message.Status.QUEUED).update(**EMPTY)


def _as_word(name: str) -> str:
    """A name that does not stand in the middle of another word."""
    return rf"(^|[^[:alnum:]]){re.escape(name)}($|[^[:alnum:]])"
