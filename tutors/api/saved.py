"""The searches that a family keeps, for the app."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsFamily
from tutorhub.core import places
from tutorhub.core.cities import find_city
from tutors.api.search_serializers import SearchInput
from tutors.models import SavedSearch
from tutors.services import saved


class SavedSearchInput(serializers.Serializer):
    """`wishes` are the parameters of search; `q`, `lat` and `lon` are not kept."""

    name = serializers.CharField(max_length=60)
    wishes = SearchInput()
    is_told = serializers.BooleanField(default=True)

    def validate_wishes(self, wishes: dict[str, Any]) -> dict[str, Any]:
        """A place has to be one that we know."""
        if wishes.get("pin_code"):
            wishes["pin_code"] = places.find(wishes["pin_code"]).pin_code
        if wishes.get("city"):
            wishes["city"] = find_city(wishes["city"]).slug
        return wishes


class SavedSearchChange(serializers.Serializer):
    is_told = serializers.BooleanField()


class SavedSearchOutput(serializers.ModelSerializer):
    wishes = serializers.DictField()

    class Meta:
        model = SavedSearch
        fields = ["id", "name", "wishes", "is_told", "created_at"]


class SavedSearchesView(APIView):
    """Up to ten searches of the signed-in person."""

    permission_classes = [IsFamily]

    @extend_schema(responses=SavedSearchOutput(many=True), operation_id="students_searches_list")
    def get(self, request: Request) -> Response:
        mine = SavedSearch.objects.of(request.user)
        return Response(SavedSearchOutput(mine, many=True).data)

    @extend_schema(request=SavedSearchInput, responses={201: SavedSearchOutput})
    def post(self, request: Request) -> Response:
        body = SavedSearchInput(data=request.data)
        body.is_valid(raise_exception=True)
        search = saved.save(by=request.user, **body.validated_data)
        return Response(SavedSearchOutput(search).data, status=status.HTTP_201_CREATED)


class SavedSearchView(APIView):
    """One of them: whether to tell of new tutors, or take it away."""

    permission_classes = [IsFamily]

    @extend_schema(request=SavedSearchChange, responses=SavedSearchOutput)
    def patch(self, request: Request, pk: UUID) -> Response:
        search = get_object_or_404(SavedSearch.objects.of(request.user), pk=pk)
        body = SavedSearchChange(data=request.data)
        body.is_valid(raise_exception=True)
        search = saved.set_told(search, by=request.user, **body.validated_data)
        return Response(SavedSearchOutput(search).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        search = get_object_or_404(SavedSearch.objects.of(request.user), pk=pk)
        saved.remove(search, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
