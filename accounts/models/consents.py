"""What parents were told, and what they agreed to."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tutorhub.core import clock
from tutorhub.core.ids import uuid7


class Relation(models.TextChoices):
    """What an adult is to the child."""

    MOTHER = "mother", _("Mother")
    FATHER = "father", _("Father")
    PARENT = "parent", _("Parent")
    GRANDPARENT = "grandparent", _("Grandparent")
    GUARDIAN = "guardian", _("Legal guardian")
    SELF = "self", _("Learner of 18 or older")
    OTHER = "other", _("Other adult with custody")


class ConsentNotice(models.Model):
    """The words that people agreed to, one row for each version and language. Never changed.

    `sections` is a list of `{title, points}`. A version that is not `is_material` mends the words
    only: whoever agreed to the one before is not asked again.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.CharField(max_length=20)
    language = models.CharField(max_length=5)
    title = models.CharField(max_length=120)
    sections = models.JSONField()
    is_material = models.BooleanField(default=True)
    published_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = "consent notice"
        constraints = [
            models.UniqueConstraint(
                name="consent_notice_once_per_language", fields=["version", "language"]
            ),
            models.CheckConstraint(
                name="consent_notice_version_is_a_day",
                condition=Q(version__regex=r"^\d{4}-\d{2}-\d{2}$"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.language}"


class ConsentQuerySet(models.QuerySet["Consent"]):
    def live(self) -> "ConsentQuerySet":
        return self.filter(withdrawn_at__isnull=True)

    def about(self, subject_id: Any) -> "ConsentQuerySet":
        return self.filter(subject_id=subject_id)

    def locked(self) -> "ConsentQuerySet":
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class Consent(models.Model):
    """One consent as the DPDP Act wants it: about whom, for what, on which notice, how and when.

    The table is a ledger: rows are added, and an open one is closed by its withdrawal. Nothing else
    about them changes (a trigger, and the rights of the application's role), but for the name and
    number of the guardian, which are emptied when somebody asks to be forgotten.
    """

    class Purpose(models.TextChoices):
        LEARNER_PROFILE = (
            "learner_profile",
            _("Keeping the child's profile and asking tutors, without the child's name"),
        )
        CLASSES = (
            "classes",
            _("Classes: the booked tutor sees the first name, the class, the area and your number"),
        )

    class Method(models.TextChoices):
        OWN_NUMBER = "own_number", _("Ticked, with the number that the account signs in with")
        GUARDIAN_CODE = "guardian_code", _("Ticked, with a code sent to the guardian's number")
        CHECKBOX = "checkbox", _("Ticked; the guardian's number is not proved yet")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject_id = models.UUIDField()
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="consents"
    )
    purpose = models.CharField(max_length=40, choices=Purpose.choices)
    notice = models.ForeignKey(ConsentNotice, on_delete=models.PROTECT, related_name="+")
    guardian_name = models.CharField(max_length=120, blank=True)
    guardian_phone = models.CharField(max_length=16, blank=True)
    relation = models.CharField(max_length=20, choices=Relation.choices)
    method = models.CharField(max_length=20, choices=Method.choices)
    given_at = models.DateTimeField(default=clock.now, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = "consent"
        indexes = [models.Index(name="consent_subject", fields=["subject_id", "purpose"])]
        constraints = [
            models.CheckConstraint(
                name="consent_complete",
                condition=Q(withdrawn_at__isnull=False)
                | (~Q(guardian_name="") & ~Q(guardian_phone="")),
            ),
            models.CheckConstraint(
                name="consent_withdrawn_later",
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")),
            ),
            models.CheckConstraint(
                name="consent_purpose_valid",
                condition=Q(purpose__in=["learner_profile", "classes"]),
            ),
            models.CheckConstraint(
                name="consent_relation_valid",
                condition=Q(relation__in=Relation.values),
            ),
            models.CheckConstraint(
                name="consent_method_valid",
                condition=Q(method__in=["own_number", "guardian_code", "checkbox"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.given_at:%Y-%m-%d}"

    @property
    def is_live(self) -> bool:
        return self.withdrawn_at is None

    @property
    def is_proved(self) -> bool:
        """Whether somebody showed that the guardian's number is in their hands."""
        return self.method != self.Method.CHECKBOX
