"""What this app tells people."""

from django.conf import settings
from django.utils.translation import gettext_noop as _

from notifications import catalogue
from notifications.services import deliveries, messages

SIGNIN_CODE = catalogue.define(
    "signin_code",
    _(
        "%(code)s is your TutorHub sign-in code. It is valid for %(minutes)d minutes. "
        "Do not share it with anyone."
    ),
    category=catalogue.Category.AUTHENTICATION,
    channels=(catalogue.SMS, catalogue.WHATSAPP),
)


def signin_code(*, phone: str, code: str, language: str) -> None:
    """Send a one-time code that the day's budget has paid for, at the price of the dearest channel.

    Nobody looks here whose the number is, or how it is reached, so that nothing tells.
    """
    messages.tell(
        template=SIGNIN_CODE,
        values={"code": code, "minutes": settings.OTP_LIFE.seconds // 60},
        phone=phone,
        language=language,
        good_for=settings.OTP_LIFE,
        prepaid_paise=signin_code_paise(),
    )


def signin_code_paise() -> int:
    """What one code may cost at most, by one channel. A second channel pays again."""
    return deliveries.dearest_paise(SIGNIN_CODE)
