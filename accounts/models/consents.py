"""What a parent agreed to."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tutorhub.core import clock
from tutorhub.core.ids import uuid7


class Consent(models.Model):
    """One consent as the DPDP Act wants it: who, for what, on which notice, how and when."""

    class Purpose(models.TextChoices):
        LEARNER_PROFILE = (
            "learner_profile",
            _("keeping a child's profile and finding tutors for it"),
        )

    class Relation(models.TextChoices):
        MOTHER = "mother", _("mother")
        FATHER = "father", _("father")
        GUARDIAN = "guardian", _("guardian")
        SELF = "self", _("myself (18 or older)")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="consents"
    )
    purpose = models.CharField(max_length=40, choices=Purpose.choices)
    notice_version = models.CharField(max_length=20)
    language = models.CharField(max_length=5)
    guardian_name = models.CharField(max_length=120)
    guardian_phone = models.CharField(max_length=16)
    relation = models.CharField(max_length=20, choices=Relation.choices)
    method = models.CharField(max_length=20, default="checkbox")
    given_at = models.DateTimeField(default=clock.now, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "consent"
        constraints = [
            models.CheckConstraint(
                name="consent_complete",
                condition=~models.Q(guardian_name="")
                & ~models.Q(guardian_phone="")
                & ~models.Q(notice_version="")
                & ~models.Q(language=""),
            ),
            models.CheckConstraint(
                name="consent_withdrawn_later",
                condition=models.Q(withdrawn_at__isnull=True)
                | models.Q(withdrawn_at__gte=models.F("given_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.given_at:%Y-%m-%d}"

    @property
    def is_live(self) -> bool:
        return self.withdrawn_at is None
