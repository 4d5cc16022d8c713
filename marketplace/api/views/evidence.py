"""What a tutor hands in when the family's bank questions the payment of a class."""

from dataclasses import asdict
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsHeardTutor
from marketplace import queries
from marketplace.api.serializers import (
    EvidenceFileInput,
    EvidenceFileOutput,
    EvidenceInput,
    EvidenceOutput,
    NewEvidenceFileOutput,
)
from marketplace.models import TutoringSession
from marketplace.services import evidence
from payments.models import EvidenceFile, GatewayDispute
from tutorhub.core.error_schemas import RefusalResponse


class EvidenceView(APIView):
    permission_classes = [IsHeardTutor]

    @extend_schema(responses=EvidenceOutput)
    def get(self, request: Request, pk: UUID) -> Response:
        """Words and files so far; 404 while no bank questions the payment."""
        return Response(EvidenceOutput(_dispute(_mine(request, pk))).data)

    @extend_schema(request=EvidenceInput, responses={200: EvidenceOutput, 409: RefusalResponse})
    def put(self, request: Request, pk: UUID) -> Response:
        """Say what happened, in place of what was said before."""
        session = _mine(request, pk)
        _dispute(session)
        body = EvidenceInput(data=request.data)
        body.is_valid(raise_exception=True)
        text = body.validated_data["statement"]
        return Response(EvidenceOutput(evidence.state(session, text=text, by=request.user)).data)


class EvidenceFilesView(APIView):
    permission_classes = [IsHeardTutor]

    @extend_schema(
        request=EvidenceFileInput, responses={201: NewEvidenceFileOutput, 409: RefusalResponse}
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Announce a file; the answer is the form to post it with."""
        session = _mine(request, pk)
        _dispute(session)
        body = EvidenceFileInput(data=request.data)
        body.is_valid(raise_exception=True)
        file = evidence.announce(session, by=request.user, **body.validated_data)
        upload = asdict(evidence.upload_form(file, by=request.user))
        upload["url"] = request.build_absolute_uri(upload["url"])
        answer = {"id": file.pk, "status": file.status, "upload": upload}
        return Response(answer, status=status.HTTP_201_CREATED)


class EvidenceFileView(APIView):
    permission_classes = [IsHeardTutor]

    @extend_schema(responses={204: None, 409: RefusalResponse})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Take a file back while the bank has no answer."""
        evidence.withdraw(_my_file(request, pk), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class EvidenceFileCompleteView(APIView):
    permission_classes = [IsHeardTutor]

    @extend_schema(request=None, responses={200: EvidenceFileOutput, 422: RefusalResponse})
    def post(self, request: Request, pk: UUID) -> Response:
        """Say that the file was uploaded; it is looked at and taken in."""
        file = evidence.complete(_my_file(request, pk), by=request.user)
        return Response(EvidenceFileOutput(file).data)


def _mine(request: Request, pk: UUID) -> TutoringSession:
    mine = TutoringSession.objects.visible_to(request.user).with_details()
    return get_object_or_404(mine, pk=pk)


def _dispute(session: TutoringSession) -> GatewayDispute:
    dispute = queries.dispute_about(session)
    if dispute is None:
        raise NotFound
    return dispute


def _my_file(request: Request, pk: UUID) -> EvidenceFile:
    mine = EvidenceFile.objects.from_tutors().given_by(request.user)
    return get_object_or_404(mine.select_related("dispute"), pk=pk)
