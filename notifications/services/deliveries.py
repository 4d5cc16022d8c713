"""Attempts: hand a message to one channel after another, and never twice to the same.

What may happen to an attempt, and what follows:

- it is taken: the next channel waits for `fall_back`, which looks whether a receipt came in time;
- refused for good: the next channel at once;
- refused for now: the outbox tries again, until `fall_back` gives the next channel its turn;
- nobody knows: never handed over again. A receipt may still say that it arrived; without one the
  next channel has its turn a little later.

The intent (`asked_at`) is committed before the call and the outcome after it, so that a worker that
dies in between leaves an attempt that counts as "nobody knows", and not as "not yet".
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from notifications import catalogue, gateway
from notifications.models import Delivery, Message
from notifications.services import reach
from tutorhub.core import clock, outbox

log = logging.getLogger(__name__)

SEND = "notifications.send"
FALL_BACK = "notifications.fall_back"

Done = Callable[[], None]
Purse = Callable[[int], bool]

_purses: dict[str, Purse] = {}


def register_purse(template: str, take: Purse) -> None:
    """Have `take(paise)` asked before a message of this template costs more than was prepaid.

    False means that the money is not there, and then the channel is not used.
    """
    _purses[template] = take


def dearest_paise(template: catalogue.Template) -> int:
    """What the dearest of its channels that are on may cost."""
    on = gateway.channels_on()
    return max([gateway.cost_paise(name) for name in template.channels if name in on], default=0)


def send(payload: dict[str, Any], done: Done) -> None:
    """The outbox call: hand one attempt to its provider and write down what came of it."""
    delivery = _begin(payload["message"], payload["number"], done)
    if delivery is None:
        return
    try:
        provider_id = gateway.provider(delivery.channel).send(_outgoing(delivery))
    except gateway.Refused as error:
        log.warning("a message was refused by %s: %s", delivery.channel, error.code)
        _refused(delivery, error.code, done)
    except gateway.TryAgain as error:
        _not_now(delivery, error.code)
        raise
    except gateway.Unknown as error:
        with transaction.atomic():
            _nobody_knows(_fresh(delivery)[1], error.code)
            done()
    else:
        _taken(delivery, provider_id, done)


@transaction.atomic
def fall_back(payload: dict[str, Any]) -> None:
    """The outbox job: give the next channel its turn if this attempt has not arrived by now."""
    message = Message.objects.locked().get(pk=payload["message"])
    delivery = Delivery.objects.locked().get(message=message, number=payload["number"])
    if message.is_over or _newest(message) != delivery:
        return
    if message.is_late(clock.now()):
        give_up(message, "expired")
        return
    if open_next(message):
        if delivery.status == Delivery.Status.QUEUED and delivery.asked_at is None:
            _fail(delivery, "superseded")
    elif delivery.is_unknown:
        give_up(message, "unknown")
    elif delivery.status == Delivery.Status.SENT:
        wipe(message)


# The steps of a message; its row is locked


def open_next(message: Message) -> bool:
    """Begin an attempt by the next channel that may be used, and have it sent. False if none is."""
    delivery = _open(message)
    if delivery is None:
        return False
    outbox.later(SEND, {"message": message.pk, "number": delivery.number})
    return True


def give_up(message: Message, error: str) -> None:
    """Nothing more is tried. What was sent and has no receipt keeps the state that it has."""
    if message.can_move_to(Message.Status.FAILED) and message.status != Message.Status.SENT:
        message.move_to(Message.Status.FAILED, error=error)
    wipe(message)


def wipe(message: Message) -> None:
    """Forget a secret. Development keeps it, for its inbox, as long as it was not too late."""
    if message.is_secret and not (settings.DEVELOPMENT_PAGES and message.error != "expired"):
        message.body = message.values_text = ""
        message.save(update_fields=["body", "values_text"])


def _open(message: Message) -> Delivery | None:
    used = list(message.deliveries.values_list("channel", flat=True))
    on = gateway.channels_on()
    for channel in reach.in_order(message):
        if channel in used or channel not in on or not _pay(message, gateway.cost_paise(channel)):
            continue
        delivery = Delivery.objects.create(
            message=message,
            number=len(used) + 1,
            channel=channel,
            to=message.address(channel),
            cost_paise=gateway.cost_paise(channel),
            created_at=clock.now(),
        )
        message.channel, message.to = channel, delivery.to
        message.save(update_fields=["channel", "to", "prepaid_paise"])
        if not gateway.provider(channel).is_instant and _has_more(message, delivery):
            _look_again(delivery, _patience(message))
        return delivery
    return None


def _pay(message: Message, cost: int) -> bool:
    """Pay from what was prepaid, and the rest from the template's purse, if it has one."""
    purse = _purses.get(message.template)
    if purse is None:
        return True
    rest = max(0, cost - message.prepaid_paise)
    if rest and not purse(rest):
        return False
    message.prepaid_paise = max(0, message.prepaid_paise - cost)
    return True


def _has_more(message: Message, delivery: Delivery) -> bool:
    """Whether there is another channel to try, or a secret to forget, after this attempt."""
    return len(message.channels) > delivery.number or message.is_secret


