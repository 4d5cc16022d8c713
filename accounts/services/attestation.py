"""The app's door to codes: open to the app as the shops gave it out, if the settings say so.

A nonce of ours says for which install it is and until when, and is signed; the platform vouches for
the app over that nonce. So a proof is good for one code, asked for by one install, within minutes.
"""

import base64
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.clients import Client
from accounts.gateway import NotGenuine, Proof, attestor
from accounts.models import LoginAttempt
from accounts.services import attempts, single_use
from tutorhub.core import clock
from tutorhub.core.errors import NotAllowed

SALT = "accounts.attestation"
RANDOM, EXPIRY = 16, 6
"""Bytes of a nonce; the signature follows. All together need no padding in base64 (Play's wish)."""


class AttestationRequired(NotAllowed):
    code = "attestation_required"
    message = _(
        "This app did not show that it is genuine. Update it from Google Play or the App Store, or "
        "sign in with a browser."
    )


class AttestationInvalid(NotAllowed):
    code = "attestation_invalid"
    message = _(
        "This app could not show that it is genuine. Install it from Google Play or the App Store, "
        "or sign in with a browser."
    )


@dataclass(frozen=True)
class Attested:
    """What an app says that its platform says of it."""

    platform: str
    nonce: str
    token: str
    key_id: str = ""


def nonce_for(client: Client) -> str:
    """A nonce for this install, in the alphabet that both platforms take."""
    expires = int((clock.now() + settings.ATTESTATION_LIFE).timestamp())
    head = secrets.token_bytes(RANDOM) + expires.to_bytes(EXPIRY, "big")
    return base64.urlsafe_b64encode(head + _signature(head, client)).decode()


def check(client: Client, phone: str, attested: Attested | None) -> None:
    """Raise AttestationRequired or AttestationInvalid, and log it, unless the app is genuine.

    Nothing is asked while the setting APP_ATTESTATION is off. The number is for the log alone.
    """
    if settings.APP_ATTESTATION == "off":
        return
    refusal = AttestationRequired() if attested is None else _refusal(client, attested)
    if refusal is not None:
        kind = LoginAttempt.Kind.CODE_REQUEST
        attempts.note(kind, client=client, phone=phone, reason=refusal.code)
        raise refusal


def _refusal(client: Client, attested: Attested) -> AttestationInvalid | None:
    nonce = _read(attested.nonce, client)
    provider = attestor(attested.platform)
    if nonce is None or provider is None:
        return AttestationInvalid()
    try:
        provider.check(Proof(attested.token, nonce, attested.key_id))
    except NotGenuine:
        return AttestationInvalid()
    return None if _spend(nonce) else AttestationInvalid()


@transaction.atomic
def _spend(nonce: bytes) -> bool:
    return single_use.spend(nonce[:RANDOM].hex(), _expiry(nonce))


def _read(text: str, client: Client) -> bytes | None:
    """The bytes of a nonce that we made for this install and that still counts, else None."""
    try:
        nonce = base64.b64decode(text, altchars=b"-_", validate=True)
    except ValueError:
        return None
    head, signature = nonce[: RANDOM + EXPIRY], nonce[RANDOM + EXPIRY :]
    if not client.device or not hmac.compare_digest(signature, _signature(head, client)):
        return None
    return nonce if _expiry(nonce) > clock.now() else None


def _expiry(nonce: bytes) -> datetime:
    seconds = int.from_bytes(nonce[RANDOM : RANDOM + EXPIRY], "big")
    return datetime.fromtimestamp(seconds, UTC)


def _signature(head: bytes, client: Client) -> bytes:
    return salted_hmac(SALT, head.hex() + client.device_hash, algorithm="sha256").digest()
