"""Passkeys: keys that a device keeps behind a fingerprint, a face or a screen lock (WebAuthn)."""

import secrets

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device

from accounts.models.challenges import random_id
from tutorhub.core import clock
from tutorhub.core.ids import uuid7


def random_challenge() -> str:
    """256 random bits, in hexadecimal."""
    return secrets.token_hex(32)


class Passkey(Device):
    """The public half of a key. Nothing in it opens anything.

    It is a device of `django_otp`, so that a session of staff that began with it is verified as
    long as the passkey is there. `is_synced`: its owner's other devices have it too.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    credential_id = models.CharField(max_length=1364, unique=True)
    public_key = models.BinaryField()
    sign_count = models.PositiveBigIntegerField(default=0)
    transports = models.CharField(max_length=80, blank=True)
    is_synced = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("passkey")
        verbose_name_plural = _("passkeys")

    @property
    def persistent_id(self) -> str:
        """What the session of staff remembers. `django_otp` looks for a number there."""
        return f"{self.model_label()}/{self.id.int}"


class PasskeyChallenge(models.Model):
    """What a device is asked to sign. Good once, for five minutes, for whoever asked (`holder`).

    The holder is a sign-in, or a browser before it has one. `is_proved` says that a passkey has
    answered rightly; `used_at` that somebody has tried.
    """

    class Purpose(models.TextChoices):
        ADD = "add", "a new passkey"
        SIGN_IN = "sign_in", "sign-in"
        STEP_UP = "step_up", "proof before something sensitive"
        PROOF = "proof", "proof after a long absence"
        STAFF = "staff", "second factor of staff"

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    challenge = models.CharField(max_length=64, unique=True, default=random_challenge)
    holder = models.CharField(max_length=64)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    network = models.CharField(max_length=49)
    is_proved = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "passkey challenge"
        indexes = [
            models.Index(name="passkey_asked", fields=["network", "created_at"]),
            models.Index(name="passkey_holder", fields=["holder", "purpose", "used_at"]),
        ]

    def __str__(self) -> str:
        return str(self.pk)
