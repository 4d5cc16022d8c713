"""What a passkey is asked, and whether its answer is right.

A challenge is good once, whatever comes of it, for five minutes, for one purpose and for whoever
asked for it. The services that ask (`stepup`, `proofs`, `passkey_signin`, `staff_codes`) call
`check` in a transaction and hand its refusal on after it, so that the challenge stays used.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from webauthn import generate_authentication_options, verify_authentication_response
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    options_to_json_dict,
    parse_authentication_credential_json,
    parse_client_data_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    UserVerificationRequirement,
)

from accounts.clients import Client
from accounts.models import Passkey, PasskeyChallenge, User
from accounts.services import alarms, locks
from accounts.services.passkey_sites import Site
from tutorhub.core import audit, clock
from tutorhub.core.errors import Conflict, DomainError, TooMany

Purpose = PasskeyChallenge.Purpose
Options = dict[str, Any]
Answer = str | dict[str, Any]
"""What the browser made of the device's answer, as JSON or read from it."""

UNREADABLE = (
    WebAuthnException,
    UnsupportedAlgorithm,
    x509.AttributeNotFound,
    x509.DuplicateExtension,
    x509.ExtensionNotFound,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    RecursionError,
)
"""What reading somebody's made-up answer may end in."""


class PasskeyRefused(DomainError):
    code = "passkey_refused"
    message = _("This passkey does not fit here. Try again, or use a code.")


class ChallengeOver(PasskeyRefused):
    code = "passkey_too_late"
    message = _("That took too long, or was sent twice. Try again.")


class NoPasskeysHere(Conflict):
    code = "no_passkeys_here"
    message = _("Passkeys do not work at this address. Use a code.")


class NoPasskey(Conflict):
    code = "no_passkey"
    message = _("This account has no passkey.")


class AskedTooOften(TooMany):
    code = "throttled"
    message = _("Too many tries from here. Try again later, or use a code.")


@dataclass(frozen=True)
class Asker:
    """Who has to answer, and from where.

    `holder` is a sign-in, or a secret of the browser's session before it has one; `user` is whose
    passkey it must be, if that is known.
    """

    holder: str
    client: Client
    user: User | None = None


