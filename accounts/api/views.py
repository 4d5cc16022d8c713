"""Signing in, staying signed in, signing out, and the account itself."""

from typing import cast

from django.conf import settings
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from drf_standardized_errors.openapi_serializers import ErrorResponse401Serializer
from rest_framework import status
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.exceptions import InvalidToken

from accounts.api import serializers
from accounts.api.authentication import NoTokenNeeded
from accounts.api.permissions import OwnAccount, check_strong_code
from accounts.clients import app_of
from accounts.models import User
from accounts.services import attestation, erasures, onboarding, signin, tokens, users
from tutorhub.core.error_schemas import RefusalResponse
from tutorhub.core.errors import DomainError


class OpenView(APIView):
    """An operation for people who are not signed in yet, or not any more."""

    authentication_classes = [NoTokenNeeded]
    permission_classes = [AllowAny]


class AttestationView(OpenView):
    @extend_schema(auth=[], request=serializers.InstallIn, responses=serializers.NonceOut)
    def post(self, request: Request) -> Response:
        """A nonce that the install has its platform vouch for, before it asks for a code."""
        data = serializers.InstallIn(data=request.data)
        data.is_valid(raise_exception=True)
        nonce = attestation.nonce_for(app_of(request, data.validated_data["install_id"]))
        expires_in = int(settings.ATTESTATION_LIFE.total_seconds())
        return Response(serializers.NonceOut({"nonce": nonce, "expires_in": expires_in}).data)


class OtpRequestView(OpenView):
    @extend_schema(
        auth=[],
        request=serializers.OtpRequestIn,
        responses={
            202: serializers.OtpRequestOut,
            403: RefusalResponse,
            429: serializers.WorkRequiredResponse,
        },
    )
    def post(self, request: Request) -> Response:
        """Send a one-time code to an Indian mobile number.

        403 `attestation_required` or `attestation_invalid` where the app has to show that it is
        genuine and did not.
        """
        data = serializers.OtpRequestIn(data=request.data)
        data.is_valid(raise_exception=True)
        client = app_of(request, data.validated_data.pop("install_id"))
        said = data.validated_data.pop("attestation", None)
        attested = attestation.Attested(**said) if said else None
        attestation.check(client, data.validated_data["phone"], attested)
        sent = signin.request_code(
            **data.validated_data, client=client, language=get_language() or "en"
        )
        return Response(serializers.OtpRequestOut(sent).data, status=status.HTTP_202_ACCEPTED)


class OtpVerifyView(OpenView):
    @extend_schema(
        auth=[],
        request=serializers.OtpVerifyIn,
        responses={
            200: serializers.SignedInOut,
            403: RefusalResponse,
            429: serializers.WorkRequiredResponse,
        },
    )
    def post(self, request: Request) -> Response:
        """Sign in with the code; a new number says which role it wants."""
        data = serializers.OtpVerifyIn(data=request.data)
        data.is_valid(raise_exception=True)
        client = app_of(request, data.validated_data.pop("install_id"))
        try:
            signed_in = signin.verify_code(
                **data.validated_data, client=client, language=get_language() or "en"
            )
        except signin.CodeRefused as error:
            raise _field_error("code", error) from error
        except signin.RoleRequired as error:
            raise _field_error("role", error) from error
        pair = tokens.issue(user=signed_in.user, client=client, device=signed_in.device)
        user = signed_in.user
        body = {
            "access": pair.access,
            "refresh": pair.refresh,
            "user": {
                "id": user.pk,
                "role": user.role,
                "name": user.name,
                "is_new": signed_in.is_new,
                "next": onboarding.next_step(user),
            },
        }
        return Response(serializers.SignedInOut(body).data)


class RefreshView(OpenView):
    @extend_schema(
        auth=[],
        request=serializers.RefreshIn,
        responses={200: serializers.PairOut, 401: ErrorResponse401Serializer, 403: RefusalResponse},
    )
    def post(self, request: Request) -> Response:
        """Exchange a refresh token for a new access token and the next refresh token."""
        data = serializers.RefreshIn(data=request.data)
        data.is_valid(raise_exception=True)
        try:
            pair = tokens.rotate(**data.validated_data, client=app_of(request))
        except tokens.SessionEnded as error:
            raise InvalidToken(str(error)) from error
        return Response(serializers.PairOut(pair).data)


class LogoutView(OpenView):
    @extend_schema(auth=[], request=serializers.RefreshIn, responses={204: None})
    def post(self, request: Request) -> Response:
        """End the app session that the refresh token belongs to."""
        data = serializers.RefreshIn(data=request.data)
        data.is_valid(raise_exception=True)
        tokens.revoke(**data.validated_data)
        return Response(status=status.HTTP_204_NO_CONTENT)


class MeView(APIView):
    permission_classes = [OwnAccount]

    @extend_schema(responses=serializers.MeOut)
    def get(self, request: Request) -> Response:
        """The account that is signed in."""
        return Response(serializers.MeOut(_me(request)).data)

    @extend_schema(request=serializers.MeIn, responses=serializers.MeOut)
    def patch(self, request: Request) -> Response:
        """Change the name or the language."""
        data = serializers.MeIn(data=request.data)
        data.is_valid(raise_exception=True)
        user = users.update_profile(_me(request), **data.validated_data)
        return Response(serializers.MeOut(user).data)

    @extend_schema(responses={204: None, 403: RefusalResponse, 409: RefusalResponse})
    def delete(self, request: Request) -> Response:
        """Erase the account: name and number go, money records stay. There is no way back.

        Takes a step-up, by the second factor if there is one, else by code: `POST
        /me/step-up/request` and `/verify` before it. 409 `cannot_leave_yet`
        while something has to be settled first; `reasons` says what.
        """
        check_strong_code(request)
        erasures.leave(_me(request), by=_me(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _me(request: Request) -> User:
    """The user that OwnAccount has let through."""
    return cast(User, request.user)


def _field_error(field: str, error: DomainError) -> ValidationError:
    return ValidationError({field: [ErrorDetail(str(error), code=error.code)]})
