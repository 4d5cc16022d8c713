"""Shapes of search: what is asked, what is found, and how many more wishes would leave."""

from copy import deepcopy
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework import serializers

from curriculum.api.fields import BoardField, GradeField, LanguageField, SubjectField
from tutors.api.serializers import BadgeOutput
from tutors.models import TutorProfile
from tutors.queries import Compared, Mode, Sort
from tutors.queries.comparing import MOST
from tutors.queries.understanding import LONGEST_QUESTION


class SearchInput(serializers.Serializer):
    """Subject, board and language by code, slug or name; amounts in paise per hour."""

    q = serializers.CharField(
        max_length=LONGEST_QUESTION,
        required=False,
        help_text="free text: names, and words that become filters; typing errors are forgiven",
    )
    subject = SubjectField(required=False)
    grade = GradeField(required=False)
    board = BoardField(required=False)
    mode = serializers.ChoiceField(choices=Mode.choices, default=Mode.EITHER)
    budget_max_paise = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    pin_code = serializers.CharField(max_length=7, required=False)
    city = serializers.CharField(max_length=80, required=False, help_text="name or slug")
    lat = serializers.FloatField(min_value=-90, max_value=90, required=False)
    lon = serializers.FloatField(min_value=-180, max_value=180, required=False)
    within_km = serializers.FloatField(min_value=0.1, max_value=1000, required=False)
    gender = serializers.ChoiceField(choices=TutorProfile.Gender.choices, required=False)
    language = LanguageField(required=False)
    min_rating = serializers.FloatField(min_value=1, max_value=5, required=False)
    trial = serializers.BooleanField(required=False)
    day = serializers.IntegerField(
        min_value=0, max_value=6, required=False, help_text="0 is Monday; without it, any day"
    )
    free_from = serializers.IntegerField(
        min_value=0, max_value=23, required=False, help_text="full hour in IST"
    )
    free_to = serializers.IntegerField(min_value=1, max_value=24, required=False)
    sort = serializers.ChoiceField(choices=Sort.choices, default=Sort.MATCH)
    cursor = serializers.CharField(max_length=200, required=False)
    page_size = serializers.IntegerField(min_value=1, max_value=50, default=20)

    def get_fields(self) -> dict[str, serializers.Field]:
        """Of a question only the filters that it has: copying all took a tenth of an answer."""
        if not hasattr(self, "initial_data"):
            return super().get_fields()
        return {
            name: deepcopy(field)
            for name, field in self._declared_fields.items()
            if name in self.initial_data or field.default is not serializers.empty
        }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        has_place = bool({"lat", "pin_code", "city", "q"} & set(attrs))
        if ("lat" in attrs) != ("lon" in attrs):
            raise serializers.ValidationError({"lat": _("Give lat and lon together.")})
        if attrs["sort"] == Sort.DISTANCE and not has_place:
            raise serializers.ValidationError(
                {"sort": _("Give a pin_code, or lat and lon, to sort by distance.")},
                code="no_place",
            )
        if attrs.get("free_from", 0) >= attrs.get("free_to", 24):
            raise serializers.ValidationError(
                {"free_to": _("This is before the first hour.")}, code="unordered"
            )
        return attrs


class PartOutput(serializers.Serializer):
    """One part of the score: how many points, of how many at most, and what for."""

    code = serializers.CharField()
    points = serializers.IntegerField()
    most = serializers.IntegerField()
    text = serializers.CharField()


class ResultOutput(serializers.Serializer):
    """A tutor as found; `rate_paise` is the price per hour of the best fitting offer, in `mode`."""

    id = serializers.UUIDField(source="tutor.id")
    slug = serializers.CharField(source="tutor.slug")
    name = serializers.CharField(source="tutor.name")
    headline = serializers.CharField(source="tutor.headline")
    photo_url = serializers.CharField(source="tutor.photo_url", allow_null=True)
    city = serializers.CharField(source="tutor.city")
    languages = serializers.ListField(source="tutor.languages", child=serializers.CharField())
    rate_paise = serializers.IntegerField()
    mode = serializers.CharField(help_text="online or home")
    distance_km = serializers.FloatField(allow_null=True)
    rating = serializers.FloatField(source="tutor.rating", allow_null=True)
    review_count = serializers.IntegerField(source="tutor.rating_count")
    hours_taught = serializers.IntegerField(source="tutor.hours_taught")
    badges = BadgeOutput(source="tutor.badges", many=True)
    has_trial = serializers.BooleanField(source="tutor.has_trial")
    score = serializers.IntegerField()
    score_parts = PartOutput(source="parts", many=True, help_text="these add up to the score")
    why = serializers.ListField(child=serializers.CharField())


class UnderstoodOutput(serializers.Serializer):
    """What `q` was taken for: values of filters, and the words looked for in names and headlines.

    `did_you_mean` are the words that stand for them, where no tutor has those typed.
    """

    filters = serializers.DictField(child=serializers.CharField())
    names = serializers.CharField()
    did_you_mean = serializers.CharField(allow_null=True)


class ResultPageOutput(serializers.Serializer):
    understood = UnderstoodOutput(allow_null=True, help_text="null without q")
    results = ResultOutput(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class PricesOutput(serializers.Serializer):
    """Paise per hour: a quarter of the prices are below `low`, half below `middle`."""

    low = serializers.IntegerField(allow_null=True)
    middle = serializers.IntegerField(allow_null=True)
    high = serializers.IntegerField(allow_null=True)


class FacetsOutput(serializers.Serializer):
    """Tutors by facet and value. Unless `is_all`, only among the best that fit the subject."""

    total = serializers.IntegerField()
    is_all = serializers.BooleanField()
    counts = serializers.DictField(child=serializers.DictField(child=serializers.IntegerField()))
    prices = PricesOutput()


class CompareInput(serializers.Serializer):
    ids = serializers.CharField(help_text="up to three ids of tutors, with commas between")

    def validate_ids(self, value: str) -> list[UUID]:
        try:
            ids = [UUID(part.strip()) for part in value.split(",") if part.strip()]
        except ValueError as error:
            raise serializers.ValidationError(_("These are no ids of tutors.")) from error
        if not 1 <= len(ids) <= MOST:
            raise serializers.ValidationError(_("Give one to three tutors."))
        return ids


class SpanOutput(serializers.Serializer):
    """Free hours in a row on a day, 0 for Monday; full hours in IST."""

    day = serializers.IntegerField()
    first = serializers.IntegerField()
    last = serializers.IntegerField()


class ComparedOutput(serializers.Serializer):
    """`fits` is false where nothing on offer fits; `tutor` is then what is on offer otherwise."""

    tutor = ResultOutput(source="result")
    fits = serializers.BooleanField()
    experience_years = serializers.IntegerField(source="result.tutor.experience_years")
    boards = serializers.SerializerMethodField()
    trial_minutes = serializers.IntegerField(source="result.tutor.trial_minutes", allow_null=True)
    trial_price_paise = serializers.IntegerField(allow_null=True)
    free = SpanOutput(many=True)

    def get_boards(self, compared: Compared) -> list[str]:
        offers = compared.result.tutor.offers
        return list(dict.fromkeys(board for offer in offers for board in offer.boards))
