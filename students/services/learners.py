"""Adding, changing and removing the children of a family."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import phones
from accounts.models import User
from accounts.services import consents, onboarding, users
from curriculum.models import Board, Language, Subject
from students import policies, queries
from students.models import Family, Guardian, Learner
from students.services import agreements, families
from students.services.agreements import ConsentAnswer
from tutorhub.core import audit, clock, outbox, places
from tutorhub.core.errors import DomainError

ERASE_JOB = "students.erase_learner"


class BudgetUnordered(DomainError):
    code = "budget_unordered"
    message = _("The lowest price you give is above the highest.")


@dataclass(frozen=True)
class LearnerDetails:
    """What a family says about a child; amounts in paise per hour.

    `free_hours` are hours of the week (0 is Monday from midnight, in India); None leaves them.
    """

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
    free_hours: Collection[int] | None = None


@dataclass(frozen=True)
class GuardianDetails:
    """The adult who answers for the child."""

    name: str
    phone: str
    relation: str


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

    A form that is sent twice adds one child: the same name in the same class is the same child.

    A consent given before holds while guardian and notice stay the same; otherwise a new answer
    is needed. An account without a name takes the guardian's if the number is the same.
    Raises policies.ConsentMissing, notices.NoticeUnknown or NoticeOutdated, BudgetUnordered,
    places.UnknownPinCode or phones.NotAnIndianMobile.
    """
    family = families.locked_of(by)
    if learner is None:
        learner = _same_child(family, details) or Learner(family=family)
    else:
        learner = Learner.objects.locked().get(
            pk=learner.pk, family=family, removed_at__isnull=True
        )
    is_new = learner._state.adding
    if details.budget_min_paise > details.budget_max_paise:
        raise BudgetUnordered
    place = places.find(details.pin_code)
    adult = _guardian(family, guardian)
    agreements.heed(learner, adult, consent, by=by, is_new=is_new)
    learner.place, learner.guardian = place, adult
    _write(learner, details)
    if not by.name and adult.phone == by.phone:
        by.name = users.update_profile(by, name=adult.name).name
    audit.record("learner.added" if is_new else "learner.changed", learner, by=by)
    return learner


def _same_child(family: Family, details: LearnerDetails) -> Learner | None:
    same = Learner.objects.filter(family=family, grade=details.grade, removed_at__isnull=True)
    return same.locked().filter(name__iexact=details.name.strip()).first()


@transaction.atomic
def save_first(
    *, by: User, details: LearnerDetails, guardian: GuardianDetails, consent: ConsentAnswer
) -> tuple[Learner, bool]:
    """Add the family's first learner, or change it if there is one. Returns (learner, is new)."""
    families.locked_of(by)
    first = Learner.objects.of(by).order_by("pk").first()
    learner = save_learner(
        by=by, details=details, guardian=guardian, consent=consent, learner=first
    )
    return learner, first is None


@transaction.atomic
def set_hours(learner: Learner, *, by: User, hours: Collection[int]) -> Learner:
    """Say when the child is free in a week: 0 is Monday from midnight to one, in India."""
    learner = Learner.objects.of(by).locked().get(pk=learner.pk)
    learner.free_hours = sorted(set(hours))
    learner.save(update_fields=["free_hours"])
    audit.record("learner.hours_set", learner, by=by)
    return learner


@transaction.atomic
def remove(learner: Learner, *, by: User) -> None:
    """Take a child out of the family: every consent ends with all that follows from that, it is
    shown nowhere, and some weeks later it is erased. Raises policies.OnlyHolder.
    """
    policies.check_is_holder(queries.member(by))
    learner = Learner.objects.of(by).locked().get(pk=learner.pk)
    agreements.end_all(learner, by=by)
    learner.removed_at = clock.now()
    learner.save(update_fields=["removed_at"])
    outbox.later(
        ERASE_JOB,
        {"learner": learner.pk},
        due_at=learner.removed_at + settings.LEARNER_REMOVED_FOR,
        key=f"{ERASE_JOB}:{learner.pk}",
    )
    audit.record("learner.removed", learner, by=by)


@transaction.atomic
def erase(learner_id: UUID) -> None:
    """Forget who a removed child is. Its row stays, because classes and money point at it."""
    learner = Learner.objects.locked().get(pk=learner_id)
    if learner.removed_at is not None:
        erase_now(learner)


def erase_now(learner: Learner) -> None:
    """Empty a locked learner; of the place the city is left."""
    learner.name, learner.goals = "", ""
    learner.languages, learner.free_hours = [], []
    learner.place = places.middle_of_city(learner.place)
    learner.save(update_fields=["name", "goals", "languages", "free_hours", "place"])
    consents.forget_guardian(learner.pk)
    audit.record("learner.erased", learner)


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


def next_step(user: User) -> tuple[str, ...]:
    """The family's next step after sign-in: (API value, url name)."""
    if queries.has_to_agree(user):
        return "consent", "students:consent-list"
    if Learner.objects.of(user).exists():
        return onboarding.DASHBOARD
    if queries.invites_to(user).exists():
        return "invitation", "students:invite-list"
    return "learner", "students:learner-new"


def _write(learner: Learner, details: LearnerDetails) -> None:
    learner.name = details.name
    learner.grade = details.grade
    learner.board = details.board
    learner.mode = details.mode
    learner.budget_min_paise = details.budget_min_paise
    learner.budget_max_paise = details.budget_max_paise
    learner.languages = [language.pk for language in details.languages]
    learner.goals = details.goals
    if details.free_hours is not None:
        learner.free_hours = sorted(set(details.free_hours))
    learner.save()
    learner.subjects.set(details.subjects)


def _guardian(family: Family, details: GuardianDetails) -> Guardian:
    guardian, _is_new = Guardian.objects.get_or_create(
        family=family,
        name=details.name.strip(),
        phone=phones.parse(details.phone),
        relation=details.relation,
    )
    return guardian
