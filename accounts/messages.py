"""What this app tells people."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from notifications.services import messages


def signin_code(*, phone: str, code: str, language: str) -> None:
    """Send a one-time code. SMS only, whoever the number belongs to, so that nothing tells."""
    with translation.override(language):
        body = _(
            "%(code)s is your TutorHub sign-in code. It is valid for %(minutes)d minutes. "
            "Do not share it with anyone."
        ) % {"code": code, "minutes": settings.OTP_LIFE.seconds // 60}
    _code("signin_code", body, phone=phone, language=language)


def step_up_code(user: User, code: str) -> None:
    """To the account's own number, before something sensitive."""
    with translation.override(user.language):
        body = _(
            "%(code)s is your TutorHub code to confirm a change to your account. If you did not "
            "ask for it, somebody else may be signed in as you. Do not share it with anyone."
        ) % {"code": code}
    _code("step_up_code", body, phone=user.phone or "", language=user.language)


def new_phone_code(phone: str, code: str, *, language: str) -> None:
    """To a number that somebody wants to use, whoever it belongs to."""
    with translation.override(language):
        body = _(
            "%(code)s is the code to use this number with TutorHub. "
            "If you did not ask for it, do nothing and share it with nobody."
        ) % {"code": code}
    _code("new_phone_code", body, phone=phone, language=language)


def proof_code(user: User, code: str) -> None:
    """By e-mail, to an account that was silent for long."""
    with translation.override(user.language):
        body = _(
            "%(code)s is the code that opens your TutorHub account again. It is valid for "
            "%(minutes)d minutes. If you did not ask for it, your old number may belong to "
            "somebody else: write to us."
        ) % {"code": code, "minutes": settings.OTP_LIFE.seconds // 60}
        messages.tell(
            user_id=user.pk,
            email=user.email or "",
            template="proof_code",
            subject=_("Your code"),
            body=body,
            language=user.language,
            channels=("email",),
            secret=True,
            good_for=settings.OTP_LIFE,
        )


def new_device(user: User) -> None:
    """A device that was not known has signed in; it also reaches an owner who was robbed."""
    with translation.override(user.language):
        body = _(
            "A new device has signed in to your TutorHub account. If it was not you, sign it out "
            "at %(link)s and write to us."
        ) % {"link": _link("accounts:device-list")}
        _notice(user, "new_device", _("A new device"), body)


def session_stolen(user: User) -> None:
    """Two have used the same refresh token: one of them is a thief."""
    with translation.override(user.language):
        body = _(
            "Somebody may have copied your TutorHub sign-in, so we have ended it on that device. "
            "Sign in again, and look at your devices: %(link)s"
        ) % {"link": _link("accounts:device-list")}
        _notice(user, "session_stolen", _("Signed out to keep you safe"), body)


def phone_changed(user: User, *, old: str) -> None:
    """To the old number, the new one and the e-mail address."""
    with translation.override(user.language):
        body = _(
            "The mobile number of your TutorHub account was changed. "
            "If it was not you, write to us at once."
        )
        subject = _("Your mobile number")
        _notice(user, "phone_changed", subject, body)
        if old:
            _sms("phone_changed", body, phone=old, language=user.language, user=user)


def confirm_email(user: User, *, email: str, token: str) -> None:
    with translation.override(user.language):
        body = _(
            "Follow this link to use this address with TutorHub: %(link)s\n"
            "It is good for one day. If you did not ask for it, do nothing."
        ) % {"link": _link("accounts:email-confirm", token)}
        messages.tell(
            user_id=user.pk,
            email=email,
            template="confirm_email",
            subject=_("Confirm your e-mail address"),
            body=body,
            language=user.language,
            channels=("email",),
            secret=True,
            good_for=settings.EMAIL_LINK_LIFE,
        )


def email_changed(user: User, *, old: str) -> None:
    """To the address that is no longer used."""
    with translation.override(user.language):
        _mail(
            user,
            "email_changed",
            _("Your e-mail address"),
            _(
                "The e-mail address of your TutorHub account was changed. "
                "If it was not you, write to us at once."
            ),
            email=old,
        )


def number_let_go(user: User) -> None:
    """Who has the number now has said that the account is not theirs."""
    with translation.override(user.language):
        _mail(
            user,
            "number_let_go",
            _("Your mobile number"),
            _(
                "Somebody else has your old mobile number now and has left your TutorHub account. "
                "Nothing in it was shown. Write to us to use it with another number."
            ),
            email=user.email or "",
        )


def alarm(email: str, what: str) -> None:
    """To staff, in English."""
    messages.tell(
        email=email,
        template="alarm",
        subject=f"TutorHub alarm: {what}",
        body=f"The sign-in alarm '{what}' rang. See the login log in the back office.",
        channels=("email",),
    )


def _notice(user: User, template: str, subject: str, body: str) -> None:
    messages.tell(
        user_id=user.pk,
        phone=user.phone or "",
        email=user.email or "",
        template=template,
        subject=subject,
        body=body,
        language=user.language,
        channels=("sms", "email"),
    )


def _mail(user: User, template: str, subject: str, body: str, *, email: str) -> None:
    messages.tell(
        user_id=user.pk,
        email=email,
        template=template,
        subject=subject,
        body=body,
        language=user.language,
        channels=("email",),
    )


def _sms(template: str, body: str, *, phone: str, language: str, user: User) -> None:
    messages.tell(
        user_id=user.pk,
        phone=phone,
        template=template,
        body=body,
        language=language,
        channels=("sms",),
    )


def _code(template: str, body: str, *, phone: str, language: str) -> None:
    messages.tell(
        phone=phone,
        template=template,
        body=body,
        language=language,
        channels=("sms",),
        secret=True,
        good_for=settings.OTP_LIFE,
    )


def _link(name: str, *args: str) -> str:
    return settings.SITE_URL + reverse(name, args=args)
