"""Tell people things: written in the transaction that gives the reason, sent after it."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from django.db import transaction

from notifications import catalogue, gateway
from notifications.catalogue import Template
from notifications.models import Channel, Message
from notifications.services import deliveries
from tutorhub.core import clock, outbox, sealing


class Reader(Protocol):
    """Somebody with an account, as far as this app knows one."""

    @property
    def pk(self) -> UUID: ...

    phone: str | None
    email: str | None
    language: str


def tell_user(user: Reader, template: Template, values: Mapping[str, object]) -> Message | None:
    """Queue what `template` says for this person; call it inside the reason's transaction.

    The values are in the person's language already.
    """
    return tell(
        template=template,
        values=values,
        user_id=user.pk,
        phone=user.phone or "",
        email=user.email or "",
        language=user.language,
    )


def tell(
    *,
    template: Template | str,
    values: Mapping[str, object] | None = None,
    body: str = "",
    subject: str = "",
    user_id: UUID | None = None,
    phone: str = "",
    email: str = "",
    language: str = "en",
    channels: Sequence[str] | None = None,
    secret: bool = False,
    good_for: timedelta | None = None,
    prepaid_paise: int = 0,
) -> Message | None:
    """Queue one message; None if there is no address on a channel that is on.

    Its channels are tried in turn until one has delivered. A secret (a one-time code) is sealed
    while it waits and wiped once nothing can need it any more. A message still unsent after
    `good_for` is not sent at all. `prepaid_paise` is what a budget gave for it already.

    With the name of a template and a finished `body` it is only for development and e-mail: SMS
    and WhatsApp let nothing through that was not registered.
    """
    texts: list[str] = []
    if isinstance(template, Template):
        body, subject = template.body(values or {}, language), template.title(language)
        texts, channels = template.ordered(values or {}), channels or template.channels
        secret = secret or template.is_code
    name = template.name if isinstance(template, Template) else template
    now = clock.now()
    message = Message(
        user_id=user_id,
        phone=phone,
        email=email,
        template=name,
        language=language,
        subject=subject,
        body=sealing.seal(body) if secret else body,
        values_text=_packed(texts, secret),
        is_secret=secret,
        prepaid_paise=prepaid_paise,
        created_at=now,
        expires_at=now + good_for if good_for else None,
    )
    wanted = list(channels or catalogue.EVERYWHERE)
    if isinstance(template, Template) and template.also_by_email and email and phone:
        _queue(_copy_by_email(message))
        wanted = [channel for channel in wanted if channel != Channel.EMAIL]
    return _queue(message, wanted)


def _copy_by_email(message: Message) -> Message:
    return Message(
        user_id=message.user_id,
        email=message.email,
        template=message.template,
        language=message.language,
        subject=message.subject,
        body=message.body,
        values_text=message.values_text,
        is_secret=message.is_secret,
        created_at=message.created_at,
        expires_at=message.expires_at,
    )


def _queue(message: Message, wanted: Sequence[str] = (Channel.EMAIL,)) -> Message | None:
    on = gateway.channels_on()
    message.channels = [name for name in wanted if name in on and message.address(name)]
    if not message.channels:
        return None
    message.channel = message.channels[0]
    message.to = message.address(message.channel)
    message.save(force_insert=True)
    outbox_id = outbox.later(deliveries.SEND, {"message": message.pk, "number": 1})
    if all(gateway.provider(name).is_instant for name in message.channels):
        # A lambda, because Django's log cannot name a `partial` that failed, and fails itself.
        transaction.on_commit(lambda: outbox.attempt(outbox_id), robust=True)
    return message


def _packed(texts: list[str], secret: bool) -> str:
    text = json.dumps(texts, ensure_ascii=False) if texts else ""
    return sealing.seal(text) if secret and text else text


ALL_CHANNELS = catalogue.EVERYWHERE
