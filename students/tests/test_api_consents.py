"""The notice, the ledger, the guardian's code and the two guardians, as the app sees them."""

import re

import pytest
from rest_framework.test import APIClient

from accounts.services import consents
from accounts.tests.factories import FamilyUserFactory, newer_notice
from notifications.models import Message
from students.models import Learner
from students.tests.factories import LearnerFactory, add_guardian, invitation
from students.tests.test_api_learners import BODY

pytestmark = pytest.mark.django_db

YES = {"accepted": True, "notice_version": "2026-11-01", "language": "en"}


def api_of(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def learner():
    return LearnerFactory()


@pytest.fixture
def api(learner):
    return api_of(learner.family.user)


def errors(answer):
    return {(error["code"], error["attr"]) for error in answer.json()["errors"]}


class TestTheNotice:
    @pytest.mark.parametrize(
        ("query", "headers", "language"),
        [
            ("", {}, "en"),
            ("?language=hi", {}, "hi"),
            ("?language=ta", {}, "en"),
            ("", {"Accept-Language": "hi"}, "hi"),
        ],
    )
    def test_anybody_reads_it(self, query, headers, language):
        answer = APIClient().get(f"/api/v1/consent/notice{query}", headers=headers)
        assert answer.status_code == 200
        notice = answer.json()
        assert (notice["version"], notice["language"]) == ("2026-11-01", language)
        assert notice["languages"] == ["en", "hi"]
        assert all(section["title"] and section["points"] for section in notice["sections"])
        assert [each["purpose"] for each in notice["purposes"]] == ["learner_profile", "classes"]

    def test_what_it_answers_is_what_the_profile_takes(self):
        notice = APIClient().get("/api/v1/consent/notice?language=hi").json()
        answer = {"accepted": True, "notice_version": notice["version"]}
        answer |= {"language": notice["language"]}
        made = api_of(FamilyUserFactory()).post(
            "/api/v1/students/profile", {**BODY, "consent": answer}, format="json"
        )
        assert made.status_code == 201
        assert made.json()["consent"]["language"] == "hi"


class TestTheContractsConsent:
    @pytest.mark.parametrize(
        ("change", "error"),
        [
            ({"notice_version": "2020-01-01"}, ("notice_unknown", "consent.notice_version")),
            ({"language": "fr"}, ("notice_unknown", "consent.notice_version")),
            ({"purpose": "classes"}, ("unknown", "consent.purpose")),
            ({"purposes": ["advertising"]}, ("invalid_choice", "consent.purposes.0")),
        ],
    )
    def test_what_it_does_not_know_is_400(self, change, error):
        body = {**BODY, "consent": {**YES, **change}}
        answer = api_of(FamilyUserFactory()).post("/api/v1/students/profile", body, format="json")
        assert answer.status_code == 400
        assert errors(answer) == {error}
        assert not Learner.objects.exists()

    def test_an_outdated_notice_is_400_and_says_so(self, settings):
        newer_notice("2027-01-01", settings)
        answer = api_of(FamilyUserFactory()).post("/api/v1/students/profile", BODY, format="json")
        assert errors(answer) == {("notice_outdated", "consent.notice_version")}

    def test_it_is_for_every_purpose_or_those_it_names(self):
        whole = api_of(FamilyUserFactory()).post("/api/v1/students/profile", BODY, format="json")
        assert set(consents.live(whole.json()["id"])) == {"learner_profile", "classes"}
        body = {**BODY, "consent": {**YES, "purposes": ["learner_profile"]}}
        part = api_of(FamilyUserFactory()).post("/api/v1/students/profile", body, format="json")
        assert set(consents.live(part.json()["id"])) == {"learner_profile"}

    def test_every_relation_of_the_form_is_one_of_the_ledger(self):
        for relation in ("parent", "grandparent", "other", "self"):
            body = {**BODY, "guardian": {**BODY["guardian"], "relation": relation}}
            api = api_of(FamilyUserFactory())
            assert api.post("/api/v1/students/profile", body, format="json").status_code == 201


class TestTheLedger:
    def test_it_lists_what_was_agreed_to(self, api, learner, django_assert_max_num_queries):
        LearnerFactory()
        LearnerFactory(family=learner.family)
        with django_assert_max_num_queries(3):
            rows = api.get("/api/v1/students/consents/").json()["results"]
        assert len(rows) == 4
        assert {row["purpose"] for row in rows} == {"learner_profile", "classes"}
        assert {row["notice_version"] for row in rows} == {"2026-11-01"}

    def test_one_purpose_is_withdrawn(self, api, learner):
        row = consents.live(learner.pk)["classes"]
        answer = api.post(f"/api/v1/students/consents/{row.pk}/withdraw")
        assert answer.status_code == 200
        assert not answer.json()["is_paused"]
        assert set(consents.live(learner.pk)) == {"learner_profile"}

    def test_withdrawn_and_agreed_to_again(self, api, learner):
        url = f"/api/v1/students/learners/{learner.pk}"
        withdrawn = api.post(f"{url}/withdraw-consent").json()
        assert withdrawn["is_paused"]
        assert withdrawn["consent"]["withdrawn_at"]
        assert api.post(f"{url}/consent", {**YES, "extra": 1}, format="json").status_code == 400
        assert api.post(f"{url}/consent", {**YES, "accepted": False}).status_code == 422
        again = api.post(f"{url}/consent", YES, format="json")
        assert again.status_code == 200
        assert not again.json()["is_paused"]

    def test_the_second_guardian_is_told_that_it_is_not_theirs(self, learner):
        second = api_of(add_guardian(learner.family).user)
        row = consents.live(learner.pk)["classes"]
        answer = second.post(f"/api/v1/students/consents/{row.pk}/withdraw")
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (
            403,
            "not_your_consent",
        )


def test_the_guardians_code_goes_there_and_comes_back():
    api = api_of(FamilyUserFactory())
    made = api.post("/api/v1/students/profile", BODY, format="json").json()
    assert (made["consent"]["method"], made["consent"]["is_proved"]) == ("checkbox", False)
    url = f"/api/v1/students/learners/{made['id']}/guardian-code"
    sent = api.post(url)
    assert (sent.status_code, set(sent.json())) == (202, {"resend_after", "expires_in"})
    assert api.post(url).status_code == 429
    message = Message.objects.get(to="+919876543210", template="guardian_code")
    code = re.search(r"\b\d{6}\b", message.text).group()
    wrong = api.post(f"{url}/confirm", {"code": "12"}, format="json")
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (422, "code_invalid")
    proved = api.post(f"{url}/confirm", {"code": code}, format="json")
    assert proved.json()["consent"]["method"] == "guardian_code"


def test_the_accounts_own_number_needs_no_code():
    api = api_of(FamilyUserFactory(phone="+919876543210"))
    made = api.post("/api/v1/students/profile", BODY, format="json").json()
    assert (made["consent"]["method"], made["consent"]["is_proved"]) == ("own_number", True)


class TestGuardians:
    def test_invited_joined_and_removed(self, api, learner):
        sent = api.post(
            "/api/v1/students/guardians/", {"phone": "98222 00022", "relation": "father"}
        )
        assert sent.status_code == 202
        assert sent.json()["phone"] == "+919822200022"
        second = api_of(FamilyUserFactory(phone="+919822200022", name="Rohan"))
        (open_one,) = second.get("/api/v1/students/invites/").json()["results"]
        assert open_one["from_name"] == learner.family.user.name
        joined = second.post(f"/api/v1/students/invites/{open_one['id']}/accept")
        assert joined.status_code == 200
        people = api.get("/api/v1/students/guardians/").json()["results"]
        assert {(row["name"], row["is_holder"], row["is_you"]) for row in people} == {
            (learner.family.user.name, True, True),
            ("Rohan", False, False),
        }
        assert second.get(f"/api/v1/students/learners/{learner.pk}").status_code == 200
        gone = api.delete(f"/api/v1/students/guardians/{joined.json()['id']}")
        assert gone.status_code == 204
        assert second.get(f"/api/v1/students/learners/{learner.pk}").status_code == 404

    def test_declined_and_taken_back(self, api, learner):
        first, other = invitation(learner.family), invitation(learner.family)
        second = api_of(FamilyUserFactory(phone=first.phone))
        assert second.post(f"/api/v1/students/invites/{first.pk}/decline").status_code == 204
        assert second.delete(f"/api/v1/students/invites/{other.pk}").status_code == 404
        assert api.delete(f"/api/v1/students/invites/{other.pk}").status_code == 204
        assert second.post(f"/api/v1/students/invites/{other.pk}/accept").status_code == 404

    def test_a_child_is_taken_out(self, api, learner):
        url = f"/api/v1/students/learners/{learner.pk}"
        second = api_of(add_guardian(learner.family).user)
        assert second.delete(url).status_code == 403
        assert api.delete(url).status_code == 204
        assert api.get(url).status_code == 404
