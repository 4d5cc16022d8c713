"""The papers a tutor shows us."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tutorhub.core import clock, contents
from tutorhub.core.errors import InvalidTransition
from tutorhub.core.ids import uuid7
from tutors.models.profiles import TutorProfile


class DocumentQuerySet(models.QuerySet["TutorDocument"]):
    def of(self, user: User) -> "DocumentQuerySet":
        """The documents of this tutor's own profile."""
        return self.filter(tutor__user=user)

    def received(self) -> "DocumentQuerySet":
        """Those whose file has arrived and was found harmless."""
        return self.filter(stored_key__gt="").exclude(status=TutorDocument.Status.CHECKING)

    def in_force(self) -> "DocumentQuerySet":
        """Those that count for a submission: arrived and not refused."""
        return self.filter(
            status__in=[TutorDocument.Status.RECEIVED, TutorDocument.Status.VERIFIED]
        )

    def locked(self) -> "DocumentQuerySet":
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class TutorDocument(models.Model):
    """A paper in private storage; nobody but a moderator ever gets to see the file again."""

    class Kind(models.TextChoices):
        IDENTITY = "identity", _("proof of identity")
        DEGREE = "degree", _("degree or certificate")
        ADDRESS = "address", _("proof of address")
        POLICE = "police", _("police certificate")
        OTHER = "other", _("something else")

    class Status(models.TextChoices):
        UPLOADING = "UPLOADING", _("not uploaded yet")
        CHECKING = "CHECKING", _("being opened")
        SPOILT = "SPOILT", _("cannot be used")
        RECEIVED = "RECEIVED", _("waiting for our check")
        VERIFIED = "VERIFIED", _("checked")
        REFUSED = "REFUSED", _("not accepted")
        ERASED = "ERASED", _("deleted")

    TRANSITIONS: dict[str, frozenset[str]] = {
        Status.UPLOADING: frozenset({Status.CHECKING}),
        Status.CHECKING: frozenset({Status.RECEIVED, Status.SPOILT}),
        Status.SPOILT: frozenset(),
        Status.RECEIVED: frozenset({Status.VERIFIED, Status.REFUSED, Status.ERASED}),
        Status.VERIFIED: frozenset({Status.REFUSED, Status.ERASED}),
        Status.REFUSED: frozenset({Status.VERIFIED, Status.ERASED}),
        # The file is gone; the row stays for the decisions that point at it.
        Status.ERASED: frozenset(),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tutor = models.ForeignKey(TutorProfile, models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.UPLOADING)
    filename = models.CharField(max_length=150)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField(null=True)
    pages = models.PositiveSmallIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    upload_key = models.CharField(max_length=100, unique=True)
    stored_key = models.CharField(max_length=100, blank=True)
    """Written before the file is, so that there is no file without a row."""
    problem = models.CharField(max_length=40, blank=True)
    """Why a spoilt file cannot be used: a code of `tutorhub.core.contents`."""
    notes = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    received_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "tutor document"
        indexes = [
            models.Index(
                name="tutor_document_waiting",
                fields=["received_at"],
                condition=Q(status="RECEIVED"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="tutor_document_status_valid",
                condition=Q(
                    status__in=[
                        "UPLOADING",
                        "CHECKING",
                        "SPOILT",
                        "RECEIVED",
                        "VERIFIED",
                        "REFUSED",
                        "ERASED",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="tutor_document_kind_valid",
                condition=Q(kind__in=["identity", "degree", "address", "police", "other"]),
            ),
            models.CheckConstraint(
                name="tutor_document_received_whole",
                condition=Q(status__in=["UPLOADING", "SPOILT", "ERASED"], stored_key="")
                | Q(status="CHECKING") & ~Q(stored_key="")
                | Q(
                    status__in=["RECEIVED", "VERIFIED", "REFUSED"],
                    received_at__isnull=False,
                    size__isnull=False,
                )
                & ~Q(stored_key=""),
            ),
            models.CheckConstraint(
                name="tutor_document_spoilt_says_why",
                condition=Q(status="SPOILT") & ~Q(problem="") | ~Q(status="SPOILT") & Q(problem=""),
            ),
            models.CheckConstraint(
                name="tutor_document_reviewed_paired",
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True)
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def explanation(self) -> str:
        """What a moderator wrote, or why the file cannot be used, in the language of the page."""
        return contents.words(self.problem) if self.problem else self.notes

    @property
    def own_name(self) -> str:
        """A name for the file that says nothing about the person."""
        return f"{self.kind}.{contents.EXTENSIONS[self.content_type]}"

    def move_to(self, status: str) -> None:
        """Take the edge to `status` without saving, or raise InvalidTransition."""
        if status not in self.TRANSITIONS[self.status]:
            labels = self.get_status_display(), self.Status(status).label
            raise InvalidTransition(_("This document is %s and cannot become %s.") % labels)
        self.status = status
