"""The answers of search are written without the serializers, and are what those would give."""

import json
import uuid

import pytest
from django.test import Client
from rest_framework.renderers import JSONRenderer

from tutorhub.core import places
from tutors import queries
from tutors.api.search_serializers import ResultOutput
from tutors.models import TutorPhoto
from tutors.queries import Point, SearchCriteria
from tutors.tests.factories import OfferingFactory, PhotoFactory, TutorFactory

pytestmark = pytest.mark.django_db


def test_results_are_what_the_serializer_gives(client: Client) -> None:
    known = TutorFactory(rating_sum=43, rating_count=9, minutes_taught=6000, trial_minutes=30)
    PhotoFactory(tutor=known, status=TutorPhoto.Status.SHOWN, public_id=uuid.uuid4())
    OfferingFactory(tutor=known, subject_slug="maths")
    TutorFactory(languages=[])
    answer = client.get("/api/v1/tutors/", {"pin_code": "560034"}).json()
    place = places.find("560034")
    page = queries.search(SearchCriteria(point=Point(place.latitude, place.longitude)))
    expected = JSONRenderer().render(ResultOutput(page.results, many=True).data)
    assert answer["results"] == json.loads(expected)
    known, unknown = answer["results"]
    assert known["photo_url"]
    assert known["badges"]
    assert known["rating"]
    assert known["distance_km"] is not None
    assert [unknown[name] for name in ("photo_url", "rating", "languages")] == [None, None, []]


def test_the_same_tutor_is_told_of_in_each_language(client: Client) -> None:
    TutorFactory()
    found = [
        client.get("/api/v1/tutors/", headers={"accept-language": code}).json()["results"][0]
        for code in ("en", "hi", "en")
    ]
    assert found[0] == found[2]
    assert found[0]["why"] != found[1]["why"]
    texts = [[part["text"] for part in one["score_parts"]] for one in found]
    assert all(english != hindi for english, hindi in zip(texts[0], texts[1], strict=True))
