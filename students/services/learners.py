"""Adding and changing the children of a family."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import phones
from accounts.models import Consent, User
from accounts.services import consents, onboarding, users
from curriculum.models import Board, Language, Subject
from students.models import Family, Guardian, Learner
from students.policies import ConsentMissing
from tutorhub.core import audit, places
from tutorhub.core.errors import DomainError


class BudgetUnordered(DomainError):
    code = "budget_unordered"
    message = _("The lowest price you give is above the highest.")


@dataclass(frozen=True)
class LearnerDetails:
    """What a family says about a child; amounts in paise per hour."""

    name: str
    grade: int
    board: Board
    subjects: Sequence[Subject]
    mode: str
    budget_min_paise: int
    budget_max_paise: int
    pin_code: str
    languages: Sequence[Language]
    goals: str = ""


@dataclass(frozen=True)
class GuardianDetails:
    """The adult who answers for the child."""

    name: str
    phone: str
    relation: str


@dataclass(frozen=True)
class ConsentAnswer:
    """What the guardian said to which notice, read in which language."""

    accepted: bool
    notice_version: str
    language: str


@transaction.atomic
def save_learner(
    *,
    by: User,
    details: LearnerDetails,
    guardian: GuardianDetails,
    consent: ConsentAnswer | None,
    learner: Learner | None = None,
) -> Learner:
    """Add a learner to the family of `by`, or change `learner`, with guardian and consent.

    A consent given before holds while guardian and notice stay the same; otherwise a new answer
    is needed. An account without a name takes the guardian's if the number is the same.
    Raises ConsentMissing, BudgetUnordered, places.UnknownPinCode or phones.NotAnIndianMobile.
    """
    family = _locked_family(by)
    if learner is not None:
        learner = Learner.objects.locked().get(pk=learner.pk, family=family)
    if details.budget_min_paise > details.budget_max_paise:
        raise BudgetUnordered
    place = places.find(details.pin_code)
    adult = _guardian(family, guardian)
    record = _consent(by, learner, adult, consent)
    is_new = learner is None
    learner = learner or Learner(family=family)
    learner.name = details.name
    learner.grade = details.grade
    learner.board = details.board
    learner.mode = details.mode
    learner.budget_min_paise = details.budget_min_paise
    learner.budget_max_paise = details.budget_max_paise
    learner.place = place
    learner.languages = [language.pk for language in details.languages]
    learner.goals = details.goals
    learner.guardian = adult
    learner.consent = record
    learner.save()
    learner.subjects.set(details.subjects)
    if not by.name and adult.phone == by.phone:
        by.name = users.update_profile(by, name=adult.name).name
    audit.record("learner.added" if is_new else "learner.changed", learner, by=by)
    return learner


@transaction.atomic
def save_first(
    *, by: User, details: LearnerDetails, guardian: GuardianDetails, consent: ConsentAnswer
) -> tuple[Learner, bool]:
    """Add the family's first learner, or change it if there is one. Returns (learner, is new)."""
    family = _locked_family(by)
    first = Learner.objects.filter(family=family).order_by("pk").first()
    learner = save_learner(
        by=by, details=details, guardian=guardian, consent=consent, learner=first
    )
    return learner, first is None


@transaction.atomic
def withdraw_consent(learner: Learner, *, by: User) -> Learner:
    """Take back the guardian's consent: the child stays on record, and nothing runs for it."""
    learner = Learner.objects.of(by).locked().select_related("consent").get(pk=learner.pk)
    learner.consent = consents.withdraw(learner.consent, by=by)
    audit.record("learner.consent_withdrawn", learner, by=by)
    return learner


@transaction.atomic
def forget(user_id: UUID) -> None:
    """Erase the children and guardians of somebody who asked to be forgotten.

    The rows stay, because classes and money point at them; they hold nothing that tells who.
    """
    for learner in Learner.objects.locked().filter(family__user=user_id).select_related("consent"):
        learner.name, learner.goals, learner.languages = "", "", []
        learner.save(update_fields=["name", "goals", "languages"])
        consents.withdraw(learner.consent, by=learner.consent.given_by)
        audit.record("learner.erased", learner)
    for guardian in Guardian.objects.filter(family__user=user_id):
        guardian.name, guardian.phone = "", f"erased-{guardian.pk.hex[-8:]}"
        guardian.save(update_fields=["name", "phone"])


def details_of(learner: Learner) -> LearnerDetails:
    """What is known of a learner now, as a base for changing some of it."""
    return LearnerDetails(
        name=learner.name,
        grade=learner.grade,
        board=learner.board,
        subjects=list(learner.subjects.all()),
        mode=learner.mode,
        budget_min_paise=learner.budget_min_paise,
        budget_max_paise=learner.budget_max_paise,
        pin_code=learner.place_id,
        languages=list(Language.objects.filter(pk__in=learner.languages)),
        goals=learner.goals,
    )


def guardian_of(learner: Learner) -> GuardianDetails:
    guardian = learner.guardian
    return GuardianDetails(guardian.name, guardian.phone, guardian.relation)


def next_step(user: User) -> tuple[str, str]:
    """The family's next step after sign-in: (API value, url name)."""
    if Learner.objects.of(user).exists():
        return onboarding.DASHBOARD
    return "learner", "students:learner-new"


def _locked_family(user: User) -> Family:
    family, _is_new = Family.objects.get_or_create(user=user)
    return Family.objects.locked().get(pk=family.pk)


def _guardian(family: Family, details: GuardianDetails) -> Guardian:
    guardian, _is_new = Guardian.objects.get_or_create(
        family=family,
        name=details.name.strip(),
        phone=phones.parse(details.phone),
        relation=details.relation,
    )
    return guardian


def _consent(
    by: User, learner: Learner | None, guardian: Guardian, answer: ConsentAnswer | None
) -> Consent:
    """The consent given before, if it still covers this, or a new record of `answer`."""
    before = learner.consent if learner else None
    covers = (
        learner is not None
        and learner.guardian_id == guardian.pk
        and learner.has_live_consent
        and (answer is None or answer.notice_version == learner.consent.notice_version)
    )
    if before is not None and covers and (answer is None or answer.accepted):
        return before
    if answer is None or not answer.accepted:
        raise ConsentMissing
    return consents.give(
        by=by,
        purpose=Consent.Purpose.LEARNER_PROFILE,
        notice_version=answer.notice_version,
        language=answer.language,
        guardian_name=guardian.name,
        guardian_phone=guardian.phone,
        relation=guardian.relation,
    )
