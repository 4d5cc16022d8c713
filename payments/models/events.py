from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from tutorhub.core import clock
from tutorhub.core.ids import uuid7
from tutorhub.core.states import StateMachine


class GatewayEventQuerySet(models.QuerySet["GatewayEvent"]):
    def stuck(self, *, now: datetime, before: datetime) -> "GatewayEventQuerySet":
        """Received before then and still not worked through, and due for another look."""
        is_due = Q(try_at__isnull=True, received_at__lt=before) | Q(try_at__lte=now)
        return self.filter(is_due, status=GatewayEvent.Status.RECEIVED)

    def locked(self) -> "GatewayEventQuerySet":
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class GatewayEvent(StateMachine):
    """One webhook as it came in: signed by Razorpay, and only a hint to go and look."""

    class Status(models.TextChoices):
        RECEIVED = "RECEIVED"
        DONE = "DONE"
        IGNORED = "IGNORED"
        ORPHAN = "ORPHAN"
        RESTING = "RESTING"

    WAITING = (Status.RECEIVED, Status.RESTING)
    """Not worked through: its body is still needed."""
    TRANSITIONS = {
        Status.RECEIVED: {Status.DONE, Status.IGNORED, Status.ORPHAN, Status.RESTING},
        Status.ORPHAN: {Status.DONE, Status.IGNORED, Status.RECEIVED},
        Status.RESTING: {Status.DONE, Status.IGNORED, Status.ORPHAN, Status.RECEIVED},
        Status.DONE: set(),
        Status.IGNORED: set(),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    event_key = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    body = models.BinaryField()
    found_by = ArrayField(models.CharField(max_length=64), null=True)
    """The traces in the body (`services.webhook_traces`), once it was worked through."""
    name = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RECEIVED)
    tries = models.PositiveSmallIntegerField(default=0)
    try_at = models.DateTimeField(null=True)
    """When it is looked at again, if the outbox has not got through with it by then."""
    note = models.CharField(max_length=300, blank=True)
    received_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)

    objects = GatewayEventQuerySet.as_manager()

    class Meta:
        verbose_name = "gateway event"
        constraints = [
            models.UniqueConstraint(name="event_once", fields=["event_key", "sha256"]),
            models.CheckConstraint(
                name="event_status_valid",
                condition=Q(status__in=["RECEIVED", "DONE", "IGNORED", "ORPHAN", "RESTING"]),
            ),
        ]
        indexes = [
            models.Index(
                name="event_waiting",
                fields=["status", "received_at"],
                condition=Q(status__in=["RECEIVED", "ORPHAN", "RESTING"]),
            ),
            GinIndex(name="event_found_by", fields=["found_by"]),
        ]

    def __str__(self) -> str:
        return f"{self.name or 'event'} {self.event_key}"


class RefusedWebhooks(models.Model):
    """How many webhooks of an hour were not signed by Razorpay; their bodies are not kept."""

    hour = models.DateTimeField(unique=True)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        verbose_name = "refused webhooks"
        verbose_name_plural = "refused webhooks"

    def __str__(self) -> str:
        return f"{self.count} in the hour from {self.hour:%Y-%m-%d %H:%M %Z}"