def _patience(message: Message) -> timedelta:
    return (
        settings.MESSAGE_FALLBACK_AFTER_CODE
        if message.is_secret
        else settings.MESSAGE_FALLBACK_AFTER
    )


def _look_again(delivery: Delivery, after: timedelta) -> None:
    payload = {"message": delivery.message_id, "number": delivery.number}
    outbox.later(FALL_BACK, payload, due_at=clock.now() + after)


def _newest(message: Message) -> Delivery | None:
    return Delivery.objects.filter(message=message).order_by("-number").first()


# Before the call and after it


def _begin(message_id: UUID, number: int, done: Done) -> Delivery | None:
    """The attempt that is to be handed over now, with that intent committed; None if none is."""
    with transaction.atomic():
        message = Message.objects.locked().get(pk=message_id)
        delivery = _to_hand_over(message, number)
        if delivery is None:
            done()
            return None
        delivery.asked_at = clock.now()
        delivery.save(update_fields=["asked_at"])
        return delivery


def _to_hand_over(message: Message, number: int) -> Delivery | None:
    if message.is_over:
        return None
    if message.is_late(clock.now()):
        give_up(message, "expired")
        return None
    newest = _newest(message)
    if newest is None and number == 1:
        newest = _open(message)
        if newest is None:
            give_up(message, "no channel")
    if newest is None or newest.number != number or newest.status != Delivery.Status.QUEUED:
        return None
    if newest.is_unknown:
        return None
    if newest.asked_at and not gateway.provider(newest.channel).may_repeat:
        _nobody_knows(newest, "no answer was written down")
        return None
    return newest


def _outgoing(delivery: Delivery) -> gateway.Outgoing:
    message = delivery.message
    template = catalogue.find(message.template)
    names = template.values if template else ()
    return gateway.Outgoing(
        key=str(delivery.pk),
        to=delivery.to,
        template_id=catalogue.provider_id(message.template, delivery.channel, message.language),
        language=message.language,
        subject=message.subject,
        body=message.text,
        values=tuple(zip(names, message.values, strict=True)),
        is_code=template is not None and template.is_code,
    )


def _fresh(delivery: Delivery) -> tuple[Message, Delivery]:
    """Message and attempt as they are now, locked in that order: a receipt may have been faster."""
    message = Message.objects.locked().get(pk=delivery.message_id)
    return message, Delivery.objects.locked().get(pk=delivery.pk)


def _taken(delivery: Delivery, provider_id: str, done: Done) -> None:
    with transaction.atomic():
        message, delivery = _fresh(delivery)
        delivery.provider_id = provider_id
        delivery.save(update_fields=["provider_id"])
        if delivery.status == Delivery.Status.QUEUED:
            delivery.move_to(Delivery.Status.SENT, sent_at=clock.now())
        note_sent(message, clock.now())
        is_last = len(message.channels) <= delivery.number
        if is_last or not gateway.provider(delivery.channel).has_receipts:
            wipe(message)
        done()


def _refused(delivery: Delivery, code: str, done: Done) -> None:
    with transaction.atomic():
        message, delivery = _fresh(delivery)
        if delivery.status == Delivery.Status.QUEUED:
            _fail(delivery, code)
            move_on(message, delivery, code)
        done()


@transaction.atomic
def _not_now(delivery: Delivery, code: str) -> None:
    delivery = _fresh(delivery)[1]
    delivery.asked_at, delivery.error = None, code
    delivery.save(update_fields=["asked_at", "error"])


def _nobody_knows(delivery: Delivery, code: str) -> None:
    if delivery.status == Delivery.Status.QUEUED:
        delivery.is_unknown, delivery.error = True, code
        delivery.save(update_fields=["is_unknown", "error"])
        _look_again(delivery, settings.MESSAGE_FALLBACK_AFTER_UNKNOWN)


def _fail(delivery: Delivery, code: str, at: datetime | None = None) -> None:
    delivery.move_to(Delivery.Status.FAILED, error=code, failed_at=at or clock.now())


# What a receipt does, too


def note_sent(message: Message, at: datetime) -> None:
    if message.status == Message.Status.QUEUED:
        message.move_to(Message.Status.SENT, sent_at=at)


def note_failed(message: Message, delivery: Delivery, code: str, at: datetime | None) -> None:
    """The attempt has failed for good: the next channel, unless it has its turn already."""
    _fail(delivery, code, at)
    move_on(message, delivery, code)


def move_on(message: Message, delivery: Delivery, code: str) -> None:
    if message.is_over or _newest(message) != delivery:
        return
    if message.is_late(clock.now()):
        give_up(message, "expired")
    elif not open_next(message):
        _end(message, code)


def _end(message: Message, code: str) -> None:
    """Every channel was tried. One that may yet have worked leaves the message as it is."""
    hopeful = message.deliveries.filter(status__in=[Delivery.Status.QUEUED, Delivery.Status.SENT])
    if not hopeful.exists() and message.can_move_to(Message.Status.FAILED):
        message.move_to(Message.Status.FAILED, error=code)
    wipe(message)
