"""The ways out. Which class serves a channel is a setting."""

from dataclasses import dataclass
from typing import Protocol

from django.core.mail import EmailMessage


@dataclass(frozen=True)
class Outgoing:
    """What a provider gets. `key` is the same for every try of one message: its idempotency key."""

    key: str
    to: str
    template: str
    language: str
    subject: str
    body: str


class DeliveryFailed(Exception):
    """The provider did not take the message; it is tried again later."""


class Provider(Protocol):
    """One way out. An instant one needs no network, and is used right after the commit."""

    is_instant: bool

    def send(self, message: Outgoing) -> str:
        """Hand the message over and return the provider's id for it. Raises DeliveryFailed."""


class DevInbox:
    """Sends nothing: `/dev/inbox` shows what would have gone out. Development and tests only."""

    is_instant = True

    def send(self, message: Outgoing) -> str:
        return f"dev-{message.key}"


class Smtp:
    """E-mail through Django's e-mail settings."""

    is_instant = False

    def send(self, message: Outgoing) -> str:
        mail = EmailMessage(
            subject=message.subject,
            body=message.body,
            to=[message.to],
            headers={"Message-ID": f"<{message.key}@tutorhub>"},
        )
        try:
            mail.send()
        except OSError as error:
            raise DeliveryFailed(type(error).__name__) from error
        return message.key
