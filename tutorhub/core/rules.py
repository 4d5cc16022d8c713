"""Asking a rule without breaking it, so that pages hide what the service would refuse."""

from collections.abc import Callable
from typing import Any

from tutorhub.core.errors import DomainError


def allows(check: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
    """Whether `check(...)`, which raises a domain error when something is not allowed, passes."""
    try:
        check(*args, **kwargs)
    except DomainError:
        return False
    return True
