"""Whose network an address lies in: the number that the internet knows its operator by (ASN).

Read from a file in MaxMind's format (GeoLite2-ASN, or DB-IP's "IP to ASN Lite"), which the setting
ASN_DATABASE names. Without one, or with one that is broken, nothing is known of any address, and
whoever asks goes by less. It never raises.
"""

import functools
import logging
import struct
from typing import Any

import maxminddb
from django.conf import settings
from django.core import checks

NUMBER = "autonomous_system_number"
CARRIER, HOSTING, OTHER = "carrier", "hosting", "other"

log = logging.getLogger(__name__)

# What reading bytes that mean nothing may raise. A ValueError is also an IPv6 address that is
# looked for in a file of IPv4 alone.
BROKEN = (
    *(maxminddb.InvalidDatabaseError, OSError, ValueError, LookupError, TypeError),
    *(AttributeError, OverflowError, RecursionError, struct.error),
)


def number_of(ip: str) -> int | None:
    """The operator of this address; None if that is not known."""
    reader = _reader(settings.ASN_DATABASE) if settings.ASN_DATABASE else None
    if reader is None:
        return None
    try:
        found: Any = reader.get(ip)
    except BROKEN:
        return None
    number = found.get(NUMBER) if isinstance(found, dict) else None
    return number if isinstance(number, int) and 0 < number < 2**32 else None


def kind_of(number: int) -> str:
    """A carrier of half the country, a place where programs live, or any other operator."""
    if number in settings.ASN_HOSTING:
        return HOSTING
    return CARRIER if number in settings.ASN_CARRIERS else OTHER


def check(**kwargs: Any) -> list[checks.CheckMessage]:
    """At the start of every command: whether the file is there and is what it should be."""
    if not settings.ASN_DATABASE:
        return []
    problem = ""
    try:
        kind = _open(settings.ASN_DATABASE).metadata().database_type
    except BROKEN as error:
        problem = f"cannot be read: {error}"
    else:
        if "asn" not in str(kind).lower():
            problem = f"holds {kind} and not the numbers of operators"
    hint = "Limits by operator are off until it can, those by /24 and /48 hold (docs/signin.md)."
    words = f"ASN_DATABASE ({settings.ASN_DATABASE}) {problem}."
    return [checks.Warning(words, hint=hint, id="core.W001")] if problem else []


def warm() -> None:
    """Read the file before the first request; the log says if that fails."""
    number_of("192.0.2.1")


@functools.lru_cache(maxsize=1)
def _reader(path: str) -> maxminddb.Reader | None:
    """Once for each process: a newer file counts after a restart."""
    try:
        return _open(path)
    except BROKEN as error:
        log.error("ASN_DATABASE cannot be read, so limits by operator are off: %s", error)
        return None


def _open(path: str) -> maxminddb.Reader:
    """Into memory (about 10 MB): a mapped file that somebody overwrites would end the process."""
    return maxminddb.open_database(path, maxminddb.MODE_MEMORY)
