"""Shapes of what goes in and out."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from accounts.api.fields import PhoneField
from accounts.models import DataRequest, KnownDevice, Role, User
from accounts.services import names, onboarding
from accounts.services.data_requests import KINDS, NothingSaid
from tutorhub.core.error_schemas import RefusalResponse

ROLES = [Role.STUDENT.value, Role.TUTOR.value]


INSTALL_ID = (
    "a random text that the app made when it was installed; the code then works for this install "
    "only, and the install is recognised at the next sign-in. Send the same one to verify"
)


class InstallIdField(serializers.RegexField):
    """Long enough that nobody guesses it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            r"^[A-Za-z0-9_.-]{16,100}$", required=False, default="", help_text=INSTALL_ID, **kwargs
        )


WORK = (
    "after an answer `work_required`: the base64 of ALTCHA's payload, `{challenge, solution: "
    "{counter, derivedKey}}`. Good for one call about this number"
)


class WorkField(serializers.CharField):
    """What a device has solved; what it is worth the service finds out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=2000,
            required=False,
            default="",
            allow_blank=True,
            help_text=WORK,
            **kwargs,
        )


class InstallIn(serializers.Serializer):
    install_id = serializers.RegexField(r"^[A-Za-z0-9_.-]{16,100}$", help_text=INSTALL_ID)


class NonceOut(serializers.Serializer):
    nonce = serializers.CharField(
        help_text="72 signs of base64url: as they are for Play Integrity's `setNonce`; for App "
        "Attest the SHA-256 of the bytes that they stand for"
    )
    expires_in = serializers.IntegerField(help_text="seconds that it is good for, once")


class AttestationIn(serializers.Serializer):
    platform = serializers.ChoiceField(choices=["android", "ios"])
    key_id = serializers.CharField(
        max_length=100, required=False, default="", help_text="App Attest's name for the key"
    )
    token = serializers.CharField(
        max_length=20_000,
        help_text="Play Integrity's token as it is, or App Attest's attestation object in base64",
    )
    nonce = serializers.CharField(max_length=100, help_text="of POST /auth/attestation")


class OtpRequestIn(serializers.Serializer):
    phone = PhoneField()
    install_id = InstallIdField()
    work = WorkField()
    attestation = AttestationIn(
        required=False, help_text="needed where the app has to show that it is genuine"
    )


class WorkRequiredResponse(RefusalResponse):
    """429: too many, too soon, or `work_required`, which has the work in it."""

    challenge = serializers.DictField(
        required=False,
        help_text="an ALTCHA challenge (PBKDF2/SHA-256), good for five minutes: `parameters` with "
        "`nonce`, `salt`, `cost`, `keyLength`, `keyPrefix`, `expiresAt` and `data.tries`, the most "
        "counters to try; and `signature`. Send both back as they are",
    )


class OtpRequestOut(serializers.Serializer):
    resend_after = serializers.IntegerField(help_text="seconds until another code may be asked for")
    expires_in = serializers.IntegerField(help_text="seconds that the code is good for")


class OtpVerifyIn(serializers.Serializer):
    phone = PhoneField()
    code = serializers.CharField(max_length=12)
    role = serializers.ChoiceField(
        choices=ROLES, required=False, default="", help_text="needed for a number that is new"
    )
    install_id = InstallIdField()
    work = WorkField()

    def validate_code(self, value: str) -> str:
        return "".join(value.split())


class RefreshIn(serializers.Serializer):
    refresh = serializers.CharField(max_length=200)


class PairOut(serializers.Serializer):
    access = serializers.CharField(help_text="five minutes of access, as a bearer token")
    refresh = serializers.CharField(help_text="good for one use; its answer holds the next")


class SignedInUserOut(serializers.Serializer):
    id = serializers.UUIDField()
    role = serializers.ChoiceField(choices=ROLES)
    name = serializers.CharField()
    is_new = serializers.BooleanField()
    next = serializers.CharField(help_text="what is missing, or dashboard")


class SignedInOut(PairOut):
    user = SignedInUserOut()


class MeIn(serializers.Serializer):
    name = serializers.CharField(max_length=120, required=False, allow_blank=False)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)


class CodeIn(serializers.Serializer):
    code = serializers.CharField(max_length=12)

    def validate_code(self, value: str) -> str:
        return "".join(value.split())


class NewPhoneIn(serializers.Serializer):
    phone = PhoneField()


class NewEmailIn(serializers.Serializer):
    email = serializers.EmailField(max_length=254)


class SignedInPlaceOut(serializers.Serializer):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=KnownDevice.Kind.choices)
    device = serializers.CharField(help_text="what the browser or the app calls itself")
    network = serializers.CharField()
    created_at = serializers.DateTimeField()
    seen_at = serializers.DateTimeField(help_text="the last sign of life, to five minutes")
    is_this = serializers.BooleanField(help_text="the sign-in that asks")


class PasskeyAnswerIn(serializers.Serializer):
    credential = serializers.JSONField(
        help_text="what the device answered (RegistrationResponseJSON, AuthenticationResponseJSON)"
    )


class PasskeyIn(PasskeyAnswerIn):
    name = serializers.CharField(
        max_length=64, required=False, default="", allow_blank=True, help_text="for its owner"
    )


class PasskeyNameIn(serializers.Serializer):
    name = serializers.CharField(max_length=64)


class PasskeyOut(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    is_synced = serializers.BooleanField(help_text="its owner's other devices have it too")
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)


class AuthenticatorOut(serializers.Serializer):
    is_set_up = serializers.BooleanField()
    created_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)


class AuthenticatorKeyOut(serializers.Serializer):
    url = serializers.CharField(help_text="otpauth://…, for a QR code or to open an app with")
    key = serializers.CharField(help_text="the same key for whoever types it, in base32")
    expires_in = serializers.IntegerField(help_text="seconds until its first code has to be there")


class EndedOut(serializers.Serializer):
    ended = serializers.IntegerField()


class MeOut(serializers.ModelSerializer[User]):
    role = serializers.ChoiceField(choices=ROLES)
    next = serializers.SerializerMethodField()
    pending_name = serializers.SerializerMethodField(
        help_text="a tutor's new name that is being checked; others see `name` until then"
    )

    class Meta:
        model = User
        fields = [
            "id",
            "role",
            "name",
            "pending_name",
            "phone",
            "email",
            "language",
            "joined_at",
            "next",
        ]
        read_only_fields = fields

    def get_next(self, user: User) -> str:
        return onboarding.next_step(user)

    def get_pending_name(self, user: User) -> str:
        return names.waiting(user)


class HeldOut(serializers.Serializer):
    title = serializers.CharField()
    purpose = serializers.CharField()
    number = serializers.IntegerField(help_text="how many entries")
    since = serializers.CharField(allow_null=True, help_text="the oldest of them")
    until = serializers.CharField(help_text="how long they are kept, in words")


class SectionOut(serializers.Serializer):
    name = serializers.CharField()
    title = serializers.CharField()
    things = HeldOut(many=True)


class ExportOut(serializers.Serializer):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=DataRequest.Status.choices)
    asked_at = serializers.DateTimeField()
    size = serializers.IntegerField(allow_null=True, help_text="bytes")
    url = serializers.CharField(
        allow_null=True, help_text="fetches the file within a minute; with a step-up only"
    )


class DataRequestIn(serializers.Serializer):
    kind = serializers.ChoiceField(
        choices=[kind.value for kind in KINDS],
        help_text="correction: something we hold is wrong; grievance: a complaint",
    )
    words = serializers.CharField(
        max_length=1000,
        error_messages=dict.fromkeys(("blank", "null", "required"), NothingSaid.message),
    )


class DataRequestOut(serializers.ModelSerializer[DataRequest]):
    kind = serializers.ChoiceField(choices=[kind.value for kind in KINDS])
    status_text = serializers.CharField(
        source="get_status_display", help_text="the status in words, in your language"
    )

    class Meta:
        model = DataRequest
        fields = [
            "id",
            "kind",
            "status",
            "status_text",
            "words",
            "answer",
            "asked_at",
            "due_at",
            "closed_at",
        ]
        read_only_fields = fields
