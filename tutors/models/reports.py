"""What people say is wrong with a tutor's page."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tutorhub.core import clock
from tutorhub.core.ids import uuid7
from tutorhub.core.states import StateMachine
from tutors.models.profiles import TutorProfile

LONGEST = 2000


class ReportQuerySet(models.QuerySet["TutorReport"]):
    def open(self) -> "ReportQuerySet":
        return self.filter(status=TutorReport.Status.OPEN)

    def locked(self) -> "ReportQuerySet":
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class TutorReport(StateMachine):
    """One person's complaint about one tutor. The tutor never learns whose it was."""

    class Reason(models.TextChoices):
        FALSE = "false", _("something on the page is not true")
        CONTACT = "contact", _("asks to pay or meet outside TutorHub")
        CONDUCT = "conduct", _("behaved badly towards a child or a family")
        PERSON = "person", _("is not the person on the page")
        OTHER = "other", _("something else")

    class Status(models.TextChoices):
        OPEN = "OPEN", _("open")
        ACTED = "ACTED", _("acted upon")
        DISMISSED = "DISMISSED", _("nothing found")

    TRANSITIONS = {
        Status.OPEN: {Status.ACTED, Status.DISMISSED},
        Status.ACTED: set(),
        Status.DISMISSED: set(),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tutor = models.ForeignKey(TutorProfile, models.PROTECT, related_name="reports")
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="tutor_reports"
    )
    reason = models.CharField(max_length=10, choices=Reason.choices)
    text = models.TextField(max_length=LONGEST, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    notes = models.TextField(blank=True)
    reported_at = models.DateTimeField(default=clock.now, editable=False)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = "report about a tutor"
        verbose_name_plural = "reports about tutors"
        constraints = [
            models.CheckConstraint(
                name="tutor_report_status_valid",
                condition=Q(status__in=["OPEN", "ACTED", "DISMISSED"]),
            ),
            models.CheckConstraint(
                name="tutor_report_reason_valid",
                condition=Q(reason__in=["false", "contact", "conduct", "person", "other"]),
            ),
            models.CheckConstraint(
                name="tutor_report_decided_whole",
                condition=Q(status="OPEN", decided_at__isnull=True, decided_by__isnull=True)
                | Q(
                    status__in=["ACTED", "DISMISSED"],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
            ),
            models.UniqueConstraint(
                name="tutor_report_one_open",
                fields=["tutor", "reported_by"],
                condition=Q(status="OPEN"),
            ),
        ]
        indexes = [
            models.Index(
                name="tutor_report_open", fields=["reported_at"], condition=Q(status="OPEN")
            ),
        ]

    def __str__(self) -> str:
        return f"report {self.pk}"
