"""Passkeys: what the device is asked, and what it has answered (the JSON forms of WebAuthn)."""

from typing import cast
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import serializers
from accounts.api.permissions import AnyToken, OwnAccount, StrongCode
from accounts.clients import app_of, sign_in_of
from accounts.models import Passkey, User
from accounts.services import passkey_answers, passkeys, proofs, stepup
from tutorhub.core.error_schemas import RefusalResponse

REFUSED = {
    403: RefusalResponse,
    409: RefusalResponse,
    422: RefusalResponse,
    429: RefusalResponse,
}
ASKED = {200: OpenApiTypes.OBJECT, **REFUSED}


class PasskeysView(APIView):
    permission_classes = [OwnAccount, StrongCode]
    pagination_class = None

    @extend_schema(responses=serializers.PasskeyOut(many=True), operation_id="me_passkeys_list")
    def get(self, request: Request) -> Response:
        """Your passkeys, the oldest first."""
        found = passkey_answers.of(_me(request))
        return Response(serializers.PasskeyOut(found, many=True).data)

    @extend_schema(
        request=serializers.PasskeyIn, responses={201: serializers.PasskeyOut, **REFUSED}
    )
    def post(self, request: Request) -> Response:
        """Register what the device has made of `/me/passkeys/options`.

        Takes a step-up, and a device that is not new.
        """
        data = serializers.PasskeyIn(data=request.data)
        data.is_valid(raise_exception=True)
        made = passkeys.add(
            _me(request),
            sign_in_of(request),
            answer=data.validated_data["credential"],
            name=data.validated_data["name"],
            client=app_of(request),
        )
        return Response(serializers.PasskeyOut(made).data, status=status.HTTP_201_CREATED)


class OptionsView(APIView):
    permission_classes = [OwnAccount, StrongCode]

    @extend_schema(request=None, responses=ASKED)
    def post(self, request: Request) -> Response:
        """What to make a passkey with (PublicKeyCredentialCreationOptionsJSON). Takes a step-up."""
        me, here = _me(request), sign_in_of(request)
        return Response(passkeys.begin(me, here, client=app_of(request)))


class PasskeyView(APIView):
    permission_classes = [OwnAccount, StrongCode]

    @extend_schema(
        request=serializers.PasskeyNameIn,
        responses={200: serializers.PasskeyOut, 403: RefusalResponse},
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        """Give it another name. Takes a step-up."""
        passkey = _mine(request, pk)
        data = serializers.PasskeyNameIn(data=request.data)
        data.is_valid(raise_exception=True)
        passkey = passkeys.rename(passkey, **data.validated_data, by=_me(request))
        return Response(serializers.PasskeyOut(passkey).data)

    @extend_schema(responses={204: None, 403: RefusalResponse})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Remove it: it opens nothing from now on. Takes a step-up."""
        passkeys.remove(_mine(request, pk), sign_in_of(request), by=_me(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class StepUpOptionsView(APIView):
    permission_classes = [OwnAccount]

    @extend_schema(request=None, responses=ASKED)
    def post(self, request: Request) -> Response:
        """What to ask a passkey for a step-up (PublicKeyCredentialRequestOptionsJSON)."""
        me, here = _me(request), sign_in_of(request)
        return Response(stepup.request_passkey(me, here, client=app_of(request)))


class StepUpView(APIView):
    permission_classes = [OwnAccount]

    @extend_schema(request=serializers.PasskeyAnswerIn, responses={204: None, **REFUSED})
    def post(self, request: Request) -> Response:
        """Its answer, in the place of the code: for five minutes this sign-in may do what takes a
        step-up."""
        answer = _answer(request)
        stepup.verify_passkey(
            _me(request), sign_in_of(request), answer=answer, client=app_of(request)
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class ProofOptionsView(APIView):
    permission_classes = [AnyToken]

    @extend_schema(request=None, responses=ASKED)
    def post(self, request: Request) -> Response:
        """After a long absence, on a new device: what to ask a passkey."""
        me, here = _me(request), sign_in_of(request)
        return Response(proofs.request_passkey(me, here, client=app_of(request)))


class ProofView(APIView):
    permission_classes = [AnyToken]

    @extend_schema(request=serializers.PasskeyAnswerIn, responses={204: None, **REFUSED})
    def post(self, request: Request) -> Response:
        """Its answer: the account opens on this device."""
        answer = _answer(request)
        proofs.verify_passkey(
            _me(request), sign_in_of(request), answer=answer, client=app_of(request)
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


def _answer(request: Request) -> passkey_answers.Answer:
    data = serializers.PasskeyAnswerIn(data=request.data)
    data.is_valid(raise_exception=True)
    return cast(passkey_answers.Answer, data.validated_data["credential"])


def _mine(request: Request, pk: UUID) -> Passkey:
    return get_object_or_404(Passkey.objects.filter(user=_me(request)), pk=pk)


def _me(request: Request) -> User:
    """The user that the permission has let through."""
    return cast(User, request.user)
