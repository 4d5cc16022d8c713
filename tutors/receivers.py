"""What this app tells the apps below when it starts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from accounts import news
from accounts.models import Role, User
from accounts.services import leaving as accounts_leaving
from accounts.services import names, onboarding, staff, standing
from tutorhub.core import datamap, outbox, retention, sweeping
from tutors import personal, queries
from tutors.models import TutorProfile
from tutors.policies import check_in_good_standing
from tutors.queries.progress import PAPERS, STEPS, first_open
from tutors.services import (
    badges,
    clearing,
    documents,
    forgetting,
    leaving,
    photos,
    proposals,
    saved,
    viewing,
)

Status = TutorProfile.Status


def next_step(user: User) -> onboarding.Step:
    """The first step of the profile that lacks something, then papers, then handing in."""
    tutor = queries.own_profile(user)
    if tutor is None:
        return ("profile", "tutors:profile-step", STEPS[0].name)
    if tutor.status == Status.REJECTED:
        return ("correct", "tutors:profile-edit")
    if tutor.status != Status.DRAFT:
        return onboarding.DASHBOARD
    first = first_open(queries.missing(tutor))
    if first is None:
        return ("submit", "tutors:profile-edit")
    if first == PAPERS:
        return ("documents", "tutors:document-list")
    return ("profile", "tutors:profile-step", first)


@outbox.receiver(news.USER_ERASED)
def forget_person(payload: outbox.Payload) -> None:
    user_id = UUID(payload["user_id"])
    forgetting.forget(user_id)
    saved.forget(user_id)


onboarding.register(Role.TUTOR, next_step)
datamap.register(personal.TABLES)
retention.register(clearing.RULES)
accounts_leaving.register(check=leaving.hindrances, says=leaving.consequences)
names.register(Role.TUTOR, propose=proposals.rename, waiting=proposals.waiting_name)
standing.register(Role.TUTOR, check_in_good_standing)
outbox.job(badges.REMIND)(badges.remind)
outbox.job(badges.LAPSE)(badges.lapse)
outbox.job(viewing.ALARM)(viewing.ring)
sweeping.register("papers", documents.known_keys)
sweeping.register("portraits", photos.known_portraits)
sweeping.register("public", photos.known_public)
staff.allow(
    staff.MODERATOR,
    "tutors.verify_tutor",
    "tutors.view_tutorprofile",
    "tutors.view_tutordocument",
    "tutors.view_tutorphoto",
    "tutors.view_offering",
    "tutors.view_decision",
    "tutors.view_badge",
    "tutors.view_answertemplate",
    "tutors.add_answertemplate",
    "tutors.change_answertemplate",
    "tutors.view_tutorreport",
)


@outbox.job(saved.TELL)
def tell_saved_search(payload: dict[str, Any]) -> None:
    saved.tell(UUID(payload["search"]), until=datetime.fromisoformat(payload["until"]))
