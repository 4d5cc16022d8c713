"""What a profile still lacks, and what each thing is good for."""

import pytest
from rest_framework.test import APIClient

from accounts.tests.factories import TutorUserFactory
from tutors import queries
from tutors.queries.profiles import MISSING
from tutors.queries.progress import STEPS
from tutors.tests.factories import DocumentFactory, PhotoFactory, TutorDraftFactory

pytestmark = pytest.mark.django_db

THINGS = [thing for part in STEPS for thing in part.things]


def of(tutor):
    return queries.progress(tutor.user, queries.own_profile(tutor.user))


def api_of(user) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def test_every_missing_code_stands_in_one_step_and_everything_says_why() -> None:
    codes = [thing.code for thing in THINGS]
    assert len(codes) == len(set(codes))
    assert set(MISSING) <= set(codes)
    assert all(str(thing.what) and str(thing.why) for thing in THINGS)


def test_nobody_yet() -> None:
    progress = queries.progress(TutorUserFactory(name=""), None)
    assert (progress.percent, progress.next_name, progress.is_ready) == (0, "you", False)


def test_required_things_decide_where_to_go_on_and_others_do_not() -> None:
    tutor = TutorDraftFactory(bio="", languages=[])
    progress = of(tutor)
    assert progress.next_name == "teaching"
    assert not progress.step("you").is_done
    assert [item.code for item in progress.step("teaching").lacks] == ["bio"]
    tutor.bio = "Slowly."
    tutor.save()
    assert of(tutor).next_name == "papers"
    DocumentFactory(tutor=tutor)
    assert of(tutor).is_ready


def test_every_step_taken_brings_it_on() -> None:
    tutor = TutorDraftFactory()
    before = of(tutor).percent
    PhotoFactory(tutor=tutor)
    assert of(tutor).step("photo").is_done
    assert of(tutor).percent > before


def test_api() -> None:
    client = api_of(TutorDraftFactory(bio="").user)
    answer = client.get("/api/v1/tutors/profile/steps")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["next"], body["is_ready"]) == ("teaching", False)
    assert [step["name"] for step in body["steps"]] == [part.name for part in STEPS]
    assert body["steps"][1]["items"][1] == {
        "code": "bio",
        "what": "Tell families how you teach, in a few sentences.",
        "why": "It is what families read before they write to you.",
        "is_required": True,
        "is_done": False,
    }


def test_free_hours_and_a_video_by_api() -> None:
    tutor = TutorDraftFactory()
    client = api_of(tutor.user)
    good = client.post("/api/v1/tutors/profile", {"free_hours": [16, 40]}, format="json")
    assert good.json()["free_hours"] == [16, 40]
    bad = client.post("/api/v1/tutors/profile", {"free_hours": [168]}, format="json")
    assert bad.status_code == 400
    link = {"video_url": "https://evil.example/v"}
    refused = client.post("/api/v1/tutors/profile", link, format="json")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "unknown_video")
