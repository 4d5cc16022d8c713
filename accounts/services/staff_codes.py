"""The second factor of staff at the door by passkey, and fresh codes before something sensitive."""

from collections.abc import MutableMapping
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import Passkey, PasskeyChallenge, User
from accounts.services import authenticator_codes, passkey_answers, passkey_sites
from accounts.services.passkey_answers import Answer, Asker, Options
from tutorhub.core import audit, clock
from tutorhub.core.errors import DomainError

BY_PASSKEY = PasskeyChallenge.Purpose.STAFF
FRESH = "staff_code_at"
"""Where a session remembers when its last code was entered (seconds since 1970)."""


@transaction.atomic
def confirm(session: MutableMapping[str, Any], user: User, token: str) -> bool:
    """Whether this is the authenticator's code now; a code works once. Guesses are slowed.

    A recovery code is for the door only.
    """
    if not authenticator_codes.is_right(user, token):
        audit.record("staff.code_refused", user, by=user)
        return False
    note(session)
    audit.record("staff.code_confirmed", user, by=user)
    return True


@transaction.atomic
def request_passkey(asker: Asker) -> Options:
    """Ask for a passkey: of `asker.user`, or of whoever is at the door and says who later.

    At the door any passkey of the site may answer, so that nobody learns who has one. Raises
    NoPasskey, NoPasskeysHere, AskedTooOften.
    """
    return passkey_answers.begin(BY_PASSKEY, asker, passkey_sites.office())


def check_passkey(user: User, asker: Asker, answer: Answer) -> Passkey:
    """Their passkey that has answered: a second factor. Raises PasskeyRefused."""
    found = _checked(Asker(asker.holder, asker.client, user), answer)
    if isinstance(found, DomainError):
        raise found
    return found


@transaction.atomic
def _checked(asker: Asker, answer: Answer) -> Passkey | DomainError:
    """Returns the error instead of raising it, so that the challenge stays used."""
    return passkey_answers.check(answer, BY_PASSKEY, asker, passkey_sites.office())


def confirm_passkey(
    session: MutableMapping[str, Any], user: User, asker: Asker, answer: Answer
) -> None:
    """As `confirm`, by a passkey. Raises PasskeyRefused."""
    try:
        check_passkey(user, asker, answer)
    except DomainError:
        audit.record("staff.code_refused", user, by=user)
        raise
    note(session)
    audit.record("staff.code_confirmed", user, by=user)


def note(session: MutableMapping[str, Any]) -> None:
    """A code was just entered in this session."""
    session[FRESH] = clock.now().timestamp()


def is_fresh(session: MutableMapping[str, Any]) -> bool:
    """Whether a code was entered in this session within settings.STEP_UP_LIFE."""
    entered = session.get(FRESH)
    life = settings.STEP_UP_LIFE.total_seconds()
    return entered is not None and clock.now().timestamp() - float(entered) < life
