"""Tell people things: written in the transaction that gives the reason, sent after it."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache, partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from notifications.gateway import Outgoing, Provider
from notifications.models import Channel, Message
from tutorhub.core import clock, outbox, sealing

SEND = "notifications.send"


def tell(
    *,
    user_id: UUID | None = None,
    phone: str = "",
    email: str = "",
    template: str,
    body: str,
    subject: str = "",
    language: str = "en",
    channels: Sequence[str] = ("whatsapp", "sms"),
    secret: bool = False,
    good_for: timedelta | None = None,
) -> list[Message]:
    """Queue one message per channel that has an address; call it inside the reason's transaction.

    A `secret` body (a one-time code) is sealed while it waits and wiped once it is sent. A message
    still unsent after `good_for` is not sent at all.
    """
    now = clock.now()
    addresses = {"whatsapp": phone, "sms": phone, "email": email}
    rows = [
        Message(
            user_id=user_id,
            to=addresses[channel],
            channel=channel,
            template=template,
            language=language,
            subject=subject,
            body=sealing.seal(body) if secret else body,
            is_secret=secret,
            created_at=now,
            expires_at=now + good_for if good_for else None,
        )
        for channel in channels
        if addresses[channel] and settings.MESSAGE_CHANNELS[channel] != "off"
    ]
    Message.objects.bulk_create(rows)
    for row in rows:
        outbox_id = outbox.later(SEND, {"message": row.pk})
        if _provider(settings.MESSAGE_CHANNELS[row.channel]).is_instant:
            transaction.on_commit(partial(outbox.attempt, outbox_id), robust=True)
    return rows


def send(payload: dict[str, Any], done: Any) -> None:
    """The outbox call: hand one message to its provider and write down what came of it."""
    message = Message.objects.get(pk=payload["message"])
    if message.status != Message.Status.QUEUED:
        done()
        return
    if message.expires_at and message.expires_at <= clock.now():
        _close(message, done, status=Message.Status.FAILED, error="expired", body="")
        return
    provider_id = _provider(settings.MESSAGE_CHANNELS[message.channel]).send(
        Outgoing(
            key=str(message.pk),
            to=message.to,
            template=message.template,
            language=message.language,
            subject=message.subject,
            body=message.text,
        )
    )
    is_wiped = message.is_secret and not settings.DEVELOPMENT_PAGES
    _close(
        message,
        done,
        status=Message.Status.SENT,
        sent_at=clock.now(),
        provider_id=provider_id,
        body="" if is_wiped else message.body,
    )


def _close(message: Message, done: Any, **values: Any) -> None:
    with transaction.atomic():
        Message.objects.filter(pk=message.pk).update(**values)
        done()


@cache
def _provider(path: str) -> Provider:
    provider: Provider = import_string(path)()
    return provider


ALL_CHANNELS = tuple(Channel.values)
