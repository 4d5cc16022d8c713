"""Bearer tokens. Cookies are never looked at, so no page of another site can use the API."""

from drf_spectacular.contrib.rest_framework_simplejwt import SimpleJWTScheme
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError
from rest_framework_simplejwt.tokens import Token

from accounts.models import User
from accounts.services import tokens
from accounts.services.access_tokens import AccessToken


class AccessTokenAuthentication(JWTAuthentication):
    """The access token of an app session that is alive now, of a user who is active now."""

    def get_validated_token(self, raw_token: bytes) -> Token:
        try:
            return AccessToken(raw_token)
        except TokenError as error:
            raise InvalidToken(str(tokens.SessionEnded.message)) from error

    def get_user(self, validated_token: Token) -> User:  # type: ignore[override]
        try:
            session = tokens.session_of(
                user_id=validated_token["sub"],
                session_id=validated_token["sid"],
                epoch=validated_token["epoch"],
            )
        except tokens.SessionEnded as error:
            raise InvalidToken(str(error)) from error
        device = session.known_device
        validated_token.proof_due = device is not None and device.proof_due
        return session.user


class NoTokenNeeded(AccessTokenAuthentication):
    """For signing in and out: a stale bearer token beside the request does no harm."""

    def authenticate(self, request: Request) -> None:
        return None


class AccessTokenScheme(SimpleJWTScheme):
    target_class = AccessTokenAuthentication  # type: ignore[assignment]
