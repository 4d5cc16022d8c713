"""What this app tells the apps below when it starts."""

from uuid import UUID

from accounts import news
from accounts.models import Role, User
from accounts.services import leaving as accounts_leaving
from accounts.services import onboarding, staff, standing
from tutorhub.core import datamap, outbox, retention, sweeping
from tutors import personal
from tutors.models import TutorDocument, TutorProfile
from tutors.policies import check_in_good_standing
from tutors.services import (
    badges,
    clearing,
    documents,
    forgetting,
    leaving,
    photos,
    viewing,
)

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


@outbox.receiver(news.USER_ERASED)
def forget_tutor(payload: outbox.Payload) -> None:
    forgetting.forget(UUID(payload["user_id"]))


onboarding.register(Role.TUTOR, next_step)
datamap.register(personal.TABLES)
retention.register(clearing.RULES)
accounts_leaving.register(check=leaving.hindrances, says=leaving.consequences)
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
)
