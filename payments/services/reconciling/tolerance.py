"""One thing that goes wrong must not stop the others, now or next time."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import DatabaseError

from payments import gateway
from tutorhub.core.errors import DomainError

log = logging.getLogger(__name__)

Item = TypeVar("Item")
Result = TypeVar("Result")


def each(items: Iterable[Item], check: Callable[[Item], Result]) -> list[Result]:
    """What `check` answers for each item; those that go wrong are logged and left out."""
    results = []
    for item in items:
        try:
            results.append(check(item))
        except (gateway.GatewayError, DomainError) as error:
            log.warning("%s of %s: %s", check.__name__, item, error)
        except (DatabaseError, LookupError, TypeError, ValueError):
            # An answer that is not what the contract says, or rows that contradict it.
            log.exception("%s of %s", check.__name__, item)
    return results
