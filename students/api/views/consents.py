"""The notice, and what guardians agreed to."""

from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import translation
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsFamily
from accounts.clients import client_of
from accounts.models import Consent
from accounts.services import notices
from students.api.serializers import (
    CodeOnTheWay,
    ConsentInput,
    ConsentRow,
    GuardianCodeInput,
    LearnerOutput,
    NoticeOutput,
)
from students.api.views.learners import learner_answer
from students.models import Learner
from students.services import agreements
from students.services.agreements import ConsentAnswer
from tutorhub.core.error_schemas import RefusalResponse
from tutorhub.core.pagination import KeysetPagination


def _learner(request: Request, pk: UUID) -> Learner:
    return get_object_or_404(Learner.objects.of(request.user), pk=pk)


class ConsentNoticeView(APIView):
    """The notice in force, to show before asking for consent. Open to all."""

    permission_classes = [AllowAny]

    @extend_schema(
        auth=[],
        responses=NoticeOutput,
        parameters=[
            OpenApiParameter("language", str, description="en or hi; else as Accept-Language says")
        ],
    )
    def get(self, request: Request) -> Response:
        language = request.query_params.get("language") or translation.get_language() or "en"
        notice = notices.in_force(language if language in notices.languages() else "en")
        with translation.override(notice.language):
            purposes = [{"purpose": each, "text": str(each.label)} for each in Consent.Purpose]
        body = {
            "version": notice.version,
            "language": notice.language,
            "languages": notices.languages(),
            "title": notice.title,
            "sections": notice.sections,
            "purposes": purposes,
        }
        return Response(NoticeOutput(body).data)


class ConsentsView(APIView):
    """The ledger of the family: what was agreed to, on which notice, by whom and how long."""

    permission_classes = [IsFamily]
    pagination_class = KeysetPagination

    @extend_schema(responses=ConsentRow(many=True), operation_id="students_consents_list")
    def get(self, request: Request) -> Response:
        pages = self.pagination_class()
        learners = Learner.objects.of(request.user).values("pk")
        ledger = Consent.objects.filter(subject_id__in=learners).select_related("notice")
        page = pages.paginate_queryset(ledger, request, view=self)
        return pages.get_paginated_response(ConsentRow(page, many=True).data)


class ConsentWithdrawView(APIView):
    """Withdraw the consent to one purpose, with all that follows from it. Twice is fine."""

    permission_classes = [IsFamily]

    @extend_schema(request=None, responses={200: LearnerOutput, 403: RefusalResponse})
    def post(self, request: Request, pk: UUID) -> Response:
        learners = Learner.objects.of(request.user).values("pk")
        consent = get_object_or_404(Consent.objects.filter(subject_id__in=learners), pk=pk)
        learner = _learner(request, consent.subject_id)
        agreements.withdraw(learner, by=request.user, purposes=[consent.purpose])
        return learner_answer(learner)


class LearnerWithdrawView(APIView):
    """Withdraw every consent about one learner: searches end, coming classes are called off."""

    permission_classes = [IsFamily]

    @extend_schema(request=None, responses={200: LearnerOutput, 403: RefusalResponse})
    def post(self, request: Request, pk: UUID) -> Response:
        return learner_answer(agreements.withdraw(_learner(request, pk), by=request.user))


class LearnerAgreeView(APIView):
    """Agree for a learner that is there: to a new notice, or again after a withdrawal."""

    permission_classes = [IsFamily]

    @extend_schema(request=ConsentInput, responses={200: LearnerOutput, 422: RefusalResponse})
    def post(self, request: Request, pk: UUID) -> Response:
        learner = _learner(request, pk)
        body = ConsentInput(data=request.data)
        body.is_valid(raise_exception=True)
        answer = ConsentAnswer(**body.validated_data)
        return learner_answer(agreements.agree(learner, answer, by=request.user))


class GuardianCodeView(APIView):
    """Send a code to the number of the learner's guardian."""

    permission_classes = [IsFamily]

    @extend_schema(request=None, responses={202: CodeOnTheWay, 429: RefusalResponse})
    def post(self, request: Request, pk: UUID) -> Response:
        sent = agreements.send_code(
            _learner(request, pk),
            by=request.user,
            client=client_of(request),
            language=translation.get_language() or "en",
        )
        return Response(CodeOnTheWay(sent).data, status=status.HTTP_202_ACCEPTED)


class GuardianCodeConfirmView(APIView):
    """Show that the guardian's number is in your hands, with the code that was sent there."""

    permission_classes = [IsFamily]

    @extend_schema(request=GuardianCodeInput, responses={200: LearnerOutput, 422: RefusalResponse})
    def post(self, request: Request, pk: UUID) -> Response:
        learner = _learner(request, pk)
        body = GuardianCodeInput(data=request.data)
        body.is_valid(raise_exception=True)
        return learner_answer(agreements.prove(learner, by=request.user, **body.validated_data))
