"""The login log."""

from django.conf import settings
from django.db import models

from tutorhub.core import clock
from tutorhub.core.ids import uuid7


class LoginAttempt(models.Model):
    """One try to sign in, or to be sent a code, kept for staff who look for fraud."""

    class Kind(models.TextChoices):
        CODE_REQUEST = "code_request", "code asked for"
        CODE = "code", "code entered"
        PASSWORD = "password", "staff password"
        REFRESH = "refresh", "refresh token"
        STEP_UP = "step_up", "code before something sensitive"
        NEW_PHONE = "new_phone", "code of a new number"
        PROOF = "proof", "code by e-mail after a long absence"
        GUARDIAN = "guardian", "code of a guardian"
        PASSKEY = "passkey", "passkey"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    phone = models.CharField(max_length=16, blank=True)
    email = models.CharField(max_length=254, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    ip = models.GenericIPAddressField()
    neighbourhood = models.CharField(max_length=49, blank=True)
    operator = models.BigIntegerField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)
    is_success = models.BooleanField(default=False)
    reason = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = "login attempt"
        indexes = [
            models.Index(name="login_phone", fields=["phone", "at"]),
            models.Index(name="login_email", fields=["email", "at"]),
            models.Index(name="login_ip", fields=["ip", "at"]),
            models.Index(name="login_at", fields=["at"]),
            models.Index(name="login_neighbourhood", fields=["neighbourhood", "at"]),
            models.Index(
                name="login_operator",
                fields=["operator", "at"],
                condition=models.Q(operator__isnull=False),
            ),
            models.Index(
                name="login_codes",
                fields=["at", "phone", "is_success"],
                condition=models.Q(kind="code", reason__in=["", "code_invalid"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"
