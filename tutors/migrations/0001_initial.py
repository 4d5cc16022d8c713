import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.contrib.postgres.operations import CreateExtension
from django.db import migrations, models

import tutorhub.core.clock
import tutorhub.core.ids
import tutors.models.hours


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0001_initial"),
        ("curriculum", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # What free text is found by.
        CreateExtension("pg_trgm"),
        CreateExtension("unaccent"),
        CreateExtension("fuzzystrmatch"),
        migrations.CreateModel(
            name="TutorProfile",
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
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("headline", models.CharField(blank=True, max_length=120)),
                ("bio", models.TextField(blank=True, max_length=3000)),
                (
                    "gender",
                    models.CharField(
                        blank=True,
                        choices=[("female", "woman"), ("male", "man"), ("other", "other")],
                        max_length=10,
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=3),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "experience_years",
                    models.PositiveSmallIntegerField(
                        default=0, validators=[django.core.validators.MaxValueValidator(60)]
                    ),
                ),
                (
                    "qualifications",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("video_url", models.URLField(blank=True)),
                ("latitude", models.FloatField(null=True)),
                ("longitude", models.FloatField(null=True)),
                ("city", models.CharField(blank=True, max_length=80)),
                ("state", models.CharField(blank=True, max_length=80)),
                (
                    "radius_km",
                    models.PositiveSmallIntegerField(
                        default=0, validators=[django.core.validators.MaxValueValidator(50)]
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("DRAFT", "draft"),
                            ("PENDING", "waiting for our check"),
                            ("APPROVED", "approved"),
                            ("REJECTED", "to be corrected"),
                            ("SUSPENDED", "suspended"),
                        ],
                        default="DRAFT",
                        max_length=10,
                    ),
                ),
                ("status_notes", models.TextField(blank=True)),
                ("submitted_at", models.DateTimeField(null=True)),
                ("approved_at", models.DateTimeField(null=True)),
                ("rating_sum", models.PositiveIntegerField(default=0)),
                ("rating_count", models.PositiveIntegerField(default=0)),
                ("minutes_taught", models.PositiveIntegerField(default=0)),
                ("trial_minutes", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("trial_price_paise", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "free_hours",
                    tutors.models.hours.FreeHoursField(default=tutors.models.hours.FreeHours),
                ),
                ("response_minutes", models.PositiveIntegerField(null=True)),
                ("listed_until", models.DateField(editable=False, null=True)),
                ("pending_name", models.CharField(blank=True, max_length=120)),
                (
                    "pending_qualifications",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120),
                        blank=True,
                        default=None,
                        null=True,
                        size=None,
                    ),
                ),
                ("pending_at", models.DateTimeField(editable=False, null=True)),
                (
                    "created_at",
                    models.DateTimeField(default=tutorhub.core.clock.now, editable=False),
                ),
                ("updated_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                (
                    "place",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.place",
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tutor_profile",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "tutor",
                "permissions": [
                    ("verify_tutor", "Can check papers, approve, reject, suspend and restore")
                ],
            },
        ),
        migrations.CreateModel(
            name="AnswerTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "use",
                    models.CharField(
                        choices=[
                            ("reject", "send a profile back"),
                            ("refuse", "refuse a paper"),
                            ("suspend", "suspend"),
                            ("restore", "restore"),
                            ("photo", "refuse a photo"),
                        ],
                        max_length=10,
                        verbose_name="for",
                    ),
                ),
                (
                    "paper",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("identity", "proof of identity"),
                            ("degree", "degree or certificate"),
                            ("address", "proof of address"),
                            ("police", "police certificate"),
                            ("other", "something else"),
                        ],
                        max_length=10,
                        verbose_name="only for this kind of paper",
                    ),
                ),
                ("title", models.CharField(max_length=60, verbose_name="title")),
                ("text_en", models.TextField(max_length=1000, verbose_name="English")),
                ("text_hi", models.TextField(max_length=1000, verbose_name="Hindi")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                ("is_offered", models.BooleanField(default=True, verbose_name="offered")),
            ],
            options={
                "verbose_name": "answer template",
                "ordering": ["use", "position", "title"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("use__in", ["reject", "refuse", "suspend", "restore", "photo"])
                        ),
                        name="answer_use_valid",
                    ),
                    models.UniqueConstraint(fields=("use", "title"), name="answer_title_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
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
                (
                    "verdict",
                    models.CharField(
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
                ("notes", models.TextField(blank=True)),
                (
                    "decided_at",
                    models.DateTimeField(default=tutorhub.core.clock.now, editable=False),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "tutor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="tutors.tutorprofile",
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Offering",
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
                (
                    "boards",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), default=list, size=None
                    ),
                ),
                (
                    "grade_min",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(12),
                        ]
                    ),
                ),
                (
                    "grade_max",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(12),
                        ]
                    ),
                ),
                ("online_rate_paise", models.PositiveIntegerField(null=True)),
                ("home_rate_paise", models.PositiveIntegerField(null=True)),
                (
                    "subject",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="curriculum.subject",
                    ),
                ),
                (
                    "tutor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="offerings",
                        to="tutors.tutorprofile",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CaseNote",
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
                ("text", models.TextField(max_length=2000)),
                (
                    "created_at",
                    models.DateTimeField(default=tutorhub.core.clock.now, editable=False),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="case_notes",
                        to="tutors.decision",
                    ),
                ),
                (
                    "tutor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="case_notes",
                        to="tutors.tutorprofile",
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
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
            options={
                "verbose_name_plural": "saved searches",
                "ordering": ["pk"],
            },
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
            ],
            options={
                "verbose_name_plural": "search entries",
            },
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("word", models.TextField(primary_key=True, serialize=False)),
                ("sound", models.TextField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["sound", "word"], name="word_sound"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["word"], name="word_letters", opclasses=["gin_trgm_ops"]
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Submission",
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
                ("number", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("first", "handed in"),
                            ("again", "handed in again"),
                            ("change", "changed after approval"),
                        ],
                        max_length=6,
                    ),
                ),
                ("snapshot", models.JSONField()),
                ("version", models.PositiveSmallIntegerField()),
                (
                    "submitted_at",
                    models.DateTimeField(default=tutorhub.core.clock.now, editable=False),
                ),
                ("reviewed_at", models.DateTimeField(null=True)),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "tutor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="submissions",
                        to="tutors.tutorprofile",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TutorDocument",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("identity", "proof of identity"),
                            ("degree", "degree or certificate"),
                            ("address", "proof of address"),
                            ("police", "police certificate"),
                            ("other", "something else"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("UPLOADING", "not uploaded yet"),
                            ("CHECKING", "being opened"),
                            ("SPOILT", "cannot be used"),
                            ("RECEIVED", "waiting for our check"),
                            ("VERIFIED", "checked"),
                            ("REFUSED", "not accepted"),
                            ("ERASED", "deleted"),
                        ],
                        default="UPLOADING",
                        max_length=10,
                    ),
                ),
                ("filename", models.CharField(max_length=150)),
                ("content_type", models.CharField(max_length=40)),
                ("size", models.PositiveIntegerField(null=True)),
                ("pages", models.PositiveSmallIntegerField(null=True)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("upload_key", models.CharField(max_length=100, unique=True)),
                ("stored_key", models.CharField(blank=True, max_length=100)),
                ("problem", models.CharField(blank=True, max_length=40)),
                ("notes", models.TextField(blank=True)),
                (
                    "created_at",
                    models.DateTimeField(default=tutorhub.core.clock.now, editable=False),
                ),
                ("received_at", models.DateTimeField(null=True)),
                ("reviewed_at", models.DateTimeField(null=True)),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "tutor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="tutors.tutorprofile",
                    ),
                ),
            ],
            options={
                "verbose_name": "tutor document",
            },
        ),
        migrations.AddField(
            model_name="decision",
            name="document",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="decisions",
                to="tutors.tutordocument",
            ),
        ),
        migrations.CreateModel(
            name="Badge",
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
                (
                    "claim",
                    models.CharField(
                        choices=[
                            ("identity", "Identity checked"),
                            ("degree", "Degree checked"),
                            ("address", "Address checked"),
                            ("police", "Police certificate checked"),
                        ],
                        max_length=10,
                    ),
                ),
                ("checked_on", models.DateField()),
                ("valid_until", models.DateField(null=True)),
                (
                    "tutor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="badges",
                        to="tutors.tutorprofile",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tutors.tutordocument",
                    ),
                ),
            ],
            options={
                "ordering": ["checked_on", "pk"],
            },
        ),
        migrations.CreateModel(
            name="TutorPhoto",
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
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("UPLOADING", "not uploaded yet"),
                            ("CHECKING", "being opened"),
                            ("SPOILT", "cannot be used"),
                            ("WAITING", "waiting for our check"),
                            ("SHOWN", "shown"),
                            ("REFUSED", "not accepted"),
                        ],
                        default="UPLOADING",
                        max_length=10,
                    ),
                ),
                ("content_type", models.CharField(max_length=40)),
                ("size", models.PositiveIntegerField(null=True)),
                ("upload_key", models.CharField(max_length=100, unique=True)),
                ("stored_key", models.CharField(blank=True, max_length=100)),
                ("public_id", models.UUIDField(null=True, unique=True)),
                ("problem", models.CharField(blank=True, max_length=40)),
                ("notes", models.TextField(blank=True)),
                (
                    "created_at",
                    models.DateTimeField(default=tutorhub.core.clock.now, editable=False),
                ),
                ("received_at", models.DateTimeField(null=True)),
                ("reviewed_at", models.DateTimeField(null=True)),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "tutor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="photos",
                        to="tutors.tutorprofile",
                    ),
                ),
            ],
            options={
                "verbose_name": "tutor photo",
            },
        ),
        migrations.CreateModel(
            name="TutorReport",
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
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("false", "something on the page is not true"),
                            ("contact", "asks to pay or meet outside TutorHub"),
                            ("conduct", "behaved badly towards a child or a family"),
                            ("person", "is not the person on the page"),
                            ("other", "something else"),
                        ],
                        max_length=10,
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=2000)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("OPEN", "open"),
                            ("ACTED", "acted upon"),
                            ("DISMISSED", "nothing found"),
                        ],
                        default="OPEN",
                        max_length=10,
                    ),
                ),
                ("notes", models.TextField(blank=True)),
                (
                    "reported_at",
                    models.DateTimeField(default=tutorhub.core.clock.now, editable=False),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reported_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tutor_reports",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "tutor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="tutors.tutorprofile",
                    ),
                ),
            ],
            options={
                "verbose_name": "report about a tutor",
                "verbose_name_plural": "reports about tutors",
            },
        ),
        migrations.CreateModel(
            name="BadgeNotice",
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
                ("valid_until", models.DateField()),
                ("days", models.PositiveSmallIntegerField()),
                (
                    "created_at",
                    models.DateTimeField(default=tutorhub.core.clock.now, editable=False),
                ),
                (
                    "badge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="tutors.badge",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("badge", "valid_until", "days"), name="badge_notice_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewClaim",
            fields=[
                (
                    "tutor",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="claim",
                        serialize=False,
                        to="tutors.tutorprofile",
                    ),
                ),
                ("claimed_at", models.DateTimeField(default=tutorhub.core.clock.now)),
                ("expires_at", models.DateTimeField()),
                (
                    "moderator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SearchName",
            fields=[
                (
                    "tutor",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="tutors.tutorprofile",
                    ),
                ),
                (
                    "words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["words"], name="name_words"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="tutorprofile",
            index=models.Index(
                condition=models.Q(("status", "PENDING")),
                fields=["submitted_at", "id"],
                name="tutor_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="tutorprofile",
            index=models.Index(
                condition=models.Q(("status", "APPROVED"), _negated=True),
                fields=["status", "-id"],
                name="tutor_of_status",
            ),
        ),
        migrations.AddIndex(
            model_name="tutorprofile",
            index=models.Index(
                condition=models.Q(("status", "APPROVED")),
                fields=["city", "state", "id"],
                name="tutor_city",
            ),
        ),
        migrations.AddIndex(
            model_name="tutorprofile",
            index=models.Index(
                condition=models.Q(("status", "APPROVED")), fields=["id"], name="tutor_approved"
            ),
        ),
        migrations.AddIndex(
            model_name="tutorprofile",
            index=models.Index(
                condition=models.Q(("status", "APPROVED")),
                fields=["approved_at"],
                name="tutor_newly_listed",
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
            model_name="tutorprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["DRAFT", "PENDING", "APPROVED", "REJECTED", "SUSPENDED"])
                ),
                name="tutor_status_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="tutorprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("latitude__isnull", True),
                        ("longitude__isnull", True),
                        ("place__isnull", True),
                    ),
                    models.Q(
                        ("latitude__isnull", False),
                        ("longitude__isnull", False),
                        ("place__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="tutor_place_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="tutorprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("rating_sum__gte", models.F("rating_count")),
                    (
                        "rating_sum__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("rating_count"), "*", models.Value(5)
                        ),
                    ),
                ),
                name="tutor_rating_possible",
            ),
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
        migrations.AddConstraint(
            model_name="tutorprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(("radius_km__lte", 50)), name="tutor_radius_bounded"
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
        migrations.AddConstraint(
            model_name="offering",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("grade_min__gte", 1),
                    ("grade_max__lte", 12),
                    ("grade_min__lte", models.F("grade_max")),
                ),
                name="offering_grades_ordered",
            ),
        ),
        migrations.AddConstraint(
            model_name="offering",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("online_rate_paise__isnull", False),
                    ("home_rate_paise__isnull", False),
                    _connector="OR",
                ),
                name="offering_has_a_rate",
            ),
        ),
        migrations.AddConstraint(
            model_name="offering",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("online_rate_paise__isnull", True),
                    ("online_rate_paise__range", (5000, 1000000)),
                    _connector="OR",
                ),
                name="offering_online_rate_bounded",
            ),
        ),
        migrations.AddConstraint(
            model_name="offering",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("home_rate_paise__isnull", True),
                    ("home_rate_paise__range", (5000, 1000000)),
                    _connector="OR",
                ),
                name="offering_home_rate_bounded",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="casenote",
            trigger=pgtrigger.compiler.Trigger(
                name="never_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="4e00190eea04aa59a79fc83193f90f0f2a5e7c5f",
                    operation="UPDATE",
                    pgid="pgtrigger_never_changed_03949",
                    table="tutors_casenote",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(fields=["tutor", "subject"], name="entry_tutor"),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(
                fields=["quality_gap", "tutor"],
                include=(
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
                    "free_hours",
                ),
                name="entry_quality",
            ),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(
                fields=["rate", "tutor"],
                include=(
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
                    "free_hours",
                ),
                name="entry_price",
            ),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(
                fields=["rating_gap", "tutor"],
                include=(
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
                    "free_hours",
                ),
                name="entry_rating",
            ),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(
                fields=["subject", "quality_gap", "tutor"],
                include=(
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
                    "free_hours",
                ),
                name="entry_subject_quality",
            ),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(
                fields=["subject", "rate", "tutor"],
                include=(
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
                    "free_hours",
                ),
                name="entry_subject_price",
            ),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(
                fields=["subject", "rating_gap", "tutor"],
                include=(
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
                    "free_hours",
                ),
                name="entry_subject_rating",
            ),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(
                condition=models.Q(("is_home", True)),
                fields=["cell", "quality_gap", "tutor"],
                include=(
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
                    "free_hours",
                    "latitude",
                    "longitude",
                    "radius_km",
                ),
                name="entry_home_quality",
            ),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(
                condition=models.Q(("is_home", True)),
                fields=["cell", "rate", "tutor"],
                include=(
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
                    "free_hours",
                    "latitude",
                    "longitude",
                    "radius_km",
                ),
                name="entry_home_price",
            ),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(
                condition=models.Q(("is_home", True)),
                fields=["cell", "rating_gap", "tutor"],
                include=(
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
                    "free_hours",
                    "latitude",
                    "longitude",
                    "radius_km",
                ),
                name="entry_home_rating",
            ),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(
                condition=models.Q(("is_home", True)),
                fields=["cell", "subject", "quality_gap", "tutor"],
                include=(
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
                    "free_hours",
                    "latitude",
                    "longitude",
                    "radius_km",
                ),
                name="entry_home_subject_quality",
            ),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(
                condition=models.Q(("is_home", True)),
                fields=["cell", "subject", "rate", "tutor"],
                include=(
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
                    "free_hours",
                    "latitude",
                    "longitude",
                    "radius_km",
                ),
                name="entry_home_subject_price",
            ),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(
                condition=models.Q(("is_home", True)),
                fields=["cell", "subject", "rating_gap", "tutor"],
                include=(
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
                    "free_hours",
                    "latitude",
                    "longitude",
                    "radius_km",
                ),
                name="entry_home_subject_rating",
            ),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(
                fields=["cell", "subject", "latitude", "tutor"],
                include=(
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
                    "free_hours",
                    "longitude",
                    "radius_km",
                ),
                name="entry_place",
            ),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(
                fields=["cell", "latitude", "tutor"],
                include=(
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
                    "free_hours",
                    "subject",
                    "longitude",
                    "radius_km",
                ),
                name="entry_near",
            ),
        ),
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(
                condition=models.Q(("kind", "change"), ("reviewed_at__isnull", True)),
                fields=["id"],
                name="submission_open_changes",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.UniqueConstraint(
                fields=("tutor", "number"), name="submission_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "change"), ("reviewed_at__isnull", True)),
                fields=("tutor",),
                name="submission_one_open_change",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["first", "again", "change"])),
                name="submission_kind_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reviewed_at__isnull", True), ("reviewed_by__isnull", True)),
                    models.Q(("reviewed_at__isnull", False), ("reviewed_by__isnull", False)),
                    _connector="OR",
                ),
                name="submission_reviewed_paired",
            ),
        ),
        migrations.AddIndex(
            model_name="tutordocument",
            index=models.Index(
                condition=models.Q(("status", "RECEIVED")),
                fields=["received_at"],
                name="tutor_document_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="tutordocument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "UPLOADING",
                            "CHECKING",
                            "SPOILT",
                            "RECEIVED",
                            "VERIFIED",
                            "REFUSED",
                            "ERASED",
                        ],
                    )
                ),
                name="tutor_document_status_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="tutordocument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["identity", "degree", "address", "police", "other"])
                ),
                name="tutor_document_kind_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="tutordocument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["UPLOADING", "SPOILT", "ERASED"]), ("stored_key", "")),
                    models.Q(("status", "CHECKING"), models.Q(("stored_key", ""), _negated=True)),
                    models.Q(
                        ("received_at__isnull", False),
                        ("size__isnull", False),
                        ("status__in", ["RECEIVED", "VERIFIED", "REFUSED"]),
                        models.Q(("stored_key", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="tutor_document_received_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="tutordocument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "SPOILT"), models.Q(("problem", ""), _negated=True)),
                    models.Q(models.Q(("status", "SPOILT"), _negated=True), ("problem", "")),
                    _connector="OR",
                ),
                name="tutor_document_spoilt_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="tutordocument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reviewed_at__isnull", True), ("reviewed_by__isnull", True)),
                    models.Q(("reviewed_at__isnull", False), ("reviewed_by__isnull", False)),
                    _connector="OR",
                ),
                name="tutor_document_reviewed_paired",
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
        pgtrigger.migrations.AddTrigger(
            model_name="decision",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="96965967ea434e6e5094d5eeef11b57403c86376",
                    operation="DELETE",
                    pgid="pgtrigger_append_only_b8aa6",
                    table="tutors_decision",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="decision",
            trigger=pgtrigger.compiler.Trigger(
                name="never_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."tutor_id" IS DISTINCT FROM (NEW."tutor_id") OR OLD."document_id" IS DISTINCT FROM (NEW."document_id") OR OLD."verdict" IS DISTINCT FROM (NEW."verdict") OR OLD."decided_by_id" IS DISTINCT FROM (NEW."decided_by_id") OR OLD."decided_at" IS DISTINCT FROM (NEW."decided_at"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="30325d058502ae4531a030b18346f3e9ecf1a47d",
                    operation="UPDATE",
                    pgid="pgtrigger_never_changed_8527e",
                    table="tutors_decision",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="decision",
            trigger=pgtrigger.compiler.Trigger(
                name="notes_only_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (NEW."notes" IS DISTINCT FROM (OLD."notes") AND NOT (NEW."notes" = \'\'))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="d93118414bc058a04b29b2cb09f37ad4eeb1324f",
                    operation="UPDATE",
                    pgid="pgtrigger_notes_only_emptied_37883",
                    table="tutors_decision",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="badge",
            index=models.Index(
                condition=models.Q(("valid_until__isnull", False)),
                fields=["valid_until", "id"],
                name="badge_lapsing",
            ),
        ),
        migrations.AddConstraint(
            model_name="badge",
            constraint=models.UniqueConstraint(
                fields=("tutor", "claim"), name="badge_one_per_claim"
            ),
        ),
        migrations.AddConstraint(
            model_name="badge",
            constraint=models.CheckConstraint(
                condition=models.Q(("claim__in", ["identity", "degree", "address", "police"])),
                name="badge_claim_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="badge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True),
                    ("valid_until__gt", models.F("checked_on")),
                    _connector="OR",
                ),
                name="badge_dates_ordered",
            ),
        ),
        migrations.AddIndex(
            model_name="tutorphoto",
            index=models.Index(
                condition=models.Q(("status", "WAITING")),
                fields=["received_at"],
                name="tutor_photo_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="tutorphoto",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        ["UPLOADING", "CHECKING", "SPOILT", "WAITING", "SHOWN", "REFUSED"],
                    )
                ),
                name="tutor_photo_status_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="tutorphoto",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["UPLOADING", "SPOILT"]), ("stored_key", "")),
                    models.Q(
                        ("status__in", ["CHECKING", "WAITING", "SHOWN", "REFUSED"]),
                        models.Q(("stored_key", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="tutor_photo_stored_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="tutorphoto",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status", "SHOWN"), ("public_id__isnull", True), _connector="OR"
                ),
                name="tutor_photo_public_only_when_shown",
            ),
        ),
        migrations.AddConstraint(
            model_name="tutorphoto",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "SHOWN")),
                fields=("tutor",),
                name="tutor_photo_one_shown",
            ),
        ),
        migrations.AddIndex(
            model_name="tutorreport",
            index=models.Index(
                condition=models.Q(("status", "OPEN")),
                fields=["reported_at"],
                name="tutor_report_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="tutorreport",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["OPEN", "ACTED", "DISMISSED"])),
                name="tutor_report_status_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="tutorreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reason__in", ["false", "contact", "conduct", "person", "other"])
                ),
                name="tutor_report_reason_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="tutorreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at__isnull", True),
                        ("decided_by__isnull", True),
                        ("status", "OPEN"),
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("status__in", ["ACTED", "DISMISSED"]),
                    ),
                    _connector="OR",
                ),
                name="tutor_report_decided_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="tutorreport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "OPEN")),
                fields=("tutor", "reported_by"),
                name="tutor_report_one_open",
            ),
        ),
        migrations.AddIndex(
            model_name="reviewclaim",
            index=models.Index(fields=["moderator", "expires_at"], name="claim_of_moderator"),
        ),
        migrations.AddConstraint(
            model_name="reviewclaim",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("claimed_at"))),
                name="claim_expires_after_claimed",
            ),
        ),
    ]
