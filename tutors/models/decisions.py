"""What moderators decided, and what families may rely on because of it."""

from datetime import date

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tutorhub.core import clock
from tutorhub.core.ids import uuid7
from tutors.models.documents import TutorDocument
from tutors.models.profiles import TutorProfile

_NOTES_REWRITTEN = pgtrigger.Q(new__notes__df=pgtrigger.F("old__notes")) & ~pgtrigger.Q(
    new__notes=""
)


class Decision(models.Model):
    """One verdict of one moderator on a profile or one of its documents. Never changed."""

    class Verdict(models.TextChoices):
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("sent back")
        SUSPENDED = "suspended", _("suspended")
        RESTORED = "restored", _("restored")
        VERIFIED = "verified", _("document checked")
        REFUSED = "refused", _("document not accepted")
        CHANGES = "changes", _("changes seen")
        DECLINED = "declined", _("change declined")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tutor = models.ForeignKey(TutorProfile, models.PROTECT, related_name="decisions")
    document = models.ForeignKey(
        TutorDocument, models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    notes = models.TextField(blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        # What somebody wrote about a tutor is emptied when the tutor is erased, and never replaced.
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="never_changed", exclude=["notes"]),
            pgtrigger.Protect(
                name="notes_only_emptied", operation=pgtrigger.Update, condition=_NOTES_REWRITTEN
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="decision_verdict_of_document",
                condition=Q(verdict__in=["verified", "refused"], document__isnull=False)
                | Q(
                    verdict__in=[
                        *("approved", "rejected", "suspended", "restored"),
                        *("changes", "declined"),
                    ],
                    document__isnull=True,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} {self.tutor_id}"


class BadgeQuerySet(models.QuerySet["Badge"]):
    def in_force(self, on: date) -> "BadgeQuerySet":
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=on))


class Badge(models.Model):
    """A claim a moderator has seen the paper for, with the days of the check and of its lapse."""

    class Claim(models.TextChoices):
        IDENTITY = "identity", _("Identity checked")
        DEGREE = "degree", _("Degree checked")
        ADDRESS = "address", _("Address checked")
        POLICE = "police", _("Police certificate checked")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tutor = models.ForeignKey(TutorProfile, models.CASCADE, related_name="badges")
    claim = models.CharField(max_length=10, choices=Claim.choices)
    document = models.ForeignKey(TutorDocument, models.PROTECT, null=True, related_name="+")
    checked_on = models.DateField()
    valid_until = models.DateField(null=True)

    objects = BadgeQuerySet.as_manager()

    class Meta:
        ordering = ["checked_on", "pk"]
        indexes = [
            models.Index(
                name="badge_lapsing",
                fields=["valid_until", "id"],
                condition=Q(valid_until__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(name="badge_one_per_claim", fields=["tutor", "claim"]),
            models.CheckConstraint(
                name="badge_claim_valid",
                condition=Q(claim__in=["identity", "degree", "address", "police"]),
            ),
            models.CheckConstraint(
                name="badge_dates_ordered",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=models.F("checked_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim} {self.tutor_id}"

    @property
    def label(self) -> str:
        return self.get_claim_display()


class BadgeNotice(models.Model):
    """That a badge comes to its last day, or is past it (0 days), was said; once for each day."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    badge = models.ForeignKey(Badge, models.CASCADE, related_name="notices")
    valid_until = models.DateField()
    days = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="badge_notice_once", fields=["badge", "valid_until", "days"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.badge_id} {self.days}"
