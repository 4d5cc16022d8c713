from uuid import UUID

from django.db.models import TextChoices
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsFamily, IsTutor, SignedIn
from marketplace import queries
from marketplace.api.serializers import (
    CodeInput,
    PayInput,
    ReviewInput,
    SessionOutput,
    SessionRow,
)
from marketplace.models import TutoringSession
from marketplace.services import bookings, reviews, sessions
from payments.api.serializers import CheckoutOutput
from payments.queries import checkout_of
from tutorhub.core import idempotency
from tutorhub.core.error_schemas import RefusalResponse, UnavailableResponse
from tutorhub.core.pagination import KeysetPagination

ACTED = {200: SessionOutput, 409: RefusalResponse, 422: RefusalResponse}


def session_answer(request: Request, pk: UUID, code: int = status.HTTP_200_OK) -> Response:
    """A session in full as the caller may see it."""
    mine = TutoringSession.objects.visible_to(request.user).with_details()
    page = queries.session_page(get_object_or_404(mine, pk=pk), request.user)
    bookings.mark_read(page.session, by=request.user)
    return Response(SessionOutput(page, context={"request": request}).data, status=code)


def asked_status(request: Request, known: type[TextChoices]) -> str:
    """The status that a list is narrowed to, in any case of letters; empty for all."""
    wanted = request.query_params.get("status", "").upper()
    if wanted and wanted not in known.values:
        raise ValidationError({"status": _("There is no such status.")})
    return wanted


def _mine(request: Request, pk: UUID) -> TutoringSession:
    return get_object_or_404(TutoringSession.objects.visible_to(request.user), pk=pk)


class SessionsView(APIView):
    """The caller's sessions, newest first."""

    permission_classes = [SignedIn]
    pagination_class = KeysetPagination

    @extend_schema(
        responses=SessionRow(many=True),
        operation_id="sessions_list",
        parameters=[OpenApiParameter("status", str, description="Only sessions in this status.")],
    )
    def get(self, request: Request) -> Response:
        pages = self.pagination_class()
        mine = TutoringSession.objects.visible_to(request.user).with_details()
        wanted = asked_status(request, TutoringSession.Status)
        mine = mine.filter(status=wanted) if wanted else mine
        page = pages.paginate_queryset(mine, request, view=self)
        rows = SessionRow(page, many=True, context={"request": request})
        return pages.get_paginated_response(rows.data)


class SessionView(APIView):
    """One session: timeline, money, and what the caller may do next."""

    permission_classes = [SignedIn]

    @extend_schema(responses=SessionOutput)
    def get(self, request: Request, pk: UUID) -> Response:
        return session_answer(request, pk)


class SessionPayView(APIView):
    """Start paying for an offer. Repeating it returns the same order.

    From the wallet it is paid at once, and there is nothing to open at Razorpay. `mixed` takes what
    the wallet has and leaves the rest to Razorpay; the answer says how much of each.
    """

    permission_classes = [IsFamily]

    @idempotency.api(in_transaction=False)
    @extend_schema(
        request=PayInput,
        responses={
            200: CheckoutOutput,
            409: RefusalResponse,
            422: RefusalResponse,
            503: UnavailableResponse,
        },
    )
    def post(self, request: Request, pk: UUID) -> Response:
        session = _mine(request, pk)
        body = PayInput(data=request.data)
        body.is_valid(raise_exception=True)
        order = bookings.start_payment(session, by=request.user, **body.validated_data)
        return Response(CheckoutOutput(checkout_of(order)).data)


class SessionStartView(APIView):
    """The tutor starts the class."""

    permission_classes = [IsTutor]

    @extend_schema(request=CodeInput, responses=SessionOutput)
    def post(self, request: Request, pk: UUID) -> Response:
        session = _mine(request, pk)
        body = CodeInput(data=request.data)
        body.is_valid(raise_exception=True)
        sessions.start(session, by=request.user, **body.validated_data)
        return session_answer(request, pk)


class SessionCompleteView(APIView):
    """The tutor ends the class."""

    permission_classes = [IsTutor]

    @idempotency.api(in_transaction=True)
    @extend_schema(request=CodeInput, responses=ACTED)
    def post(self, request: Request, pk: UUID) -> Response:
        session = _mine(request, pk)
        body = CodeInput(data=request.data)
        body.is_valid(raise_exception=True)
        sessions.complete(session, by=request.user, **body.validated_data)
        return session_answer(request, pk)


class SessionConfirmView(APIView):
    """The family says that the class was held; the money goes to the tutor."""

    permission_classes = [IsFamily]

    @idempotency.api(in_transaction=True)
    @extend_schema(request=None, responses=ACTED)
    def post(self, request: Request, pk: UUID) -> Response:
        sessions.confirm(_mine(request, pk), by=request.user)
        return session_answer(request, pk)


class SessionReviewView(APIView):
    """Stars and words, once per side, after the money is passed on."""

    permission_classes = [SignedIn]

    @extend_schema(request=ReviewInput, responses=SessionOutput)
    def post(self, request: Request, pk: UUID) -> Response:
        session = _mine(request, pk)
        body = ReviewInput(data=request.data)
        body.is_valid(raise_exception=True)
        reviews.write(session, by=request.user, **body.validated_data)
        return session_answer(request, pk)


class SessionCancelView(APIView):
    """Withdraw an unpaid offer."""

    permission_classes = [SignedIn]

    @idempotency.api(in_transaction=True)
    @extend_schema(request=None, responses=ACTED)
    def post(self, request: Request, pk: UUID) -> Response:
        bookings.cancel(_mine(request, pk), by=request.user)
        return session_answer(request, pk)
