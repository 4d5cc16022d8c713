"""Apple App Attest (DeviceCheck): a certificate, by Apple, of a key in the phone's own chip.

The app makes a key, and has it attested over the SHA-256 of the bytes of our nonce; `key_id` is
what Apple calls the key. It makes a new one for each code: people ask for one a few times a year.
"""

import base64
import struct
from typing import Any

from asgiref.sync import async_to_sync
from cbor2 import CBORError
from cryptography.exceptions import UnsupportedAlgorithm
from django.conf import settings
from pyattest.attestation import Attestation
from pyattest.configs.apple import AppleConfig
from pyattest.exceptions import PyAttestException
from pyattest.verifiers.apple_attestation import AppleAttestationVerifier
from pyattest.verifiers.utils import _load_certificate
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from accounts.gateway.interface import NotGenuine, Proof

UNREADABLE = (
    *(PyAttestException, PathError, ValidationError, UnsupportedAlgorithm),
    *(CBORError, struct.error, RecursionError, NotImplementedError),
    *(ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError),
)
"""What reading something that is no attestation can end in: the libraries do not promise less."""


class AppAttest:
    def check(self, proof: Proof) -> None:
        try:
            key_id = base64.b64decode(proof.key_id, validate=True)
            token = base64.b64decode(proof.token, validate=True)
            attestation = Attestation(token, proof.nonce, _Config(key_id))
            async_to_sync(attestation.verify)()
        except UNREADABLE as error:
            raise NotGenuine from error


class _Verifier(AppleAttestationVerifier):
    async def verify_certificate_chain(self, chain: list[bytes]) -> Any:
        """By Apple's root alone: the library would take every root of this machine as well."""
        leaf, *others = [_load_certificate(each) for each in chain]
        context = ValidationContext(trust_roots=[self.attestation.config.root_ca])
        validator = CertificateValidator(leaf, others, validation_context=context)
        return await validator.async_validate_usage({"digital_signature"})


class _Config(AppleConfig):
    attestation_verifier_class = _Verifier

    def __init__(self, key_id: bytes) -> None:
        """Strict everywhere: keys of builds that never went through the App Store do not count."""
        super().__init__(key_id, settings.APP_ATTEST_APP_ID, production=True)
