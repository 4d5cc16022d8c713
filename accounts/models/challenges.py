"""One-time codes on their way to a phone, and what sending them may cost in a day."""

import secrets
import uuid

from django.db import models
from django.db.models import Q

from tutorhub.core import clock


def random_id() -> uuid.UUID:
    """128 random bits: unlike a UUIDv7 it tells nothing about when it was made."""
    return uuid.UUID(bytes=secrets.token_bytes(16))


class ChallengeQuerySet(models.QuerySet["OtpChallenge"]):
    def of(self, phone: str) -> "ChallengeQuerySet":
        return self.filter(phone=phone)

    def live(self) -> "ChallengeQuerySet":
        return self.filter(used_at__isnull=True, expires_at__gt=clock.now())

    def locked(self) -> "ChallengeQuerySet":
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class OtpChallenge(models.Model):
    """A code that was made for a phone number. Only its keyed hash is kept.

    `is_bound` challenges belong to one browser, which holds the id in its session. The others were
    asked for through the API: `holder`, if there is one, names the app install or the sign-in that
    alone may answer. `asked_by` is the known device or the sign-in of the number's owner that asked
    for it; it is empty for a stranger, and everything a stranger does counts against strangers.
    """

    class Purpose(models.TextChoices):
        SIGN_IN = "sign_in", "sign-in"
        STEP_UP = "step_up", "proof before something sensitive"
        NEW_PHONE = "new_phone", "proof of a new number"
        PROOF = "proof", "proof by e-mail after a long absence"
        GUARDIAN = "guardian", "agreement of a guardian"

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.SIGN_IN)
    phone = models.CharField(max_length=16)
    code_hash = models.CharField(max_length=64)
    network = models.CharField(max_length=49)
    neighbourhood = models.CharField(max_length=49, blank=True)
    operator = models.BigIntegerField(null=True)
    block = models.CharField(max_length=16, blank=True)
    is_bound = models.BooleanField(default=False)
    holder = models.CharField(max_length=64, blank=True)
    asked_by = models.CharField(max_length=36, blank=True)
    is_sent = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = ChallengeQuerySet.as_manager()

    class Meta:
        verbose_name = "one-time code"
        constraints = [
            models.CheckConstraint(name="otp_at_most_5_guesses", condition=Q(attempts__lte=5)),
        ]
        indexes = [
            models.Index(name="otp_phone", fields=["phone", "created_at"]),
            models.Index(name="otp_network", fields=["network", "created_at"]),
            models.Index(name="otp_neighbourhood", fields=["neighbourhood", "created_at"]),
            models.Index(
                name="otp_operator",
                fields=["operator", "created_at"],
                condition=Q(operator__isnull=False, asked_by=""),
            ),
            models.Index(name="otp_block", fields=["block", "created_at"]),
            models.Index(
                name="otp_holder",
                fields=["holder", "purpose", "created_at"],
                condition=~Q(holder=""),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class SpentNonce(models.Model):
    """A challenge of ours that was answered, and counts no second time. It names nobody."""

    nonce = models.CharField(primary_key=True, max_length=32)
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = "spent nonce"
        indexes = [models.Index(name="nonce_expires", fields=["expires_at"])]

    def __str__(self) -> str:
        return self.nonce


class SmsBudgetDay(models.Model):
    """What one-time codes by SMS have cost on one day (IST). It never passes the day's budget."""

    day = models.DateField(primary_key=True)
    spent_paise = models.PositiveIntegerField(default=0)
    sent = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "SMS budget of a day"
        verbose_name_plural = "SMS budget by day"

    def __str__(self) -> str:
        return str(self.day)
