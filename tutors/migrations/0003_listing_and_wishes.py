"""Trial lessons, free hours, the day a listing lapses, and the table that search reads."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tutors.models.hours

FILTERED = [
    "offering",
    "boards",
    "rate",
    "languages",
    "listed_until",
    "rating_gap",
    "grades",
    "gender",
    "is_home",
    "has_trial",
]
PLACED = ["latitude", "longitude", "radius_km"]
ORDERS = (
    ("quality", ["quality_gap"]),
    ("price", ["rate"]),
    ("rating", ["rating_gap"]),
    ("subject_quality", ["subject", "quality_gap"]),
    ("subject_price", ["subject", "rate"]),
    ("subject_rating", ["subject", "rating_gap"]),
)


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
        *(
            migrations.AddIndex(
                "searchentry",
                models.Index(name=f"entry_{name}", fields=[*fields, "tutor"], include=FILTERED),
            )
            for name, fields in ORDERS
        ),
        *(
            migrations.AddIndex(
                "searchentry",
                models.Index(
                    name=f"entry_home_{name}",
                    fields=["cell", *fields, "tutor"],
                    include=[*FILTERED, *PLACED],
                    condition=models.Q(is_home=True),
                ),
            )
            for name, fields in ORDERS
        ),
        migrations.AddIndex(
            "searchentry", models.Index(name="entry_tutor", fields=["tutor", "subject"])
        ),
        migrations.AddIndex(
            "searchentry",
            models.Index(
                name="entry_place",
                fields=["cell", "subject", "tutor"],
                include=[*FILTERED, *PLACED],
            ),
        ),
    ]
