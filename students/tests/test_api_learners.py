import pytest
from rest_framework.test import APIClient

from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from students.models import Learner
from students.tests.factories import FamilyFactory, LearnerFactory

pytestmark = pytest.mark.django_db

BODY = {
    "name": "Aarav",
    "grade": 11,
    "board": "CBSE",
    "subjects": ["physics", "Mathematics"],
    "mode": "home",
    "budget_min_paise": 300_00,
    "budget_max_paise": 800_00,
    "pin_code": "560034",
    "languages": ["en", "Hindi"],
    "goals": "Numericals",
    "guardian": {"name": "Priya", "phone": "+919876543210", "relation": "Mother"},
    "consent": {"accepted": True, "notice_version": "2026-11-01", "language": "en"},
}


@pytest.fixture
def user():
    return FamilyUserFactory()


@pytest.fixture
def api(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def test_the_profile_is_created_and_then_updated(api):
    created = api.post("/api/v1/students/profile", BODY)
    assert created.status_code == 201, created.json()
    answer = created.json()
    assert answer["subjects"] == ["maths", "physics"] or answer["subjects"] == ["physics", "maths"]
    assert (answer["city"], answer["state"]) == ("Bengaluru", "Karnataka")
    assert answer["languages"] == ["en", "hi"]
    assert answer["guardian"]["relation"] == "mother"
    updated = api.post("/api/v1/students/profile", {**BODY, "grade": 12})
    assert updated.status_code == 200
    assert updated.json()["id"] == answer["id"]
    assert updated.json()["grade"] == 12


def test_a_refused_consent_is_422_and_a_missing_one_400(api):
    refused = {**BODY, "consent": {**BODY["consent"], "accepted": False}}
    answer = api.post("/api/v1/students/profile", refused)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "consent_required"
    missing = {key: value for key, value in BODY.items() if key != "consent"}
    assert api.post("/api/v1/students/profile", missing).status_code == 400
    assert not Learner.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"grade": 0},
        {"grade": 13},
        {"board": "XX"},
        {"subjects": []},
        {"mode": "by post"},
        {"budget_max_paise": -1},
        {"guardian": {"name": "Priya", "phone": "+919876543210", "relation": "neighbour"}},
    ],
)
def test_bad_shapes_are_400(api, change):
    assert api.post("/api/v1/students/profile", {**BODY, **change}).status_code == 400


def test_learners_are_listed_added_read_and_changed(api, django_assert_max_num_queries):
    first = api.post("/api/v1/students/learners/", BODY).json()
    second = api.post("/api/v1/students/learners/", {**BODY, "name": "Diya", "grade": 5}).json()
    with django_assert_max_num_queries(3):
        listed = api.get("/api/v1/students/learners/").json()
    assert [row["id"] for row in listed["results"]] == [second["id"], first["id"]]
    url = f"/api/v1/students/learners/{first['id']}"
    assert api.get(url).json()["name"] == "Aarav"
    changed = api.patch(url, {"grade": 10, "subjects": ["science"]}).json()
    assert (changed["grade"], changed["subjects"]) == (10, ["science"])
    assert changed["consent"] == first["consent"]


def test_the_learner_of_another_family_is_not_found(api):
    foreign = LearnerFactory()
    url = f"/api/v1/students/learners/{foreign.pk}"
    assert api.get(url).status_code == 404
    assert api.patch(url, {"grade": 9}).status_code == 404
    assert api.get("/api/v1/students/learners/").json()["results"] == []


@pytest.mark.parametrize("path", ["students/profile", "students/learners/"])
def test_only_families_come_in(path):
    client = APIClient()
    assert client.post(f"/api/v1/{path}", BODY).status_code == 401
    client.force_authenticate(TutorUserFactory())
    assert client.post(f"/api/v1/{path}", BODY).status_code == 403


def test_the_list_takes_the_same_queries_for_many(api, user, django_assert_max_num_queries):
    family = FamilyFactory(user=user)
    LearnerFactory.create_batch(5, family=family)
    with django_assert_max_num_queries(3):
        assert len(api.get("/api/v1/students/learners/").json()["results"]) == 5
