"""Indian mobile numbers, the only ones we send anything to."""

import phonenumbers
from django.utils.translation import gettext_lazy as _

from tutorhub.core.errors import DomainError


class NotAnIndianMobile(DomainError):
    code = "phone_invalid"
    message = _("Give an Indian mobile number with 10 digits, for example 98765 43210.")


MOBILE = {
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
}


def parse(text: str) -> str:
    """The number in E.164 (`+919876543210`). Raises NotAnIndianMobile."""
    try:
        number = phonenumbers.parse(text, "IN")
    except phonenumbers.NumberParseException as error:
        raise NotAnIndianMobile from error
    is_mobile = (
        number.country_code == 91
        and not number.extension
        and phonenumbers.is_valid_number_for_region(number, "IN")
        and phonenumbers.number_type(number) in MOBILE
    )
    if not is_mobile:
        raise NotAnIndianMobile
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def spaced(phone: str) -> str:
    """`+91 98765 43210`, for people to read."""
    return f"{phone[:3]} {phone[3:8]} {phone[8:]}"


def masked(phone: str) -> str:
    """`+91••••••3210`, for pages and logs."""
    return f"{phone[:3]}••••••{phone[-4:]}" if len(phone) > 7 else "••••"
