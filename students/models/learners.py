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


class LearnerQuerySet(models.QuerySet["Learner"]):
    def of(self, user: User) -> "LearnerQuerySet":
        """The learners this person may see and change."""
        return self.filter(family__user=user)

    def with_details(self) -> "LearnerQuerySet":
        return self.select_related(
            "board", "place", "guardian", "consent", "family"
        ).prefetch_related("subjects")

    def locked(self) -> "LearnerQuerySet":
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class Learner(models.Model):
    """A child in a family. It exists only with a guardian's recorded consent."""

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
    created_at = models.DateTimeField(default=clock.now, editable=False)

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
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.strip() else ""

    @property
    def has_live_consent(self) -> bool:
        return self.consent.is_live
