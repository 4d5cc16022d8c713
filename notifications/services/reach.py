"""By which channel a person is likely to be reached first."""

from datetime import timedelta

from notifications.gateway.whatsapp import NOT_ON_WHATSAPP
from notifications.models import Channel, Delivery, Message
from tutorhub.core import clock

REMEMBERED = timedelta(days=30)
"""How long a number that was not on WhatsApp is not asked about again."""


def in_order(message: Message) -> list[str]:
    """The message's channels in the order in which they are to be tried.

    WhatsApp comes first for a number that it has delivered to before. A code for another number
    goes by SMS first, because a person waits for it; other messages may find out. A number that is
    known not to be on WhatsApp is spared the attempt.
    """
    channels = list(message.channels)
    if Channel.WHATSAPP not in channels or len(channels) == 1:
        return channels
    others = [name for name in channels if name != Channel.WHATSAPP]
    last = Delivery.objects.telling(message.phone, Channel.WHATSAPP, NOT_ON_WHATSAPP).first()
    if last is not None and last.has_arrived:
        return [Channel.WHATSAPP, *others]
    if last is not None and _is_recent(last):
        return others
    if message.is_secret and Channel.SMS in channels:
        channels.sort(key=lambda name: name != Channel.SMS)
    return channels


def _is_recent(delivery: Delivery) -> bool:
    return delivery.created_at > clock.now() - REMEMBERED
