"""Google Play Integrity, classic requests: a verdict that Google signed and encrypted for us.

The two keys come from the Play Console ("manage and download my response encryption keys"), so that
nobody has to be asked. The app hands our nonce to `setNonce` as it is.
"""

from asgiref.sync import async_to_sync
from django.conf import settings
from pyattest.attestation import Attestation
from pyattest.configs.google_play_integrity_api import GooglePlayIntegrityApiConfig
from pyattest.exceptions import PyAttestException

from accounts.gateway.interface import NotGenuine, Proof


class PlayIntegrity:
    def check(self, proof: Proof) -> None:
        attestation = Attestation(proof.token, proof.nonce, _config())
        try:
            async_to_sync(attestation.verify)()
        # A verdict without one of its parts is none.
        except (PyAttestException, ValueError, TypeError, AttributeError) as error:
            raise NotGenuine from error


def _config() -> GooglePlayIntegrityApiConfig:
    """Strict everywhere: with `production` off the verdicts would not be looked at."""
    return GooglePlayIntegrityApiConfig(
        decryption_key=settings.PLAY_INTEGRITY_DECRYPTION_KEY,
        verification_key=settings.PLAY_INTEGRITY_VERIFICATION_KEY,
        apk_package_name=settings.PLAY_INTEGRITY_PACKAGE,
        production=True,
    )
