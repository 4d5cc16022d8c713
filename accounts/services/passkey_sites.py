"""For which address a passkey is made: a browser gives it to that one and to no other."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from accounts.models import User


@dataclass(frozen=True)
class Site:
    """`host` is what WebAuthn calls the RP id, `origin` the address that the browser vouches for.

    Answers from `more` count as well: apps of ours, which have no address.
    """

    host: str
    origin: str
    more: tuple[str, ...] = ()

    @property
    def origins(self) -> list[str]:
        return [self.origin, *self.more]

    @property
    def is_usable(self) -> bool:
        """A name and not a number, over https; browsers trust `localhost` without."""
        try:
            ipaddress.ip_address(self.host)
        except ValueError:
            is_local = self.host == "localhost" or self.host.endswith(".localhost")
            return bool(self.host) and (is_local or self.origin.startswith("https://"))
        return False

    def is_at(self, host: str) -> bool:
        """Whether a page at this host (as the request names it) may ask for a passkey."""
        return self.is_usable and self.origin.partition("://")[2] == host


def public() -> Site:
    """Where families and tutors are."""
    return _site(settings.SITE_URL, tuple(settings.PASSKEY_APP_ORIGINS))


def office() -> Site:
    """Where the back office is: at ADMIN_HOST, if that has a host of its own."""
    if not settings.ADMIN_HOST:
        return _site(settings.SITE_URL)
    parts = urlsplit(settings.SITE_URL)
    port = f":{parts.port}" if parts.port else ""
    return _site(f"{parts.scheme}://{settings.ADMIN_HOST}{port}")


def of(user: User) -> Site:
    return office() if user.is_staff else public()


def _site(url: str, more: tuple[str, ...] = ()) -> Site:
    parts = urlsplit(url)
    return Site(parts.hostname or "", f"{parts.scheme}://{parts.netloc}", more)
