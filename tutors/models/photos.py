"""The photo of a tutor: seen by everybody once a moderator has looked at it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tutorhub.core import clock, contents
from tutorhub.core.errors import InvalidTransition
from tutorhub.core.ids import uuid7
from tutors.models.profiles import TutorProfile


class PhotoQuerySet(models.QuerySet["TutorPhoto"]):
    def of(self, user: User) -> "PhotoQuerySet":
        """The photos of this tutor's own profile."""
        return self.filter(tutor__user=user)

    def on_show(self) -> "PhotoQuerySet":
        """Those that everybody sees, with their files in place."""
        return self.filter(status=TutorPhoto.Status.SHOWN, public_id__isnull=False)

    def locked(self) -> "PhotoQuerySet":
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class TutorPhoto(models.Model):
    """An upload, the portrait we made of it, and the name under which the public sees it."""

    class Status(models.TextChoices):
        UPLOADING = "UPLOADING", _("not uploaded yet")
        CHECKING = "CHECKING", _("being opened")
        SPOILT = "SPOILT", _("cannot be used")
        WAITING = "WAITING", _("waiting for our check")
        SHOWN = "SHOWN", _("shown")
        REFUSED = "REFUSED", _("not accepted")

    TRANSITIONS: dict[str, frozenset[str]] = {
        Status.UPLOADING: frozenset({Status.CHECKING}),
        Status.CHECKING: frozenset({Status.WAITING, Status.SPOILT}),
        Status.SPOILT: frozenset(),
        Status.WAITING: frozenset({Status.SHOWN, Status.REFUSED}),
        Status.SHOWN: frozenset({Status.REFUSED}),
        Status.REFUSED: frozenset({Status.SHOWN}),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tutor = models.ForeignKey(TutorProfile, models.PROTECT, related_name="photos")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.UPLOADING)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField(null=True)
    upload_key = models.CharField(max_length=100, unique=True)
    stored_key = models.CharField(max_length=100, blank=True)
    """Written before the file is, so that there is no file without a row."""
    public_id = models.UUIDField(null=True, unique=True)
    problem = models.CharField(max_length=40, blank=True)
    notes = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    received_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = "tutor photo"
        constraints = [
            models.CheckConstraint(
                name="tutor_photo_status_valid",
                condition=Q(
                    status__in=[
                        "UPLOADING",
                        "CHECKING",
                        "SPOILT",
                        "WAITING",
                        "SHOWN",
                        "REFUSED",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="tutor_photo_stored_whole",
                condition=Q(status__in=["UPLOADING", "SPOILT"], stored_key="")
                | Q(status__in=["CHECKING", "WAITING", "SHOWN", "REFUSED"]) & ~Q(stored_key=""),
            ),
            models.CheckConstraint(
                name="tutor_photo_public_only_when_shown",
                condition=Q(status="SHOWN") | Q(public_id__isnull=True),
            ),
            models.UniqueConstraint(
                name="tutor_photo_one_shown", fields=["tutor"], condition=Q(status="SHOWN")
            ),
        ]
        indexes = [
            models.Index(
                name="tutor_photo_waiting",
                fields=["received_at"],
                condition=Q(status="WAITING"),
            ),
        ]

    def __str__(self) -> str:
        return f"photo {self.pk}"

    @property
    def explanation(self) -> str:
        """What a moderator wrote, or why the file cannot be used, in the language of the page."""
        return contents.words(self.problem) if self.problem else self.notes

    @property
    def is_visible(self) -> bool:
        return self.status == self.Status.SHOWN and self.public_id is not None

    def move_to(self, status: str) -> None:
        """Take the edge to `status` without saving, or raise InvalidTransition."""
        if status not in self.TRANSITIONS[self.status]:
            labels = self.get_status_display(), self.Status(status).label
            raise InvalidTransition(_("This photo is %s and cannot become %s.") % labels)
        self.status = status
