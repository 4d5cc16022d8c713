"""What this app tells the apps below when it starts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from accounts import news as accounts_news
from accounts.models import Role, User
from accounts.services import onboarding, staff, standing
from tutorhub.core import outbox, sweeping
from tutors.models import TutorDocument, TutorProfile
from tutors.policies import check_in_good_standing
from tutors.services import documents, photos, saved

Status = TutorProfile.Status


def next_step(user: User) -> onboarding.Step:
    """Profile, then papers, then handing in; after that the dashboard."""
    tutor = TutorProfile.objects.of(user).first()
    if tutor is None:
        return ("profile", "tutors:profile-edit")
    if tutor.status == Status.REJECTED:
        return ("correct", "tutors:profile-edit")
    if tutor.status != Status.DRAFT:
        return onboarding.DASHBOARD
    papers = TutorDocument.objects.in_force().filter(tutor=tutor)
    if not papers.filter(kind=TutorDocument.Kind.IDENTITY).exists():
        return ("documents", "tutors:document-list")
    return ("submit", "tutors:document-list")


onboarding.register(Role.TUTOR, next_step)
standing.register(Role.TUTOR, check_in_good_standing)
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
)


@outbox.receiver(accounts_news.USER_ERASED)
def forget_saved_searches(payload: dict[str, Any]) -> None:
    saved.forget(UUID(payload["user_id"]))


@outbox.job(saved.TELL)
def tell_saved_search(payload: dict[str, Any]) -> None:
    saved.tell(UUID(payload["search"]), until=datetime.fromisoformat(payload["until"]))
