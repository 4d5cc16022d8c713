"""The two guardians of a family."""

from uuid import UUID

from django.db.models import Q
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsFamily
from students import queries
from students.api.serializers import InviteInput, InviteOutput, MemberOutput
from students.models import FamilyMember, GuardianInvite
from students.services import guardians
from tutorhub.core.error_schemas import RefusalResponse
from tutorhub.core.pagination import KeysetPagination


class GuardiansView(APIView):
    """The guardians with accounts in the caller's family."""

    permission_classes = [IsFamily]
    pagination_class = KeysetPagination

    @extend_schema(responses=MemberOutput(many=True), operation_id="students_guardians_list")
    def get(self, request: Request) -> Response:
        pages = self.pagination_class()
        members = FamilyMember.objects.of(request.user).select_related("user")
        page = pages.paginate_queryset(members, request, view=self)
        rows = MemberOutput(page, many=True, context={"request": request})
        return pages.get_paginated_response(rows.data)

    @extend_schema(
        request=InviteInput,
        responses={
            202: InviteOutput,
            403: RefusalResponse,
            409: RefusalResponse,
            422: RefusalResponse,
            429: RefusalResponse,
        },
    )
    def post(self, request: Request) -> Response:
        """Invite whoever has this number. The answer is the same for every number."""
        body = InviteInput(data=request.data)
        body.is_valid(raise_exception=True)
        made = guardians.invite(by=request.user, **body.validated_data)
        answer = InviteOutput(made, context={"request": request})
        return Response(answer.data, status=status.HTTP_202_ACCEPTED)


class GuardianView(APIView):
    """One guardian of the family."""

    permission_classes = [IsFamily]

    @extend_schema(responses={204: None, 403: RefusalResponse})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Remove the second guardian, or leave as the second guardian."""
        member = get_object_or_404(FamilyMember.objects.of(request.user), pk=pk)
        guardians.remove(member, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class InvitesView(APIView):
    """Open invitations: to the number that the caller signs in with, and those sent."""

    permission_classes = [IsFamily]
    pagination_class = KeysetPagination

    @extend_schema(responses=InviteOutput(many=True), operation_id="students_invites_list")
    def get(self, request: Request) -> Response:
        pages = self.pagination_class()
        me = request.user
        mine = GuardianInvite.objects.open().filter(Q(phone=me.phone) | Q(invited_by=me))
        page = pages.paginate_queryset(mine.select_related("invited_by"), request, view=self)
        rows = InviteOutput(page, many=True, context={"request": request})
        return pages.get_paginated_response(rows.data)


class InviteView(APIView):
    """One invitation that the caller sent."""

    permission_classes = [IsFamily]

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Take the invitation back."""
        mine = GuardianInvite.objects.filter(family__user=request.user)
        guardians.take_back(get_object_or_404(mine, pk=pk), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class InviteAcceptView(APIView):
    """Join the family that invited the number that the caller signs in with."""

    permission_classes = [IsFamily]

    @extend_schema(request=None, responses={200: MemberOutput, 409: RefusalResponse})
    def post(self, request: Request, pk: UUID) -> Response:
        invite = get_object_or_404(queries.invites_to(request.user), pk=pk)
        member = guardians.accept(invite, by=request.user)
        return Response(MemberOutput(member, context={"request": request}).data)


class InviteDeclineView(APIView):
    """Say no; the family is not told."""

    permission_classes = [IsFamily]

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, pk: UUID) -> Response:
        invite = get_object_or_404(queries.invites_to(request.user), pk=pk)
        guardians.decline(invite, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
