"""What families hear about their own circle. Call these inside the reason's transaction."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import User
from notifications.services import messages


def invited(*, phone: str, language: str) -> None:
    """To a number, whoever has it: names nobody, and reads the same for everybody."""
    path = reverse("students:invite-list")
    query = urlencode({"role": "student", "next": path})
    with translation.override(language):
        body = _(
            "A family on TutorHub asks you to join it as a guardian. Sign in with this number"
            " within %(days)d days to see who asks: %(url)s"
            " If you do not know about it, ignore this."
        ) % {
            "days": settings.GUARDIAN_INVITE_LIFE.days,
            "url": f"{settings.SITE_URL}{reverse('accounts:signin')}?{query}",
        }
    messages.tell(phone=phone, template="guardian_invited", body=body, language=language)


def guardian_joined(holder: User, joined: User) -> None:
    with translation.override(holder.language):
        body = _(
            "%(name)s is now the second guardian of your family and sees its children and classes."
            " If that is not right, remove them here: %(url)s"
        ) % {
            "name": joined.name or joined.phone,
            "url": settings.SITE_URL + reverse("students:people-list"),
        }
        _tell(holder, "guardian_joined", _("A second guardian has joined"), body)


def guardian_removed(user: User) -> None:
    with translation.override(user.language):
        body = _(
            "You are no longer a guardian in a family on TutorHub. Your payments and your wallet"
            " stay with you."
        )
        _tell(user, "guardian_removed", _("You have left a family"), body)


def _tell(user: User, template: str, subject: str, body: str) -> None:
    messages.tell(
        user_id=user.pk,
        phone=user.phone or "",
        email=user.email or "",
        template=template,
        subject=subject,
        body=body,
        language=user.language,
    )
