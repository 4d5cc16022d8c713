"""What was entered of the authenticator apps of families and tutors."""

from django.conf import settings
from django.db import models

from accounts.models.challenges import random_id
from accounts.models.devices import KnownDevice
from tutorhub.core import clock


class AuthenticatorProof(models.Model):
    """The six digits of somebody's authenticator, entered in one sign-in (`holder`).

    Right ones prove who it is. Wrong ones are counted: those from a device that has entered a right
    one before are its own (`device`), those from all other devices are everybody's. The key itself
    lies in `django_otp`'s own table, as that of staff does.
    """

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    holder = models.CharField(max_length=64)
    device = models.ForeignKey(
        KnownDevice, null=True, editable=False, on_delete=models.CASCADE, related_name="+"
    )
    is_right = models.BooleanField(default=True)
    used_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = "proof by authenticator"
        indexes = [models.Index(name="authenticator_proof", fields=["holder", "used_at"])]

    def __str__(self) -> str:
        return str(self.pk)
