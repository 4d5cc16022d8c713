"""Where a person is signed in: browsers, and apps with their chains of refresh tokens."""

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from accounts.models.devices import KnownDevice
from accounts.models.users import User
from tutorhub.core import clock
from tutorhub.core.ids import uuid7


class BrowserSession(AbstractBaseSession):
    """Django's session with its owner's name on it, so that it can be listed and ended.

    Everything but the key is copied from the session's own data whenever that is saved
    (`accounts.session_store`). `public_id` names it outside: the key itself is a secret.
    """

    public_id = models.UUIDField(unique=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, related_name="browser_sessions"
    )
    known_device = models.ForeignKey(
        KnownDevice, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    device = models.CharField(max_length=200, blank=True)
    network = models.CharField(max_length=49, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(default=clock.now)

    class Meta(AbstractBaseSession.Meta):
        verbose_name = "browser session"
        verbose_name_plural = "browser sessions"


class AppSession(models.Model):
    """One sign-in of the app: a family of refresh tokens, named `sid` in access tokens."""

    class End(models.TextChoices):
        LOGOUT = "logout"
        OWNER = "owner"
        REUSE = "reuse"
        STAFF = "staff"
        ERASED = "erased"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="app_sessions")
    epoch = models.PositiveIntegerField()
    known_device = models.ForeignKey(
        KnownDevice, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    device = models.CharField(max_length=200, blank=True)
    network = models.CharField(max_length=49, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    seen_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=10, choices=End.choices, blank=True)

    class Meta:
        verbose_name = "app session"
        indexes = [models.Index(name="app_session_user", fields=["user", "created_at"])]
        constraints = [
            models.CheckConstraint(
                name="app_session_ended",
                condition=models.Q(ended_at__isnull=True, ended_by="")
                | models.Q(
                    ended_at__isnull=False,
                    ended_by__in=["logout", "owner", "reuse", "staff", "erased"],
                ),
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class RefreshToken(models.Model):
    """One link of the chain. Only the token's SHA-256 is kept.

    `child_sealed` holds the token that replaced this one, encrypted, until that one is used: a
    phone that lost the answer on a bad network may ask again for a few seconds.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session = models.ForeignKey(AppSession, on_delete=models.CASCADE, related_name="tokens")
    parent = models.OneToOneField("self", on_delete=models.CASCADE, null=True, related_name="child")
    token_hash = models.CharField(max_length=64, unique=True)
    child_sealed = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "refresh token"

    def __str__(self) -> str:
        return str(self.pk)
