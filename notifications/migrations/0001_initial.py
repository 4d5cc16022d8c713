import django.db.models.deletion
from django.db import migrations, models

import tutorhub.core.clock
import tutorhub.core.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Message",
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
                ("user_id", models.UUIDField(null=True)),
                ("to", models.CharField(max_length=254)),
                ("phone", models.CharField(blank=True, max_length=16)),
                ("email", models.CharField(blank=True, max_length=254)),
                ("channels", models.JSONField(default=list)),
                (
                    "channel",
                    models.CharField(
                        choices=[("whatsapp", "WhatsApp"), ("sms", "SMS"), ("email", "e-mail")],
                        max_length=10,
                    ),
                ),
                ("template", models.CharField(max_length=60)),
                ("language", models.CharField(default="en", max_length=5)),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("body", models.TextField(blank=True)),
                ("values_text", models.TextField(blank=True)),
                ("is_secret", models.BooleanField(default=False)),
                ("prepaid_paise", models.PositiveIntegerField(default=0)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("sent", "Sent"),
                            ("delivered", "Delivered"),
                            ("read", "Read"),
                            ("failed", "Failed"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("error", models.CharField(blank=True, max_length=200)),
                (
                    "created_at",
                    models.DateTimeField(default=tutorhub.core.clock.now, editable=False),
                ),
                ("expires_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "message",
                "indexes": [
                    models.Index(fields=["to", "-created_at"], name="message_to"),
                    models.Index(fields=["user_id", "-created_at"], name="message_user"),
                    models.Index(fields=["-created_at"], name="message_created"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sent_at__isnull", True), ("status", "queued")),
                            models.Q(
                                ("sent_at__isnull", False),
                                ("status__in", ["sent", "delivered", "read"]),
                            ),
                            ("status", "failed"),
                            _connector="OR",
                        ),
                        name="message_status_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["whatsapp", "sms", "email"])),
                        name="message_channel_valid",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProviderEvent",
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
                ("provider", models.CharField(max_length=10)),
                ("sha256", models.CharField(max_length=64)),
                ("sealed", models.TextField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("done", "Done"),
                            ("ignored", "Ignored"),
                        ],
                        default="received",
                        max_length=10,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200)),
                ("received_at", models.DateTimeField(default=tutorhub.core.clock.now)),
            ],
            options={
                "verbose_name": "provider event",
                "indexes": [models.Index(fields=["-received_at"], name="provider_event_at")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("provider", "sha256"), name="provider_event_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["received", "done", "ignored"])),
                        name="provider_event_status_valid",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
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
                ("number", models.PositiveSmallIntegerField()),
                (
                    "channel",
                    models.CharField(
                        choices=[("whatsapp", "WhatsApp"), ("sms", "SMS"), ("email", "e-mail")],
                        max_length=10,
                    ),
                ),
                ("to", models.CharField(max_length=254)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("sent", "Sent"),
                            ("delivered", "Delivered"),
                            ("read", "Read"),
                            ("failed", "Failed"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("provider_id", models.CharField(blank=True, max_length=100)),
                ("cost_paise", models.PositiveIntegerField(default=0)),
                ("is_unknown", models.BooleanField(default=False)),
                ("error", models.CharField(blank=True, max_length=100)),
                (
                    "created_at",
                    models.DateTimeField(default=tutorhub.core.clock.now, editable=False),
                ),
                ("asked_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="notifications.message",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery",
                "verbose_name_plural": "deliveries",
                "ordering": ["number"],
                "indexes": [
                    models.Index(fields=["to", "channel", "-created_at"], name="delivery_to"),
                    models.Index(
                        condition=models.Q(("provider_id", ""), _negated=True),
                        fields=["provider_id"],
                        name="delivery_provider_id",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("message", "number"), name="delivery_number"),
                    models.UniqueConstraint(
                        fields=("message", "channel"), name="delivery_channel_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("failed_at__isnull", True),
                                ("sent_at__isnull", True),
                                ("status", "queued"),
                            ),
                            models.Q(("sent_at__isnull", False), ("status", "sent")),
                            models.Q(("delivered_at__isnull", False), ("status", "delivered")),
                            models.Q(
                                ("delivered_at__isnull", False),
                                ("read_at__isnull", False),
                                ("status", "read"),
                            ),
                            models.Q(("failed_at__isnull", False), ("status", "failed")),
                            _connector="OR",
                        ),
                        name="delivery_status_valid",
                    ),
                ],
            },
        ),
    ]
