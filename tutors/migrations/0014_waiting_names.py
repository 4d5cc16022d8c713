"""A new name, and new degrees beside a badge, wait for a moderator."""

import django.contrib.postgres.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0006_retention_runs"),
        ("tutors", "0013_saved_searches"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="decision",
            name="decision_verdict_of_document",
        ),
        migrations.AddField(
            model_name="tutorprofile",
            name="pending_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="tutorprofile",
            name="pending_name",
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AddField(
            model_name="tutorprofile",
            name="pending_qualifications",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=120),
                blank=True,
                default=None,
                null=True,
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="verdict",
            field=models.CharField(
                choices=[
                    ("approved", "approved"),
                    ("rejected", "sent back"),
                    ("suspended", "suspended"),
                    ("restored", "restored"),
                    ("verified", "document checked"),
                    ("refused", "document not accepted"),
                    ("changes", "changes seen"),
                    ("declined", "change declined"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="tutorprofile",
            index=models.Index(
                condition=models.Q(("pending_at__isnull", False)),
                fields=["pending_at", "id"],
                name="tutor_proposing",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("document__isnull", False), ("verdict__in", ["verified", "refused"])),
                    models.Q(
                        ("document__isnull", True),
                        (
                            "verdict__in",
                            [
                                "approved",
                                "rejected",
                                "suspended",
                                "restored",
                                "changes",
                                "declined",
                            ],
                        ),
                    ),
                    _connector="OR",
                ),
                name="decision_verdict_of_document",
            ),
        ),
        migrations.AddConstraint(
            model_name="tutorprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("pending_at__isnull", True),
                        ("pending_name", ""),
                        ("pending_qualifications__isnull", True),
                    ),
                    models.Q(
                        ("pending_at__isnull", False),
                        models.Q(
                            models.Q(("pending_name", ""), _negated=True),
                            ("pending_qualifications__isnull", False),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="tutor_pending_dated",
            ),
        ),
        migrations.AddConstraint(
            model_name="tutorprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("pending_at__isnull", True),
                    ("status__in", ["APPROVED", "SUSPENDED"]),
                    _connector="OR",
                ),
                name="tutor_pending_of_checked",
            ),
        ),
    ]
