"""Corrections and complaints by API: asking, and reading the answers."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import DataRequest, User
from accounts.services import data_requests, staff
from accounts.tests.cast import trusted_api
from accounts.tests.factories import FamilyUserFactory, StaffFactory, TutorUserFactory
from tutorhub.core import clock

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/me/requests/"


@pytest.fixture
def user() -> User:
    return FamilyUserFactory()


@pytest.fixture
def api(user: User) -> APIClient:
    return trusted_api(user)


def ask(api: APIClient, words: str = "My name is wrong", kind: str = "correction") -> Any:
    return api.post(ADDRESS, {"kind": kind, "words": words})


def moderator() -> User:
    staff.ensure_groups()
    member = StaffFactory()
    member.groups.add(Group.objects.get(name="moderator"))
    return member


def test_a_complaint_is_asked_and_its_answer_read(api: APIClient):
    asked = ask(api, " Too many messages ", "grievance")
    assert asked.status_code == 201
    request = DataRequest.objects.get()
    assert asked.json() == {
        "id": str(request.pk),
        "kind": "grievance",
        "status": "ASKED",
        "status_text": "being worked on",
        "words": "Too many messages",
        "answer": "",
        "asked_at": timezone.localtime(request.asked_at).isoformat(),
        "due_at": timezone.localtime(request.due_at).isoformat(),
        "closed_at": None,
    }
    assert request.due_at - request.asked_at > timedelta(days=14)
    data_requests.close(request, by=moderator(), answer="We send fewer now", is_refused=True)
    (row,) = api.get(ADDRESS).json()["results"]
    assert (row["status"], row["answer"]) == ("REFUSED", "We send fewer now")
    assert row["closed_at"] is not None


def test_the_same_again_is_that_request_until_it_is_answered(api: APIClient):
    first = ask(api)
    again = ask(api, " My name is wrong ")
    assert (again.status_code, again.json()) == (201, first.json())
    data_requests.close(DataRequest.objects.get(), by=moderator(), answer="Done")
    assert ask(api).json()["id"] != first.json()["id"]


def test_five_may_be_open(api: APIClient):
    for number in range(5):
        assert ask(api, f"My name {number}").status_code == 201
    refused = ask(api, "My name 5")
    assert refused.status_code == 429
    assert refused.json()["errors"][0]["code"] == "too_many_requests"
    assert DataRequest.objects.count() == 5


@pytest.mark.parametrize(
    ("body", "attr", "code"),
    [
        ({"kind": "correction", "words": "  "}, "words", "blank"),
        ({"kind": "correction"}, "words", "required"),
        ({"kind": "correction", "words": "x" * 1001}, "words", "max_length"),
        ({"kind": "export", "words": "All of it"}, "kind", "invalid_choice"),
        ({"words": "My name"}, "kind", "required"),
    ],
)
def test_what_says_nothing_is_refused(api: APIClient, body: Any, attr: str, code: str):
    refused = api.post(ADDRESS, body)
    assert refused.status_code == 400
    (error,) = refused.json()["errors"]
    assert (error["attr"], error["code"]) == (attr, code)
    assert not DataRequest.objects.exists()


def test_it_speaks_hindi(api: APIClient):
    hindi = {"HTTP_ACCEPT_LANGUAGE": "hi"}
    asked = api.post(ADDRESS, {"kind": "correction", "words": "नाम गलत है"}, **hindi)
    assert asked.json()["status_text"] == "काम चल रहा है"
    refused = api.post(ADDRESS, {"kind": "correction", "words": ""}, **hindi)
    assert refused.json()["errors"][0]["detail"] == "लिखें कि बात क्या है।"


def test_only_own_ones_newest_first_and_page_by_page(api: APIClient, user: User):
    now = clock.now()
    kept = DataRequest(user=user, kind="export", due_at=now)
    theirs = DataRequest(user=TutorUserFactory(), kind="grievance", words="Theirs", due_at=now)
    DataRequest.objects.bulk_create([kept, theirs])
    for number in range(3):
        ask(api, f"My name {number}")
    first = api.get(ADDRESS, {"page_size": 2}).json()
    assert [row["words"] for row in first["results"]] == ["My name 2", "My name 1"]
    rest = api.get(first["next"]).json()
    assert [row["words"] for row in rest["results"]] == ["My name 0"]
    assert rest["next"] is None


def test_nobody_without_a_token():
    assert APIClient().get(ADDRESS).status_code == 401
    assert ask(APIClient()).status_code == 401
