from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from marketplace.models import Lead
from marketplace.tests.factories import (
    EnquiryFactory,
    LeadAcceptedFactory,
    LeadFactory,
    OfferFactory,
)
from payments.services import credits as lead_credits
from payments.tests.factories import give_credits
from students.tests.factories import LearnerFactory
from tutorhub.core import clock
from tutors.tests.factories import TutorFactory, TutorPendingFactory

pytestmark = pytest.mark.django_db


def body(learner, **values):
    return {
        "learner": str(learner.pk),
        "subject": "Physics",
        "mode": "either",
        "budget_max_paise": 800_00,
        "pin_code": "560034",
        "preferred_times": ["Tue evening", {"day": "Sat", "from": "10:00", "to": "12:00"}],
        "note": "Numericals",
        **values,
    }


def test_a_family_asks_lists_reads_and_closes(as_user, family, learner, tutor):
    api = as_user(family)
    asked = api.post("/api/v1/students/enquiries", body(learner))
    assert asked.status_code == 201, asked.json()
    answer = asked.json()
    assert (answer["status"], answer["leads_sent"]) == ("OPEN", 1)
    assert answer["preferred_times"] == ["Tue evening", "Sat 10:00 12:00"]
    listed = api.get("/api/v1/students/enquiries/").json()
    assert [row["id"] for row in listed["results"]] == [answer["id"]]
    url = f"/api/v1/students/enquiries/{answer['id']}"
    assert api.get(url).json()["offers"] == []
    closed = api.post(f"{url}/close")
    assert (closed.status_code, closed.json()["status"]) == (200, "CLOSED")
    assert api.post(f"{url}/close").status_code == 409


def test_offers_are_there_to_compare(as_user, family, learner):
    enquiry = EnquiryFactory(learner=learner, status="MATCHED")
    offers = [OfferFactory(lead=LeadAcceptedFactory(enquiry=enquiry)) for _ in range(2)]
    answer = as_user(family).get(f"/api/v1/students/enquiries/{enquiry.pk}").json()
    assert {offer["id"] for offer in answer["offers"]} == {str(offer.pk) for offer in offers}
    assert answer["offers"][0]["tutor"]["rating"] is None
    assert "phone" not in str(answer)
    assert Lead.objects.filter(opened_by_family_at__isnull=True).count() == 0


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "astrology"},
        {"mode": "by post"},
        {"learner": "x"},
        {"budget_max_paise": 0},
        {"preferred_times": [5]},
    ],
)
def test_bad_shapes_are_400(as_user, family, learner, change):
    answer = as_user(family).post("/api/v1/students/enquiries", {**body(learner), **change})
    assert answer.status_code == 400


def test_what_is_not_mine_is_not_found(as_user, family, learner):
    api = as_user(family)
    foreign = EnquiryFactory()
    assert api.get(f"/api/v1/students/enquiries/{foreign.pk}").status_code == 404
    assert api.post(f"/api/v1/students/enquiries/{foreign.pk}/close").status_code == 404
    asked = api.post("/api/v1/students/enquiries", body(LearnerFactory()))
    assert asked.status_code == 404
    hidden = TutorPendingFactory()
    asked = api.post("/api/v1/students/enquiries", body(learner, tutor=str(hidden.pk)))
    assert asked.status_code == 404


def accept_body(**values):
    return {
        "start_at": (clock.now() + timedelta(days=2)).isoformat(),
        "duration_min": 60,
        "rate_paise": 650_00,
        "message": "I can start on Tuesday.",
        **values,
    }


def test_a_tutor_sees_reads_and_accepts_a_lead(as_user, tutor):
    api = as_user(tutor.user)
    lead = LeadFactory(tutor=tutor, enquiry__note="Numericals")
    LeadFactory(tutor=tutor, score=900)
    LeadAcceptedFactory(enquiry=lead.enquiry)
    inbox = api.get("/api/v1/tutors/leads/inbox").json()["results"]
    assert [row["match"]["score"] for row in inbox] == [900, 500]
    row = inbox[1]
    assert row["places_left"] == 2
    assert row["credits"] == 1
    assert row["enquiry"]["area"] == "Koramangala, Bengaluru"
    assert "Aarav" not in str(row)
    assert "Sharma" not in str(row)
    assert "+91" not in str(row)
    url = f"/api/v1/tutors/leads/{lead.pk}"
    assert api.get(url).json()["status"] == "VIEWED"
    accepted = api.post(f"{url}/accept", accept_body())
    assert accepted.status_code == 201, accepted.json()
    session = accepted.json()
    assert (session["status"], session["price_paise"]) == ("PENDING_PAYMENT", 650_00)
    assert session["learner"]["name"] == "a class 11 student"
    assert session["contact"] is None
    again = api.post(f"{url}/accept", accept_body())
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "lead_answered")


