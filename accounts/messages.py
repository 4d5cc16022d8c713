"""What this app tells people."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from accounts.models import User
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
STEP_UP_CODE = catalogue.define(
    "step_up_code",
    _(
        "%(code)s is your TutorHub code to confirm a change to your account. If you did not "
        "ask for it, somebody else may be signed in as you. Do not share it with anyone."
    ),
    category=catalogue.Category.AUTHENTICATION,
    channels=(catalogue.SMS, catalogue.WHATSAPP),
)
NEW_PHONE_CODE = catalogue.define(
    "new_phone_code",
    _(
        "%(code)s is the code to use this number with TutorHub. "
        "If you did not ask for it, do nothing and share it with nobody."
    ),
    category=catalogue.Category.AUTHENTICATION,
    channels=(catalogue.SMS, catalogue.WHATSAPP),
)
GUARDIAN_CODE = catalogue.define(
    "guardian_code",
    _(
        "%(code)s is your TutorHub code to agree to what we keep about a child. A family named"
        " this number as its parent or guardian. The code is valid for %(minutes)d minutes."
        " If you do not know about it, ignore this."
    ),
    category=catalogue.Category.AUTHENTICATION,
    channels=(catalogue.SMS, catalogue.WHATSAPP),
)
CODES = (SIGNIN_CODE, STEP_UP_CODE, NEW_PHONE_CODE, GUARDIAN_CODE)
"""One-time codes to numbers, which the day's budget pays for."""

PROOF_CODE = catalogue.define(
    "proof_code",
    _(
        "%(code)s is the code that opens your TutorHub account again. It is valid for "
        "%(minutes)d minutes. If you did not ask for it, your old number may belong to "
        "somebody else: write to us."
    ),
    subject=_("Your code"),
    channels=(catalogue.EMAIL,),
)
NEW_DEVICE = catalogue.define(
    "new_device",
    _(
        "A new device has signed in to your TutorHub account. If it was not you, sign it out "
        "at %(link)s and write to us."
    ),
    subject=_("A new device"),
    also_by_email=True,
)
SESSION_STOLEN = catalogue.define(
    "session_stolen",
    _(
        "Somebody may have copied your TutorHub sign-in, so we have ended it on that device. "
        "Sign in again, and look at your devices: %(link)s"
    ),
    subject=_("Signed out to keep you safe"),
    also_by_email=True,
)
PHONE_CHANGED = catalogue.define(
    "phone_changed",
    _(
        "The mobile number of your TutorHub account was changed. "
        "If it was not you, write to us at once."
    ),
    subject=_("Your mobile number"),
    also_by_email=True,
)
CONFIRM_EMAIL = catalogue.define(
    "confirm_email",
    _(
        "Follow this link to use this address with TutorHub: %(link)s\n"
        "It is good for one day. If you did not ask for it, do nothing."
    ),
    subject=_("Confirm your e-mail address"),
    channels=(catalogue.EMAIL,),
)
EMAIL_CHANGED = catalogue.define(
    "email_changed",
    _(
        "The e-mail address of your TutorHub account was changed. "
        "If it was not you, write to us at once."
    ),
    subject=_("Your e-mail address"),
    channels=(catalogue.EMAIL,),
)
PASSKEY_ADDED = catalogue.define(
    "passkey_added",
    _(
        "A passkey was added to your TutorHub account. If it was not you, sign out your other "
        "devices at %(link)s and write to us at once."
    ),
    subject=_("A new passkey"),
    also_by_email=True,
)
PASSKEY_REMOVED = catalogue.define(
    "passkey_removed",
    _(
        "A passkey was removed from your TutorHub account. If it was not you, look at your "
        "devices at %(link)s and write to us at once."
    ),
    subject=_("A passkey was removed"),
    also_by_email=True,
)
AUTHENTICATOR_ADDED = catalogue.define(
    "authenticator_added",
    _(
        "An authenticator app was set up for your TutorHub account. If it was not you, sign out "
        "your other devices at %(link)s and write to us at once."
    ),
    subject=_("An authenticator app"),
    also_by_email=True,
)
AUTHENTICATOR_REMOVED = catalogue.define(
    "authenticator_removed",
    _(
        "The authenticator app was removed from your TutorHub account. If it was not you, look at "
        "your devices at %(link)s and write to us at once."
    ),
    subject=_("The authenticator app was removed"),
    also_by_email=True,
)
FACTORS_FORGOTTEN = catalogue.define(
    "factors_forgotten",
    _(
        "Our staff have removed the passkeys and the authenticator app of your TutorHub account. "
        "If you did not ask for it, look at your devices at %(link)s and write to us at once."
    ),
    subject=_("Your second factor was removed"),
    also_by_email=True,
)
NUMBER_LET_GO = catalogue.define(
    "number_let_go",
    _(
        "Somebody else has your old mobile number now and has left your TutorHub account. "
        "Nothing in it was shown. Write to us to use it with another number."
    ),
    subject=_("Your mobile number"),
    channels=(catalogue.EMAIL,),
)
COPY_READY = catalogue.define(
    "copy_ready",
    _(
        "The copy of your TutorHub data is ready: %(link)s It is there for %(days)d days, for you"
        " alone. If you did not ask for it, sign out your other devices and write to us."
    ),
    subject=_("The copy of your data"),
    also_by_email=True,
)


