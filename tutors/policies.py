"""Who may change, submit, upload and decide, and when."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tutorhub.core.errors import Conflict, NotAllowed
from tutors.models import Badge, ReviewClaim, SavedSearch, TutorProfile

KEY_FIELDS = ("name", "gender", "experience_years", "qualifications", "place_id")
DOCUMENTS_PER_DAY = 20
DOCUMENT_MAX_BYTES = 10 * 1024 * 1024
PHOTOS_PER_DAY = 10
REPORTS_PER_DAY = 5
SEARCHES_A_PERSON = 10
PHOTO_MAX_BYTES = 10 * 1024 * 1024
# An upload that was announced and never came is forgotten.
UPLOAD_FORGOTTEN_AFTER = timedelta(days=1)

# How long a checked claim may be shown; None means for good.
BADGE_VALID_FOR: dict[str, timedelta | None] = {
    Badge.Claim.IDENTITY: timedelta(days=3 * 365),
    Badge.Claim.DEGREE: None,
    Badge.Claim.ADDRESS: timedelta(days=2 * 365),
    Badge.Claim.POLICE: timedelta(days=365),
}

# More papers than a moderator opens in an hour of honest work.
PAPERS_AN_HOUR = 30

# How many days before its last one a tutor hears that a badge ends.
BADGE_REMINDERS = (30, 7, 1)

Status = TutorProfile.Status


class Suspended(NotAllowed):
    code = "suspended"
    message = _("Your profile is suspended. Write to us if you think this is a mistake.")


class AlreadySubmitted(Conflict):
    code = "already_submitted"
    message = _("Your profile is already with us.")


class NotModerator(NotAllowed):
    code = "not_moderator"
    message = _("Only moderators check tutors and their papers.")


class ClaimMissing(Conflict):
    code = "claim_missing"
    message = _("Take this case first: another moderator may be at work on it.")


def check_is_own_search(search: SavedSearch, by: User) -> None:
    if search.user_id != by.pk:
        raise NotAllowed


def check_can_edit(tutor: TutorProfile, by: User) -> None:
    if tutor.user_id != by.pk:
        raise NotAllowed
    if tutor.status == Status.SUSPENDED:
        raise Suspended


def check_in_good_standing(user: User) -> None:
    """Raise Suspended, with what the moderator wrote, where this tutor may look and not act."""
    suspended = TutorProfile.objects.of(user).filter(status=Status.SUSPENDED)
    notes = suspended.values_list("status_notes", flat=True).first()
    if notes is not None:
        raise Suspended(notes=notes)


def check_can_submit(tutor: TutorProfile, by: User) -> None:
    check_can_edit(tutor, by)
    if tutor.status not in {Status.DRAFT, Status.REJECTED}:
        raise AlreadySubmitted


def check_can_report(tutor: TutorProfile, by: User) -> None:
    if tutor.user_id == by.pk:
        raise NotAllowed(_("This is your own page."))


def check_can_verify(by: User) -> None:
    if not (by.is_active and by.is_staff and by.has_perm("tutors.verify_tutor")):
        raise NotModerator


def check_holds_claim(claim: ReviewClaim | None, by: User) -> None:
    """Whether `by` works on the case of this claim. Ask it under the lock of the tutor."""
    if claim is None or claim.moderator_id != by.pk or not claim.is_live:
        raise ClaimMissing
