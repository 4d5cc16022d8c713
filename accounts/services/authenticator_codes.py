"""The keys of authenticator apps, and whether their six digits are right.

Who may change one, and who hears of it, is a matter of `authenticators` (families and tutors) and
`recovery` (staff). A code counts once; guesses are slowed by `django_otp`, ever more after each.
"""

from base64 import b32encode
from datetime import datetime
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import phones
from accounts.models import AuthenticatorProof, User
from tutorhub.core import clock
from tutorhub.core.errors import Conflict, DomainError


class WrongCode(DomainError):
    """Wrong, used before, or too soon after a wrong one: which of them is nobody's business."""

    code = "code_invalid"
    message = _("This code is not right. Wait for the next one and try again.")


class NoAuthenticator(Conflict):
    code = "no_authenticator"
    message = _("This account has no authenticator app.")


def of(user: User) -> TOTPDevice | None:
    """The authenticator that counts."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def new(user: User) -> TOTPDevice:
    """A key that counts once its first code was entered."""
    device = TOTPDevice.objects.create(user=user, name="authenticator", confirmed=False)
    # `django_otp` takes the time of the machine; this is compared with that of `clock`.
    device.created_at = clock.now()
    device.save(update_fields=["created_at"])
    return device


def confirm(user: User, token: str, *, since: datetime | None = None) -> TOTPDevice | None:
    """Its first code makes the waiting key the only one; None if it is wrong.

    `since` leaves out a key that was made before. Call it under the lock of the user, and let the
    transaction end well, so that the count of wrong tries stays.
    """
    waiting = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False)
    if since is not None:
        waiting = waiting.filter(created_at__gt=since)
    device = waiting.order_by("-pk").first()
    if device is None or not device.verify_token(token):
        return None
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
    return device


@transaction.atomic
def is_right(user: User, token: str) -> bool:
    """Whether it is the authenticator's code of this moment, not used before."""
    device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
    return device is not None and bool(device.verify_token(token))


def check(user: User, token: str, holder: str) -> AuthenticatorProof | DomainError:
    """The proof that this sign-in (`holder`) has entered the code, or why it does not count.

    Call it in a transaction that ends well, so that the count of wrong tries stays.
    """
    if of(user) is None:
        return NoAuthenticator()
    if not is_right(user, token):
        return WrongCode()
    return note(user, holder)


def note(user: User, holder: str) -> AuthenticatorProof:
    """Remember that this sign-in has entered a code that was right."""
    proof: AuthenticatorProof = AuthenticatorProof.objects.create(user=user, holder=holder)
    return proof


def is_proved(user: User, holder: str, *, since: datetime) -> bool:
    """Whether this sign-in has entered a code since then."""
    proofs = AuthenticatorProof.objects.filter(user=user, holder=holder, used_at__gt=since)
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
