from dataclasses import replace
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsFamily
from students.api.serializers import LearnerInput, LearnerOutput
from students.models import Learner
from students.services import learners
from students.services.agreements import ConsentAnswer
from students.services.learners import GuardianDetails, LearnerDetails
from tutorhub.core.error_schemas import RefusalResponse
from tutorhub.core.pagination import KeysetPagination


def _parts(data: dict[str, Any]) -> dict[str, Any]:
    """The arguments of the service from a checked body of a whole learner."""
    rest = {key: value for key, value in data.items() if key not in ("guardian", "consent")}
    return {
        "details": LearnerDetails(**rest),
        "guardian": GuardianDetails(**data["guardian"]),
        "consent": ConsentAnswer(**data["consent"]),
    }


def learner_answer(learner: Learner, code: int = status.HTTP_200_OK) -> Response:
    fresh = Learner.objects.with_details().get(pk=learner.pk)
    return Response(LearnerOutput(fresh).data, status=code)


class StudentProfileView(APIView):
    """The first learner of the family, added or changed in one call."""

    permission_classes = [IsFamily]

    @extend_schema(request=LearnerInput, responses={200: LearnerOutput, 201: LearnerOutput})
    def post(self, request: Request) -> Response:
        body = LearnerInput(data=request.data)
        body.is_valid(raise_exception=True)
        learner, is_new = learners.save_first(by=request.user, **_parts(body.validated_data))
        return learner_answer(learner, status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)


class LearnersView(APIView):
    """All learners of the family."""

    permission_classes = [IsFamily]
    pagination_class = KeysetPagination

    @extend_schema(responses=LearnerOutput(many=True), operation_id="students_learners_list")
    def get(self, request: Request) -> Response:
        pages = self.pagination_class()
        mine = Learner.objects.of(request.user).with_details()
        page = pages.paginate_queryset(mine, request, view=self)
        return pages.get_paginated_response(LearnerOutput(page, many=True).data)

    @extend_schema(request=LearnerInput, responses={201: LearnerOutput})
    def post(self, request: Request) -> Response:
        body = LearnerInput(data=request.data)
        body.is_valid(raise_exception=True)
        learner = learners.save_learner(by=request.user, **_parts(body.validated_data))
        return learner_answer(learner, status.HTTP_201_CREATED)


class LearnerView(APIView):
    """One learner of the family."""

    permission_classes = [IsFamily]

    @extend_schema(responses=LearnerOutput)
    def get(self, request: Request, pk: UUID) -> Response:
        return learner_answer(get_object_or_404(Learner.objects.of(request.user), pk=pk))

    @extend_schema(request=LearnerInput(partial=True), responses=LearnerOutput)
    def patch(self, request: Request, pk: UUID) -> Response:
        mine = Learner.objects.of(request.user).with_details()
        learner = get_object_or_404(mine, pk=pk)
        body = LearnerInput(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        changes = dict(body.validated_data)
        guardian, consent = changes.pop("guardian", None), changes.pop("consent", None)
        learners.save_learner(
            by=request.user,
            learner=learner,
            details=replace(learners.details_of(learner), **changes),
            guardian=replace(learners.guardian_of(learner), **(guardian or {})),
            consent=ConsentAnswer(**consent) if consent else None,
        )
        return learner_answer(learner)

    @extend_schema(responses={204: None, 403: RefusalResponse})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Take the learner out: coming classes are called off, and it is erased after 30 days."""
        learner = get_object_or_404(Learner.objects.of(request.user), pk=pk)
        learners.remove(learner, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
