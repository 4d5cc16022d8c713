"""The API of tutors: shapes, access, errors."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.test import APIClient

from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from tutorhub.core import outbox
from tutorhub.core.tests import files
from tutors.models import TutorDocument, TutorProfile
from tutors.tests.factories import (
    DocumentFactory,
    TutorDraftFactory,
    TutorFactory,
    TutorPendingFactory,
    TutorSuspendedFactory,
)

pytestmark = pytest.mark.django_db

PDF = files.pdf()
API = "/api/v1"
BODY = {
    "name": "Meera Iyer",
    "headline": "Physics for classes 9 to 12",
    "bio": "Nine years of numericals.",
    "gender": "female",
    "languages": ["en", "Hindi"],
    "experience_years": 9,
    "qualifications": ["M.Sc. Physics"],
    "pin_code": "560034",
    "radius_km": 10,
    "offerings": [
        {
            "subject": "Physics",
            "boards": ["cbse", "ICSE"],
            "grade_min": 9,
            "grade_max": 12,
            "online_rate_paise": 50000,
            "home_rate_paise": 65000,
        }
    ],
}


def signed_in(user: Any) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def api() -> APIClient:
    return signed_in(TutorUserFactory())


class TestProfile:
    def test_created_then_updated(self, api: APIClient) -> None:
        answer = api.post(f"{API}/tutors/profile", BODY)
        assert answer.status_code == 201, answer.json()
        body = answer.json()
        assert body["status"] == "DRAFT"
        assert body["missing"] == ["identity_document"]
        assert body["offerings"][0]["subject"] == "physics"
        assert body["offerings"][0]["boards"] == ["CBSE", "ICSE"]
        assert body["languages"] == ["en", "hi"]
        answer = api.post(f"{API}/tutors/profile", {"bio": "Ten years."})
        assert answer.status_code == 200
        assert answer.json()["id"] == body["id"]
        assert answer.json()["headline"] == BODY["headline"]
        assert api.get(f"{API}/tutors/profile").json()["bio"] == "Ten years."

    def test_before_the_first_save(self, api: APIClient) -> None:
        assert api.get(f"{API}/tutors/profile").status_code == 404
        assert api.post(f"{API}/tutors/profile/submit").status_code == 404

    @pytest.mark.parametrize(
        "change",
        [
            {"subject": "alchemy"},
            {"boards": []},
            {"boards": ["NOPE"]},
            {"grade_min": 12, "grade_max": 9},
            {"grade_max": 13},
            {"online_rate_paise": None, "home_rate_paise": None},
            {"online_rate_paise": 100},
            {"online_rate_paise": -50000},
            {"online_rate_paise": "lots"},
        ],
    )
    def test_bad_shapes_are_400(self, api: APIClient, change: dict[str, Any]) -> None:
        body = {**BODY, "offerings": [{**BODY["offerings"][0], **change}]}
        assert api.post(f"{API}/tutors/profile", body).status_code == 400
        assert not TutorProfile.objects.exists()

    def test_an_unknown_pin_code_is_422(self, api: APIClient) -> None:
        answer = api.post(f"{API}/tutors/profile", {**BODY, "pin_code": "999999"})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["code"] == "unknown_pin_code"

    def test_status_and_figures_cannot_be_sent(self, api: APIClient) -> None:
        body = {**BODY, "status": "APPROVED", "rating_sum": 500, "rating_count": 100}
        assert api.post(f"{API}/tutors/profile", body).json()["status"] == "DRAFT"
        assert TutorProfile.objects.get().rating_count == 0

    def test_submit(self, api: APIClient) -> None:
        api.post(f"{API}/tutors/profile", BODY)
        answer = api.post(f"{API}/tutors/profile/submit")
        assert answer.status_code == 422
        assert answer.json()["missing"] == ["identity_document"]
        assert "proof of identity" in answer.json()["reasons"][0]
        DocumentFactory(tutor=TutorProfile.objects.get())
        answer = api.post(f"{API}/tutors/profile/submit")
        assert (answer.status_code, answer.json()["status"]) == (200, "PENDING")
        assert api.post(f"{API}/tutors/profile/submit").status_code == 409

    def test_a_suspended_tutor_is_refused(self) -> None:
        api = signed_in(TutorSuspendedFactory().user)
        assert api.get(f"{API}/tutors/profile").status_code == 200
        assert api.post(f"{API}/tutors/profile", {"bio": "x"}).status_code == 403


class TestDocuments:
    @pytest.fixture(autouse=True)
    def _root(self, settings: Any, tmp_path: Any) -> None:
        settings.PRIVATE_ROOT = tmp_path

    def test_announce_upload_complete(self) -> None:
        api = signed_in(TutorDraftFactory().user)
        body = {
            "kind": "identity",
            "filename": "passport.pdf",
            "content_type": "application/pdf",
            "size": len(PDF),
        }
        answer = api.post(f"{API}/tutors/documents", body)
        assert answer.status_code == 201, answer.json()
        made = answer.json()
        upload = made["upload"]
        assert set(upload) == {"url", "method", "fields", "headers"}
        assert upload["url"].startswith("http://testserver/uploads/")
        complete = f"{API}/tutors/documents/{made['id']}/complete"
        early = api.post(complete)
        assert (early.status_code, early.json()["errors"][0]["code"]) == (422, "file_missing")
        file = SimpleUploadedFile("x.pdf", PDF, "application/pdf")
        path = upload["url"].removeprefix("http://testserver")
        assert Client().post(path, {**upload["fields"], "file": file}).status_code == 204
        for status in ("CHECKING", "RECEIVED"):
            answer = api.post(complete)
            assert (answer.status_code, answer.json()["status"]) == (200, status)
            outbox.drain()
        listed = api.get(f"{API}/tutors/documents").json()
        assert [row["id"] for row in listed["results"]] == [made["id"]]
        assert set(listed["results"][0]).isdisjoint({"stored_key", "upload_key", "sha256", "url"})

    @pytest.mark.parametrize(
        "change",
        [
            {"kind": "selfie"},
            {"content_type": "image/svg+xml"},
            {"content_type": "text/html"},
            {"size": 10 * 1024 * 1024 + 1},
            {"size": 0},
        ],
    )
    def test_bad_shapes_are_400(self, change: dict[str, Any]) -> None:
        api = signed_in(TutorDraftFactory().user)
        body = {"kind": "other", "filename": "a", "content_type": "image/png", "size": 5, **change}
        assert api.post(f"{API}/tutors/documents", body).status_code == 400
        assert not TutorDocument.objects.exists()

    def test_somebody_elses_is_not_found(self) -> None:
        document = DocumentFactory()
        api = signed_in(TutorDraftFactory().user)
        assert api.post(f"{API}/tutors/documents/{document.pk}/complete").status_code == 404
        assert api.get(f"{API}/tutors/documents").json()["results"] == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "profile"),
        ("post", "profile"),
        ("post", "profile/submit"),
        ("get", "documents"),
        ("post", "documents"),
        ("post", "documents/00000000-0000-4000-8000-000000000000/complete"),
    ],
)
def test_for_tutors_only(method: str, path: str) -> None:
    assert getattr(APIClient(), method)(f"{API}/tutors/{path}").status_code == 401
    family = signed_in(FamilyUserFactory())
    assert getattr(family, method)(f"{API}/tutors/{path}").status_code == 403


class TestPublic:
    def test_one_tutor(self) -> None:
        tutor = TutorFactory(user__name="Meera Iyer", rating_sum=314, rating_count=64)
        body = APIClient().get(f"{API}/tutors/{tutor.pk}").json()
        assert body["name"] == "Meera Iyer"
        assert (body["rating"], body["review_count"]) == (4.9, 64)
        assert body["badges"] == [
            {
                "claim": "identity",
                "label": "Identity checked",
                "checked_on": "2026-10-12",
                "valid_until": None,
            }
        ]
        text = str(body)
        assert tutor.user.phone not in text
        assert "latitude" not in text
        assert "status" not in body

    def test_own_in_any_state_others_only_approved(self) -> None:
        tutor = TutorPendingFactory()
        path = f"{API}/tutors/{tutor.pk}"
        assert APIClient().get(path).status_code == 404
        assert signed_in(FamilyUserFactory()).get(path).status_code == 404
        assert signed_in(tutor.user).get(path).status_code == 200


class TestSearch:
    def test_the_shape_of_a_result(self) -> None:
        tutor = TutorFactory(rating_sum=314, rating_count=64, minutes_taught=48_730)
        answer = APIClient().get(
            f"{API}/tutors/",
            {
                "subject": "Physics",
                "grade": 11,
                "board": "CBSE",
                "mode": "home",
                "budget_max_paise": 80000,
                "pin_code": "560034",
                "gender": "female",
                "language": "Hindi",
                "min_rating": "4.5",
                "sort": "match",
            },
        )
        assert answer.status_code == 200, answer.json()
        body = answer.json()
        assert set(body) == {"understood", "results", "next", "previous"}
        (result,) = body["results"]
        assert result["id"] == str(tutor.pk)
        assert result["rate_paise"] == 65000
        assert result["distance_km"] == pytest.approx(0, abs=0.1)
        assert (result["rating"], result["review_count"]) == (4.9, 64)
        assert result["hours_taught"] == 812
        assert result["badges"][0]["claim"] == "identity"
        assert result["why"][0] == "teaches CBSE class 11 Physics"
        assert result["slug"] == tutor.slug

    def test_few_reviews_show_no_average(self) -> None:
        TutorFactory(rating_sum=10, rating_count=2)
        (result,) = APIClient().get(f"{API}/tutors/").json()["results"]
        assert (result["rating"], result["review_count"]) == (None, 2)

    def test_coordinates(self) -> None:
        tutor = TutorFactory(radius_km=5)
        near = {"mode": "home", "lat": tutor.latitude + 0.01, "lon": tutor.longitude}
        (result,) = APIClient().get(f"{API}/tutors/", near).json()["results"]
        assert result["distance_km"] == pytest.approx(1.1, abs=0.1)
        far = {**near, "lat": tutor.latitude + 0.1}
        assert APIClient().get(f"{API}/tutors/", far).json()["results"] == []

    @pytest.mark.parametrize(
        "query",
        [
            {"subject": "alchemy"},
            {"board": "NOPE"},
            {"grade": 13},
            {"mode": "carrier pigeon"},
            {"budget_max_paise": "-1"},
            {"budget_max_paise": str(10**20)},
            {"sort": "luck"},
            {"sort": "distance"},
            {"lat": "12.9"},
            {"lat": "nan", "lon": "77"},
            {"lat": "95", "lon": "77"},
            {"cursor": "garbage"},
            {"page_size": "1000"},
            {"min_rating": "six"},
        ],
    )
    def test_bad_questions_are_400(self, query: dict[str, Any]) -> None:
        assert APIClient().get(f"{API}/tutors/", query).status_code == 400

    def test_empty_values_do_not_filter(self) -> None:
        TutorFactory()
        answer = APIClient().get(f"{API}/tutors/?subject=&grade=&board=&pin_code=&sort=")
        assert len(answer.json()["results"]) == 1

    def test_kilometres_without_a_place_do_not_filter(self) -> None:
        TutorFactory()
        answer = APIClient().get(f"{API}/tutors/?within_km=5")
        assert len(answer.json()["results"]) == 1

    def test_pages_by_links(self) -> None:
        made = {str(TutorFactory().pk) for _ in range(7)}
        seen, url, urls = [], f"{API}/tutors/?page_size=3&sort=price", []
        while url:
            urls.append(url)
            page = APIClient().get(url).json()
            seen += [row["id"] for row in page["results"]]
            url = page["next"]
        assert len(seen) == 7
        assert set(seen) == made
        assert len(urls) == 3
        back = APIClient().get(page["previous"]).json()
        assert [row["id"] for row in back["results"]] == seen[3:6]

    def test_query_count(self, django_assert_num_queries: Any) -> None:
        for _ in range(5):
            TutorFactory()
        with django_assert_num_queries(6):
            APIClient().get(f"{API}/tutors/?subject=physics&board=CBSE&pin_code=560034")
