"""What a family asks for, and how each matching tutor sees it."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from curriculum.models import Board, Subject
from students.models import Learner
from tutorhub.core import clock
from tutorhub.core.ids import uuid7
from tutorhub.core.models import Place
from tutorhub.core.states import StateMachine
from tutors.models import TutorProfile


class Mode(models.TextChoices):
    ONLINE = "online", _("Online")
    HOME = "home", _("At home")
    EITHER = "either", _("Online or at home")


def enquiry_end() -> datetime:
    return clock.now() + settings.ENQUIRY_LIFETIME


class EnquiryQuerySet(models.QuerySet["Enquiry"]):
    def of(self, user: User) -> "EnquiryQuerySet":
        """The enquiries of this person's family."""
        return self.filter(
            learner__family__members__user=user, learner__family__members__left_at__isnull=True
        )

    def with_details(self) -> "EnquiryQuerySet":
        return self.select_related("learner", "subject", "board", "place").annotate(
            leads_sent=Count("leads")
        )

    def stale(self) -> "EnquiryQuerySet":
        return self.filter(status__in=Enquiry.ANSWERABLE, expires_at__lte=clock.now())

    def locked(self) -> "EnquiryQuerySet":
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class Enquiry(StateMachine):
    """A family's request for a tutor for one learner and one subject."""

    class Status(models.TextChoices):
        OPEN = "OPEN", _("Waiting for tutors")
        MATCHED = "MATCHED", _("Tutors have answered")
        BOOKED = "BOOKED", _("Booked")
        CLOSED = "CLOSED", _("Closed")
        EXPIRED = "EXPIRED", _("Expired")

    TRANSITIONS = {
        Status.OPEN: {Status.MATCHED, Status.CLOSED, Status.EXPIRED},
        Status.MATCHED: {Status.BOOKED, Status.CLOSED, Status.EXPIRED},
        Status.BOOKED: set(),
        Status.CLOSED: set(),
        Status.EXPIRED: set(),
    }
    ANSWERABLE = (Status.OPEN, Status.MATCHED)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="enquiries")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    grade = models.PositiveSmallIntegerField()
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(max_length=8, choices=Mode.choices)
    budget_max_paise = models.PositiveIntegerField()
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    preferred_times = models.JSONField(default=list, blank=True)
    note = models.TextField(max_length=1000, blank=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.OPEN)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField(default=enquiry_end)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "enquiries"
        constraints = [
            models.CheckConstraint(
                name="enquiry_status_valid",
                condition=Q(status__in=["OPEN", "MATCHED", "BOOKED", "CLOSED", "EXPIRED"]),
            ),
            models.CheckConstraint(
                name="enquiry_mode_valid", condition=Q(mode__in=["online", "home", "either"])
            ),
            models.CheckConstraint(
                name="enquiry_grade_valid", condition=Q(grade__gte=1, grade__lte=12)
            ),
        ]
        indexes = [
            models.Index(
                name="enquiry_answerable",
                fields=["expires_at"],
                condition=Q(status__in=["OPEN", "MATCHED"]),
            )
        ]

    def __str__(self) -> str:
        return f"enquiry {self.pk}"

    @property
    def is_answerable(self) -> bool:
        return self.status in self.ANSWERABLE


class LeadQuerySet(models.QuerySet["Lead"]):
    def of(self, user: User) -> "LeadQuerySet":
        """The leads sent to this tutor."""
        return self.filter(tutor__user=user)

    def waiting(self) -> "LeadQuerySet":
        """Leads that can still be answered, whether or not a place is left."""
        return self.filter(
            status__in=Lead.WAITING,
            enquiry__status__in=Enquiry.ANSWERABLE,
            enquiry__expires_at__gt=clock.now(),
        )

    def accepted(self) -> "LeadQuerySet":
        return self.filter(status__in=[Lead.Status.ACCEPTED, Lead.Status.REFUNDED])

    def with_details(self) -> "LeadQuerySet":
        """With the enquiry, and `places_left`: how many more tutors may accept it."""
        taken = (
            Lead.objects.accepted()
            .filter(enquiry=OuterRef("enquiry"))
            .order_by()
            .values("enquiry")
            .annotate(number=Count("pk"))
            .values("number")
        )
        return self.select_related(
            "enquiry__subject", "enquiry__place", "enquiry__learner", "enquiry__board", "tutor"
        ).annotate(
            places_left=Greatest(
                Value(settings.LEAD_MAX_ACCEPTS) - Coalesce(Subquery(taken), Value(0)), Value(0)
            )
        )

    def locked(self) -> "LeadQuerySet":
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class Lead(StateMachine):
    """An enquiry as one tutor sees it: why it fits, and what the tutor did with it."""

    class Status(models.TextChoices):
        NEW = "NEW", _("New")
        VIEWED = "VIEWED", _("Seen")
        ACCEPTED = "ACCEPTED", _("Accepted")
        DECLINED = "DECLINED", _("Declined")
        EXPIRED = "EXPIRED", _("Expired")
        REFUNDED = "REFUNDED", _("Credit returned")

    TRANSITIONS = {
        Status.NEW: {Status.VIEWED, Status.ACCEPTED, Status.DECLINED, Status.EXPIRED},
        Status.VIEWED: {Status.ACCEPTED, Status.DECLINED, Status.EXPIRED},
        Status.ACCEPTED: {Status.REFUNDED},
        Status.DECLINED: set(),
        # Only for a tutor who is back from a suspension while the family still looks.
        Status.EXPIRED: {Status.NEW},
        Status.REFUNDED: set(),
    }
    WAITING = (Status.NEW, Status.VIEWED)
    # Puts the tutor whose page the family came from above every match; scores end at 1000.
    CHOSEN_BONUS = 10_000

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, related_name="leads")
    tutor = models.ForeignKey(TutorProfile, on_delete=models.PROTECT, related_name="leads")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.NEW)
    score = models.FloatField(default=0)
    reasons = models.JSONField(default=list)
    decline_reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    viewed_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    opened_by_family_at = models.DateTimeField(null=True, blank=True)

    objects = LeadQuerySet.as_manager()

    class Meta:
        ordering = ["-score", "-pk"]
        permissions = [("judge_lead", "Can give the credit of a bad lead back")]
        constraints = [
            models.UniqueConstraint(name="lead_once_per_tutor", fields=["enquiry", "tutor"]),
            models.CheckConstraint(
                name="lead_status_valid",
                condition=Q(
                    status__in=[
                        "NEW",
                        "VIEWED",
                        "ACCEPTED",
                        "DECLINED",
                        "EXPIRED",
                        "REFUNDED",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="lead_viewed_before_answered",
                condition=Q(answered_at__isnull=True)
                | Q(viewed_at__isnull=False, viewed_at__lte=F("answered_at")),
            ),
        ]
        indexes = [
            models.Index(name="lead_inbox", fields=["tutor", "status", "-score"]),
            models.Index(
                name="lead_answered",
                fields=["tutor", "-answered_at"],
                condition=Q(answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"lead {self.pk}"

    @property
    def is_waiting(self) -> bool:
        return self.status in self.WAITING

    @property
    def match_score(self) -> float:
        """How well the tutor fits, without what being chosen by the family adds."""
        return self.score - self.CHOSEN_BONUS if self.score >= self.CHOSEN_BONUS else self.score
