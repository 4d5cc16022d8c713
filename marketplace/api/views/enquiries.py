from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsFamily
from marketplace import queries
from marketplace.api.serializers import EnquiryDetailOutput, EnquiryInput, EnquiryOutput
from marketplace.models import Enquiry
from marketplace.services import enquiries
from students.models import Learner
from tutorhub.core import idempotency
from tutorhub.core.error_schemas import RefusalResponse
from tutorhub.core.pagination import KeysetPagination
from tutors.models import TutorProfile


class EnquiriesView(APIView):
    """The family's enquiries."""

    permission_classes = [IsFamily]
    pagination_class = KeysetPagination

    @extend_schema(responses=EnquiryOutput(many=True), operation_id="students_enquiries_list")
    def get(self, request: Request) -> Response:
        pages = self.pagination_class()
        mine = Enquiry.objects.of(request.user).with_details()
        page = pages.paginate_queryset(mine, request, view=self)
        return pages.get_paginated_response(EnquiryOutput(page, many=True).data)


class EnquiryAskView(APIView):
    """Ask tutors; those who match see it at once."""

    permission_classes = [IsFamily]

    @extend_schema(request=EnquiryInput, responses={201: EnquiryOutput})
    def post(self, request: Request) -> Response:
        body = EnquiryInput(data=request.data)
        body.is_valid(raise_exception=True)
        data = dict(body.validated_data)
        mine = Learner.objects.of(request.user)
        data["learner"] = get_object_or_404(mine, pk=data["learner"])
        if data.get("tutor"):
            data["tutor"] = get_object_or_404(TutorProfile.objects.listed(), pk=data["tutor"])
        enquiry = enquiries.ask(by=request.user, **data)
        answer = Enquiry.objects.with_details().get(pk=enquiry.pk)
        return Response(EnquiryOutput(answer).data, status=status.HTTP_201_CREATED)


class EnquiryView(APIView):
    """One enquiry with the tutors' offers to compare."""

    permission_classes = [IsFamily]

    @extend_schema(responses=EnquiryDetailOutput)
    def get(self, request: Request, pk: UUID) -> Response:
        enquiry = get_object_or_404(queries.enquiries_with_offers(request.user), pk=pk)
        enquiries.mark_opened(enquiry)
        return Response(EnquiryDetailOutput(enquiry).data)


class EnquiryCloseView(APIView):
    """End the search: open leads and unpaid offers are withdrawn."""

    permission_classes = [IsFamily]

    @idempotency.api(in_transaction=True)
    @extend_schema(
        request=None,
        responses={200: EnquiryOutput, 409: RefusalResponse, 422: RefusalResponse},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        enquiry = get_object_or_404(Enquiry.objects.of(request.user), pk=pk)
        enquiries.close(enquiry, by=request.user)
        return Response(EnquiryOutput(Enquiry.objects.with_details().get(pk=pk)).data)