@pytest.mark.scenario(21)
def test_without_a_credit_the_answer_is_402_with_packs(as_user):
    lead = LeadFactory()
    api = as_user(lead.tutor.user)
    answer = api.post(f"/api/v1/tutors/leads/{lead.pk}/accept", accept_body())
    assert (answer.status_code, answer.json()["credits"]) == (402, 0)
    packs = answer.json()["packs"]
    assert packs[0]["price_paise"] > packs[0]["base_paise"] > 0
    lead.refresh_from_db()
    assert lead.status == Lead.Status.NEW


@pytest.mark.scenario(21)
def test_a_full_lead_is_409(as_user, tutor):
    lead = LeadFactory(tutor=tutor)
    LeadAcceptedFactory.create_batch(3, enquiry=lead.enquiry)
    api = as_user(tutor.user)
    assert api.get(f"/api/v1/tutors/leads/{lead.pk}").json()["places_left"] == 0
    answer = api.post(f"/api/v1/tutors/leads/{lead.pk}/accept", accept_body())
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "lead_taken")
    assert lead_credits.balance(tutor.user) == 10


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"start_at": "soon"}, 400),
        ({"duration_min": None}, 400),
        ({"start_at": "2020-01-01T10:00:00+05:30"}, 422),
        ({"duration_min": 10}, 422),
        ({"rate_paise": 1}, 422),
    ],
)
def test_wrong_offers_are_refused(as_user, tutor, change, status):
    lead = LeadFactory(tutor=tutor)
    url = f"/api/v1/tutors/leads/{lead.pk}/accept"
    assert as_user(tutor.user).post(url, accept_body(**change)).status_code == status


def test_a_tutor_declines(as_user, tutor):
    lead = LeadFactory(tutor=tutor)
    url = f"/api/v1/tutors/leads/{lead.pk}/decline"
    answer = as_user(tutor.user).post(url, {"reason": "Too far"})
    assert (answer.status_code, answer.json()["status"]) == (200, "DECLINED")


def test_the_lead_of_another_tutor_is_not_found(as_user, tutor):
    foreign = LeadFactory()
    api = as_user(tutor.user)
    url = f"/api/v1/tutors/leads/{foreign.pk}"
    assert api.get(url).status_code == 404
    assert api.post(f"{url}/accept", accept_body()).status_code == 404
    assert api.post(f"{url}/decline").status_code == 404
    foreign.refresh_from_db()
    assert foreign.status == Lead.Status.NEW


def test_roles_are_kept_apart(as_user, family, tutor):
    family_paths = ["students/enquiries/"]
    tutor_paths = ["tutors/leads/inbox"]
    for path in family_paths:
        assert as_user(tutor.user).get(f"/api/v1/{path}").status_code == 403
        assert APIClient().get(f"/api/v1/{path}").status_code == 401
    for path in tutor_paths:
        assert as_user(family).get(f"/api/v1/{path}").status_code == 403
        assert APIClient().get(f"/api/v1/{path}").status_code == 401


def test_lists_take_few_queries(as_user, family, learner, tutor, django_assert_max_num_queries):
    for enquiry in EnquiryFactory.create_batch(5, learner=learner):
        LeadFactory(enquiry=enquiry, tutor=tutor)
    with django_assert_max_num_queries(3):
        assert len(as_user(family).get("/api/v1/students/enquiries/").json()["results"]) == 5
    with django_assert_max_num_queries(3):
        assert len(as_user(tutor.user).get("/api/v1/tutors/leads/inbox").json()["results"]) == 5


def test_the_whole_way_from_question_to_offer(as_user, family, learner):
    profile = TutorFactory()
    give_credits(profile.user)
    asked = as_user(family).post("/api/v1/students/enquiries", body(learner)).json()
    api = as_user(profile.user)
    lead = api.get("/api/v1/tutors/leads/inbox").json()["results"][0]
    api.post(f"/api/v1/tutors/leads/{lead['id']}/accept", accept_body())
    read = as_user(family).get(f"/api/v1/students/enquiries/{asked['id']}").json()
    assert read["status"] == "MATCHED"
    assert read["offers"][0]["price_paise"] == 650_00
