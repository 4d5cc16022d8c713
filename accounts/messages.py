"""What this app tells people."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from notifications.services import messages


def signin_code(*, phone: str, code: str, language: str) -> None:
    """Send a one-time code. SMS only, whoever the number belongs to, so that nothing tells."""
    with translation.override(language):
        body = _(
            "%(code)s is your TutorHub sign-in code. It is valid for %(minutes)d minutes. "
            "Do not share it with anyone."
        ) % {"code": code, "minutes": settings.OTP_LIFE.seconds // 60}
    messages.tell(
        phone=phone,
        template="signin_code",
        body=body,
        language=language,
        channels=("sms",),
        secret=True,
        good_for=settings.OTP_LIFE,
    )
