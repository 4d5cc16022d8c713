"""What pages and messages need to know of a family, put together."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Consent, User
from accounts.services import notices
from students.models import FamilyMember, GuardianInvite, Learner
from tutorhub.core.models import Place

DAY = 24


@dataclass(frozen=True)
class Span:
    """Free hours in one go on one day of the week: 0 is Monday, hours in Indian time."""

    day: int
    start: int
    end: int


@dataclass(frozen=True)
class PurposeRow:
    """One purpose for one learner: what holds now, and everything that was said about it."""

    purpose: str
    label: str
    live: Consent | None
    history: list[Consent]
    is_own: bool
    is_current: bool


@dataclass(frozen=True)
class LearnerConsents:
    learner: Learner
    rows: list[PurposeRow]

    @property
    def needs_answer(self) -> bool:
        return any(row.live is None or not row.is_current for row in self.rows)

    @property
    def is_unproved(self) -> bool:
        return any(row.live is not None and not row.live.is_proved for row in self.rows)


@dataclass(frozen=True)
class People:
    """The guardians of a family as one of them sees it."""

    me: FamilyMember | None
    members: list[FamilyMember]
    invites: list[GuardianInvite]

    @property
    def may_invite(self) -> bool:
        """Before the first child there is no family yet: inviting makes it."""
        return (self.me is None or self.me.is_holder) and len(self.members) < 2


def people(user: User) -> People:
    """Who belongs to the family, and whom its holder has invited."""
    members = list(FamilyMember.objects.of(user).select_related("user"))
    me = next((each for each in members if each.user_id == user.pk), None)
    is_holder = me is not None and me.is_holder
    invites = GuardianInvite.objects.open().filter(invited_by=user) if is_holder else []
    return People(me, members, list(invites))


def member(user: User) -> FamilyMember | None:
    """The membership of this person, with the family; None before the first learner."""
    return FamilyMember.objects.live().filter(user=user).select_related("family").first()


def adults(family_id: UUID) -> list[User]:
    """The guardians with accounts, the holder first. Each is told what concerns a child."""
    live = FamilyMember.objects.live().filter(family=family_id)
    return [row.user for row in live.select_related("user")]


def invites_to(user: User) -> QuerySet[GuardianInvite]:
    """The open invitations to the number that this person signs in with."""
    return GuardianInvite.objects.open().filter(phone=user.phone or "").select_related("invited_by")


def consents_of(user: User) -> list[LearnerConsents]:
    """The ledger of the family, learner by learner, the newest entry of each purpose first."""
    learners = list(Learner.objects.of(user).with_details())
    me = member(user)
    entries: dict[UUID, list[Consent]] = {learner.pk: [] for learner in learners}
    ledger = Consent.objects.filter(subject_id__in=list(entries))
    for consent in ledger.select_related("notice", "given_by").order_by("-pk"):
        entries[consent.subject_id].append(consent)
    is_holder = me is not None and me.is_holder
    return [
        LearnerConsents(learner, list(_purposes(entries[learner.pk], user, is_holder)))
        for learner in learners
    ]


def has_to_agree(user: User) -> bool:
    """Whether a notice in force was not agreed to yet for a learner that is in use."""
    mine = Learner.objects.of(user).filter(paused_at__isnull=True)
    return mine.filter(consent__notice__version__lt=notices.asked_since()).exists()


def spans(hours: Iterable[int]) -> list[Span]:
    """Hours of the week, put together where they touch on one day."""
    found: list[Span] = []
    for hour in sorted(set(hours)):
        day, start = divmod(hour, DAY)
        last = found[-1] if found else None
        if last is not None and (last.day, last.end) == (day, start):
            found[-1] = Span(day, last.start, start + 1)
        else:
            found.append(Span(day, start, start + 1))
    return found


def hours(found: Iterable[Span]) -> list[int]:
    """The hours of the week in these spans, each once and in order."""
    return sorted({span.day * DAY + hour for span in found for hour in range(span.start, span.end)})


def _purposes(history: list[Consent], user: User, is_holder: bool) -> Iterable[PurposeRow]:
    for purpose in Consent.Purpose:
        mine = [consent for consent in history if consent.purpose == purpose]
        live = next((consent for consent in mine if consent.is_live), None)
        yield PurposeRow(
            purpose=purpose,
            label=str(purpose.label),
            live=live,
            history=mine,
            is_own=is_holder or (live is not None and live.given_by_id == user.pk),
            is_current=live is not None and notices.is_current(live),
        )


def home_of(user: User) -> Place | None:
    """Where the first child of this person's family lives."""
    learner = Learner.objects.of(user).select_related("place").first()
    return learner.place if learner is not None else None
