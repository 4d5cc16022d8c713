"""What of a tutor has to be settled before an erasure, and what it means."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.leaving import Hindrance
from tutors.models import TutorProfile


def hindrances(user: User) -> Iterator[Hindrance]:
    """Whoever is suspended cannot take the papers along that say why."""
    if TutorProfile.objects.of(user).filter(status=TutorProfile.Status.SUSPENDED).exists():
        text = _("Your profile is suspended. Write to us, and we close the account with you.")
        yield Hindrance("suspended", text)


def consequences(user: User) -> Iterator[str]:
    if user.is_tutor:
        yield _("Your profile, photo, prices and papers are deleted, files and all.")
