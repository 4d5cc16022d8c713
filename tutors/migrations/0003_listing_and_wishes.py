"""Trial lessons, free hours, the day a listing lapses, and the table that search reads."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tutors.models.hours


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_places"),
        ("tutors", "0002_search_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="tutorprofile",
            name="free_hours",
            field=tutors.models.hours.FreeHoursField(default=tutors.models.hours.FreeHours),
        ),
        migrations.AddField(
            model_name="tutorprofile",
            name="listed_until",
            field=models.DateField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="tutorprofile",
            name="response_minutes",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="tutorprofile",
            name="trial_minutes",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="tutorprofile",
            name="trial_price_paise",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="tutorprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("trial_minutes__isnull", True), ("trial_price_paise__isnull", True)),
                    models.Q(
                        ("trial_minutes__in", (30, 45, 60)),
                        ("trial_price_paise__range", (0, 1000000)),
                    ),
                    _connector="OR",
                ),
                name="tutor_trial_paired",
            ),
        ),
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "offering_id",
                        "is_home",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "offering",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="tutors.offering",
                    ),
                ),
                (
                    "tutor",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="tutors.tutorprofile",
                    ),
                ),
                ("boards", models.BigIntegerField()),
                ("latitude", models.FloatField(null=True)),
                ("longitude", models.FloatField(null=True)),
                ("rate", models.IntegerField()),
                ("cell", models.IntegerField()),
                ("languages", models.IntegerField()),
                ("listed_until", models.DateField()),
                ("subject", models.SmallIntegerField()),
                ("quality_gap", models.SmallIntegerField()),
                ("rating_gap", models.SmallIntegerField()),
                ("grades", models.SmallIntegerField()),
                ("radius_km", models.SmallIntegerField()),
                ("gender", models.SmallIntegerField()),
                ("is_home", models.BooleanField()),
                ("has_trial", models.BooleanField()),
                ("free_hours", tutors.models.hours.FreeHoursField()),
            ],
            options={
                "verbose_name_plural": "search entries",
            },
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(fields=["tutor", "subject"], name="entry_tutor"),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(fields=["quality_gap", "tutor"], name="entry_quality"),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(fields=["rate", "tutor"], name="entry_price"),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(fields=["rating_gap", "tutor"], name="entry_rating"),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(
                fields=["subject", "quality_gap", "tutor"], name="entry_subject_quality"
            ),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(fields=["subject", "rate", "tutor"], name="entry_subject_price"),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(
                fields=["subject", "rating_gap", "tutor"], name="entry_subject_rating"
            ),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(
                condition=models.Q(("is_home", True)),
                fields=["cell", "quality_gap", "tutor"],
                name="entry_home_quality",
            ),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(
                condition=models.Q(("is_home", True)),
                fields=["cell", "rate", "tutor"],
                name="entry_home_price",
            ),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(
                condition=models.Q(("is_home", True)),
                fields=["cell", "rating_gap", "tutor"],
                name="entry_home_rating",
            ),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(
                condition=models.Q(("is_home", True)),
                fields=["cell", "subject", "quality_gap", "tutor"],
                name="entry_home_subject_quality",
            ),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(
                condition=models.Q(("is_home", True)),
                fields=["cell", "subject", "rate", "tutor"],
                name="entry_home_subject_price",
            ),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(
                condition=models.Q(("is_home", True)),
                fields=["cell", "subject", "rating_gap", "tutor"],
                name="entry_home_subject_rating",
            ),
        ),
    ]
