"""What every app leans on: the outbox, the audit trail, keys of requests, PIN codes of India."""

from django.db import models

from tutorhub.core import clock
from tutorhub.core.crypto import EncryptedTextField
from tutorhub.core.ids import uuid7


class OutboxRow(models.Model):
    """A thing that has to happen after a transaction, kept until it has happened once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=80)
    handler = models.CharField(max_length=120)
    payload = models.JSONField(default=dict)
    key = models.CharField(max_length=120, null=True, unique=True)
    due_at = models.DateTimeField(default=clock.now)
    leased_until = models.DateTimeField(null=True)
    running_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    """Failures that were noted."""
    starts = models.PositiveSmallIntegerField(default=0, db_default=0)
    """How often a worker began since there was last an outcome."""
    done_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = "outbox row"
        constraints = [
            models.CheckConstraint(
                name="outbox_done_or_dead",
                condition=models.Q(done_at__isnull=True) | models.Q(dead_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                name="outbox_due",
                fields=["due_at"],
                condition=models.Q(done_at__isnull=True, dead_at__isnull=True),
            ),
            models.Index(
                name="outbox_dead",
                fields=["dead_at"],
                condition=models.Q(dead_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} -> {self.handler}"


class AuditEvent(models.Model):
    """One thing that somebody did, written in the transaction that did it and never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)
    actor_id = models.UUIDField(null=True)
    actor_role = models.CharField(max_length=20)
    action = models.CharField(max_length=80)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=60)
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = "audit event"
        indexes = [
            models.Index(name="audit_object", fields=["object_type", "object_id", "at"]),
            models.Index(name="audit_actor", fields=["actor_id", "at"]),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"


class AuditSeal(models.Model):
    """One link of the chain over the audit trail (`tutorhub.core.audit_seals`). Never changed."""

    number = models.BigIntegerField(primary_key=True)
    last_id = models.UUIDField(unique=True)
    """The newest row under this seal; the oldest follows the seal before."""
    count = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = "audit seal"

    def __str__(self) -> str:
        return f"{self.number} {self.digest}"


class IdempotencyKey(models.Model):
    """One intention of one user, and what was answered to it (`tutorhub.core.idempotency`)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user_id = models.UUIDField()
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=200)
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    holder = models.UUIDField()
    """The request that has the key; another one after its lease has lapsed."""
    leased_until = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    body = EncryptedTextField(blank=True)
    location = models.TextField(blank=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "idempotency key"
        constraints = [
            models.UniqueConstraint(
                name="idempotency_key_once", fields=["user_id", "method", "path", "key"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.key}"


class Place(models.Model):
    """A PIN code of India Post with the point in the middle of its post offices."""

    pin_code = models.CharField(primary_key=True, max_length=6)
    area = models.CharField(max_length=120)
    city = models.CharField(max_length=80, db_index=True)
    state = models.CharField(max_length=80)
    latitude = models.FloatField()
    longitude = models.FloatField()

    class Meta:
        verbose_name = "place"

    def __str__(self) -> str:
        return f"{self.area}, {self.city} {self.pin_code}"


class RetentionRun(models.Model):
    """How one rule of `tutorhub.core.retention` is getting on.

    `seen_to_at` is when it last came to its end; at first, when it was first asked for. `cursor` is
    the file at which a sweep through the storage goes on.
    """

    rule = models.CharField(primary_key=True, max_length=40)
    seen_to_at = models.DateTimeField(default=clock.now)
    cursor = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "retention run"

    def __str__(self) -> str:
        return self.rule


class SealedRecord(models.Model):
    """Names that the law wants kept after an erasure, which nobody here can read (`core.vault`).

    PostgreSQL lets nobody change a record, nor delete it before its last day is over.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=20)
    about = models.UUIDField()
    sealed = models.TextField()
    until = models.DateField()
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = "sealed record"
        indexes = [
            models.Index(name="sealed_about", fields=["kind", "about"]),
            models.Index(name="sealed_until", fields=["until"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"
