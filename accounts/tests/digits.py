"""The authenticator app of a test's person."""

import time

from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User


def app_of(user: User) -> TOTPDevice:
    """An authenticator that was set up some time ago."""
    return TOTPDevice.objects.create(user=user, name="authenticator", confirmed=True)


def digits(device: TOTPDevice, *, ahead: int = 0) -> str:
    """What it shows, or will show so many half minutes from now."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.time = time.time() + ahead * device.step
    return f"{totp.token():06d}"


def wrong(device: TOTPDevice) -> str:
    """Six digits that it does not show now, has not just shown and will not show next."""
    shown = {digits(device, ahead=ahead) for ahead in (-2, -1, 0, 1, 2)}
    return next(text for text in (f"{n:06d}" for n in range(9)) if text not in shown)
