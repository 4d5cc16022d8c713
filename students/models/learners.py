"""A child who learns, and what it is looking for."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Consent, User
from curriculum.models import Board, Subject
from students.models.families import Family, Guardian
from tutorhub.core import clock
from tutorhub.core.ids import uuid7
from tutorhub.core.models import Place


class Mode(models.TextChoices):
    ONLINE = "online", _("Online")
    HOME = "home", _("At home")
    EITHER = "either", _("Online or at home")


HOURS_OF_WEEK = list(range(7 * 24))


class LearnerQuerySet(models.QuerySet["Learner"]):
    def of(self, user: User) -> "LearnerQuerySet":
        """The learners this person may see and change."""
        return self.filter(
            family__members__user=user,
            family__members__left_at__isnull=True,
            removed_at__isnull=True,
        )

    def with_details(self) -> "LearnerQuerySet":
        return self.select_related(
            "board", "place", "guardian", "consent__notice", "family"
        ).prefetch_related("subjects")

    def locked(self) -> "LearnerQuerySet":
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class Learner(models.Model):
    """A child in a family. It exists only with a guardian's recorded consent.

    Without one it is paused: it stays on record and nothing new may be done with it. That a child
    is either paused or has a live consent is also a rule of the database. `free_hours` are hours of
    the week in Indian time: 0 is Monday from midnight to one.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="learners")
    name = models.CharField(max_length=80)
    grade = models.PositiveSmallIntegerField()
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="+")
    subjects = models.ManyToManyField(Subject, related_name="+")
    mode = models.CharField(max_length=8, choices=Mode.choices)
    budget_min_paise = models.PositiveIntegerField(default=0)
    budget_max_paise = models.PositiveIntegerField()
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    languages = ArrayField(models.CharField(max_length=3), default=list, blank=True)
    goals = models.TextField(max_length=1000, blank=True)
    guardian = models.ForeignKey(Guardian, on_delete=models.PROTECT, related_name="learners")
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="+")
    free_hours = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    paused_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = LearnerQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="learner_grade_valid", condition=Q(grade__gte=1, grade__lte=12)
            ),
            models.CheckConstraint(
                name="learner_mode_valid", condition=Q(mode__in=["online", "home", "either"])
            ),
            models.CheckConstraint(
                name="learner_budget_ordered",
                condition=Q(budget_min_paise__lte=F("budget_max_paise")),
            ),
            models.CheckConstraint(
                name="learner_hours_of_a_week",
                condition=Q(free_hours__contained_by=HOURS_OF_WEEK),
            ),
            models.CheckConstraint(
                name="learner_removed_is_paused",
                condition=Q(removed_at__isnull=True) | Q(paused_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.strip() else ""

    @property
    def has_live_consent(self) -> bool:
        return self.paused_at is None
