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


def guardian_code(*, phone: str, code: str, language: str) -> None:
    """Send the code with which a guardian agrees. It names nobody: it may go to a stranger."""
    with translation.override(language):
        body = _(
            "%(code)s is your TutorHub code to agree to what we keep about a child. A family named"
            " this number as its parent or guardian. The code is valid for %(minutes)d minutes."
            " If you do not know about it, ignore this."
        ) % {"code": code, "minutes": settings.OTP_LIFE.seconds // 60}
    messages.tell(
        phone=phone,
        template="guardian_code",
        body=body,
        language=language,
        channels=("sms",),
        secret=True,
        good_for=settings.OTP_LIFE,
    )
