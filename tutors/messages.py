"""What this app tells tutors, in their language."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext_noop as _

from accounts.models import User
from notifications.catalogue import EMAIL, NOT_BY_SMS, Template, define
from notifications.services.messages import tell, tell_user
from tutors.models import Badge, SavedSearch, TutorDocument, TutorPhoto, TutorProfile

SUBMITTED = define(
    "tutor_submitted",
    _("We have your profile and papers. A person looks at them within two working days."),
    subject=_("Your profile is with us"),
)
APPROVED = define(
    "tutor_approved",
    _("Your papers are checked and families can find you now: %(url)s"),
    subject=_("Welcome to TutorHub"),
)
REJECTED = define(
    "tutor_rejected",
    _("Please correct your profile and send it again: %(notes)s %(url)s"),
    subject=_("Your profile needs a correction"),
)
SUSPENDED = define(
    "tutor_suspended",
    _("Your profile is not shown for now. The reason: %(notes)s"),
    subject=_("Your profile is suspended"),
)
RESTORED = define(
    "tutor_restored",
    _("Your profile is shown to families again."),
    subject=_("Your profile is back"),
)
RESTORED_LAPSED = define(
    "tutor_restored_lapsed",
    _(
        "Your suspension is lifted. Your proof of identity has lapsed meanwhile: upload a new one,"
        " and families find you again. %(url)s"
    ),
    subject=_("Your suspension is lifted"),
)
DOCUMENT_REFUSED = define(
    "tutor_document_refused",
    _("We cannot accept one of your papers (%(kind)s): %(notes)s %(url)s"),
    subject=_("One of your papers"),
)
BADGE_ENDING = define(
    "tutor_badge_ending",
    _("Your badge (%(badge)s) ends on %(day)s. Upload a new paper to keep it: %(url)s"),
    subject=_("One of your badges ends soon"),
)
IDENTITY_ENDING = define(
    "tutor_identity_ending",
    _(
        "Your proof of identity is good until %(day)s. After that day families do not find you."
        " Upload a new one: %(url)s"
    ),
    subject=_("Your proof of identity ends soon"),
)
BADGE_LAPSED = define(
    "tutor_badge_lapsed",
    _("Your badge (%(badge)s) ended on %(day)s and is not shown any more. %(url)s"),
    subject=_("One of your badges has ended"),
)
IDENTITY_LAPSED = define(
    "tutor_identity_lapsed",
    _(
        "Your proof of identity ended on %(day)s, so families do not find you. Classes that are"
        " paid go on. Upload a new one: %(url)s"
    ),
    subject=_("Your proof of identity has ended"),
)
NAME_AGREED = define(
    "tutor_name_agreed",
    _("Your new name is checked, and families see it now: %(name)s. %(url)s"),
    subject=_("Your new name"),
)
NAME_DECLINED = define(
    "tutor_name_declined",
    _("We cannot show your new name (%(name)s). Families go on seeing %(old)s. %(notes)s %(url)s"),
    subject=_("Your new name"),
)
DEGREES_AGREED = define(
    "tutor_degrees_agreed",
    _("What you wrote about your degrees is checked, and families see it now. %(url)s"),
    subject=_("Your degrees"),
)
DEGREES_DECLINED = define(
    "tutor_degrees_declined",
    _(
        "We cannot show what you wrote about your degrees. Families go on seeing what was checked."
        " %(notes)s %(url)s"
    ),
    subject=_("Your degrees"),
)
PHOTO_SHOWN = define(
    "tutor_photo_shown", _("Families see your photo now."), subject=_("Your photo")
)
PHOTO_REFUSED = define(
    "tutor_photo_refused",
    _("We cannot show your photo: %(notes)s %(url)s"),
    subject=_("Your photo"),
)

NEW_TUTORS = define(
    "saved_search_new_tutors",
    _("New tutors fit your saved search “%(name)s”: %(count)s. Have a look: %(url)s"),
    subject=_("New tutors for your search"),
    channels=NOT_BY_SMS,
)


def submitted(tutor: TutorProfile) -> None:
    tell_user(tutor.user, SUBMITTED, {})


def approved(tutor: TutorProfile) -> None:
    tell_user(tutor.user, APPROVED, {"url": settings.SITE_URL + tutor.get_absolute_url()})


def rejected(tutor: TutorProfile) -> None:
    url = settings.SITE_URL + reverse("tutors:profile-edit")
    tell_user(tutor.user, REJECTED, {"notes": tutor.status_notes, "url": url})


def suspended(tutor: TutorProfile) -> None:
    tell_user(tutor.user, SUSPENDED, {"notes": tutor.status_notes})


def restored(tutor: TutorProfile) -> None:
    if tutor.is_lapsed:
        url = settings.SITE_URL + reverse("tutors:document-list")
        tell_user(tutor.user, RESTORED_LAPSED, {"url": url})
    else:
        tell_user(tutor.user, RESTORED, {})


def document_refused(document: TutorDocument) -> None:
    user = document.tutor.user
    with translation.override(user.language):
        values = {
            "kind": str(document.get_kind_display()),
            "notes": document.notes,
            "url": settings.SITE_URL + reverse("tutors:document-list"),
        }
    tell_user(user, DOCUMENT_REFUSED, values)


def name_agreed(tutor: TutorProfile) -> None:
    """The tutor's user has the new name by now."""
    url = settings.SITE_URL + tutor.get_absolute_url()
    tell_user(tutor.user, NAME_AGREED, {"name": tutor.user.name, "url": url})


