"""Who teaches, and what, for how much, where."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from curriculum.models import Subject
from tutorhub.core import clock, storage
from tutorhub.core.errors import InvalidTransition
from tutorhub.core.ids import uuid7
from tutorhub.core.models import Place
from tutors.models.hours import FreeHours, FreeHoursField

RADIUS_MAX_KM = 50
RATE_MIN_PAISE = 50_00
RATE_MAX_PAISE = 10_000_00
TRIAL_MINUTES = (30, 45, 60)


def average_rating(stars: int, reviews: int) -> float | None:
    """One decimal, once enough reviews give it a meaning."""
    return round(stars / reviews, 1) if reviews >= settings.REVIEWS_FOR_AVERAGE else None


def _is_listed() -> Q:
    return Q(
        status=TutorProfile.Status.APPROVED,
        user__is_active=True,
        listed_until__gte=clock.today(),
    )


class TutorQuerySet(models.QuerySet["TutorProfile"]):
    def listed(self) -> "TutorQuerySet":
        """Those whom families may see at all: approved, active, identity badge in force."""
        return self.filter(_is_listed())

    def of(self, user: User) -> "TutorQuerySet":
        return self.filter(user=user)

    def visible_to(self, user: Any) -> "TutorQuerySet":
        """Listed tutors, and a tutor's own profile in any state."""
        if not user.is_authenticated:
            return self.listed()
        return self.filter(_is_listed() | Q(user_id=user.pk))

    def waiting(self) -> "TutorQuerySet":
        """What moderators have to decide on, longest waiting first."""
        return self.filter(status=TutorProfile.Status.PENDING).order_by("submitted_at", "pk")

    def proposing(self) -> "TutorQuerySet":
        """Those who want to change what was checked, longest waiting first."""
        return self.filter(pending_at__isnull=False).order_by("pending_at", "pk")

    def locked(self) -> "TutorQuerySet":
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class TutorProfile(models.Model):
    """A person who teaches, as families see them once a moderator has checked the papers."""

    class Status(models.TextChoices):
        DRAFT = "DRAFT", _("draft")
        PENDING = "PENDING", _("waiting for our check")
        APPROVED = "APPROVED", _("approved")
        REJECTED = "REJECTED", _("to be corrected")
        SUSPENDED = "SUSPENDED", _("suspended")

    CHECKED = frozenset({Status.APPROVED, Status.SUSPENDED})
    """A moderator has agreed to what such a profile says, now or before a suspension."""

    TRANSITIONS: dict[str, frozenset[str]] = {
        Status.DRAFT: frozenset({Status.PENDING}),
        Status.PENDING: frozenset({Status.APPROVED, Status.REJECTED}),
        Status.REJECTED: frozenset({Status.PENDING}),
        Status.APPROVED: frozenset({Status.SUSPENDED}),
        Status.SUSPENDED: frozenset({Status.APPROVED}),
    }

    class Gender(models.TextChoices):
        FEMALE = "female", _("woman")
        MALE = "male", _("man")
        OTHER = "other", _("other")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="tutor_profile"
    )
    slug = models.SlugField(max_length=80, unique=True)
    headline = models.CharField(max_length=120, blank=True)
    bio = models.TextField(max_length=3000, blank=True)
    gender = models.CharField(max_length=10, choices=Gender.choices, blank=True)
    languages = ArrayField(models.CharField(max_length=3), default=list, blank=True)
    experience_years = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(60)]
    )
    qualifications = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    video_url = models.URLField(blank=True)
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    city = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=80, blank=True)
    radius_km = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(RADIUS_MAX_KM)]
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    status_notes = models.TextField(blank=True)
    submitted_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    rating_sum = models.PositiveIntegerField(default=0)
    rating_count = models.PositiveIntegerField(default=0)
    minutes_taught = models.PositiveIntegerField(default=0)
    trial_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    trial_price_paise = models.PositiveIntegerField(null=True, blank=True)
    free_hours = FreeHoursField(default=FreeHours)
    response_minutes = models.PositiveIntegerField(null=True)
    # The last day of the identity badge, which a trigger keeps; a badge for good lasts to 9999.
    listed_until = models.DateField(null=True, editable=False)
    # What a moderator has to agree to before anybody sees it: see services.proposals.
    pending_name = models.CharField(max_length=120, blank=True)
    pending_qualifications = ArrayField(
        models.CharField(max_length=120), null=True, blank=True, default=None
    )
    pending_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now)

    objects = TutorQuerySet.as_manager()

    class Meta:
        verbose_name = "tutor"
        permissions = [("verify_tutor", "Can check papers, approve, reject, suspend and restore")]
        constraints = [
            models.CheckConstraint(
                name="tutor_status_valid",
                condition=Q(status__in=["DRAFT", "PENDING", "APPROVED", "REJECTED", "SUSPENDED"]),
            ),
            models.CheckConstraint(
                name="tutor_place_whole",
                condition=Q(place__isnull=True, latitude__isnull=True, longitude__isnull=True)
                | Q(place__isnull=False, latitude__isnull=False, longitude__isnull=False),
            ),
            models.CheckConstraint(
                name="tutor_rating_possible",
                condition=Q(rating_sum__gte=F("rating_count"))
                & Q(rating_sum__lte=F("rating_count") * 5),
            ),
            models.CheckConstraint(
                name="tutor_trial_paired",
                condition=Q(trial_minutes__isnull=True, trial_price_paise__isnull=True)
                | Q(
                    trial_minutes__in=TRIAL_MINUTES,
                    trial_price_paise__range=(0, RATE_MAX_PAISE),
                ),
            ),
            models.CheckConstraint(
                name="tutor_radius_bounded", condition=Q(radius_km__lte=RADIUS_MAX_KM)
            ),
            models.CheckConstraint(
                name="tutor_pending_dated",
                condition=Q(
                    pending_at__isnull=True, pending_name="", pending_qualifications__isnull=True
                )
                | Q(pending_at__isnull=False)
                & (~Q(pending_name="") | Q(pending_qualifications__isnull=False)),
            ),
            models.CheckConstraint(
                name="tutor_pending_of_checked",
                condition=Q(pending_at__isnull=True) | Q(status__in=["APPROVED", "SUSPENDED"]),
            ),
        ]
        indexes = [
            models.Index(
                name="tutor_waiting",
                fields=["submitted_at", "id"],
                condition=Q(status="PENDING"),
            ),
            # The back office lists the few that are suspended among a million.
            models.Index(
                name="tutor_of_status",
                fields=["status", "-id"],
                condition=~Q(status="APPROVED"),
            ),
            models.Index(
                name="tutor_city",
                fields=["city", "state", "id"],
                condition=Q(status="APPROVED"),
            ),
            models.Index(name="tutor_approved", fields=["id"], condition=Q(status="APPROVED")),
            models.Index(
                name="tutor_newly_listed",
                fields=["approved_at"],
                condition=Q(status="APPROVED"),
            ),
            models.Index(
                name="tutor_proposing",
                fields=["pending_at", "id"],
                condition=Q(pending_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("tutors:tutor-detail", args=[self.slug])

    @property
    def name(self) -> str:
        """The tutor's name; fetch `user` with the profile. Who was erased has none."""
        is_gone = not (self.user.is_active or self.user.phone or self.user.email)
        return gettext("A tutor who has left") if is_gone else self.user.name

    @property
    def rating(self) -> float | None:
        """The average of the stars, one decimal, once enough reviews give it a meaning."""
        return average_rating(self.rating_sum, self.rating_count)

    @property
    def hours_taught(self) -> int:
        return self.minutes_taught // 60

    @property
    def is_approved(self) -> bool:
        return self.status == self.Status.APPROVED

    @property
    def is_checked(self) -> bool:
        return self.status in self.CHECKED

    @property
    def is_proposing(self) -> bool:
        """Whether something of it waits until a moderator agrees."""
        return self.pending_at is not None

    @property
    def is_lapsed(self) -> bool:
        """Whether the proof of identity is past its last day, or was never there."""
        return self.listed_until is None or self.listed_until < clock.today()

    @property
    def is_suspended(self) -> bool:
        return self.status == self.Status.SUSPENDED

    @property
    def photo(self) -> Any:
        """The photo on show, where `queries.public_profile` has fetched it, or None."""
        return next(iter(getattr(self, "shown_photos", ())), None)

    @property
    def photo_url(self) -> str | None:
        return storage.public_url(self.photo.public_id, "336.jpg") if self.photo else None

    def move_to(self, status: str) -> None:
        """Take the edge to `status` without saving, or raise InvalidTransition."""
        if status not in self.TRANSITIONS[self.status]:
            labels = self.get_status_display(), self.Status(status).label
            raise InvalidTransition(_("This tutor is %s and cannot become %s.") % labels)
        self.status = status


class Offering(models.Model):
    """One subject a tutor teaches to a range of classes, with the price per hour of each mode."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tutor = models.ForeignKey(TutorProfile, models.CASCADE, related_name="offerings")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", db_index=False)
    boards = ArrayField(models.CharField(max_length=12), default=list)
    grade_min = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    grade_max = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    online_rate_paise = models.PositiveIntegerField(null=True)
    home_rate_paise = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="offering_grades_ordered",
                condition=Q(grade_min__gte=1)
                & Q(grade_max__lte=12)
                & Q(grade_min__lte=F("grade_max")),
            ),
            models.CheckConstraint(
                name="offering_has_a_rate",
                condition=Q(online_rate_paise__isnull=False) | Q(home_rate_paise__isnull=False),
            ),
            models.CheckConstraint(
                name="offering_online_rate_bounded",
                condition=Q(online_rate_paise__isnull=True)
                | Q(online_rate_paise__range=(RATE_MIN_PAISE, RATE_MAX_PAISE)),
            ),
            models.CheckConstraint(
                name="offering_home_rate_bounded",
                condition=Q(home_rate_paise__isnull=True)
                | Q(home_rate_paise__range=(RATE_MIN_PAISE, RATE_MAX_PAISE)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.grade_min}-{self.grade_max}"
