"""What families hear about their own circle. Call these inside the reason's transaction."""

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_noop as _

from accounts.models import User
from notifications.catalogue import define
from notifications.services.messages import tell, tell_user

GUARDIAN_INVITED = define(
    "guardian_invited",
    _(
        "A family on TutorHub asks you to join it as a guardian. Sign in with this number"
        " within %(days)d days to see who asks: %(url)s"
        " If you do not know about it, ignore this."
    ),
)
GUARDIAN_JOINED = define(
    "guardian_joined",
    _(
        "%(name)s is now the second guardian of your family and sees its children and classes."
        " If that is not right, remove them here: %(url)s"
    ),
    subject=_("A second guardian has joined"),
)
GUARDIAN_REMOVED = define(
    "guardian_removed",
    _(
        "You are no longer a guardian in a family on TutorHub. Your payments and your wallet"
        " stay with you."
    ),
    subject=_("You have left a family"),
)


def invited(*, phone: str, language: str) -> None:
    """To a number, whoever has it: names nobody, and reads the same for everybody."""
    path = reverse("students:invite-list")
    query = urlencode({"role": "student", "next": path})
    values = {
        "days": settings.GUARDIAN_INVITE_LIFE.days,
        "url": f"{settings.SITE_URL}{reverse('accounts:signin')}?{query}",
    }
    tell(template=GUARDIAN_INVITED, values=values, phone=phone, language=language)


def guardian_joined(holder: User, joined: User) -> None:
    url = settings.SITE_URL + reverse("students:people-list")
    tell_user(holder, GUARDIAN_JOINED, {"name": joined.name or joined.phone, "url": url})


def guardian_removed(user: User) -> None:
    tell_user(user, GUARDIAN_REMOVED, {})
