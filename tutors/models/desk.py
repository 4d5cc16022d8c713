"""The moderators' desk: who works on which case, what was handed in, and words for answers."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tutorhub.core import clock
from tutorhub.core.ids import uuid7
from tutors.models.decisions import Decision
from tutors.models.documents import TutorDocument
from tutors.models.profiles import TutorProfile


class ClaimQuerySet(models.QuerySet["ReviewClaim"]):
    def live(self) -> "ClaimQuerySet":
        """Those whose lease has not run out; the others are as good as not there."""
        return self.filter(expires_at__gt=clock.now())


class ReviewClaim(models.Model):
    """One moderator works on one tutor's case; nobody else may decide until the lease runs out.

    Written under the lock of the tutor's row and no other way.
    """

    tutor = models.OneToOneField(
        TutorProfile, models.CASCADE, primary_key=True, related_name="claim"
    )
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()

    objects = ClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="claim_expires_after_claimed", condition=Q(expires_at__gt=F("claimed_at"))
            ),
        ]
        indexes = [models.Index(name="claim_of_moderator", fields=["moderator", "expires_at"])]

    def __str__(self) -> str:
        return f"claim {self.tutor_id}"

    @property
    def is_live(self) -> bool:
        return self.expires_at > clock.now()


class AnswerTemplate(models.Model):
    """Words that moderators use again and again, in both languages; they keep them themselves."""

    class Use(models.TextChoices):
        REJECT = "reject", _("send a profile back")
        REFUSE = "refuse", _("refuse a paper")
        SUSPEND = "suspend", _("suspend")
        RESTORE = "restore", _("restore")
        PHOTO = "photo", _("refuse a photo")

    use = models.CharField(_("for"), max_length=10, choices=Use.choices)
    paper = models.CharField(
        _("only for this kind of paper"),
        max_length=10,
        choices=TutorDocument.Kind.choices,
        blank=True,
    )
    title = models.CharField(_("title"), max_length=60)
    text_en = models.TextField(_("English"), max_length=1000)
    text_hi = models.TextField(_("Hindi"), max_length=1000)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_offered = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = "answer template"
        ordering = ["use", "position", "title"]
        constraints = [
            models.CheckConstraint(
                name="answer_use_valid",
                condition=Q(use__in=["reject", "refuse", "suspend", "restore", "photo"]),
            ),
            models.UniqueConstraint(name="answer_title_once", fields=["use", "title"]),
        ]

    def __str__(self) -> str:
        return self.title

    def text(self, language: str) -> str:
        return self.text_hi if language == "hi" else self.text_en


class CaseNote(models.Model):
    """What a moderator writes for colleagues. The tutor never reads it. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tutor = models.ForeignKey(TutorProfile, models.PROTECT, related_name="case_notes")
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="case_notes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(max_length=2000)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"note {self.pk}"


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def open_changes(self) -> "SubmissionQuerySet":
        """Changes of approved tutors that no moderator has looked at, longest waiting first."""
        return self.filter(kind=Submission.Kind.CHANGE, reviewed_at__isnull=True).order_by("pk")


class Submission(models.Model):
    """What a profile said when it was handed in, or when an approved tutor changed it."""

    class Kind(models.TextChoices):
        FIRST = "first", _("handed in")
        AGAIN = "again", _("handed in again")
        CHANGE = "change", _("changed after approval")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tutor = models.ForeignKey(TutorProfile, models.CASCADE, related_name="submissions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=6, choices=Kind.choices)
    snapshot = models.JSONField()
    """As `queries.changes.snapshot` writes it."""
    version = models.PositiveSmallIntegerField()
    submitted_at = models.DateTimeField(default=clock.now, editable=False)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="submission_number_once", fields=["tutor", "number"]),
            models.UniqueConstraint(
                name="submission_one_open_change",
                fields=["tutor"],
                condition=Q(kind="change", reviewed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="submission_kind_valid", condition=Q(kind__in=["first", "again", "change"])
            ),
            models.CheckConstraint(
                name="submission_reviewed_paired",
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True)
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="submission_open_changes",
                fields=["id"],
                condition=Q(kind="change", reviewed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
