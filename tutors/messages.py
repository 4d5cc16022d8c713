"""What this app tells tutors, in their language."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_noop as _

from notifications.catalogue import NOT_BY_SMS, define
from notifications.services.messages import tell_user
from tutors.models import SavedSearch, TutorDocument, TutorPhoto, TutorProfile

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
DOCUMENT_REFUSED = define(
    "tutor_document_refused",
    _("We cannot accept one of your papers (%(kind)s): %(notes)s %(url)s"),
    subject=_("One of your papers"),
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


def photo_shown(photo: TutorPhoto) -> None:
    tell_user(photo.tutor.user, PHOTO_SHOWN, {})


def photo_refused(photo: TutorPhoto) -> None:
    values = {"notes": photo.notes, "url": settings.SITE_URL + reverse("tutors:photo-edit")}
    tell_user(photo.tutor.user, PHOTO_REFUSED, values)


def new_tutors(search: SavedSearch, count: int) -> None:
    """To a family that wants to hear of them; no name of a tutor, so that nothing goes stale."""
    url = settings.SITE_URL + reverse("tutors:saved-list")
    tell_user(search.user, NEW_TUTORS, {"name": search.name, "count": count, "url": url})
