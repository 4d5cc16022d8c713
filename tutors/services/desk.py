"""Claiming cases: of two moderators one works on a tutor, and decides while the claim lives.

A claim is written under the lock of the tutor's row, which the verdicts take too; so whoever holds
that lock may trust what they read about the claim. Each action renews the lease of a quarter hour.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tutorhub.core import audit, clock
from tutorhub.core.errors import Conflict, DomainError
from tutors.models import CaseNote, Decision, ReviewClaim, TutorProfile
from tutors.policies import check_can_verify, check_holds_claim

LEASE = timedelta(minutes=15)


class ClaimedByAnother(Conflict):
    code = "claimed_by_another"
    message = _("Another moderator works on this case.")


class NobodyWaits(Conflict):
    code = "nobody_waits"
    message = _("Nobody is waiting. Well done.")


class ReasonMissing(DomainError):
    code = "reason_missing"
    message = _("Say why, for your colleagues.")


@transaction.atomic
def claim(tutor: TutorProfile, *, by: User) -> ReviewClaim:
    """Take a case, or prolong one's own. Raises ClaimedByAnother while another's claim lives."""
    check_can_verify(by)
    return _claim(_lock(tutor), by)


@transaction.atomic
def take_next(*, by: User) -> ReviewClaim:
    """Take the case that waits longest and that nobody works on. Raises NobodyWaits.

    Rows that a colleague has locked at this moment are passed over instead of waited for. Which
    claims live is asked again under the lock: a colleague's may be younger than the first look.
    """
    check_can_verify(by)
    passed: list[UUID] = []
    while True:
        free = ~Exists(ReviewClaim.objects.live().filter(tutor=OuterRef("pk")))
        tutor = (
            TutorProfile.objects.waiting()
            .filter(free)
            .exclude(pk__in=passed)
            .select_for_update(skip_locked=True, of=("self",), no_key=True)
            .first()
        )
        if tutor is None:
            raise NobodyWaits
        if not ReviewClaim.objects.live().filter(tutor=tutor).exists():
            return _claim(tutor, by)
        passed.append(tutor.pk)


@transaction.atomic
def release(tutor: TutorProfile, *, by: User) -> None:
    """Put an own case back into the queue. Repeatable; the claim of another stays."""
    check_can_verify(by)
    tutor = _lock(tutor)
    gone, _rows = ReviewClaim.objects.filter(tutor=tutor, moderator=by).delete()
    if gone:
        audit.record("claim.released", tutor, by=by)


@transaction.atomic
def hand_over(tutor: TutorProfile, *, to: User, by: User, reason: str) -> ReviewClaim:
    """Give an own case to a colleague, with a word for them. Raises NotModerator, ClaimMissing."""
    check_can_verify(by)
    check_can_verify(to)
    tutor = _lock(tutor)
    hold(tutor, by=by)
    _note(tutor, _reason(reason), by=by)
    audit.record("claim.handed_over", tutor, by=by, to=str(to.pk))
    return _write(tutor, to)


@transaction.atomic
def take_over(tutor: TutorProfile, *, by: User, reason: str) -> ReviewClaim:
    """Take a case away from a colleague, for what cannot wait. The reason stays with the case."""
    check_can_verify(by)
    tutor = _lock(tutor)
    _note(tutor, _reason(reason), by=by)
    audit.record("claim.taken_over", tutor, by=by)
    return _write(tutor, by)


@transaction.atomic
def note(tutor: TutorProfile, *, by: User, text: str) -> CaseNote:
    """Write something down for colleagues, which the tutor never reads."""
    check_can_verify(by)
    tutor = _lock(tutor)
    hold(tutor, by=by)
    return _note(tutor, _reason(text), by=by)


def hold(tutor: TutorProfile, *, by: User) -> None:
    """Raise ClaimMissing unless `by` works on this locked tutor's case; else renew the lease."""
    claim = ReviewClaim.objects.filter(tutor=tutor).first()
    check_holds_claim(claim, by)
    ReviewClaim.objects.filter(tutor=tutor).update(expires_at=clock.now() + LEASE)


def note_decision(decision: Decision, text: str) -> None:
    """The internal note of a verdict, in its transaction; nothing for an empty text."""
    if text.strip():
        _note(decision.tutor, text.strip(), by=decision.decided_by, decision=decision)


def _claim(tutor: TutorProfile, by: User) -> ReviewClaim:
    live = ReviewClaim.objects.live().filter(tutor=tutor).first()
    if live is None:
        audit.record("claim.taken", tutor, by=by)
        return _write(tutor, by)
    if live.moderator_id != by.pk:
        raise ClaimedByAnother
    live.expires_at = clock.now() + LEASE
    live.save(update_fields=["expires_at"])
    return live


def _write(tutor: TutorProfile, moderator: User) -> ReviewClaim:
    now = clock.now()
    claim, _is_new = ReviewClaim.objects.update_or_create(
        tutor=tutor,
        defaults={"moderator": moderator, "claimed_at": now, "expires_at": now + LEASE},
    )
    return claim


def _note(
    tutor: TutorProfile, text: str, *, by: User, decision: Decision | None = None
) -> CaseNote:
    return CaseNote.objects.create(tutor=tutor, decision=decision, by=by, text=text)


def _lock(tutor: TutorProfile) -> TutorProfile:
    return TutorProfile.objects.locked().get(pk=tutor.pk)


def _reason(text: str) -> str:
    if not text.strip():
        raise ReasonMissing
    return text.strip()
