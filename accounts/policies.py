"""What a device that is new to an account may not do yet, and what takes two superusers."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy, ngettext

from accounts import queries
from accounts.models import EVERY_RIGHT, BreakGlass, User
from tutorhub.core import clock
from tutorhub.core.errors import Conflict, NotAllowed


class DeviceTooNew(NotAllowed):
    """`extra["allowed_at"]` is when this device may."""

    code = "device_too_new"


class ProofDue(NotAllowed):
    """A new device came to an account that was silent for long: it shows nothing before a proof."""

    code = "second_proof_needed"
    message = gettext_lazy(
        "This account was not used for a long time. Prove that it is yours before you go on."
    )


class NotSuperuser(NotAllowed):
    code = "not_superuser"
    message = gettext_lazy("Only a superuser may do this.")


class NobodyAgreesToThemselves(NotAllowed):
    code = "maker_is_checker"
    message = gettext_lazy("Somebody else has to agree to this.")


class GlassClosed(Conflict):
    code = "glass_closed"
    message = gettext_lazy("This request was answered already, or it is too old.")


def has_every_right(user: User) -> bool:
    """Whether this is a superuser to whose every right a second one agrees at this moment."""
    return user.is_superuser and user.has_perm(EVERY_RIGHT)


def check_is_superuser(user: User) -> None:
    if not (user.is_active and user.is_staff and user.is_superuser):
        raise NotSuperuser


def check_can_agree(glass: BreakGlass, by: User) -> None:
    """Two people, both superusers now. Ask it under the lock of the row."""
    check_is_superuser(by)
    check_is_superuser(glass.asked_by)
    if by.pk == glass.asked_by_id:
        raise NobodyAgreesToThemselves
    if not glass.is_waiting:
        raise GlassClosed


def check_can_end(glass: BreakGlass, by: User) -> None:
    """Any superuser ends it, or says no to it."""
    check_is_superuser(by)
    if not (glass.is_waiting or glass.is_open):
        raise GlassClosed


def check_device_is_settled(user: User, sign_in_id: UUID | None, action: str) -> None:
    """Raise DeviceTooNew while the device of this sign-in is too new for `action`.

    Actions and their waits are in settings.NEW_DEVICE_WAITS: `export`, `contact` (phone number and
    e-mail), `payout_account`, `withdrawal`. The device that made the account waits for nothing.
    Raises ProofDue too.
    """
    since = _known_since(user, sign_in_id)
    if since is None:
        return
    allowed_at = since + settings.NEW_DEVICE_WAITS[action]
    left = allowed_at - clock.now()
    if left > timedelta(0):
        raise DeviceTooNew(_wait_text(left), allowed_at=allowed_at.isoformat())


def _known_since(user: User, sign_in_id: UUID | None) -> datetime | None:
    """Since when the device is known; None for the one that the account was made with."""
    sign_in = queries.sign_in(user, sign_in_id)
    if sign_in is None:
        return clock.now()
    device = sign_in.known_device
    if device is None:
        return sign_in.created_at
    if device.proof_due:
        raise ProofDue
    return None if device.is_original else device.first_seen_at


def _wait_text(left: timedelta) -> str:
    hours = -(-left // timedelta(hours=1))
    text = ngettext(
        "You are on a new device. To keep your account safe, this works here in %(n)d hour; on a "
        "device you have used before it works now.",
        "You are on a new device. To keep your account safe, this works here in %(n)d hours; on a "
        "device you have used before it works now.",
        hours,
    )
    return text % {"n": hours}
