from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsTutor
from marketplace.api.serializers import AcceptInput, DeclineInput, LeadOutput, SessionOutput
from marketplace.api.views.sessions import asked_status, session_answer
from marketplace.models import Lead
from marketplace.services import leads
from tutorhub.core import idempotency
from tutorhub.core.error_schemas import RefusalResponse
from tutorhub.core.pagination import KeysetPagination


class BestFirst(KeysetPagination):
    ordering: Any = ("-score", "-pk")
    position_type = float


class LeadsInboxView(APIView):
    """Enquiries that wait for this tutor's answer, best match first."""

    permission_classes = [IsTutor]
    pagination_class = BestFirst

    @extend_schema(
        responses=LeadOutput(many=True),
        operation_id="tutors_leads_inbox_list",
        parameters=[
            OpenApiParameter("status", str, description="Only leads in this status, open or not.")
        ],
    )
    def get(self, request: Request) -> Response:
        pages = self.pagination_class()
        mine = Lead.objects.of(request.user).with_details()
        wanted = asked_status(request, Lead.Status)
        mine = mine.filter(status=wanted) if wanted else mine.waiting()
        page = pages.paginate_queryset(mine, request, view=self)
        return pages.get_paginated_response(LeadOutput(page, many=True).data)


class LeadView(APIView):
    """One lead. Reading it marks it as seen."""

    permission_classes = [IsTutor]

    @extend_schema(responses=LeadOutput)
    def get(self, request: Request, pk: UUID) -> Response:
        lead = get_object_or_404(Lead.objects.of(request.user).with_details(), pk=pk)
        return Response(LeadOutput(leads.view(lead, by=request.user)).data)


class LeadAcceptView(APIView):
    """Answer with an offer, for one credit."""

    permission_classes = [IsTutor]

    @idempotency.api(in_transaction=True)
    @extend_schema(
        request=AcceptInput,
        responses={
            201: SessionOutput,
            402: RefusalResponse,
            409: RefusalResponse,
            422: RefusalResponse,
        },
    )
    def post(self, request: Request, pk: UUID) -> Response:
        lead = get_object_or_404(Lead.objects.of(request.user), pk=pk)
        body = AcceptInput(data=request.data)
        body.is_valid(raise_exception=True)
        session = leads.accept(lead, by=request.user, **body.validated_data)
        return session_answer(request, session.pk, status.HTTP_201_CREATED)


class LeadDeclineView(APIView):
    """Say no, for nothing."""

    permission_classes = [IsTutor]

    @extend_schema(request=DeclineInput, responses=LeadOutput)
    def post(self, request: Request, pk: UUID) -> Response:
        lead = get_object_or_404(Lead.objects.of(request.user), pk=pk)
        body = DeclineInput(data=request.data)
        body.is_valid(raise_exception=True)
        leads.decline(lead, by=request.user, **body.validated_data)
        return Response(LeadOutput(Lead.objects.with_details().get(pk=pk)).data)
