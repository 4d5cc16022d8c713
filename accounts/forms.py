"""The shapes of the sign-in pages."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django_otp import devices_for_user
from django_otp.admin import OTPAdminAuthenticationForm
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import phones
from accounts.clients import client_of, holder_of
from accounts.models import RecoveryDevice, Role
from accounts.services import recovery, staff, staff_codes
from accounts.services.passkey_answers import Asker, PasskeyRefused

ROLES = [(Role.STUDENT.value, _("I look for a tutor")), (Role.TUTOR.value, _("I teach"))]


class PhoneField(forms.CharField):
    """An Indian mobile number as people type it; cleaned to E.164."""

    widget = forms.TextInput(
        attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel-national"}
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, **kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return text
        try:
            return phones.parse(text)
        except phones.NotAnIndianMobile as error:
            raise forms.ValidationError(str(error), code=error.code) from error


class NotDrawn(forms.HiddenInput):
    """A field that the template draws itself, with a value that is new each time."""

    def render(self, *args: Any, **kwargs: Any) -> SafeString:
        return SafeString("")


class AnswerField(forms.CharField):
    """What a passkey has answered, put here by the script of the page."""

    widget = NotDrawn

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20_000, **kwargs)


class PhoneForm(forms.Form):
    phone = PhoneField(label=_("Mobile number"), help_text=_("We send a code to it by SMS."))
    next = forms.CharField(required=False, widget=forms.HiddenInput)
    role = forms.CharField(required=False, widget=forms.HiddenInput)
    page = forms.CharField(required=False, widget=NotDrawn)
    work = forms.CharField(required=False, max_length=2000, widget=NotDrawn)


class CodeOnlyForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=12,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "code"}
        ),
    )

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split())


class AuthenticatorForm(forms.Form):
    """The six digits of this moment, of a family or a tutor."""

    token = forms.CharField(
        label=_("Code of your authenticator app"),
        max_length=12,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "code"}
        ),
    )

    def clean_token(self) -> str:
        return "".join(self.cleaned_data["token"].split())


class CodeForm(CodeOnlyForm):
    role = forms.ChoiceField(
        label=_("If you are new here"), choices=ROLES, required=False, widget=forms.RadioSelect
    )
    work = forms.CharField(required=False, max_length=2000, widget=NotDrawn)


class NewPhoneForm(forms.Form):
    phone = PhoneField(label=_("New mobile number"), help_text=_("We send a code to it by SMS."))


class AccountForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )


class EmailForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("We send a link to it. The address is yours here once you have followed it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class DataRequestForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=[
            ("correction", _("Something you hold is wrong")),
            ("grievance", _("A complaint about how you treat my data")),
        ],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("Tell us"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )


class EraseForm(forms.Form):
    is_sure = forms.BooleanField(
        label=_("I understand that there is no way back"),
        error_messages={"required": _("Tick this first. An erased account cannot be restored.")},
    )


class StaffLoginForm(OTPAdminAuthenticationForm):
    """E-mail, password and authenticator code in one step, with a limit on guesses.

    A code of the list on paper does in the authenticator's place, and so does a passkey.
    """

    passkey = AnswerField(required=False)

    otp_error_messages = {
        **OTPAdminAuthenticationForm.otp_error_messages,
        "device_required": OTPAdminAuthenticationForm.otp_error_messages["invalid_token"],
    }

    def clean(self) -> dict[str, Any]:
        email = self.cleaned_data.get("username") or ""
        attempt = staff.begin_signin(email=email, client=client_of(self.request))
        if attempt is None:
            raise forms.ValidationError(str(staff.TriedTooOften()), code="throttled")
        cleaned = super().clean()
        user = self.get_user()
        if user is not None:
            # Without an e-mail address or a password nobody was looked for.
            staff.finish_signin(attempt, user, device=user.otp_device)
        return cleaned

    def clean_otp(self, user: Any) -> None:
        """Only after the password, which `super().clean()` has looked at."""
        answer = self.cleaned_data.get("passkey")
        if user is None or not answer:
            super().clean_otp(user)
            return
        user.otp_device = None
        asker = Asker(holder_of(self.request), client_of(self.request))
        try:
            user.otp_device = staff_codes.check_passkey(user, asker, answer)
        except PasskeyRefused as error:
            raise forms.ValidationError(str(error), code=error.code) from error

    def _chosen_device(self, user: Any) -> Any:
        """The code itself says which it is of: the authenticator's, or the list on paper."""
        token = self.cleaned_data.get("otp_token") or ""
        kind = RecoveryDevice if recovery.is_recovery_code(token) else TOTPDevice
        devices = devices_for_user(user, for_verify=True)
        return next((device for device in devices if isinstance(device, kind)), None)


class StaffCodeForm(forms.Form):
    """The authenticator's code, for somebody who is signed in."""

    token = forms.CharField(
        label=_("Code of your authenticator"),
        max_length=8,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}
        ),
    )

    def clean_token(self) -> str:
        return "".join(self.cleaned_data["token"].split())


class StaffConfirmForm(StaffCodeForm):
    """The authenticator's code, or a passkey in its place."""

    passkey = AnswerField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["token"].required = not self.data.get("passkey")
        self.fields["token"].widget.attrs["data-instead"] = True


class PasskeyAnswerForm(forms.Form):
    passkey = AnswerField()


class PasskeySignInForm(PasskeyAnswerForm):
    next = forms.CharField(required=False, widget=forms.HiddenInput)


class PasskeyForm(PasskeyAnswerForm):
    """A new passkey, and what its owner calls it."""

    name = forms.CharField(
        label=_("Name"),
        max_length=64,
        required=False,
        help_text=_("So that you know it again: My phone, the laptop at home."),
    )


class PasskeyNameForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=64)


class StaffPasskeyForm(PasskeyNameForm):
    """Which of the passkeys, and its name; that is not needed to remove it."""

    key = forms.UUIDField(widget=forms.HiddenInput)


class BreakGlassForm(forms.Form):
    """Why a superuser needs every right."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
