import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

import marketplace.models.enquiries
import marketplace.models.sessions
import tutorhub.core.clock
import tutorhub.core.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0001_initial"),
        ("curriculum", "0001_initial"),
        ("students", "0001_initial"),
        ("tutors", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name="Enquiry",
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
                ("grade", models.PositiveSmallIntegerField()),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("online", "Online"),
                            ("home", "At home"),
                            ("either", "Online or at home"),
                        ],
                        max_length=8,
                    ),
                ),
                ("budget_max_paise", models.PositiveIntegerField()),
                ("preferred_times", models.JSONField(blank=True, default=list)),
                ("note", models.TextField(blank=True, max_length=1000)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("OPEN", "Waiting for tutors"),
                            ("MATCHED", "Tutors have answered"),
                            ("BOOKED", "Booked"),
                            ("CLOSED", "Closed"),
                            ("EXPIRED", "Expired"),
                        ],
                        default="OPEN",
                        max_length=8,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=tutorhub.core.clock.now, editable=False),
                ),
                (
                    "expires_at",
                    models.DateTimeField(default=marketplace.models.enquiries.enquiry_end),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "board",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="curriculum.board",
                    ),
                ),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enquiries",
                        to="students.learner",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.place",
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="curriculum.subject",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "enquiries",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Lead",
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
                            ("NEW", "New"),
                            ("VIEWED", "Seen"),
                            ("ACCEPTED", "Accepted"),
                            ("DECLINED", "Declined"),
                            ("EXPIRED", "Expired"),
                            ("REFUNDED", "Credit returned"),
                        ],
                        default="NEW",
                        max_length=8,
                    ),
                ),
                ("score", models.FloatField(default=0)),
                ("reasons", models.JSONField(default=list)),
                ("decline_reason", models.CharField(blank=True, max_length=300)),
                (
                    "created_at",
                    models.DateTimeField(default=tutorhub.core.clock.now, editable=False),
                ),
                ("viewed_at", models.DateTimeField(blank=True, null=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("opened_by_family_at", models.DateTimeField(blank=True, null=True)),
                (
                    "enquiry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leads",
                        to="marketplace.enquiry",
                    ),
                ),
                (
                    "tutor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leads",
                        to="tutors.tutorprofile",
                    ),
                ),
            ],
            options={
                "ordering": ["-score", "-pk"],
                "permissions": [("judge_lead", "Can give the credit of a bad lead back")],
            },
        ),
        migrations.CreateModel(
            name="TutoringSession",
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
                    "mode",
                    models.CharField(
                        choices=[("online", "Online"), ("home", "At home")], max_length=8
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("REQUESTED", "Requested"),
                            ("PENDING_PAYMENT", "Waiting for payment"),
                            ("DECLINED", "Declined"),
                            ("EXPIRED", "Expired"),
                            ("CANCELLED", "Cancelled"),
                            ("SCHEDULED", "Scheduled"),
                            ("IN_PROGRESS", "In progress"),
                            ("NO_SHOW", "Somebody did not come"),
                            ("COMPLETED", "Held, to be confirmed"),
                            ("RELEASED", "Done"),
                            ("DISPUTED", "Disputed"),
                            ("RESOLVED", "Settled"),
                        ],
                        max_length=15,
                    ),
                ),
                ("start_at", models.DateTimeField()),
                ("end_at", models.DateTimeField()),
                ("rate_paise", models.PositiveIntegerField()),
                ("price_paise", models.PositiveIntegerField()),
                ("commission_bps", models.PositiveSmallIntegerField()),
                ("policy", models.JSONField(default=dict)),
                ("message", models.TextField(blank=True, max_length=1000)),
                ("is_first_of_pair", models.BooleanField(default=False)),
                ("start_code", models.CharField(blank=True, max_length=4)),
                ("end_code", models.CharField(blank=True, max_length=4)),
                ("code_tries", models.PositiveSmallIntegerField(default=0)),
                ("order_id", models.UUIDField(blank=True, null=True)),
                ("pay_by", models.DateTimeField()),
                ("paid_at", models.DateTimeField(blank=True, null=True)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("completed_at", models.DateTimeField(blank=True, null=True)),
                ("release_due_at", models.DateTimeField(blank=True, null=True)),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_at",
                    models.DateTimeField(default=tutorhub.core.clock.now, editable=False),
                ),
                (
                    "enquiry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="marketplace.enquiry",
                    ),
                ),
                (
                    "lead",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="session",
                        to="marketplace.lead",
                    ),
                ),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="students.learner",
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="curriculum.subject",
                    ),
                ),
                (
                    "tutor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="tutors.tutorprofile",
                    ),
                ),
            ],
            options={
                "verbose_name": "session",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="SessionEvent",
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
                            ("offered", "Tutor accepted"),
                            ("paid", "Paid"),
                            ("expired", "Not paid in time"),
                            ("cancelled", "Cancelled"),
                            ("withdrawn", "Another offer was chosen"),
                            ("money_returned", "Money sent back"),
                            ("started", "Class started"),
                            ("completed", "Class ended"),
                            ("confirmed", "Family confirmed"),
                            ("released", "Money passed on to the tutor"),
                            ("reviewed", "Rated"),
                        ],
                        max_length=16,
                    ),
                ),
                ("at", models.DateTimeField(default=tutorhub.core.clock.now, editable=False)),
                ("data", models.JSONField(default=dict)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="marketplace.tutoringsession",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Review",
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
                    "side",
                    models.CharField(
                        choices=[("family", "family"), ("tutor", "tutor")], max_length=6
                    ),
                ),
                ("stars", models.PositiveSmallIntegerField()),
                ("text", models.TextField(blank=True, max_length=2000)),
                (
                    "written_at",
                    models.DateTimeField(default=tutorhub.core.clock.now, editable=False),
                ),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("taken_down_at", models.DateTimeField(blank=True, null=True)),
                (
                    "taken_down_for",
                    models.CharField(
                        blank=True,
                        help_text="why; whoever wrote the review is told",
                        max_length=300,
                    ),
                ),
                (
                    "taken_down_by",
                    models.ForeignKey(
                        blank=True,
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
                        related_name="reviews",
                        to="tutors.tutorprofile",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="marketplace.tutoringsession",
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "permissions": [("moderate_review", "Can take a review down")],
            },
        ),
        migrations.AddIndex(
            model_name="enquiry",
            index=models.Index(
                condition=models.Q(("status__in", ["OPEN", "MATCHED"])),
                fields=["expires_at"],
                name="enquiry_answerable",
            ),
        ),
        migrations.AddConstraint(
            model_name="enquiry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["OPEN", "MATCHED", "BOOKED", "CLOSED", "EXPIRED"])
                ),
                name="enquiry_status_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="enquiry",
            constraint=models.CheckConstraint(
                condition=models.Q(("mode__in", ["online", "home", "either"])),
                name="enquiry_mode_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="enquiry",
            constraint=models.CheckConstraint(
                condition=models.Q(("grade__gte", 1), ("grade__lte", 12)),
                name="enquiry_grade_valid",
            ),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(fields=["tutor", "status", "-score"], name="lead_inbox"),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(
                condition=models.Q(("answered_at__isnull", False)),
                fields=["tutor", "-answered_at"],
                name="lead_answered",
            ),
        ),
        migrations.AddConstraint(
            model_name="lead",
            constraint=models.UniqueConstraint(
                fields=("enquiry", "tutor"), name="lead_once_per_tutor"
            ),
        ),
        migrations.AddConstraint(
            model_name="lead",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["NEW", "VIEWED", "ACCEPTED", "DECLINED", "EXPIRED", "REFUNDED"])
                ),
                name="lead_status_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="lead",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answered_at__isnull", True),
                    models.Q(
                        ("viewed_at__isnull", False), ("viewed_at__lte", models.F("answered_at"))
                    ),
                    _connector="OR",
                ),
                name="lead_viewed_before_answered",
            ),
        ),
        migrations.AddIndex(
            model_name="tutoringsession",
            index=models.Index(
                condition=models.Q(("status", "PENDING_PAYMENT")),
                fields=["pay_by"],
                name="session_unpaid",
            ),
        ),
        migrations.AddIndex(
            model_name="tutoringsession",
            index=models.Index(
                condition=models.Q(("status", "COMPLETED")),
                fields=["release_due_at"],
                name="session_to_release",
            ),
        ),
        migrations.AddIndex(
            model_name="tutoringsession",
            index=models.Index(
                condition=models.Q(("status", "IN_PROGRESS")),
                fields=["end_at"],
                name="session_to_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="tutoringsession",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "REQUESTED",
                            "PENDING_PAYMENT",
                            "DECLINED",
                            "EXPIRED",
                            "CANCELLED",
                            "SCHEDULED",
                            "IN_PROGRESS",
                            "NO_SHOW",
                            "COMPLETED",
                            "RELEASED",
                            "DISPUTED",
                            "RESOLVED",
                        ],
                    )
                ),
                name="session_status_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="tutoringsession",
            constraint=models.CheckConstraint(
                condition=models.Q(("mode__in", ["online", "home"])), name="session_mode_valid"
            ),
        ),
        migrations.AddConstraint(
            model_name="tutoringsession",
            constraint=models.CheckConstraint(
                condition=models.Q(("end_at__gt", models.F("start_at"))),
                name="session_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="tutoringsession",
            constraint=models.CheckConstraint(
                condition=models.Q(("pay_by__lte", models.F("start_at"))),
                name="session_pay_by_before_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="tutoringsession",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "RELEASED"), _negated=True),
                    ("released_at__isnull", False),
                    _connector="OR",
                ),
                name="session_release_is_dated",
            ),
        ),
        migrations.AddConstraint(
            model_name="tutoringsession",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "PENDING_PAYMENT",
                            "SCHEDULED",
                            "IN_PROGRESS",
                            "NO_SHOW",
                            "COMPLETED",
                            "RELEASED",
                            "DISPUTED",
                            "RESOLVED",
                        ],
                    )
                ),
                expressions=[
                    ("tutor", "="),
                    (
                        marketplace.models.sessions.Period(
                            "start_at",
                            "end_at",
                            django.contrib.postgres.fields.ranges.RangeBoundary(),
                        ),
                        "&&",
                    ),
                ],
                name="session_tutor_not_double_booked",
            ),
        ),
        migrations.AddConstraint(
            model_name="tutoringsession",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "SCHEDULED",
                            "IN_PROGRESS",
                            "NO_SHOW",
                            "COMPLETED",
                            "RELEASED",
                            "DISPUTED",
                            "RESOLVED",
                        ],
                    )
                ),
                expressions=[
                    ("learner", "="),
                    (
                        marketplace.models.sessions.Period(
                            "start_at",
                            "end_at",
                            django.contrib.postgres.fields.ranges.RangeBoundary(),
                        ),
                        "&&",
                    ),
                ],
                name="session_learner_not_double_booked",
            ),
        ),
        migrations.AddConstraint(
            model_name="sessionevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "offered",
                            "paid",
                            "expired",
                            "cancelled",
                            "withdrawn",
                            "money_returned",
                            "started",
                            "completed",
                            "confirmed",
                            "released",
                            "reviewed",
                        ],
                    )
                ),
                name="session_event_kind_valid",
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                condition=models.Q(
                    ("published_at__isnull", False),
                    ("side", "family"),
                    ("taken_down_at__isnull", True),
                ),
                fields=["tutor", "-published_at", "-id"],
                name="review_public",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(
                fields=("session", "side"), name="review_once_per_side"
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(("stars__gte", 1), ("stars__lte", 5)), name="review_stars_valid"
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(("side__in", ["family", "tutor"])), name="review_side_valid"
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("taken_down_at__isnull", True),
                    ("taken_down_by__isnull", True),
                    ("taken_down_for", ""),
                )
                | models.Q(("taken_down_at__isnull", False), ("taken_down_by__isnull", False)),
                name="review_taken_down_by",
            ),
        ),
    ]
