"""Work that a stranger's device does before a try while codes are tried out at many numbers.

ALTCHA's proof of work: the device looks for the counter whose derived key begins as the challenge
says. A challenge is signed with a key of its number, so that one solution is good for that number
alone, and it counts once. The derivation is PBKDF2, which browsers have built in: a phone does it
as fast as its chip can, and gains nothing from a longer script.
"""

import secrets
from datetime import UTC, datetime
from typing import Any

import altcha
from django.conf import settings
from django.utils.crypto import salted_hmac

from accounts.services import single_use
from tutorhub.core import clock

ALGORITHM = "PBKDF2/SHA-256"
SALT = "accounts.work"


def ask(phone: str) -> dict[str, Any]:
    """A challenge for one try at this number; `data.tries` bounds how long the search can last."""
    challenge = altcha.create_challenge(
        ALGORITHM,
        settings.WORK_COST,
        counter=secrets.randbelow(settings.WORK_TRIES),
        expires_at=clock.now() + settings.WORK_LIFE,
        data={"tries": settings.WORK_TRIES},
        hmac_secret=_key(phone),
    )
    return challenge.to_dict()


def is_done(phone: str, solved: str) -> bool:
    """Whether `solved` pays for one try at this number; then it is used up, in this transaction."""
    parameters = _solved_parameters(phone, solved)
    if parameters is None:
        return False
    expires_at = datetime.fromtimestamp(parameters.expires_at, UTC)
    if expires_at <= clock.now() or _is_too_easy(parameters):
        return False
    return single_use.spend(parameters.nonce, expires_at)


def _solved_parameters(phone: str, solved: str) -> Any:
    """What we signed for this number and the device has solved, else None."""
    if not solved or not altcha.verify_solution(solved, _key(phone)).verified:
        return None
    return altcha.Payload.from_base64(solved).challenge.parameters


def _is_too_easy(parameters: Any) -> bool:
    """Made before the settings asked for more."""
    tries = parameters.data["tries"]
    return bool(parameters.cost < settings.WORK_COST or tries < settings.WORK_TRIES)


def _key(phone: str) -> bytes:
    return salted_hmac(SALT, phone, algorithm="sha256").digest()