def name_declined(tutor: TutorProfile, notes: str) -> None:
    """The new name still waits on the profile."""
    url = settings.SITE_URL + reverse("tutors:profile-edit")
    values = {"name": tutor.pending_name, "old": tutor.user.name, "notes": notes, "url": url}
    tell_user(tutor.user, NAME_DECLINED, values)


def degrees_agreed(tutor: TutorProfile) -> None:
    url = settings.SITE_URL + tutor.get_absolute_url()
    tell_user(tutor.user, DEGREES_AGREED, {"url": url})


def degrees_declined(tutor: TutorProfile, notes: str) -> None:
    url = settings.SITE_URL + reverse("tutors:profile-edit")
    tell_user(tutor.user, DEGREES_DECLINED, {"notes": notes, "url": url})


def many_papers(email: str, moderator: User, papers: int) -> None:
    """To whoever watches, in English."""
    tell(
        email=email,
        template="alarm",
        subject="TutorHub alarm: many papers",
        body=f"{moderator.email} opened {papers} papers within an hour. See the audit trail.",
        channels=(EMAIL,),
    )


def badge_ending(badge: Badge) -> None:
    is_identity = badge.claim == Badge.Claim.IDENTITY
    _about_badge(badge, IDENTITY_ENDING if is_identity else BADGE_ENDING)


def badge_lapsed(badge: Badge) -> None:
    is_identity = badge.claim == Badge.Claim.IDENTITY
    _about_badge(badge, IDENTITY_LAPSED if is_identity else BADGE_LAPSED)


def _about_badge(badge: Badge, template: Template) -> None:
    user = badge.tutor.user
    assert badge.valid_until is not None, "a badge for good does not end"
    with translation.override(user.language):
        values = {
            "badge": str(badge.label),
            "day": date_format(badge.valid_until, "j F Y"),
            "url": settings.SITE_URL + reverse("tutors:document-list"),
        }
    tell_user(user, template, values)


def photo_shown(photo: TutorPhoto) -> None:
    tell_user(photo.tutor.user, PHOTO_SHOWN, {})


def photo_refused(photo: TutorPhoto) -> None:
    values = {"notes": photo.notes, "url": settings.SITE_URL + reverse("tutors:photo-edit")}
    tell_user(photo.tutor.user, PHOTO_REFUSED, values)


def new_tutors(search: SavedSearch, count: int) -> None:
    """To a family that wants to hear of them; no name of a tutor, so that nothing goes stale."""
    url = settings.SITE_URL + reverse("tutors:saved-list")
    tell_user(search.user, NEW_TUTORS, {"name": search.name, "count": count, "url": url})