def begin(purpose: str, asker: Asker, site: Site) -> Options:
    """What the browser hands to the device (`navigator.credentials.get`).

    Call it in a transaction. Raises NoPasskeysHere, NoPasskey, AskedTooOften.
    """
    known = of(asker.user) if asker.user else []
    if asker.user and not known:
        raise NoPasskey
    options = generate_authentication_options(
        rp_id=site.host,
        challenge=bytes.fromhex(ask(purpose, asker, site).challenge),
        timeout=milliseconds(),
        allow_credentials=[described(passkey) for passkey in known],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def of(user: User) -> list[Passkey]:
    """The passkeys of an account, the oldest first."""
    return list(Passkey.objects.filter(user=user).order_by("created_at"))


def ask(purpose: str, asker: Asker, site: Site) -> PasskeyChallenge:
    """Make a challenge. Strangers have so many in an hour from one address, a sign-in of its own.

    Half a town may come from one address, so that its strangers must not use up what somebody needs
    who is signed in and has nothing but a passkey.
    """
    if not site.is_usable:
        raise NoPasskeysHere
    locks.hold("network", asker.client.network)
    now = clock.now()
    if _asked(asker, since=now - timedelta(hours=1)) >= _most(asker):
        raise AskedTooOften(retry_after=3600)
    return PasskeyChallenge.objects.create(
        purpose=purpose,
        holder=asker.holder,
        user=asker.user,
        network=asker.client.network,
        created_at=now,
        expires_at=now + settings.PASSKEY_CHALLENGE_LIFE,
    )


def _asked(asker: Asker, *, since: datetime) -> int:
    recent = PasskeyChallenge.objects.filter(created_at__gt=since)
    if asker.user is None:
        return recent.filter(network=asker.client.network, user=None).count()
    return recent.filter(holder=asker.holder, user=asker.user).count()


def _most(asker: Asker) -> int:
    if asker.user is None:
        return int(settings.PASSKEY_CHALLENGES_PER_HOUR_BY_ADDRESS)
    return int(settings.PASSKEY_CHALLENGES_PER_HOUR_BY_SIGN_IN)


def check(answer: Answer, purpose: str, asker: Asker, site: Site) -> Passkey | DomainError:
    """The passkey that has answered, or why it does not count. Call it in a transaction.

    Somebody else's passkey, a copy of one and an answer from another address are all refused with
    the same words.
    """
    try:
        credential = parse_authentication_credential_json(answer)
        asked = challenge_of(credential.response.client_data_json)
    except UNREADABLE:
        return PasskeyRefused()
    challenge = take(purpose, asker, asked)
    if challenge is None:
        return ChallengeOver()
    passkey = _passkey(credential, asker)
    verified = passkey and _verified(credential, passkey, challenge, site)
    if not (passkey and verified):
        return PasskeyRefused()
    if (verified.new_sign_count or passkey.sign_count) and (
        verified.new_sign_count <= passkey.sign_count
    ):
        alarms.ring("passkey_copied")
        audit.record("passkey.copied", passkey, by=None, user=str(passkey.user_id))
        return PasskeyRefused()
    _note_use(passkey, challenge, verified)
    return passkey


def take(purpose: str, asker: Asker, asked: str) -> PasskeyChallenge | None:
    """The challenge that was answered, used up; None if it is not this asker's, or over."""
    live = PasskeyChallenge.objects.select_for_update(of=("self",), no_key=True).filter(
        purpose=purpose, holder=asker.holder, used_at__isnull=True, expires_at__gt=clock.now()
    )
    challenge = live.filter(challenge=asked).first()
    if challenge is None:
        return None
    challenge.used_at = clock.now()
    challenge.save(update_fields=["used_at"])
    return challenge


def is_proved(user: User, purpose: str, holder: str, *, since: datetime) -> bool:
    """Whether a passkey of theirs has answered this holder since then."""
    answered = PasskeyChallenge.objects.filter(user=user, is_proved=True, used_at__gt=since)
    return answered.filter(purpose=purpose, holder=holder).exists()


def forget_proofs(user: User, *, but: str = "") -> None:
    """What passkeys have proved counts no more, but in this one sign-in.

    What they are being asked is left alone: whoever answers has locked it before the passkey.
    """
    PasskeyChallenge.objects.filter(user=user, is_proved=True).exclude(holder=but).delete()


def owner_of(answer: Answer) -> User | None:
    """Whose passkey claims to have answered. It proves nothing yet."""
    try:
        credential = parse_authentication_credential_json(answer)
    except UNREADABLE:
        return None
    passkey = Passkey.objects.select_related("user").filter(credential_id=_id(credential)).first()
    return passkey.user if passkey else None


def described(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    """What tells a browser which passkey is meant, and how to reach it."""
    known = {each.value: each for each in AuthenticatorTransport}
    return PublicKeyCredentialDescriptor(
        id=base64url_to_bytes(passkey.credential_id),
        transports=[known[word] for word in passkey.transports.split() if word in known] or None,
    )


def challenge_of(client_data: bytes) -> str:
    return parse_client_data_json(client_data).challenge.hex()


def _passkey(credential: AuthenticationCredential, asker: Asker) -> Passkey | None:
    found = Passkey.objects.select_for_update(of=("self",), no_key=True).select_related("user")
    passkey = found.filter(credential_id=_id(credential)).first()
    if passkey is None or (asker.user and passkey.user_id != asker.user.pk):
        return None
    said = credential.response.user_handle
    return passkey if said in {None, b"", passkey.user.pk.bytes} else None


def _verified(
    credential: AuthenticationCredential, passkey: Passkey, challenge: PasskeyChallenge, site: Site
) -> VerifiedAuthentication | None:
    try:
        return verify_authentication_response(
            credential=credential,
            expected_challenge=bytes.fromhex(challenge.challenge),
            expected_rp_id=site.host,
            expected_origin=site.origins,
            credential_public_key=bytes(passkey.public_key),
            # A count that went back is ours to tell from a wrong signature.
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except UNREADABLE:
        return None


def _note_use(
    passkey: Passkey, challenge: PasskeyChallenge, verified: VerifiedAuthentication
) -> None:
    passkey.sign_count = verified.new_sign_count
    passkey.is_synced = verified.credential_backed_up
    passkey.last_used_at = clock.now()
    passkey.save(update_fields=["sign_count", "is_synced", "last_used_at"])
    challenge.is_proved, challenge.user = True, passkey.user
    challenge.save(update_fields=["is_proved", "user"])


def _id(credential: AuthenticationCredential) -> str:
    return bytes_to_base64url(credential.raw_id)


def milliseconds() -> int:
    return int(settings.PASSKEY_CHALLENGE_LIFE.total_seconds() * 1000)
