"""What a device that is new to an account may not do yet."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy, ngettext

from accounts import queries
from accounts.models import User
from tutorhub.core import clock
from tutorhub.core.errors import NotAllowed


class DeviceTooNew(NotAllowed):
    """`extra["allowed_at"]` is when this device may."""

    code = "device_too_new"


class ProofDue(NotAllowed):
    """A new device came to an account that was silent for long: it shows nothing before a proof."""

    code = "second_proof_needed"
    message = gettext_lazy(
        "This account was not used for a long time. Prove that it is yours before you go on."
    )


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
