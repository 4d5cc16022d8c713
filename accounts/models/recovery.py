import hashlib
import hmac

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device, ThrottlingMixin

from tutorhub.core import clock

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of the codes: without what reads like something else (i, l, o, 0, 1)."""


def letters_of(token: str) -> str:
    """The code as it counts, whatever was typed between its letters."""
    return "".join(letter for letter in token.lower() if letter in ALPHABET)


def hash_of(token: str) -> str:
    key = f"recovery:{settings.OTP_PEPPER}".encode()
    return hmac.new(key, letters_of(token).encode(), hashlib.sha256).hexdigest()


class RecoveryDevice(ThrottlingMixin, Device):
    """A list of codes on paper, each good once, for the day the authenticator is lost.

    The list of `django_otp` itself keeps its codes readable; this one keeps their hashes.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("recovery codes")
        verbose_name_plural = _("recovery codes")
        constraints = [
            models.UniqueConstraint(name="recovery_device_once", fields=["user"]),
        ]

    def get_throttle_factor(self) -> float:
        """Seconds to wait after the first wrong code; twice as long after each further one."""
        return 1.0

    def verify_token(self, token: str) -> bool:
        """Use the code up, if it is one of them; a wrong one slows the next try down.

        Call it with the row locked, as `devices_for_user(for_verify=True)` does.
        """
        is_allowed, _why = self.verify_is_allowed()
        if not is_allowed:
            return False
        good = self.codes.filter(code_hash=hash_of(token), used_at=None)
        if not good.update(used_at=clock.now()):
            self.throttle_increment()
            return False
        self.throttle_reset()
        return True


class RecoveryCode(models.Model):
    """One line of the list. The code has 50 random bits, so a plain keyed hash is enough."""

    device = models.ForeignKey(RecoveryDevice, on_delete=models.CASCADE, related_name="codes")
    code_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=clock.now)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("recovery code")
        constraints = [
            models.UniqueConstraint(name="recovery_code_once", fields=["device", "code_hash"]),
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d}, {'used' if self.used_at else 'good'}"
