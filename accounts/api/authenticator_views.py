"""The authenticator app: set up, confirmed, removed, and asked for before something sensitive."""

from typing import cast

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import serializers
from accounts.api.permissions import AnyToken, OwnAccount, StrongCode
from accounts.clients import app_of, sign_in_of
from accounts.models import User
from accounts.services import authenticator_codes, authenticators, proofs, stepup
from tutorhub.core.error_schemas import RefusalResponse

REFUSED = {403: RefusalResponse, 409: RefusalResponse, 422: RefusalResponse}
GUESSED = {**REFUSED, 429: RefusalResponse}


class AuthenticatorView(APIView):
    permission_classes = [OwnAccount, StrongCode]

    @extend_schema(responses=serializers.AuthenticatorOut)
    def get(self, request: Request) -> Response:
        """Whether there is an authenticator app. Its key is never told again."""
        return Response(_said(_me(request)))

    @extend_schema(
        request=None, responses={201: serializers.AuthenticatorKeyOut, 403: RefusalResponse}
    )
    def post(self, request: Request) -> Response:
        """A new key, which counts once `/me/authenticator/confirm` had its first code.

        Takes a step-up, by the second factor if there is one, and a device that is not new.
        """
        device = authenticators.begin(_me(request), sign_in_of(request))
        made = {
            "url": authenticator_codes.address_of(device, _me(request)),
            "key": authenticator_codes.key_of(device),
            "expires_in": int(settings.AUTHENTICATOR_WAITS.total_seconds()),
        }
        said = serializers.AuthenticatorKeyOut(made).data
        return Response(said, status=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None, 403: RefusalResponse})
    def delete(self, request: Request) -> Response:
        """Remove it: its codes are worth nothing from now on. Takes a step-up by second factor."""
        authenticators.remove(_me(request), sign_in_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ConfirmView(APIView):
    permission_classes = [OwnAccount, StrongCode]

    @extend_schema(
        request=serializers.CodeIn, responses={200: serializers.AuthenticatorOut, **REFUSED}
    )
    def post(self, request: Request) -> Response:
        """Its first code makes the new key the only one. It is a step-up as well."""
        authenticators.confirm(_me(request), sign_in_of(request), token=_code(request))
        return Response(_said(_me(request)))


class StepUpView(APIView):
    permission_classes = [OwnAccount]

    @extend_schema(request=serializers.CodeIn, responses={204: None, **GUESSED})
    def post(self, request: Request) -> Response:
        """Its six digits, in the place of the code by SMS, once: for five minutes this sign-in may
        do what takes a step-up."""
        stepup.verify_authenticator(
            _me(request), sign_in_of(request), code=_code(request), client=app_of(request)
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class ProofView(APIView):
    permission_classes = [AnyToken]

    @extend_schema(request=serializers.CodeIn, responses={204: None, **GUESSED})
    def post(self, request: Request) -> Response:
        """After a long absence, on a new device: its six digits open the account here."""
        proofs.verify_authenticator(
            _me(request), sign_in_of(request), code=_code(request), client=app_of(request)
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


def _said(user: User) -> dict[str, object]:
    device = authenticator_codes.of(user)
    known = {
        "is_set_up": device is not None,
        "created_at": device and device.created_at,
        "last_used_at": device and device.last_used_at,
    }
    return dict(serializers.AuthenticatorOut(known).data)


def _code(request: Request) -> str:
    data = serializers.CodeIn(data=request.data)
    data.is_valid(raise_exception=True)
    return cast(str, data.validated_data["code"])


def _me(request: Request) -> User:
    """The user that the permission has let through."""
    return cast(User, request.user)
