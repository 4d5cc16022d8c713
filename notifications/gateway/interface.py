"""What every provider offers, and how it says no."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Outgoing:
    """What a provider gets. `key` names this one attempt, and is its reference in receipts.

    `values` are names and texts in the order of the template; `body` is the finished sentence, for
    channels that take one. `is_code` says that the first value is a one-time code.
    """

    key: str
    to: str
    template_id: str
    language: str
    subject: str
    body: str
    values: tuple[tuple[str, str], ...] = ()
    is_code: bool = False


@dataclass(frozen=True)
class Receipt:
    """What a provider says became of an attempt. `status` is one of Delivery.Status."""

    provider_id: str
    reference: str
    status: str
    at: datetime | None = None
    error: str = ""


class DeliveryFailed(Exception):
    """The provider did not take the message. `code` says why, and holds nothing personal."""

    def __init__(self, code: str) -> None:
        self.code = code[:100]
        super().__init__(self.code)


class Refused(DeliveryFailed):
    """A definite no, for good: nothing was sent, and the same again gets the same answer."""


class TryAgain(DeliveryFailed):
    """A definite no for now: nothing was sent, and later it may be."""


class Unknown(DeliveryFailed):
    """No usable answer: nobody knows whether it was sent. Sending it again might pay twice."""


class Unreadable(Exception):
    """What came to a webhook is none of the provider's receipts."""


class Provider(Protocol):
    """One way out.

    An instant one needs no network, and is used right after the commit. `has_receipts`: what was
    sent is not delivered before a receipt says so. `may_repeat`: after a call whose outcome nobody
    knows, the same again costs nothing and is recognised as the same.
    """

    is_instant: bool
    has_receipts: bool
    may_repeat: bool

    def send(self, message: Outgoing) -> str:
        """Hand the message over and return the provider's id for it.

        Raises Refused, TryAgain, Unknown.
        """


@cache
def _made(path: str) -> Provider:
    made: Provider = import_string(path)()
    return made


def provider(channel: str) -> Provider:
    """What serves the channel, by the settings."""
    return _made(settings.MESSAGE_CHANNELS[channel])


def channels_on() -> list[str]:
    return [name for name, path in settings.MESSAGE_CHANNELS.items() if path != "off"]


def cost_paise(channel: str) -> int:
    """What one message costs us at most."""
    costs = {"sms": settings.SMS_COST_PAISE, "whatsapp": settings.WHATSAPP_COST_PAISE}
    return int(costs.get(channel, 0))
