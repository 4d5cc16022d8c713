"""Notices, and a ledger of consents with a purpose and a subject each.

There is no release yet: consents of before named no subject and cannot be carried over.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import tutorhub.core.clock
import tutorhub.core.ids
from accounts.models.consents import Consent, Relation


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_signin_guarded")]

    operations = [
        migrations.CreateModel(
            name="ConsentNotice",
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
                ("version", models.CharField(max_length=20)),
                ("language", models.CharField(max_length=5)),
                ("title", models.CharField(max_length=120)),
                ("sections", models.JSONField()),
                ("is_material", models.BooleanField(default=True)),
                (
                    "published_at",
                    models.DateTimeField(default=tutorhub.core.clock.now, editable=False),
                ),
            ],
            options={
                "verbose_name": "consent notice",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "language"), name="consent_notice_once_per_language"
                    ),
                    models.CheckConstraint(
                        condition=Q(version__regex="^\\d{4}-\\d{2}-\\d{2}$"),
                        name="consent_notice_version_is_a_day",
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint("consent", "consent_complete"),
        migrations.RemoveField("consent", "notice_version"),
        migrations.RemoveField("consent", "language"),
        migrations.AddField("consent", "subject_id", models.UUIDField(), preserve_default=False),
        migrations.AddField(
            "consent",
            "notice",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.consentnotice",
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            "consent", "guardian_name", models.CharField(blank=True, max_length=120)
        ),
        migrations.AlterField(
            "consent", "guardian_phone", models.CharField(blank=True, max_length=16)
        ),
        migrations.AlterField(
            "consent", "relation", models.CharField(choices=Relation.choices, max_length=20)
        ),
        migrations.AlterField(
            "consent", "purpose", models.CharField(choices=Consent.Purpose.choices, max_length=40)
        ),
        migrations.AlterField(
            "consent", "method", models.CharField(choices=Consent.Method.choices, max_length=20)
        ),
        migrations.AddIndex(
            "consent", models.Index(fields=["subject_id", "purpose"], name="consent_subject")
        ),
        migrations.AddConstraint(
            "consent",
            models.CheckConstraint(
                name="consent_complete",
                condition=Q(withdrawn_at__isnull=False)
                | (~Q(guardian_name="") & ~Q(guardian_phone="")),
            ),
        ),
        migrations.AddConstraint(
            "consent",
            models.CheckConstraint(
                name="consent_purpose_valid",
                condition=Q(purpose__in=["learner_profile", "classes"]),
            ),
        ),
        migrations.AddConstraint(
            "consent",
            models.CheckConstraint(
                name="consent_relation_valid", condition=Q(relation__in=Relation.values)
            ),
        ),
        migrations.AddConstraint(
            "consent",
            models.CheckConstraint(
                name="consent_method_valid",
                condition=Q(method__in=["own_number", "guardian_code", "checkbox"]),
            ),
        ),
    ]
