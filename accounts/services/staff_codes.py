"""A fresh code of the second factor, before staff do something sensitive."""

from collections.abc import MutableMapping
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.services import recovery
from tutorhub.core import audit, clock

FRESH = "staff_code_at"
"""Where a session remembers when its last code was entered (seconds since 1970)."""


@transaction.atomic
def confirm(session: MutableMapping[str, Any], user: User, token: str) -> bool:
    """Whether this is the authenticator's code now; a code works once. Guesses are slowed.

    A recovery code is for the door only.
    """
    if not recovery.is_right(user, token):
        audit.record("staff.code_refused", user, by=user)
        return False
    note(session)
    audit.record("staff.code_confirmed", user, by=user)
    return True


def note(session: MutableMapping[str, Any]) -> None:
    """A code was just entered in this session."""
    session[FRESH] = clock.now().timestamp()


def is_fresh(session: MutableMapping[str, Any]) -> bool:
    """Whether a code was entered in this session within settings.STEP_UP_LIFE."""
    entered = session.get(FRESH)
    life = settings.STEP_UP_LIFE.total_seconds()
    return entered is not None and clock.now().timestamp() - float(entered) < life
