"""Where a request comes from."""

import hashlib
import ipaddress
import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from tutorhub.core import operators

SIGN_IN = "sign_in"
"""Where a browser session says which sign-in it is, on which device and since when."""

HOLDER = "passkey_holder"
"""Where a browser that is not signed in keeps the secret that its passkey challenges are for."""

NOTICE_SEEN = "notice_seen_at"
"""Where it says which new device the person has been shown."""

# The first that matches names it: Chrome calls itself Safari too, and everybody Mozilla.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("UCBrowser", "UC Browser"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)

NOWHERE = "0.0.0.0"  # noqa: S104 - stands for "unknown", nothing listens on it


@dataclass(frozen=True)
class Client:
    """The other end, as the login log and the limits see it."""

    ip: str = NOWHERE
    user_agent: str = ""
    device: str = ""
    """The secret that a browser's cookie holds, or the id that an app install has given itself."""

    @property
    def device_hash(self) -> str:
        """What is kept of the device's secret; empty without one."""
        return hashlib.sha256(self.device.encode()).hexdigest() if self.device else ""

    @property
    def neighbourhood(self) -> str:
        """The /24 around an IPv4 address, or the /48 that one IPv6 site has."""
        address = ipaddress.ip_address(self.ip)
        return str(ipaddress.ip_network((address, 24 if address.version == 4 else 48), False))

    @property
    def operator(self) -> int | None:
        """Whose network the address lies in, if there is a file that tells."""
        return operators.number_of(self.ip)

    @property
    def network(self) -> str:
        """What limits count by: an IPv4 address, or the /64 that one IPv6 customer has."""
        address = ipaddress.ip_address(self.ip)
        if address.version == 4:
            return self.ip
        return str(ipaddress.ip_network((address, 64), strict=False))


def ip_of(request: HttpRequest) -> str:
    """The address of the client.

    `X-Forwarded-For` counts only as far as our own proxies wrote it: each of them appends the
    address that spoke to it, so with n proxies the client is the n-th from the right.
    """
    count = settings.TRUSTED_PROXY_COUNT
    address = request.META.get("REMOTE_ADDR", "")
    if count:
        hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        address = hops[-count].strip() if len(hops) >= count else address
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return NOWHERE
    mapped = getattr(parsed, "ipv4_mapped", None)
    return str(mapped or parsed)


def device_name(user_agent: str) -> str:
    """`Chrome, Android`: what a person knows the device by; else how it begins to call itself."""
    names = [
        next((name for sign, name in known if sign in user_agent), "")
        for known in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(filter(None, names)) or user_agent.split(" ")[0][:60]


def client_of(request: HttpRequest) -> Client:
    """A browser, which brings the secret of its device in a cookie."""
    device = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    return Client(ip_of(request), request.META.get("HTTP_USER_AGENT", "")[:300], device[:100])


def app_of(request: HttpRequest, install_id: str = "") -> Client:
    """An app, which may name its install; cookies are not looked at."""
    return Client(ip_of(request), request.META.get("HTTP_USER_AGENT", "")[:300], install_id)


def sign_in_of(request: Any) -> UUID | None:
    """Which sign-in a request belongs to: that of its access token, else that of its session."""
    token = getattr(request, "auth", None)
    if token is not None:
        return UUID(token["sid"])
    about = request.session.get(SIGN_IN)
    return UUID(about["id"]) if about else None


def holder_of(request: HttpRequest) -> str:
    """For whom a passkey challenge is: the sign-in, or a browser that has none yet.

    A browser without a secret of its own gets one, which `keep_holder` writes down once something
    was asked with it: a session is a row for a month, and who is refused must not make one.
    """
    sign_in = sign_in_of(request)
    if sign_in is not None:
        return str(sign_in)
    return str(request.session.get(HOLDER) or secrets.token_urlsafe(32))


def keep_holder(request: HttpRequest, holder: str) -> None:
    """Know a browser without a sign-in again, when it answers."""
    if sign_in_of(request) is None:
        request.session.setdefault(HOLDER, holder)
