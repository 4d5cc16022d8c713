"""What this app tells tutors, in their language."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from notifications.services.messages import ALL_CHANNELS, tell
from tutors.models import TutorDocument, TutorPhoto, TutorProfile


def submitted(tutor: TutorProfile) -> None:
    with translation.override(tutor.user.language):
        body = _("We have your profile and papers. A person looks at them within two working days.")
        _send(tutor.user, "tutor_submitted", _("Your profile is with us"), body)


def approved(tutor: TutorProfile) -> None:
    with translation.override(tutor.user.language):
        body = _("Your papers are checked and families can find you now: %(url)s") % {
            "url": settings.SITE_URL + tutor.get_absolute_url()
        }
        _send(tutor.user, "tutor_approved", _("Welcome to TutorHub"), body)


def rejected(tutor: TutorProfile) -> None:
    with translation.override(tutor.user.language):
        body = _("Please correct your profile and send it again: %(notes)s %(url)s") % {
            "notes": tutor.status_notes,
            "url": settings.SITE_URL + reverse("tutors:profile-edit"),
        }
        _send(tutor.user, "tutor_rejected", _("Your profile needs a correction"), body)


def suspended(tutor: TutorProfile) -> None:
    with translation.override(tutor.user.language):
        body = _("Your profile is not shown for now. The reason: %(notes)s") % {
            "notes": tutor.status_notes
        }
        _send(tutor.user, "tutor_suspended", _("Your profile is suspended"), body)


def restored(tutor: TutorProfile) -> None:
    with translation.override(tutor.user.language):
        body = _("Your profile is shown to families again.")
        _send(tutor.user, "tutor_restored", _("Your profile is back"), body)


def document_refused(document: TutorDocument) -> None:
    user = document.tutor.user
    with translation.override(user.language):
        body = _("We cannot accept one of your papers (%(kind)s): %(notes)s %(url)s") % {
            "kind": document.get_kind_display(),
            "notes": document.notes,
            "url": settings.SITE_URL + reverse("tutors:document-list"),
        }
        _send(user, "tutor_document_refused", _("One of your papers"), body)


def photo_shown(photo: TutorPhoto) -> None:
    user = photo.tutor.user
    with translation.override(user.language):
        body = _("Families see your photo now.")
        _send(user, "tutor_photo_shown", _("Your photo"), body)


def photo_refused(photo: TutorPhoto) -> None:
    user = photo.tutor.user
    with translation.override(user.language):
        body = _("We cannot show your photo: %(notes)s %(url)s") % {
            "notes": photo.notes,
            "url": settings.SITE_URL + reverse("tutors:photo-edit"),
        }
        _send(user, "tutor_photo_refused", _("Your photo"), body)


def _send(user: User, template: str, subject: str, body: str) -> None:
    tell(
        user_id=user.pk,
        phone=user.phone or "",
        email=user.email or "",
        template=template,
        subject=subject,
        body=body,
        language=user.language,
        channels=ALL_CHANNELS,
    )
