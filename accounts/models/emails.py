"""E-mail addresses that wait to be confirmed, and what an account was reached by before."""

from django.db import models

from accounts.models.users import User
from tutorhub.core import clock
from tutorhub.core.crypto import EncryptedTextField
from tutorhub.core.ids import uuid7


class EmailChange(models.Model):
    """An address that somebody gave, until the link sent to it is followed. No token is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="email_changes")
    email = models.EmailField()
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "e-mail change"
        indexes = [models.Index(name="email_change_user", fields=["user", "created_at"])]

    def __str__(self) -> str:
        return str(self.pk)


class FormerAddress(models.Model):
    """A number or an e-mail address that an account had until `given_up_at`, sealed.

    An erasure finds by it what is older than that; what is newer is whoever's it is now.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="former_addresses")
    address = EncryptedTextField()
    given_up_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = "former address"
        verbose_name_plural = "former addresses"

    def __str__(self) -> str:
        return str(self.pk)
