"""The access token: simplejwt's, signed with one of our keys and nothing else."""

import hashlib
from typing import Any

import jwt
from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenBackendExpiredToken
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken as SimpleAccessToken

ALGORITHM = "HS256"
TYPE = "at+jwt"
MAX_LENGTH = 2048
REQUIRED = ["exp", "iat", "jti", "sub", "aud", "iss", "sid", "epoch", "token_use"]


def key_id(key: str) -> str:
    """The name of a key: enough of its digest to tell two apart, too little to help anybody."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]


class KeySetBackend(TokenBackend):
    """Signs with the newest key and accepts each key of the table, by its id in the header.

    Only our exact header passes: other algorithms, key addresses (`jku`), embedded keys (`jwk`) and
    paths as key ids never get as far as a signature check.
    """

    def __init__(self) -> None:
        super().__init__(ALGORITHM)

    def encode(self, payload: dict[str, Any]) -> str:
        key = settings.JWT_SIGNING_KEYS[0]
        claims = {**payload, "aud": api_settings.AUDIENCE, "iss": api_settings.ISSUER}
        headers = {"typ": TYPE, "kid": key_id(key)}
        return str(jwt.encode(claims, key, algorithm=ALGORITHM, headers=headers))

    def decode(self, token: Any, verify: bool = True) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._key_for(token),
                algorithms=[ALGORITHM],
                audience=api_settings.AUDIENCE,
                issuer=api_settings.ISSUER,
                options={"require": REQUIRED},
            )
            return claims
        except jwt.ExpiredSignatureError as error:
            raise TokenBackendExpiredToken("expired") from error
        except (jwt.InvalidTokenError, ValueError) as error:
            raise TokenBackendError("invalid") from error

    def _key_for(self, token: Any) -> str:
        if len(token) > MAX_LENGTH:
            raise jwt.InvalidTokenError("too long")
        header = jwt.get_unverified_header(token)
        keys = {key_id(key): key for key in settings.JWT_SIGNING_KEYS}
        if set(header) != {"alg", "typ", "kid"} or header["typ"] != TYPE:
            raise jwt.InvalidTokenError("not our header")
        if header["alg"] != ALGORITHM or header["kid"] not in keys:
            raise jwt.InvalidTokenError("not our key")
        return str(keys[header["kid"]])


class AccessToken(SimpleAccessToken):
    """Five minutes of access for one app session: `sub`, `sid`, `epoch`, never a role."""

    _token_backend = KeySetBackend()
    proof_due = False
    """Set on the token of a request whose device has to prove itself first."""
