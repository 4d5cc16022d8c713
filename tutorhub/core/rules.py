"""Rules, asked without breaking them, so that pages hide what the service would refuse."""

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError

from tutorhub.core.errors import DomainError


def allows(check: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
    """Whether `check(...)`, which raises a domain error when something is not allowed, passes."""
    try:
        check(*args, **kwargs)
    except DomainError:
        return False
    return True


def broken_rule(error: IntegrityError) -> str:
    """The name of the database constraint that an error speaks of; empty if of none."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return str(getattr(diagnosis, "constraint_name", None) or "")
