"""The moderators' queues: who waits for what, and for how long. Every list and count is bounded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tutorhub.core import clock
from tutors.models import (
    Badge,
    ReviewClaim,
    Submission,
    TutorDocument,
    TutorPhoto,
    TutorProfile,
)

ROWS = 30
COUNTED = 1000
"""A longer queue is more than anybody wants to have counted at every look."""

PROMISED_WORKING_DAYS = 2
SOON = timedelta(hours=12)
SATURDAY = 5


@dataclass(frozen=True)
class Wait:
    """How long somebody has waited, until when they were promised an answer, and how bad it is."""

    days: int
    hours: int
    due_at: datetime
    tone: str

    @classmethod
    def since(cls, moment: datetime) -> "Wait":
        now = clock.now()
        waited, due_at = now - moment, answer_due(moment)
        tone = "bad" if now > due_at else "soon" if now > due_at - SOON else "good"
        return cls(waited.days, waited.seconds // 3600, due_at, tone)


@dataclass(frozen=True)
class Row:
    """One line of a queue. `moderator` is who works on the case now."""

    tutor: TutorProfile
    what: str = ""
    wait: Wait | None = None
    moderator: User | None = None
    until: Any = None


@dataclass(frozen=True)
class Queue:
    """The head of one queue, and how many there are in all, at most COUNTED."""

    code: str
    title: Promise
    rows: Sequence[Row]
    count: int

    @property
    def total(self) -> str:
        return f"{COUNTED}+" if self.count > COUNTED else str(self.count)


def answer_due(moment: datetime) -> datetime:
    """Two working days after `moment`: Saturdays and Sundays in India do not count.

    What is handed in at a weekend counts from Monday's midnight.
    """
    local = moment.astimezone(clock.IST)
    if local.weekday() >= SATURDAY:
        local = local.replace(hour=0, minute=0, second=0, microsecond=0)
        local += timedelta(days=7 - local.weekday())
    left = PROMISED_WORKING_DAYS
    while left:
        local += timedelta(days=1)
        if local.weekday() < SATURDAY:
            left -= 1
    return local


def queues(moderator: User) -> list[Queue]:
    """All that a moderator may turn to, own cases first."""
    return [_mine(moderator), _waiting(), _changes(), _lapsing(), _photos()]


def moderators(without: User) -> QuerySet[User]:
    """Whom a case can be handed to. What a superuser may for an hour is not meant for it."""
    may_verify = Q(groups__permissions__codename="verify_tutor")
    staff = User.objects.filter(may_verify, is_active=True, is_staff=True)
    return staff.exclude(pk=without.pk).distinct().order_by("name", "pk")


def _mine(moderator: User) -> Queue:
    own = ReviewClaim.objects.live().filter(moderator=moderator)
    rows = [
        Row(claim.tutor, str(claim.tutor.get_status_display()), until=claim.expires_at)
        for claim in own.select_related("tutor__user").order_by("expires_at")[:ROWS]
    ]
    return Queue("mine", _("Mine"), rows, _count(own))


def _waiting() -> Queue:
    waiting = TutorProfile.objects.waiting()
    tutors = list(waiting.select_related("user")[:ROWS])
    claims = _claims(tutors)
    rows = [_row(tutor, "", tutor.submitted_at, claims) for tutor in tutors]
    return Queue("waiting", _("Waiting"), rows, _count(waiting))


def _changes() -> Queue:
    """What approved tutors changed or want to change, and papers that they sent since."""
    open_changes = Submission.objects.open_changes()
    approved = TutorProfile.Status.APPROVED
    new_papers = TutorDocument.objects.filter(
        status=TutorDocument.Status.RECEIVED, tutor__status=approved
    ).order_by("received_at")
    proposing = TutorProfile.objects.proposing()
    found = [
        (tutor.pending_at or tutor.updated_at, tutor, _proposed(tutor))
        for tutor in proposing.select_related("user")[:ROWS]
    ]
    found += [
        (change.submitted_at, change.tutor, str(change.get_kind_display()))
        for change in open_changes.select_related("tutor__user")[:ROWS]
    ]
    found += [
        (paper.received_at or paper.created_at, paper.tutor, str(paper.get_kind_display()))
        for paper in new_papers.select_related("tutor__user")[:ROWS]
    ]
    found = sorted(found, key=lambda one: one[0])[:ROWS]
    claims = _claims([tutor for _since, tutor, _what in found])
    rows = [_row(tutor, what, since, claims) for since, tutor, what in found]
    count = sum(_count(waiting) for waiting in (proposing, open_changes, new_papers))
    return Queue("changes", _("Changes"), rows, count)


def _proposed(tutor: TutorProfile) -> str:
    """What waits for a moderator's word, in words for the line of the queue."""
    new_name = gettext("new name: %(name)s") % {"name": tutor.pending_name}
    return new_name if tutor.pending_name else gettext("new degrees")


def _lapsing() -> Queue:
    """Badges of listed tutors that end within a month, and no moderator can do anything yet."""
    today = clock.today()
    lapsing = Badge.objects.filter(
        valid_until__range=(today, today + timedelta(days=30)),
        tutor__status=TutorProfile.Status.APPROVED,
    ).order_by("valid_until", "pk")
    rows = [
        Row(badge.tutor, badge.label, until=badge.valid_until)
        for badge in lapsing.select_related("tutor__user")[:ROWS]
    ]
    return Queue("lapsing", _("Lapsing soon"), rows, _count(lapsing))


def _photos() -> Queue:
    waiting = TutorPhoto.objects.filter(status=TutorPhoto.Status.WAITING).order_by("received_at")
    photos = list(waiting.select_related("tutor__user")[:ROWS])
    claims = _claims([photo.tutor for photo in photos])
    rows = [_row(photo.tutor, "", photo.received_at, claims) for photo in photos]
    return Queue("photos", _("Photos waiting"), rows, _count(waiting))


def _row(
    tutor: TutorProfile, what: str, since: datetime | None, claims: dict[Any, ReviewClaim]
) -> Row:
    claim = claims.get(tutor.pk)
    wait = Wait.since(since) if since else None
    return Row(tutor, what, wait, moderator=claim.moderator if claim else None)


def _claims(tutors: Sequence[TutorProfile]) -> dict[Any, ReviewClaim]:
    live = ReviewClaim.objects.live().filter(tutor__in=tutors).select_related("moderator")
    return {claim.tutor_id: claim for claim in live}


def _count(rows: QuerySet[Any]) -> int:
    return rows.order_by()[: COUNTED + 1].count()
