"""What guardians agree to for a child, and what they take back."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from accounts.clients import Client
from accounts.models import Consent, ConsentNotice, User
from accounts.services import consents, guardian_codes, notices
from accounts.services.codes import CodeSent
from students import policies, queries
from students.models import FamilyMember, Guardian, Learner
from students.policies import ConsentMissing
from students.services import families
from tutorhub.core import audit, clock

Purpose = Consent.Purpose


@dataclass(frozen=True)
class ConsentAnswer:
    """What the guardian said to which notice, read in which language.

    An answer that names no purpose is meant for all that the notice names.
    """

    accepted: bool
    notice_version: str
    language: str
    purposes: Collection[str] = tuple(Purpose)


def heed(
    learner: Learner, guardian: Guardian, answer: ConsentAnswer | None, *, by: User, is_new: bool
) -> None:
    """Set the learner's consent: the one given before, if it covers this, else from the answer.

    Needs the learner's lock; the caller saves it. The profile's purpose is always part of a yes.
    Raises policies.ConsentMissing, notices.NoticeUnknown or NoticeOutdated.
    """
    notice = _notice(answer)
    live = {} if is_new else consents.live(learner.pk)
    if not is_new and _covers(learner, guardian, answer, live):
        return
    if answer is None or notice is None:
        raise ConsentMissing
    _give(learner, guardian, notice, {*answer.purposes, Purpose.LEARNER_PROFILE}, by=by)


@transaction.atomic
def agree(learner: Learner, answer: ConsentAnswer, *, by: User) -> Learner:
    """Say yes for a child that is there already: to a new notice, or again after a withdrawal.

    Raises policies.ConsentMissing, notices.NoticeUnknown or NoticeOutdated.
    """
    learner = Learner.objects.of(by).locked().select_related("guardian").get(pk=learner.pk)
    notice = _notice(answer)
    if notice is None:
        raise ConsentMissing
    purposes = {*answer.purposes, Purpose.LEARNER_PROFILE}
    if not learner.guardian.name:
        # Who answered for the child was erased, and nobody was there to be put in their place.
        member = FamilyMember.objects.live().get(family=learner.family_id, user=by)
        learner.guardian = families.as_guardian(member)
    _give(learner, learner.guardian, notice, purposes, by=by)
    learner.save(update_fields=["consent", "guardian", "paused_at"])
    return learner


@transaction.atomic
def withdraw(learner: Learner, *, by: User, purposes: Collection[str] = tuple(Purpose)) -> Learner:
    """Take consent back. Without the profile's nothing else is left, and the child is paused.

    Apps above call off what is to come. Raises policies.NotYourConsent.
    """
    learner = Learner.objects.of(by).locked().get(pk=learner.pk)
    if Purpose.LEARNER_PROFILE in purposes:
        purposes = tuple(Purpose)
    member = queries.member(by)
    assert member is not None, "the learner was found through the membership"
    live = consents.live(learner.pk)
    policies.check_can_withdraw([live[name] for name in purposes if name in live], member, by)
    return _end(learner, purposes, by=by)


def end_all(learner: Learner, *, by: User | None, given_by: UUID | None = None) -> Learner:
    """End every consent about a locked learner; with `given_by`, if that person gave one."""
    if given_by is not None:
        live = consents.live(learner.pk)
        if not any(consent.given_by_id == given_by for consent in live.values()):
            return learner
    return _end(learner, tuple(Purpose), by=by)


@transaction.atomic
def send_code(learner: Learner, *, by: User, client: Client, language: str) -> CodeSent:
    """Send a code to the number of the learner's guardian, whoever has it.

    Raises send_limits.SentTooOften.
    """
    learner = Learner.objects.of(by).select_related("guardian").get(pk=learner.pk)
    guardian = learner.guardian
    return guardian_codes.send(
        phone=guardian.phone, subject_id=guardian.pk, client=client, language=language
    )


def prove(learner: Learner, *, by: User, code: str) -> Learner:
    """The code came back from the guardian: what was ticked for their children is theirs now.

    Raises codes.CodeRefused, codes.GuessedTooOften.
    """
    learner = Learner.objects.of(by).select_related("guardian").get(pk=learner.pk)
    guardian_codes.check(phone=learner.guardian.phone, subject_id=learner.guardian_id, code=code)
    return _proved(learner, by=by)


@transaction.atomic
def _proved(learner: Learner, *, by: User) -> Learner:
    of_guardian = Learner.objects.of(by).filter(guardian=learner.guardian_id)
    for each in of_guardian.locked().select_related("guardian"):
        for consent in consents.live(each.pk).values():
            if not consent.is_proved:
                _give(each, each.guardian, consent.notice, [consent.purpose], by=by, is_proved=True)
        each.save(update_fields=["consent", "paused_at"])
    return Learner.objects.with_details().get(pk=learner.pk)


def _notice(answer: ConsentAnswer | None) -> ConsentNotice | None:
    if answer is None or not answer.accepted:
        return None
    return notices.find(answer.notice_version, answer.language)


def _covers(
    learner: Learner,
    guardian: Guardian,
    answer: ConsentAnswer | None,
    live: dict[str, Consent],
) -> bool:
    """Whether what was agreed to before is enough for the learner as it is to be now."""
    profile = live.get(Purpose.LEARNER_PROFILE)
    if profile is None or not learner.has_live_consent or learner.guardian_id != guardian.pk:
        return False
    if answer is None:
        return True
    is_same = answer.notice_version <= profile.notice.version and notices.is_current(profile)
    return answer.accepted and is_same and set(answer.purposes) <= set(live)


def _give(
    learner: Learner,
    guardian: Guardian,
    notice: ConsentNotice,
    purposes: Collection[str],
    *,
    by: User,
    is_proved: bool = False,
) -> None:
    given = consents.give(
        by=by,
        subject_id=learner.pk,
        purposes=purposes,
        notice=notice,
        guardian_name=guardian.name,
        guardian_phone=guardian.phone,
        relation=guardian.relation,
        is_proved=is_proved,
    )
    if Purpose.LEARNER_PROFILE in given:
        learner.consent = given[Purpose.LEARNER_PROFILE]
        learner.paused_at = None


def _end(learner: Learner, purposes: Collection[str], *, by: User | None) -> Learner:
    closed = consents.withdraw(learner.pk, by=by, purposes=purposes)
    if Purpose.LEARNER_PROFILE in purposes and learner.paused_at is None:
        learner.paused_at = clock.now()
        learner.save(update_fields=["paused_at"])
    if closed:
        audit.record("learner.consent_withdrawn", learner, by=by, purposes=sorted(purposes))
    return learner
