"""The account of a parent or student, and the grown-ups who answer for its children."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tutorhub.core import clock
from tutorhub.core.ids import uuid7


class FamilyQuerySet(models.QuerySet["Family"]):
    def locked(self) -> "FamilyQuerySet":
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class Family(models.Model):
    """What belongs to one account of the role `student`: its guardians and learners."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="family"
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = FamilyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "families"

    def __str__(self) -> str:
        return f"family {self.pk}"


class Relation(models.TextChoices):
    MOTHER = "mother", _("Mother")
    FATHER = "father", _("Father")
    PARENT = "parent", _("Parent")
    GRANDPARENT = "grandparent", _("Grandparent")
    GUARDIAN = "guardian", _("Legal guardian")
    SELF = "self", _("Learner of 18 or older")
    OTHER = "other", _("Other adult with custody")


class Guardian(models.Model):
    """An adult who gave consent for a learner and sees every message about it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    family = models.ForeignKey(Family, on_delete=models.CASCADE, related_name="guardians")
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=16)
    relation = models.CharField(max_length=12, choices=Relation.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="guardian_once_per_family", fields=["family", "phone", "name", "relation"]
            ),
            models.CheckConstraint(
                name="guardian_relation_valid",
                condition=models.Q(relation__in=Relation.values),
            ),
        ]

    def __str__(self) -> str:
        return self.name
