from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsTutor
from accounts.models import User
from tutorhub.core.pagination import KeysetPagination
from tutors import queries
from tutors.api.serializers import (
    DocumentInput,
    DocumentOutput,
    NewDocumentOutput,
    ProfileInput,
    ProfileOutput,
    ProgressOutput,
    TutorOutput,
)
from tutors.models import FreeHours, TutorDocument, TutorProfile
from tutors.services import documents, profiles, proposals
from tutors.services.profiles import OfferingDetails, ProfileDetails, Trial


class TutorView(APIView):
    """One approved tutor. Open to all; a tutor sees the own profile in any state."""

    permission_classes = [AllowAny]

    @extend_schema(responses=TutorOutput, operation_id="tutors_retrieve")
    def get(self, request: Request, pk: UUID) -> Response:
        visible = queries.public_profile(TutorProfile.objects.visible_to(request.user))
        return Response(TutorOutput(get_object_or_404(visible, pk=pk)).data)


class ProfileView(APIView):
    """The tutor's own profile."""

    permission_classes = [IsTutor]

    @extend_schema(responses=ProfileOutput, operation_id="tutors_profile_retrieve")
    def get(self, request: Request) -> Response:
        return Response(_own(request.user))

    @extend_schema(request=ProfileInput, responses={200: ProfileOutput, 201: ProfileOutput})
    def post(self, request: Request) -> Response:
        body = ProfileInput(data=request.data)
        body.is_valid(raise_exception=True)
        details = _details(body.validated_data)
        _tutor, is_new = profiles.save(by=request.user, details=details)
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(_own(request.user), status=code)


class ProfileStepsView(APIView):
    """The steps to a whole profile: what each still lacks, and why that matters."""

    permission_classes = [IsTutor]

    @extend_schema(responses=ProgressOutput, operation_id="tutors_profile_steps_retrieve")
    def get(self, request: Request) -> Response:
        user = request.user
        return Response(ProgressOutput(queries.progress(user, queries.own_profile(user))).data)


class ProfileSubmitView(APIView):
    """Hands the profile in for checking; 422 with `missing` while something is missing."""

    permission_classes = [IsTutor]

    @extend_schema(request=None, responses=ProfileOutput)
    def post(self, request: Request) -> Response:
        tutor = get_object_or_404(TutorProfile.objects.of(request.user))
        profiles.submit(tutor, by=request.user)
        return Response(_own(request.user))


class ProfileWithdrawView(APIView):
    """Takes back a new name or new degrees that wait to be checked. Twice is fine."""

    permission_classes = [IsTutor]

    @extend_schema(request=None, responses=ProfileOutput)
    def post(self, request: Request) -> Response:
        tutor = get_object_or_404(TutorProfile.objects.of(request.user))
        proposals.withdraw(tutor, by=request.user)
        return Response(_own(request.user))


class DocumentsView(APIView):
    """The tutor's papers. Their content never comes back through here."""

    permission_classes = [IsTutor]
    pagination_class = KeysetPagination

    @extend_schema(responses=DocumentOutput(many=True), operation_id="tutors_documents_list")
    def get(self, request: Request) -> Response:
        pages = self.pagination_class()
        mine = TutorDocument.objects.of(request.user)
        page = pages.paginate_queryset(mine, request, view=self)
        return pages.get_paginated_response(DocumentOutput(page, many=True).data)

    @extend_schema(request=DocumentInput, responses={201: NewDocumentOutput})
    def post(self, request: Request) -> Response:
        body = DocumentInput(data=request.data)
        body.is_valid(raise_exception=True)
        document = documents.announce(by=request.user, **body.validated_data)
        upload = asdict(documents.upload_form(document))
        upload["url"] = request.build_absolute_uri(upload["url"])
        return Response(
            {"id": document.pk, "status": document.status, "upload": upload},
            status=status.HTTP_201_CREATED,
        )


class DocumentCompleteView(APIView):
    """Says that the file was uploaded; it is looked at and taken in."""

    permission_classes = [IsTutor]

    @extend_schema(request=None, responses=DocumentOutput)
    def post(self, request: Request, pk: UUID) -> Response:
        mine = TutorDocument.objects.of(request.user).select_related("tutor")
        document = documents.complete(get_object_or_404(mine, pk=pk), by=request.user)
        return Response(DocumentOutput(document).data)


def _own(user: User) -> dict[str, Any]:
    tutor = queries.own_profile(user)
    if tutor is None:
        raise NotFound
    tutor.missing = queries.missing(tutor)
    answer: dict[str, Any] = ProfileOutput(tutor).data
    return answer


def _details(data: dict[str, Any]) -> ProfileDetails:
    rest = {
        key: value for key, value in data.items() if key not in {"offerings", "trial", "free_hours"}
    }
    offerings, trial, hours = data.get("offerings"), data.get("trial"), data.get("free_hours")
    return ProfileDetails(
        **rest,
        trial=None if trial is None else Trial(**trial),
        free_hours=None if hours is None else FreeHours(hours),
        offerings=None if offerings is None else [OfferingDetails(**row) for row in offerings],
    )
