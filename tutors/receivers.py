"""What this app tells the apps below when it starts."""

from accounts.models import Role, User
from accounts.services import onboarding, staff, standing
from tutorhub.core import sweeping
from tutors import queries
from tutors.models import TutorProfile
from tutors.policies import check_in_good_standing
from tutors.queries.progress import PAPERS, STEPS, first_open
from tutors.services import documents, photos

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
    "tutors.view_tutorreport",
)
