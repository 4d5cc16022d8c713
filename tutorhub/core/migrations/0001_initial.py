from django.db import migrations, models

import tutorhub.core.clock
import tutorhub.core.crypto
import tutorhub.core.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("last_id", models.UUIDField(unique=True)),
                ("count", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("sealed_at", models.DateTimeField(default=tutorhub.core.clock.now)),
            ],
            options={
                "verbose_name": "audit seal",
            },
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                ("pin_code", models.CharField(max_length=6, primary_key=True, serialize=False)),
                ("area", models.CharField(max_length=120)),
                ("city", models.CharField(db_index=True, max_length=80)),
                ("state", models.CharField(max_length=80)),
                ("latitude", models.FloatField()),
                ("longitude", models.FloatField()),
            ],
            options={
                "verbose_name": "place",
            },
        ),
        migrations.CreateModel(
            name="RetentionRun",
            fields=[
                ("rule", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("seen_to_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                ("cursor", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "verbose_name": "retention run",
            },
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField(default=tutorhub.core.clock.now, editable=False)),
                ("actor_id", models.UUIDField(null=True)),
                ("actor_role", models.CharField(max_length=20)),
                ("action", models.CharField(max_length=80)),
                ("object_type", models.CharField(max_length=60)),
                ("object_id", models.CharField(max_length=60)),
                ("data", models.JSONField(default=dict)),
            ],
            options={
                "verbose_name": "audit event",
                "indexes": [
                    models.Index(fields=["object_type", "object_id", "at"], name="audit_object"),
                    models.Index(fields=["actor_id", "at"], name="audit_actor"),
                ],
            },
        ),
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("user_id", models.UUIDField()),
                ("method", models.CharField(max_length=8)),
                ("path", models.CharField(max_length=200)),
                ("key", models.CharField(max_length=80)),
                ("fingerprint", models.CharField(max_length=64)),
                ("holder", models.UUIDField()),
                ("leased_until", models.DateTimeField()),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("body", tutorhub.core.crypto.EncryptedTextField(blank=True)),
                ("location", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "verbose_name": "idempotency key",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user_id", "method", "path", "key"), name="idempotency_key_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OutboxRow",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("kind", models.CharField(max_length=80)),
                ("handler", models.CharField(max_length=120)),
                ("payload", models.JSONField(default=dict)),
                ("key", models.CharField(max_length=120, null=True, unique=True)),
                ("due_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                ("leased_until", models.DateTimeField(null=True)),
                ("running_until", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("starts", models.PositiveSmallIntegerField(db_default=0, default=0)),
                ("done_at", models.DateTimeField(null=True)),
                ("dead_at", models.DateTimeField(null=True)),
                ("last_error", models.TextField(blank=True)),
                (
                    "created_at",
                    models.DateTimeField(default=tutorhub.core.clock.now, editable=False),
                ),
            ],
            options={
                "verbose_name": "outbox row",
                "indexes": [
                    models.Index(
                        condition=models.Q(("dead_at__isnull", True), ("done_at__isnull", True)),
                        fields=["due_at"],
                        name="outbox_due",
                    ),
                    models.Index(
                        condition=models.Q(("dead_at__isnull", False)),
                        fields=["dead_at"],
                        name="outbox_dead",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("done_at__isnull", True), ("dead_at__isnull", True), _connector="OR"
                        ),
                        name="outbox_done_or_dead",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SealedRecord",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tutorhub.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("about", models.UUIDField()),
                ("sealed", models.TextField()),
                ("until", models.DateField()),
                (
                    "created_at",
                    models.DateTimeField(default=tutorhub.core.clock.now, editable=False),
                ),
            ],
            options={
                "verbose_name": "sealed record",
                "indexes": [
                    models.Index(fields=["kind", "about"], name="sealed_about"),
                    models.Index(fields=["until"], name="sealed_until"),
                ],
            },
        ),
    ]
