"""What the two sides say of each other after a class."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from marketplace.models.sessions import TutoringSession
from tutorhub.core import clock
from tutorhub.core.ids import uuid7
from tutors.models import TutorProfile


class Side(models.TextChoices):
    FAMILY = "family", _("family")
    TUTOR = "tutor", _("tutor")

    @classmethod
    def of(cls, user: User) -> "Side":
        return cls.TUTOR if user.is_tutor else cls.FAMILY


class ReviewQuerySet(models.QuerySet["Review"]):
    def shown(self) -> "ReviewQuerySet":
        return self.filter(published_at__isnull=False, taken_down_at__isnull=True)

    def about_tutors(self) -> "ReviewQuerySet":
        return self.filter(side=Side.FAMILY)

    def locked(self) -> "ReviewQuerySet":
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class Review(models.Model):
    """Stars and words by one side of a released session; never edited, but taken down if need be.

    Nobody sees it until the other side has written too or some days have passed
    (`REVIEW_HIDDEN_FOR`), so that neither answers the other.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session = models.ForeignKey(TutoringSession, on_delete=models.PROTECT, related_name="reviews")
    tutor = models.ForeignKey(TutorProfile, on_delete=models.PROTECT, related_name="reviews")
    side = models.CharField(max_length=6, choices=Side.choices)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    stars = models.PositiveSmallIntegerField()
    text = models.TextField(max_length=2000, blank=True)
    written_at = models.DateTimeField(default=clock.now, editable=False)
    published_at = models.DateTimeField(null=True, blank=True)
    taken_down_at = models.DateTimeField(null=True, blank=True)
    taken_down_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    taken_down_for = models.CharField(
        max_length=300, blank=True, help_text="why; whoever wrote the review is told"
    )

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        permissions = [("moderate_review", "Can take a review down")]
        constraints = [
            models.UniqueConstraint(name="review_once_per_side", fields=["session", "side"]),
            models.CheckConstraint(
                name="review_stars_valid", condition=Q(stars__gte=1, stars__lte=5)
            ),
            models.CheckConstraint(
                name="review_side_valid", condition=Q(side__in=["family", "tutor"])
            ),
            models.CheckConstraint(
                name="review_taken_down_by",
                condition=Q(
                    taken_down_at__isnull=True, taken_down_by__isnull=True, taken_down_for=""
                )
                | Q(taken_down_at__isnull=False, taken_down_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="review_public",
                fields=["tutor", "-published_at", "-id"],
                condition=Q(side="family", published_at__isnull=False, taken_down_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"review {self.pk}"

    @property
    def is_shown(self) -> bool:
        return self.published_at is not None and self.taken_down_at is None
