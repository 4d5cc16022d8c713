"""The second factor of staff when the authenticator is lost or replaced.

Ten codes on paper, each good once, open the door in its place; a new authenticator counts once a
code of its own was entered, and ends the old one. Whose it is hears of each of these by mail.
"""

import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import messages
from accounts.models import Passkey, RecoveryCode, RecoveryDevice, User
from accounts.models.recovery import ALPHABET, hash_of, letters_of
from accounts.services import authenticator_codes
from accounts.services.authenticator_codes import WrongCode
from tutorhub.core import audit, clock

CODES = 10
PART = 5
"""Letters before and after the hyphen."""


def is_recovery_code(token: str) -> bool:
    """Whether it has the form of a recovery code, and not of an authenticator's six digits."""
    return len(letters_of(token)) == 2 * PART


def left(user: User) -> int:
    """How many codes of the list are still good."""
    return RecoveryCode.objects.filter(device__user=user, used_at=None).count()


@transaction.atomic
def renew(user: User, *, by: User | None) -> list[str]:
    """Make a new list; the old one ends. The only time that the codes can be read.

    `by` is None when it was done on the server's own command line.
    """
    _lock(user)
    RecoveryDevice.objects.filter(user=user).delete()
    device = RecoveryDevice.objects.create(user=user, name="recovery codes", confirmed=True)
    codes = [_random_code() for _ in range(CODES)]
    RecoveryCode.objects.bulk_create(
        [RecoveryCode(device=device, code_hash=hash_of(code)) for code in codes]
    )
    audit.record("staff.recovery_codes_renewed", user, by=by)
    messages.second_factor_changed(user, "A new list of recovery codes was made.")
    return codes


def note_use(user: User) -> None:
    """Write down that a code of the list was used to sign in, and tell whose it was."""
    audit.record("staff.recovery_code_used", user, by=user)
    messages.second_factor_changed(
        user, f"A recovery code was used to sign in. {left(user)} of the list are left."
    )


@transaction.atomic
def begin_authenticator(user: User) -> TOTPDevice:
    """The authenticator that is to take the old one's place, with a key that nobody has seen yet.

    One that was begun before is forgotten.
    """
    _lock(user)
    TOTPDevice.objects.filter(user=user, confirmed=False).delete()
    return authenticator_codes.new(user)


def waiting_authenticator(user: User) -> TOTPDevice | None:
    """The one that waits for its first code."""
    waiting = TOTPDevice.objects.filter(user=user, confirmed=False, created_at__gt=_since())
    return waiting.order_by("-pk").first()


def confirm_authenticator(user: User, *, token: str) -> TOTPDevice:
    """Its first code makes it the only authenticator. Raises WrongCode."""
    device = _confirmed(user, token)
    if device is None:
        raise WrongCode
    return device


@transaction.atomic
def _confirmed(user: User, token: str) -> TOTPDevice | None:
    """None instead of an error, so that the count of wrong tries stays."""
    _lock(user)
    device = authenticator_codes.confirm(user, token, since=_since())
    if device is not None:
        audit.record("staff.authenticator_changed", user, by=user)
        messages.second_factor_changed(user, "Another authenticator was set up.")
    return device


@transaction.atomic
def replace_authenticator(user: User) -> TOTPDevice:
    """End every authenticator and passkey of somebody who has lost theirs and has no codes left.

    For the server's command line, where who asks has been seen in person.
    """
    _lock(user)
    TOTPDevice.objects.filter(user=user).delete()
    Passkey.objects.filter(user=user).delete()
    device = TOTPDevice.objects.create(user=user, name="authenticator", confirmed=True)
    audit.record("staff.authenticator_replaced", user)
    messages.second_factor_changed(user, "Your authenticator was replaced by the operators.")
    return device


def _lock(user: User) -> None:
    User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _since() -> datetime:
    return clock.now() - settings.AUTHENTICATOR_WAITS


def _random_code() -> str:
    letters = "".join(secrets.choice(ALPHABET) for _ in range(2 * PART))
    return f"{letters[:PART]}-{letters[PART:]}"
