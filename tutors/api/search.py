"""Search and its counts, by the filters in the address or by a free question."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from curriculum.queries import catalogue
from tutorhub.core import outputs, places
from tutorhub.core.cities import find_city
from tutors import queries
from tutors.api.search_serializers import (
    ComparedOutput,
    CompareInput,
    FacetsOutput,
    ResultOutput,
    ResultPageOutput,
    SearchInput,
)
from tutors.queries import Point, Position, SearchCriteria, Sort
from tutors.queries.criteria import free_hours

write_result = outputs.writer(ResultOutput())


class TutorsView(APIView):
    """Approved tutors by what they teach, where and for how much. Open to all."""

    permission_classes = [AllowAny]

    @extend_schema(parameters=[SearchInput], responses=ResultPageOutput, operation_id="tutors_list")
    def get(self, request: Request) -> Response:
        asked = _asked(request)
        after, limit = _position(asked.pop("cursor", None)), asked.pop("page_size")
        criteria, understood = criteria_of(asked)
        page = queries.search(criteria, after=after, limit=limit)
        return Response(
            {
                "understood": understood,
                "results": [write_result(result) for result in page.results],
                "next": _link(request, page.next),
                "previous": _link(request, page.previous),
            }
        )


class FacetsView(APIView):
    """How many tutors each further wish would leave, by the filters of search. Open to all."""

    permission_classes = [AllowAny]

    @extend_schema(
        parameters=[SearchInput], responses=FacetsOutput, operation_id="tutors_facets_retrieve"
    )
    def get(self, request: Request) -> Response:
        asked = _asked(request)
        asked.pop("cursor", None)
        asked.pop("page_size")
        return Response(FacetsOutput(queries.facets(criteria_of(asked)[0])).data)


class CompareView(APIView):
    """Up to three tutors side by side, each as this question finds the tutor. Open to all."""

    permission_classes = [AllowAny]

    @extend_schema(
        parameters=[CompareInput, SearchInput],
        responses=ComparedOutput(many=True),
        operation_id="tutors_compare_list",
    )
    def get(self, request: Request) -> Response:
        wanted = CompareInput(data={"ids": request.query_params.get("ids", "")})
        wanted.is_valid(raise_exception=True)
        asked = _asked(request)
        asked.pop("cursor", None)
        asked.pop("page_size")
        compared = queries.compare(criteria_of(asked)[0], wanted.validated_data["ids"])
        return Response(ComparedOutput(compared, many=True).data)


def _asked(request: Request) -> dict[str, Any]:
    """The filters in the address, checked; what was left empty is left out."""
    given = {key: value for key, value in request.query_params.dict().items() if value.strip()}
    query = SearchInput(data=given)
    query.is_valid(raise_exception=True)
    return dict(query.validated_data)


def criteria_of(asked: dict[str, Any]) -> tuple[SearchCriteria, dict[str, Any] | None]:
    """What to look for, and what the free question was taken for."""
    question = asked.pop("q", None)
    understood = queries.understand(question) if question else None
    if understood is not None:
        asked = _typed(understood.over(asked), understood.filters)
    point = _point(asked)
    if point is None and asked["sort"] == Sort.DISTANCE:
        asked["sort"] = Sort.MATCH
    day, first, last = (asked.pop(name, None) for name in ("day", "free_from", "free_to"))
    if point is None:
        asked.pop("within_km", None)
    names = queries.named(understood.rest) if understood else None
    criteria = SearchCriteria(
        has_trial=asked.pop("trial", False),
        **asked,
        point=point,
        free_hours=free_hours(day=day, first=first, last=last),
        names=names,
    )
    if understood is None:
        return criteria, None
    meant = names.text if names and names.instead_of else None
    said = {"filters": understood.filters, "names": understood.text, "did_you_mean": meant}
    return criteria, said


def _typed(asked: dict[str, Any], filters: dict[str, str]) -> dict[str, Any]:
    """With the values of these filters as the fields of the address give them."""
    offered = catalogue()
    rows: dict[str, Any] = {
        "subject": offered.subjects,
        "board": offered.boards,
        "language": offered.languages,
    }
    typed = {name: rows[name][key] if name in rows else key for name, key in filters.items()}
    if "grade" in typed:
        typed["grade"] = int(typed["grade"])
    return {**asked, **typed}


def _point(asked: dict[str, Any]) -> Point | None:
    pin_code, city = asked.pop("pin_code", None), asked.pop("city", None)
    if "lat" in asked:
        return Point(asked.pop("lat"), asked.pop("lon"))
    if pin_code:
        place = places.find(pin_code)
        return Point.of(place)
    return Point.of(find_city(city)) if city else None


def _position(cursor: str | None) -> Position | None:
    try:
        return Position.decode(cursor) if cursor else None
    except ValueError as error:
        raise serializers.ValidationError({"cursor": _("This is no cursor of ours.")}) from error


def _link(request: Request, position: Position | None) -> str | None:
    if position is None:
        return None
    return replace_query_param(request.build_absolute_uri(), "cursor", position.encode())
