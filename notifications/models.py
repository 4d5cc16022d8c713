"""Messages to people, the attempts to deliver them, and what providers said of those."""

import json
from datetime import datetime

from django.db import models
from django.db.models import Q

from tutorhub.core import clock, sealing
from tutorhub.core.ids import uuid7
from tutorhub.core.states import StateMachine


class Channel(models.TextChoices):
    WHATSAPP = "whatsapp", "WhatsApp"
    SMS = "sms", "SMS"
    EMAIL = "email", "e-mail"


class MessageQuerySet(models.QuerySet["Message"]):
    def locked(self) -> "MessageQuerySet":
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class Message(StateMachine):
    """One thing that one person is to be told, by one channel after another until it is delivered.

    `to` and `channel` are those of the newest attempt. A secret body is sealed, with its values,
    and wiped once no further attempt can need it. FAILED may still turn into DELIVERED: an attempt
    whose answer was lost may have worked.
    """

    class Status(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        DELIVERED = "delivered"
        READ = "read"
        FAILED = "failed"

    TRANSITIONS = {
        Status.QUEUED: {Status.SENT, Status.DELIVERED, Status.READ, Status.FAILED},
        Status.SENT: {Status.DELIVERED, Status.READ, Status.FAILED},
        Status.DELIVERED: {Status.READ},
        Status.READ: set(),
        Status.FAILED: {Status.DELIVERED, Status.READ},
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user_id = models.UUIDField(null=True)
    to = models.CharField(max_length=254)
    phone = models.CharField(max_length=16, blank=True)
    email = models.CharField(max_length=254, blank=True)
    channels = models.JSONField(default=list)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    template = models.CharField(max_length=60)
    language = models.CharField(max_length=5, default="en")
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    values_text = models.TextField(blank=True)
    is_secret = models.BooleanField(default=False)
    prepaid_paise = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

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
                condition=Q(status="queued", sent_at__isnull=True)
                | Q(status__in=["sent", "delivered", "read"], sent_at__isnull=False)
                | Q(status="failed"),
            ),
            models.CheckConstraint(
                name="message_channel_valid",
                condition=Q(channel__in=["whatsapp", "sms", "email"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} by {self.channel}"

    @property
    def text(self) -> str:
        """The body as the person reads it; empty when it was wiped."""
        return self._open(self.body)

    @property
    def values(self) -> list[str]:
        """The template's values in its order; none when they were wiped."""
        opened = self._open(self.values_text)
        return list(json.loads(opened)) if opened else []

    @property
    def has_arrived(self) -> bool:
        return self.status in (self.Status.DELIVERED, self.Status.READ)

    @property
    def is_over(self) -> bool:
        """Nothing more is tried."""
        return self.has_arrived or self.status == self.Status.FAILED

    def is_late(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now

    def address(self, channel: str) -> str:
        return self.email if channel == Channel.EMAIL else self.phone

    def _open(self, text: str) -> str:
        return sealing.unseal(text) if self.is_secret and text else text


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def locked(self) -> "DeliveryQuerySet":
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)

    def telling(self, to: str, channel: str, refusal: str) -> "DeliveryQuerySet":
        """Attempts that tell whether this channel knows this address, newest first.

        They arrived, or failed with the error that says that it does not.
        """
        arrived = Q(status__in=[Delivery.Status.DELIVERED, Delivery.Status.READ])
        refused = Q(status=Delivery.Status.FAILED, error=refusal)
        found = self.filter(arrived | refused, to=to, channel=channel)
        return found.order_by("-created_at", "-pk")


class Delivery(StateMachine):
    """One attempt to deliver a message by one channel. It is handed over once and never twice.

    `asked_at` is written before the provider is called. Set without an answer (`is_unknown` once
    that is noticed) it means that nobody knows; then only a receipt may say more.
    """

    class Status(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        DELIVERED = "delivered"
        READ = "read"
        FAILED = "failed"

    TRANSITIONS = {
        Status.QUEUED: {Status.SENT, Status.DELIVERED, Status.READ, Status.FAILED},
        Status.SENT: {Status.DELIVERED, Status.READ, Status.FAILED},
        Status.DELIVERED: {Status.READ},
        Status.READ: set(),
        Status.FAILED: set(),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    number = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=10, choices=Channel.choices)
    to = models.CharField(max_length=254)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    provider_id = models.CharField(max_length=100, blank=True)
    cost_paise = models.PositiveIntegerField(default=0)
    is_unknown = models.BooleanField(default=False)
    error = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    asked_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = "delivery"
        verbose_name_plural = "deliveries"
        ordering = ["number"]
        indexes = [
            models.Index(name="delivery_to", fields=["to", "channel", "-created_at"]),
            models.Index(
                name="delivery_provider_id", fields=["provider_id"], condition=~Q(provider_id="")
            ),
        ]
        constraints = [
            models.UniqueConstraint(name="delivery_number", fields=["message", "number"]),
            models.UniqueConstraint(name="delivery_channel_once", fields=["message", "channel"]),
            models.CheckConstraint(
                name="delivery_status_valid",
                condition=Q(status="queued", sent_at__isnull=True, failed_at__isnull=True)
                | Q(status="sent", sent_at__isnull=False)
                | Q(status="delivered", delivered_at__isnull=False)
                | Q(status="read", read_at__isnull=False, delivered_at__isnull=False)
                | Q(status="failed", failed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel}, attempt {self.number}"

    @property
    def has_arrived(self) -> bool:
        return self.status in (self.Status.DELIVERED, self.Status.READ)


class ProviderEvent(StateMachine):
    """One webhook of a provider as it came in, sealed, because there are numbers in it."""

    class Status(models.TextChoices):
        RECEIVED = "received"
        DONE = "done"
        IGNORED = "ignored"

    TRANSITIONS = {
        Status.RECEIVED: {Status.DONE, Status.IGNORED},
        Status.DONE: set(),
        Status.IGNORED: set(),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    provider = models.CharField(max_length=10)
    sha256 = models.CharField(max_length=64)
    sealed = models.TextField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RECEIVED)
    note = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = "provider event"
        constraints = [
            models.UniqueConstraint(name="provider_event_once", fields=["provider", "sha256"]),
            models.CheckConstraint(
                name="provider_event_status_valid",
                condition=Q(status__in=["received", "done", "ignored"]),
            ),
        ]
        indexes = [models.Index(name="provider_event_at", fields=["-received_at"])]

    def __str__(self) -> str:
        return f"{self.provider} {self.received_at:%Y-%m-%d %H:%M:%S}"

    @property
    def body(self) -> bytes:
        return sealing.unseal(self.sealed).encode()
