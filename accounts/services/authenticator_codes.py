"""The keys of authenticator apps, and whether their six digits are right.

Who may change one, and who hears of it, is a matter of `authenticators` (families and tutors) and
`recovery` (staff). A code counts once. Guesses of families and tutors are counted here (`check`);
those of staff, who have entered a password, are slowed by `django_otp`, ever more after each.
"""

from base64 import b32encode
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import phones
from accounts.models import AuthenticatorProof, KnownDevice, User
from tutorhub.core import clock
from tutorhub.core.errors import Conflict, DomainError, TooMany

NAME = "authenticator"


class WrongCode(DomainError):
    """Wrong, used before, or of staff too soon: which of them is nobody's business."""

    code = "code_invalid"
    message = _("This code is not right. Wait for the next one and try again.")


class WrongTooOften(TooMany):
    code = "too_many_guesses"
    message = _(
        "Too many wrong codes of your authenticator app. Try again tomorrow, or on a device where "
        "you have used it before."
    )


class NoAuthenticator(Conflict):
    code = "no_authenticator"
    message = _("This account has no authenticator app.")


def of(user: User) -> TOTPDevice | None:
    """The authenticator that counts."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def new(user: User, *, holder: str = NAME) -> TOTPDevice:
    """A key that counts once its first code was entered, in the sign-in that has asked for it.

    Until then that sign-in (`holder`) is its name.
    """
    device = TOTPDevice.objects.create(user=user, name=holder, confirmed=False)
    # `django_otp` takes the time of the machine; this is compared with that of `clock`.
    device.created_at = clock.now()
    device.save(update_fields=["created_at"])
    return device


def confirm(
    user: User, token: str, *, holder: str = NAME, since: datetime | None = None
) -> TOTPDevice | None:
    """Its first code makes the waiting key of `holder` the only one; None if it is wrong.

    `since` leaves out a key that was made before. Call it under the lock of the user, and let the
    transaction end well, so that the count of wrong tries stays.
    """
    waiting = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False, name=holder)
    if since is not None:
        waiting = waiting.filter(created_at__gt=since)
    device = waiting.order_by("-pk").first()
    if device is None or not device.verify_token(token):
        return None
    device.confirmed, device.name = True, NAME
    device.save(update_fields=["confirmed", "name"])
    TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
    return device


@transaction.atomic
def is_right(user: User, token: str) -> bool:
    """Whether it is the authenticator's code of this moment, not used before."""
    device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
    return device is not None and bool(device.verify_token(token))


def check(
    user: User, token: str, holder: str, device: KnownDevice | None
) -> TOTPDevice | DomainError:
    """The authenticator whose code this is, or why it does not count.

    Wrong codes of a device that has entered a right one count apart from those of all others, so
    that whoever got hold of the number cannot use up the tries of the app's owner. Call it in a
    transaction that ends well, so that the count stays. It locks the device, the account and the
    key, in this order.
    """
    device = locked(device)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    key = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
    if key is None:
        return NoAuthenticator()
    own = device if device is not None and device.has_entered else None
    if _tries_left(user, own) <= 0:
        return WrongTooOften(retry_after=86400)
    # Its own wait doubles with each wrong code, whoever enters it: a stranger's would be the
    # owner's too.
    key.throttle_reset(commit=False)
    if not key.verify_token(token):
        AuthenticatorProof.objects.create(user=user, holder=holder, device=own, is_right=False)
        return WrongCode()
    remember(device)
    return key


def locked(device: KnownDevice | None) -> KnownDevice | None:
    """Call it before the account is locked."""
    if device is None:
        return None
    return KnownDevice.objects.select_for_update(no_key=True).filter(pk=device.pk).first()


def remember(device: KnownDevice | None) -> None:
    """A right code came from this device, which is locked."""
    if device is not None and not device.has_entered:
        device.has_entered = True
        device.save(update_fields=["has_entered"])


def note(user: User, holder: str) -> AuthenticatorProof:
    """Remember that this sign-in has entered a code that was right."""
    proof: AuthenticatorProof = AuthenticatorProof.objects.create(user=user, holder=holder)
    return proof


def forget_proofs(user: User) -> None:
    """What the authenticator there was has proved counts no more; wrong codes stay counted."""
    AuthenticatorProof.objects.filter(user=user, is_right=True).delete()


def is_proved(user: User, holder: str, *, since: datetime) -> bool:
    """Whether this sign-in has entered a code since then."""
    proofs = AuthenticatorProof.objects.filter(
        user=user, holder=holder, is_right=True, used_at__gt=since
    )
    return proofs.exists()


def key_of(device: TOTPDevice) -> str:
    """The key as people type it into their app."""
    return b32encode(device.bin_key).decode().rstrip("=")


def address_of(device: TOTPDevice, user: User) -> str:
    """The key as apps read it, from a QR code or a link. It says no whole number."""
    issuer = settings.OTP_TOTP_ISSUER
    whose = user.email or phones.masked(user.phone or "")
    query = urlencode(
        {
            "secret": key_of(device),
            "issuer": issuer,
            "algorithm": "SHA1",
            "digits": device.digits,
            "period": device.step,
        }
    )
    return f"otpauth://totp/{quote(issuer)}:{quote(whose)}?{query}"


def _tries_left(user: User, own: KnownDevice | None) -> int:
    since = clock.now() - timedelta(hours=24)
    wrong = AuthenticatorProof.objects.filter(user=user, is_right=False, used_at__gt=since)
    limit = (
        settings.AUTHENTICATOR_GUESSES_PER_DAY
        if own
        else settings.AUTHENTICATOR_GUESSES_PER_DAY_BY_OTHERS
    )
    return int(limit) - wrong.filter(device=own).count()
