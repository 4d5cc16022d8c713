"""One class between one tutor and one learner, from the offer to the released money."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import Consent, Role, User
from curriculum.models import Subject
from marketplace.models.enquiries import Enquiry, Lead, Mode
from students.models import Learner
from tutorhub.core import clock
from tutorhub.core.ids import uuid7
from tutorhub.core.states import StateMachine
from tutors.models import TutorProfile


class Period(Func):
    """The half-open range of time from start to end, so that classes may touch."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class SessionQuerySet(models.QuerySet["TutoringSession"]):
    def visible_to(self, user: User) -> "SessionQuerySet":
        """The sessions of this tutor, or of this family's learners; nothing for anybody else."""
        if user.role == Role.TUTOR:
            return self.filter(tutor__user=user)
        if user.role == Role.STUDENT:
            return self.filter(
                learner__family__members__user=user,
                learner__family__members__left_at__isnull=True,
            )
        return self.none()

    def unended(self, now: datetime) -> "SessionQuerySet":
        """Begun, and not ended long after their time; at once where the tutor may not end them."""
        is_late = Q(end_at__lte=now - settings.CLASS_END_MISSED)
        is_away = Q(tutor__status=TutorProfile.Status.SUSPENDED) | Q(tutor__user__is_active=False)
        begun = self.filter(status=TutoringSession.Status.IN_PROGRESS, end_at__lte=now)
        return begun.filter(is_late | is_away)

    def with_details(self) -> "SessionQuerySet":
        return self.select_related(
            "subject",
            "tutor__user",
            "learner__family",
            "learner__guardian",
            "learner__place",
            "lead",
        ).with_link()

    def with_link(self) -> "SessionQuerySet":
        """With what decides how much of the child the tutor may see (`queries.child_of`)."""
        together = TutoringSession.objects.paid().filter(
            tutor=OuterRef("tutor"), learner=OuterRef("learner")
        )
        agreed = Consent.objects.live().filter(
            subject_id=OuterRef("learner"), purpose=Consent.Purpose.CLASSES
        )
        return self.annotate(
            last_class_ends_at=Subquery(together.order_by("-end_at").values("end_at")[:1]),
            may_be_shown=Exists(agreed),
        )

    def unpaid(self) -> "SessionQuerySet":
        return self.filter(status=TutoringSession.Status.PENDING_PAYMENT)

    def paid(self) -> "SessionQuerySet":
        return self.filter(status__in=TutoringSession.PAID)

    def overlapping(self, start_at: datetime, end_at: datetime) -> "SessionQuerySet":
        return self.filter(start_at__lt=end_at, end_at__gt=start_at)

    def locked(self) -> "SessionQuerySet":
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class TutoringSession(StateMachine):
    """A class: offered, paid for, held, confirmed, and its money passed on."""

    class Status(models.TextChoices):
        REQUESTED = "REQUESTED", _("Requested")
        PENDING_PAYMENT = "PENDING_PAYMENT", _("Waiting for payment")
        DECLINED = "DECLINED", _("Declined")
        EXPIRED = "EXPIRED", _("Expired")
        CANCELLED = "CANCELLED", _("Cancelled")
        SCHEDULED = "SCHEDULED", _("Scheduled")
        IN_PROGRESS = "IN_PROGRESS", _("In progress")
        NO_SHOW = "NO_SHOW", _("Somebody did not come")
        COMPLETED = "COMPLETED", _("Held, to be confirmed")
        RELEASED = "RELEASED", _("Done")
        DISPUTED = "DISPUTED", _("Disputed")
        RESOLVED = "RESOLVED", _("Settled")

    TRANSITIONS = {
        Status.REQUESTED: {Status.PENDING_PAYMENT, Status.DECLINED, Status.EXPIRED},
        Status.PENDING_PAYMENT: {Status.SCHEDULED, Status.EXPIRED, Status.CANCELLED},
        Status.DECLINED: set(),
        # Only for a late payment whose slot is still free.
        Status.EXPIRED: {Status.SCHEDULED},
        Status.CANCELLED: set(),
        Status.SCHEDULED: {Status.IN_PROGRESS, Status.CANCELLED, Status.NO_SHOW},
        Status.IN_PROGRESS: {Status.COMPLETED},
        Status.NO_SHOW: {Status.RELEASED, Status.DISPUTED},
        Status.COMPLETED: {Status.RELEASED, Status.DISPUTED},
        Status.RELEASED: set(),
        Status.DISPUTED: {Status.RESOLVED},
        Status.RESOLVED: set(),
    }
    PAID = (
        Status.SCHEDULED,
        Status.IN_PROGRESS,
        Status.NO_SHOW,
        Status.COMPLETED,
        Status.RELEASED,
        Status.DISPUTED,
        Status.RESOLVED,
    )
    HOLDS_TUTOR = (Status.PENDING_PAYMENT, *PAID)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tutor = models.ForeignKey(TutorProfile, on_delete=models.PROTECT, related_name="sessions")
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="sessions")
    enquiry = models.ForeignKey(
        Enquiry, on_delete=models.PROTECT, related_name="sessions", null=True, blank=True
    )
    lead = models.OneToOneField(
        Lead, on_delete=models.PROTECT, related_name="session", null=True, blank=True
    )
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(
        max_length=8, choices=[(mode.value, mode.label) for mode in (Mode.ONLINE, Mode.HOME)]
    )
    status = models.CharField(max_length=15, choices=Status.choices)
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    rate_paise = models.PositiveIntegerField()
    price_paise = models.PositiveIntegerField()
    commission_bps = models.PositiveSmallIntegerField()
    policy = models.JSONField(default=dict)
    message = models.TextField(max_length=1000, blank=True)
    is_first_of_pair = models.BooleanField(default=False)
    start_code = models.CharField(max_length=4, blank=True)
    end_code = models.CharField(max_length=4, blank=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    order_id = models.UUIDField(null=True, blank=True)
    pay_by = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    release_due_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = "session"
        constraints = [
            models.CheckConstraint(
                name="session_status_valid",
                condition=Q(
                    status__in=[
                        "REQUESTED",
                        "PENDING_PAYMENT",
                        "DECLINED",
                        "EXPIRED",
                        "CANCELLED",
                        "SCHEDULED",
                        "IN_PROGRESS",
                        "NO_SHOW",
                        "COMPLETED",
                        "RELEASED",
                        "DISPUTED",
                        "RESOLVED",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="session_mode_valid", condition=Q(mode__in=["online", "home"])
            ),
            models.CheckConstraint(
                name="session_ends_after_start", condition=Q(end_at__gt=F("start_at"))
            ),
            models.CheckConstraint(
                name="session_pay_by_before_start", condition=Q(pay_by__lte=F("start_at"))
            ),
            models.CheckConstraint(
                name="session_release_is_dated",
                condition=~Q(status="RELEASED") | Q(released_at__isnull=False),
            ),
            ExclusionConstraint(
                name="session_tutor_not_double_booked",
                expressions=[
                    ("tutor", RangeOperators.EQUAL),
                    (
                        Period("start_at", "end_at", RangeBoundary()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(
                    status__in=[
                        "PENDING_PAYMENT",
                        "SCHEDULED",
                        "IN_PROGRESS",
                        "NO_SHOW",
                        "COMPLETED",
                        "RELEASED",
                        "DISPUTED",
                        "RESOLVED",
                    ]
                ),
            ),
            ExclusionConstraint(
                name="session_learner_not_double_booked",
                expressions=[
                    ("learner", RangeOperators.EQUAL),
                    (
                        Period("start_at", "end_at", RangeBoundary()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(
                    status__in=[
                        "SCHEDULED",
                        "IN_PROGRESS",
                        "NO_SHOW",
                        "COMPLETED",
                        "RELEASED",
                        "DISPUTED",
                        "RESOLVED",
                    ]
                ),
            ),
        ]
        indexes = [
            models.Index(
                name="session_unpaid", fields=["pay_by"], condition=Q(status="PENDING_PAYMENT")
            ),
            models.Index(
                name="session_to_release",
                fields=["release_due_at"],
                condition=Q(status="COMPLETED"),
            ),
            models.Index(
                name="session_to_end", fields=["end_at"], condition=Q(status="IN_PROGRESS")
            ),
        ]

    def __str__(self) -> str:
        return f"session {self.pk}"

    @property
    def duration(self) -> timedelta:
        return self.end_at - self.start_at

    @property
    def minutes(self) -> int:
        return int(self.duration.total_seconds() // 60)

    @property
    def is_paid(self) -> bool:
        return self.status in self.PAID

    @property
    def release_hours(self) -> int:
        """Hours after the end until the money is passed on unasked, by this booking's terms."""
        is_first = self.is_first_of_pair
        hours: int = self.policy["release_after_first_hours" if is_first else "release_after_hours"]
        return hours

    @property
    def is_at_home(self) -> bool:
        return self.mode == Mode.HOME


class SessionEvent(models.Model):
    """One dated fact about a session: the timeline both sides see, and evidence in a dispute."""

    class Kind(models.TextChoices):
        OFFERED = "offered", _("Tutor accepted")
        PAID = "paid", _("Paid")
        EXPIRED = "expired", _("Not paid in time")
        CANCELLED = "cancelled", _("Cancelled")
        WITHDRAWN = "withdrawn", _("Another offer was chosen")
        MONEY_RETURNED = "money_returned", _("Money sent back")
        STARTED = "started", _("Class started")
        COMPLETED = "completed", _("Class ended")
        CONFIRMED = "confirmed", _("Family confirmed")
        RELEASED = "released", _("Money passed on to the tutor")
        REVIEWED = "reviewed", _("Rated")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session = models.ForeignKey(TutoringSession, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    at = models.DateTimeField(default=clock.now, editable=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="session_event_kind_valid",
                condition=Q(
                    kind__in=[
                        "offered",
                        "paid",
                        "expired",
                        "cancelled",
                        "withdrawn",
                        "money_returned",
                        "started",
                        "completed",
                        "confirmed",
                        "released",
                        "reviewed",
                    ]
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.session_id}"
