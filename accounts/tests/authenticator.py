"""A device that holds passkeys, in Python: it signs what a browser would hand to it."""

import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

from accounts.models import Passkey, User

SITE = "https://tutorhub.example"
PRESENT, VERIFIED, MAY_SYNC, SYNCED, HAS_KEY = 1, 4, 8, 16, 64


class Authenticator:
    """One device with one passkey. Wrong ones are made by changing `origin`, `flags`, `count`."""

    def __init__(self, origin: str = SITE) -> None:
        self.origin = origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = secrets.token_bytes(32)
        self.user_handle = b""
        self.flags = PRESENT | VERIFIED
        self.count = 0
        self.attestation: dict[str, Any] = {"fmt": "none", "attStmt": {}}

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        """What `navigator.credentials.create` answers."""
        self.user_handle = base64url_to_bytes(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        x, y = (value.to_bytes(32, "big") for value in (numbers.x, numbers.y))
        key = encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        length = len(self.credential_id).to_bytes(2, "big")
        attested = bytes(16) + length + self.credential_id + key
        data = self._data(options["rp"]["id"], HAS_KEY) + attested
        return self._credential(
            clientDataJSON=self._client_data("webauthn.create", options),
            attestationObject=encode_cbor({**self.attestation, "authData": data}),
            transports=["internal", "hybrid"],
        )

    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        """What `navigator.credentials.get` answers."""
        client_data = self._client_data("webauthn.get", options)
        data = self._data(options["rpId"], 0)
        signed = data + hashlib.sha256(client_data).digest()
        return self._credential(
            clientDataJSON=client_data,
            authenticatorData=data,
            signature=self.key.sign(signed, ec.ECDSA(hashes.SHA256())),
            userHandle=self.user_handle,
        )

    def _data(self, host: str, more: int) -> bytes:
        flags = (self.flags | more).to_bytes(1, "big")
        return hashlib.sha256(host.encode()).digest() + flags + self.count.to_bytes(4, "big")

    def _client_data(self, kind: str, options: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps(said).encode()

    def _credential(self, **response: Any) -> dict[str, Any]:
        name = bytes_to_base64url(self.credential_id)
        texts = {
            word: bytes_to_base64url(value) if isinstance(value, bytes) else value
            for word, value in response.items()
        }
        return {"id": name, "rawId": name, "type": "public-key", "response": texts}


def passkey_of(user: User, device: Authenticator, **fields: Any) -> Passkey:
    """The passkey of this device, as if it had been added some time ago."""
    numbers = device.key.public_key().public_numbers()
    x, y = (value.to_bytes(32, "big") for value in (numbers.x, numbers.y))
    device.user_handle = user.pk.bytes
    values = {
        "user": user,
        "name": "Her phone",
        "credential_id": bytes_to_base64url(device.credential_id),
        "public_key": encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y}),
        "sign_count": device.count,
    }
    return Passkey.objects.create(**{**values, **fields})
