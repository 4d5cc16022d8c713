"""What the law wants kept about somebody who asked to be forgotten: sealed, and not for us to read.

It is sealed to a public key (`settings.VAULT_PUBLIC_KEY`, X25519, HPKE of RFC 9180). The private
key is on no server: two people keep it, and only with it `manage.py open_vault` reads a record.
"""

import base64
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

from tutorhub.core import clock
from tutorhub.core.models import SealedRecord

SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
PURPOSE = b"tutorhub vault 1"


def keep(kind: str, about: UUID, data: Any, *, for_: timedelta) -> SealedRecord:
    """Write `data` (JSON) into the vault for that long. Call it inside the transaction that erases.

    `about` is the id of the row that the names were taken from.
    """
    until = clock.today() + for_
    return SealedRecord.objects.create(kind=kind, about=about, sealed=seal(data), until=until)


def seal(data: Any) -> str:
    key = X25519PublicKey.from_public_bytes(base64.b64decode(settings.VAULT_PUBLIC_KEY))
    text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False)
    return base64.b64encode(SUITE.encrypt(text.encode(), key, PURPOSE)).decode()


def unseal(sealed: str, private_key: str) -> Any:
    """What was sealed. Raises cryptography's InvalidTag for another key."""
    key = X25519PrivateKey.from_private_bytes(base64.b64decode(private_key))
    return json.loads(SUITE.decrypt(base64.b64decode(sealed), key, PURPOSE))
