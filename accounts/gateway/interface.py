"""What the shops for apps say of an app: one interface, and a provider behind each platform."""

from dataclasses import dataclass
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class NotGenuine(Exception):
    """The proof is none, or is not of our app as the shop gave it out, on a device it trusts."""


@dataclass(frozen=True)
class Proof:
    """What an app brings: its platform's token over our nonce, and the key it is about."""

    token: str
    nonce: bytes
    key_id: str = ""


class Attestor(Protocol):
    """A platform. It is asked outside of transactions, and asks nobody itself."""

    def check(self, proof: Proof) -> None:
        """Raise NotGenuine unless the platform vouches for the app and the nonce."""


def attestor(platform: str) -> Attestor | None:
    """The provider behind a platform, if the settings name one."""
    path = settings.APP_ATTESTORS.get(platform)
    return _made(path) if path else None


@cache
def _made(path: str) -> Attestor:
    made: Attestor = import_string(path)()
    return made
