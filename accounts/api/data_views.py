"""What we hold about somebody, and a copy of it."""

from typing import cast
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import serializers
from accounts.api.permissions import OwnAccount, StrongCode, check_settled, check_strong_code
from accounts.models import DataRequest, User
from accounts.services import data_requests, exports, holdings
from tutorhub.core.error_schemas import RefusalResponse
from tutorhub.core.pagination import KeysetPagination


class DataView(APIView):
    permission_classes = [OwnAccount]
    pagination_class = None

    @extend_schema(responses=serializers.SectionOut(many=True), operation_id="me_data_list")
    def get(self, request: Request) -> Response:
        """What is held about you, for what, since when and for how long."""
        sections = holdings.of(_me(request))
        return Response(serializers.SectionOut(sections, many=True).data)


class ExportView(APIView):
    permission_classes = [OwnAccount, StrongCode]

    @extend_schema(request=None, responses={202: serializers.ExportOut, 403: RefusalResponse})
    def post(self, request: Request) -> Response:
        """Have a copy of everything made.

        Takes a step-up, by the second factor if there is one, and a device that is not new.
        """
        check_settled(request, "export")
        copy = exports.ask(_me(request))
        return Response(_out(copy), status=status.HTTP_202_ACCEPTED)


class ExportDetailView(APIView):
    permission_classes = [OwnAccount]

    @extend_schema(responses={200: serializers.ExportOut, 403: RefusalResponse})
    def get(self, request: Request, pk: UUID) -> Response:
        """How far the copy is. Once it is READY this takes a step-up and has the link."""
        copies = DataRequest.objects.filter(user=_me(request), kind=DataRequest.Kind.EXPORT)
        copy = copies.filter(pk=pk).first()
        if copy is None:
            raise Http404
        if copy.status != DataRequest.Status.READY:
            return Response(_out(copy))
        check_strong_code(request)
        return Response(_out(copy, exports.link(copy, by=_me(request))))


class RequestsView(APIView):
    permission_classes = [OwnAccount]
    pagination_class = KeysetPagination

    @extend_schema(responses=serializers.DataRequestOut(many=True), operation_id="me_requests_list")
    def get(self, request: Request) -> Response:
        """Corrections that you asked for, your complaints, and our answers; newest first."""
        pages = self.pagination_class()
        mine = DataRequest.objects.written_by(_me(request))
        page = pages.paginate_queryset(mine, request, view=self)
        return pages.get_paginated_response(serializers.DataRequestOut(page, many=True).data)

    @extend_schema(
        request=serializers.DataRequestIn,
        responses={201: serializers.DataRequestOut, 403: RefusalResponse, 429: RefusalResponse},
    )
    def post(self, request: Request) -> Response:
        """Ask for a correction, or complain about how your data is treated.

        The same again while it is open answers that request. Five may be open, then 429.
        """
        data = serializers.DataRequestIn(data=request.data)
        data.is_valid(raise_exception=True)
        asked = data_requests.ask(_me(request), **data.validated_data)
        return Response(serializers.DataRequestOut(asked).data, status=status.HTTP_201_CREATED)


def _out(copy: DataRequest, url: str | None = None) -> dict[str, object]:
    values = {"id": copy.pk, "status": copy.status, "asked_at": copy.asked_at, "size": copy.size}
    return dict(serializers.ExportOut({**values, "url": url}).data)


def _me(request: Request) -> User:
    """The user that the permission has let through."""
    return cast(User, request.user)
