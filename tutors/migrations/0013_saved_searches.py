"""Searches that families keep, and whom the daily message is about."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tutorhub.core.clock
import tutorhub.core.ids


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("tutors", "0012_free_text"),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedSearch",
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
                ("name", models.CharField(max_length=60)),
                ("wishes", models.JSONField(default=dict)),
                ("is_told", models.BooleanField(default=True)),
                ("told_until", models.DateTimeField(default=tutorhub.core.clock.now)),
                (
                    "created_at",
                    models.DateTimeField(default=tutorhub.core.clock.now, editable=False),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_searches",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name_plural": "saved searches", "ordering": ["pk"]},
        ),
        migrations.AddIndex(
            model_name="tutorprofile",
            index=models.Index(
                condition=models.Q(("status", "APPROVED")),
                fields=["approved_at"],
                name="tutor_newly_listed",
            ),
        ),
    ]
