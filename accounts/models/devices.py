"""Browsers and apps that a person has signed in with before."""

from django.db import models

from accounts.models.users import User
from tutorhub.core import clock
from tutorhub.core.ids import uuid7


class KnownDevice(models.Model):
    """A browser or an app install, recognised by a secret it keeps. Only its SHA-256 is here.

    `is_original` is the device the account was made with: it has nobody to be new to. A device
    with `proof_due` came to an account that had been silent for long: its number may belong to
    somebody else by now, so that nothing is shown to it before a second proof. A device that
    `has_entered` a right code of the authenticator app has wrong ones of its own.
    """

    class Kind(models.TextChoices):
        BROWSER = "browser"
        APP = "app"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="devices")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    secret_hash = models.CharField(max_length=64)
    is_original = models.BooleanField(default=False)
    proof_due = models.BooleanField(default=False)
    has_entered = models.BooleanField(default=False)
    first_seen_at = models.DateTimeField(default=clock.now, editable=False)
    seen_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = "known device"
        indexes = [models.Index(name="known_device_secret", fields=["secret_hash"])]
        constraints = [
            models.UniqueConstraint(name="known_device_once", fields=["user", "secret_hash"]),
            models.CheckConstraint(
                name="known_device_kind", condition=models.Q(kind__in=["browser", "app"])
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