def signin_code(*, phone: str, code: str, language: str) -> None:
    """Send a one-time code that the day's budget has paid for, at the price of the dearest channel.

    Nobody looks here whose the number is, or how it is reached, so that nothing tells.
    """
    values = {"code": code, "minutes": settings.OTP_LIFE.seconds // 60}
    _code(SIGNIN_CODE, values, phone=phone, language=language)


def step_up_code(user: User, code: str) -> None:
    """To the account's own number, before something sensitive."""
    _code(STEP_UP_CODE, {"code": code}, phone=user.phone or "", language=user.language)


def new_phone_code(phone: str, code: str, *, language: str) -> None:
    """To a number that somebody wants to use, whoever it belongs to."""
    _code(NEW_PHONE_CODE, {"code": code}, phone=phone, language=language)


def guardian_code(*, phone: str, code: str, language: str) -> None:
    """Send the code with which a guardian agrees. It names nobody: it may go to a stranger."""
    values = {"code": code, "minutes": settings.OTP_LIFE.seconds // 60}
    _code(GUARDIAN_CODE, values, phone=phone, language=language)


def code_paise() -> int:
    """What one code may cost at most, by one channel. A second channel pays again."""
    return max(deliveries.dearest_paise(template) for template in CODES)


def proof_code(user: User, code: str) -> None:
    """By e-mail, to an account that was silent for long."""
    messages.tell(
        template=PROOF_CODE,
        values={"code": code, "minutes": settings.OTP_LIFE.seconds // 60},
        user_id=user.pk,
        email=user.email or "",
        language=user.language,
        secret=True,
        good_for=settings.OTP_LIFE,
    )


def new_device(user: User) -> None:
    """A device that was not known has signed in; it also reaches an owner who was robbed."""
    messages.tell_user(user, NEW_DEVICE, {"link": _link("accounts:device-list")})


def session_stolen(user: User) -> None:
    """Two have used the same refresh token: one of them is a thief."""
    messages.tell_user(user, SESSION_STOLEN, {"link": _link("accounts:device-list")})


def copy_ready(user: User) -> None:
    """The file with everything we hold is there. The link leads to the page, not to the file."""
    values = {"link": _link("accounts:data-show"), "days": settings.EXPORTS_KEPT.days}
    messages.tell_user(user, COPY_READY, values)


def phone_changed(user: User, *, old: str) -> None:
    """To the old number, the new one and the e-mail address."""
    messages.tell_user(user, PHONE_CHANGED, {})
    if old:
        messages.tell(template=PHONE_CHANGED, user_id=user.pk, phone=old, language=user.language)


def passkey_added(user: User) -> None:
    """To the owner; staff by mail alone."""
    if user.is_staff:
        second_factor_changed(user, "A passkey was added.")
    else:
        messages.tell_user(user, PASSKEY_ADDED, {"link": _link("accounts:device-list")})


def passkey_removed(user: User) -> None:
    """To the owner; staff by mail alone."""
    if user.is_staff:
        second_factor_changed(user, "A passkey was removed.")
    else:
        messages.tell_user(user, PASSKEY_REMOVED, {"link": _link("accounts:device-list")})


def authenticator_added(user: User) -> None:
    messages.tell_user(user, AUTHENTICATOR_ADDED, {"link": _link("accounts:device-list")})


def authenticator_removed(user: User) -> None:
    messages.tell_user(user, AUTHENTICATOR_REMOVED, {"link": _link("accounts:device-list")})


def factors_forgotten(user: User) -> None:
    """Staff have taken every second factor away: the owner has lost them, or says so."""
    messages.tell_user(user, FACTORS_FORGOTTEN, {"link": _link("accounts:device-list")})


def confirm_email(user: User, *, email: str, token: str) -> None:
    messages.tell(
        template=CONFIRM_EMAIL,
        values={"link": _link("accounts:email-confirm", token)},
        user_id=user.pk,
        email=email,
        language=user.language,
        secret=True,
        good_for=settings.EMAIL_LINK_LIFE,
    )


def email_changed(user: User, *, old: str) -> None:
    """To the address that is no longer used."""
    messages.tell(template=EMAIL_CHANGED, user_id=user.pk, email=old, language=user.language)


def number_let_go(user: User) -> None:
    """Who has the number now has said that the account is not theirs."""
    messages.tell(
        template=NUMBER_LET_GO, user_id=user.pk, email=user.email or "", language=user.language
    )


def alarm(email: str, what: str) -> None:
    """To staff, in English."""
    messages.tell(
        email=email,
        template="alarm",
        subject=f"TutorHub alarm: {what}",
        body=f"The alarm '{what}' rang. See the login log or Money health in the back office.",
        channels=(catalogue.EMAIL,),
    )


def second_factor_changed(user: User, what: str) -> None:
    """To a member of staff, in English."""
    if not user.email:
        return
    messages.tell(
        user_id=user.pk,
        email=user.email,
        template="second_factor",
        subject="TutorHub: your second factor",
        body=f"{what} If that was not you, tell a colleague at once.",
        channels=(catalogue.EMAIL,),
    )


def break_glass(email: str, user: User | None, what: str) -> None:
    """To each superuser and whoever watches, in English."""
    messages.tell(
        user_id=user.pk if user else None,
        email=email,
        template="break_glass",
        subject="TutorHub: break-glass",
        body=f"{what} Any superuser can end it: Break-glass, at the top of the back office.",
        channels=(catalogue.EMAIL,),
    )


def _code(
    template: catalogue.Template, values: dict[str, object], *, phone: str, language: str
) -> None:
    messages.tell(
        template=template,
        values=values,
        phone=phone,
        language=language,
        good_for=settings.OTP_LIFE,
        prepaid_paise=code_paise(),
    )


def _link(name: str, *args: str) -> str:
    return settings.SITE_URL + reverse(name, args=args)
