"""Where a request comes from."""

import ipaddress
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

NOWHERE = "0.0.0.0"  # noqa: S104 - stands for "unknown", nothing listens on it


@dataclass(frozen=True)
class Client:
    """The other end, as the login log and the limits see it."""

    ip: str = NOWHERE
    user_agent: str = ""

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


def client_of(request: HttpRequest) -> Client:
    return Client(ip_of(request), request.META.get("HTTP_USER_AGENT", "")[:300])
