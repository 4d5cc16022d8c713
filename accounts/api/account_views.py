"""The account's sign-ins, its number and its e-mail address, and the proofs that these take."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import queries
from accounts.api import serializers
from accounts.api.permissions import AnyToken, OwnAccount
from accounts.clients import app_of, sign_in_of
from accounts.models import User
from accounts.services import codes, emails, phone_changes, proofs, sign_ins, stepup
from tutorhub.core.error_schemas import RefusalResponse

REFUSED = {403: RefusalResponse, 429: RefusalResponse}


class SessionsView(APIView):
    permission_classes = [OwnAccount]
    pagination_class = None

    @extend_schema(
        responses=serializers.SignedInPlaceOut(many=True), operation_id="me_sessions_list"
    )
    def get(self, request: Request) -> Response:
        """Every browser and app that is signed in, this one first."""
        places = queries.signed_in(_me(request), sign_in_of(request))
        return Response(serializers.SignedInPlaceOut(places, many=True).data)


class SessionView(APIView):
    permission_classes = [OwnAccount]

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Sign one browser or app out; its next request is refused."""
        if not sign_ins.sign_out(_me(request), pk):
            raise Http404
        return Response(status=status.HTTP_204_NO_CONTENT)


class SignOutOthersView(APIView):
    permission_classes = [OwnAccount]

    @extend_schema(request=None, responses=serializers.EndedOut)
    def post(self, request: Request) -> Response:
        """Sign every browser and app out but this one."""
        ended = sign_ins.sign_out_others(_me(request), sign_in_of(request))
        return Response(serializers.EndedOut({"ended": ended}).data)


class StepUpRequestView(APIView):
    permission_classes = [OwnAccount]

    @extend_schema(request=None, responses={202: serializers.OtpRequestOut, **REFUSED})
    def post(self, request: Request) -> Response:
        """Send a code to the account's own number, before something sensitive."""
        sent = stepup.request(_me(request), sign_in_of(request), client=app_of(request))
        return _sent(sent)


class StepUpVerifyView(APIView):
    permission_classes = [OwnAccount]

    @extend_schema(request=serializers.CodeIn, responses={204: None, **REFUSED})
    def post(self, request: Request) -> Response:
        """Enter the code: for five minutes this sign-in may do what takes a step-up."""
        return _enter_code(request, stepup.verify)


class PhoneRequestView(APIView):
    permission_classes = [OwnAccount]

    @extend_schema(
        request=serializers.NewPhoneIn, responses={202: serializers.OtpRequestOut, **REFUSED}
    )
    def post(self, request: Request) -> Response:
        """Send a code to the new number. Takes a step-up, which is the code to the old one."""
        data = serializers.NewPhoneIn(data=request.data)
        data.is_valid(raise_exception=True)
        sent = phone_changes.request(
            _me(request), sign_in_of(request), **data.validated_data, client=app_of(request)
        )
        return _sent(sent)


class PhoneConfirmView(APIView):
    permission_classes = [OwnAccount]

    @extend_schema(
        request=serializers.CodeIn, responses={204: None, 409: RefusalResponse, **REFUSED}
    )
    def post(self, request: Request) -> Response:
        """Enter the code that came to the new number; every other sign-in ends."""
        return _enter_code(request, phone_changes.confirm)


class EmailView(APIView):
    permission_classes = [OwnAccount]

    @extend_schema(request=serializers.NewEmailIn, responses={202: None, **REFUSED})
    def post(self, request: Request) -> Response:
        """Send a confirming link to an address. Takes a step-up."""
        data = serializers.NewEmailIn(data=request.data)
        data.is_valid(raise_exception=True)
        emails.request(_me(request), sign_in_of(request), **data.validated_data)
        return Response(status=status.HTTP_202_ACCEPTED)


class ProofRequestView(APIView):
    permission_classes = [AnyToken]

    @extend_schema(
        request=None, responses={202: serializers.OtpRequestOut, 409: RefusalResponse, **REFUSED}
    )
    def post(self, request: Request) -> Response:
        """After a long absence, on a new device: send a code to the account's e-mail address."""
        sent = proofs.request(_me(request), sign_in_of(request), client=app_of(request))
        return _sent(sent)


class ProofVerifyView(APIView):
    permission_classes = [AnyToken]

    @extend_schema(
        request=serializers.CodeIn, responses={204: None, 409: RefusalResponse, **REFUSED}
    )
    def post(self, request: Request) -> Response:
        """Enter the code that came by e-mail: the account opens on this device."""
        return _enter_code(request, proofs.verify)


def _enter_code(request: Request, verify: Callable[..., Any]) -> Response:
    data = serializers.CodeIn(data=request.data)
    data.is_valid(raise_exception=True)
    try:
        verify(_me(request), sign_in_of(request), **data.validated_data, client=app_of(request))
    except codes.CodeRefused as error:
        raise ValidationError({"code": [ErrorDetail(str(error), code=error.code)]}) from error
    return Response(status=status.HTTP_204_NO_CONTENT)


def _sent(sent: codes.CodeSent) -> Response:
    return Response(serializers.OtpRequestOut(sent).data, status=status.HTTP_202_ACCEPTED)


def _me(request: Request) -> User:
    """The user that the permission has let through."""
    return cast(User, request.user)
