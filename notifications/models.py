"""Messages to people."""

from django.db import models

from tutorhub.core import clock, sealing
from tutorhub.core.ids import uuid7


class Channel(models.TextChoices):
    WHATSAPP = "whatsapp", "WhatsApp"
    SMS = "sms", "SMS"
    EMAIL = "email", "e-mail"


class Message(models.Model):
    """One text for one person on one channel. A secret body is sealed, and wiped once sent."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        FAILED = "failed"

    TRANSITIONS = {
        Status.QUEUED: {Status.SENT, Status.FAILED},
        Status.SENT: set(),
        Status.FAILED: set(),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user_id = models.UUIDField(null=True)
    to = models.CharField(max_length=254)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    template = models.CharField(max_length=60)
    language = models.CharField(max_length=5, default="en")
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    is_secret = models.BooleanField(default=False)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.QUEUED)
    provider_id = models.CharField(max_length=100, blank=True)
    error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "message"
        indexes = [
            models.Index(name="message_to", fields=["to", "-created_at"]),
            models.Index(name="message_user", fields=["user_id", "-created_at"]),
            models.Index(name="message_created", fields=["-created_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="message_status_valid",
                condition=models.Q(status__in=["queued", "failed"], sent_at__isnull=True)
                | models.Q(status="sent", sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="message_channel_valid",
                condition=models.Q(channel__in=["whatsapp", "sms", "email"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} by {self.channel}"

    @property
    def text(self) -> str:
        """The body as the person reads it; empty when it was wiped."""
        return sealing.unseal(self.body) if self.is_secret and self.body else self.body
