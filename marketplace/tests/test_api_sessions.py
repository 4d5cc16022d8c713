from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from marketplace.models import TutoringSession
from marketplace.tests.factories import (
    HomeOfferFactory,
    OfferFactory,
    book,
    make_completed,
    make_released,
    make_scheduled,
)
from payments.services import ledger
from payments.tests.factories import fund_wallet
from tutorhub.core import clock
from tutors.models import TutorProfile

pytestmark = pytest.mark.django_db

ACTIONS = ["start", "complete", "confirm", "cancel"]


def url(session, action=""):
    return f"/api/v1/sessions/{session.pk}" + (f"/{action}" if action else "")


def family_of(session):
    return session.learner.family.user


def test_paying_answers_what_checkout_needs(as_user, razorpay_simulator, settings):
    offer = OfferFactory()
    api = as_user(family_of(offer))
    answer = api.post(url(offer, "pay"), {"method": "razorpay"})
    assert answer.status_code == 200, answer.json()
    order = answer.json()
    assert order["key_id"] == settings.RAZORPAY_KEY_ID
    assert order["amount_paise"] == 600_00
    assert order["status"] == "OPEN"
    assert order["razorpay_order_id"].startswith("order_")
    assert api.post(url(offer, "pay"), {"method": "razorpay"}).json() == order


def test_the_wallet_pays_at_once(as_user, drain):
    offer = OfferFactory()
    fund_wallet(family_of(offer), 70_000)
    api = as_user(family_of(offer))
    answer = api.post(url(offer, "pay"), {"method": "wallet"})
    assert answer.status_code == 200
    order = answer.json()
    assert (order["status"], order["method"], order["razorpay_order_id"]) == (
        *("PAID", "wallet", None),
    )
    assert (order["amount_paise"], order["wallet_paise"], order["total_paise"]) == (
        0,
        60_000,
        60_000,
    )
    again = api.post(url(offer, "pay"), {"method": "wallet"})
    assert (again.status_code, again.json()["order"]) == (200, order["order"])
    drain()
    offer.refresh_from_db()
    assert offer.status == "SCHEDULED"
    assert ledger.balance("session_escrow", offer.pk) == 60_000
    assert api.post(url(offer, "pay"), {"method": "wallet"}).status_code == 409
    assert ledger.balance("student_wallet", family_of(offer).pk) == 10_000


def test_a_mixed_payment_asks_razorpay_for_the_rest(as_user, razorpay_simulator):
    offer = OfferFactory()
    fund_wallet(family_of(offer), 20_000, promo_paise=5_000)
    order = as_user(family_of(offer)).post(url(offer, "pay"), {"method": "mixed"}).json()
    assert (order["amount_paise"], order["wallet_paise"], order["promo_paise"]) == (
        *(35_000, 20_000, 5_000),
    )
    (asked,) = razorpay_simulator.state()["orders"]
    assert asked["amount"] == 35_000
    razorpay_simulator.pay(order["razorpay_order_id"])


def test_a_wallet_that_is_short_pays_nothing(as_user):
    offer = OfferFactory()
    fund_wallet(family_of(offer), 20_000)
    answer = as_user(family_of(offer)).post(url(offer, "pay"), {"method": "wallet"})
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["code"] == "wallet_short"


def test_every_reader_sees_the_same_money(as_user):
    session = make_completed()
    seen = [
        as_user(user).get(url(session)).json()["money"]
        for user in (family_of(session), session.tutor.user)
    ]
    assert seen[0] == seen[1]
    money = seen[0]
    assert money["is_booked"] is True
    assert money["price_paise"] == 600_00
    assert money["net_paise"] == ledger.balance("tutor_held", session.tutor.user_id)
    parts = ["commission_paise", "gst_paise", "tax_withheld_paise", "tcs_paise", "net_paise"]
    assert sum(money[part] for part in parts) == money["price_paise"]


def test_the_estimate_before_the_class_is_what_is_booked_after_it(as_user):
    session = make_scheduled()
    before = as_user(family_of(session)).get(url(session)).json()["money"]
    with clock.at(session.start_at):
        api = as_user(session.tutor.user)
        api.post(url(session, "start"))
        after = api.post(url(session, "complete")).json()["money"]
    assert {**before, "is_booked": True} == after


def test_a_class_from_start_to_review(as_user, settings):
    settings.REVIEW_HIDDEN_FOR = timedelta(0)
    session = make_scheduled()
    tutor, family = as_user(session.tutor.user), as_user(family_of(session))
    with clock.at(session.start_at):
        assert tutor.post(url(session, "start")).json()["status"] == "IN_PROGRESS"
        assert tutor.post(url(session, "complete")).json()["status"] == "COMPLETED"
    with clock.at(session.end_at):
        assert family.get(url(session)).json()["actions"] == ["confirm"]
        released = family.post(url(session, "confirm")).json()
        assert released["status"] == "RELEASED"
    with clock.at(session.end_at + timedelta(days=1)):
        reviewed = family.post(url(session, "review"), {"stars": 5, "text": "Clear and kind"})
        assert reviewed.status_code == 200
        assert reviewed.json()["reviews"][0]["stars"] == 5
        assert [event["kind"] for event in reviewed.json()["timeline"]] == [
            "paid",
            "started",
            "completed",
            "confirmed",
            "released",
            "reviewed",
        ]
        again = family.post(url(session, "review"), {"stars": 1})
        assert again.status_code == 409
        assert again.json()["errors"][0]["code"] == "already_reviewed"


def test_the_codes_of_a_home_visit_are_the_familys(as_user):
    session = book(HomeOfferFactory())
    seen = as_user(family_of(session)).get(url(session)).json()
    assert (seen["start_code"], seen["end_code"]) == ("4719", "8253")
    tutor = as_user(session.tutor.user)
    assert tutor.get(url(session)).json()["start_code"] == ""
    with clock.at(session.start_at):
        wrong = tutor.post(url(session, "start"), {"code": "1111"})
        assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (422, "wrong_code")
        assert tutor.post(url(session, "start"), {"code": "4719"}).status_code == 200
        assert tutor.post(url(session, "complete"), {"code": "8253"}).status_code == 200


def test_numbers_are_hidden_until_the_class_is_paid(as_user):
    offer = OfferFactory()
    users = {"family": family_of(offer), "tutor": offer.tutor.user}
    for user in users.values():
        seen = as_user(user).get(url(offer)).json()
        assert seen["contact"] is None
        assert "+91" not in str(seen)
    session = book(offer)
    seen = as_user(users["tutor"]).get(url(session)).json()
    assert seen["contact"]["phone"] == session.learner.guardian.phone
    assert seen["learner"]["name"] == "Aarav"
    seen = as_user(users["family"]).get(url(session)).json()
    assert seen["contact"]["phone"] == session.tutor.user.phone


def test_a_suspended_tutor_sees_the_class_and_neither_number_nor_buttons(as_user):
    session = book(OfferFactory())
    TutorProfile.objects.update(status=TutorProfile.Status.SUSPENDED)
    seen = as_user(session.tutor.user).get(url(session)).json()
    assert seen["contact"] is None
    assert seen["actions"] == []
    assert session.learner.guardian.phone not in str(seen)
    seen = as_user(family_of(session)).get(url(session)).json()
    assert seen["contact"]["phone"] == session.tutor.user.phone


def test_a_hidden_review_is_seen_by_its_writer_only(as_user):
    session = make_released()
    written = as_user(family_of(session)).post(url(session, "review"), {"stars": 2})
    assert len(written.json()["reviews"]) == 1
    assert as_user(session.tutor.user).get(url(session)).json()["reviews"] == []


@pytest.mark.parametrize("stars", [0, 6, "five", None])
def test_stars_are_one_to_five(as_user, stars):
    session = make_released()
    answer = as_user(family_of(session)).post(url(session, "review"), {"stars": stars})
    assert answer.status_code == 400


def test_an_unpaid_offer_is_cancelled_and_a_paid_class_not(as_user):
    offer = OfferFactory()
    answer = as_user(family_of(offer)).post(url(offer, "cancel"))
    assert (answer.status_code, answer.json()["status"]) == (200, "CANCELLED")
    session = make_scheduled()
    refused = as_user(family_of(session)).post(url(session, "cancel"))
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "cancellation_not_available"


def test_what_is_not_mine_is_not_found(as_user, outsider, tutor):
    session = make_scheduled()
    for user in (outsider, tutor.user):
        api = as_user(user)
        assert api.get(url(session)).status_code == 404
        assert api.get("/api/v1/sessions/").json()["results"] == []
        for action in [*ACTIONS, "review", "pay"]:
            answer = api.post(url(session, action), {"stars": 5})
            assert answer.status_code in (403, 404), action
    session.refresh_from_db()
    assert session.status == TutoringSession.Status.SCHEDULED


def test_each_button_belongs_to_one_side(as_user):
    session = make_scheduled()
    family, tutor = as_user(family_of(session)), as_user(session.tutor.user)
    assert family.post(url(session, "start")).status_code == 403
    assert family.post(url(session, "complete")).status_code == 403
    assert tutor.post(url(session, "confirm")).status_code == 403
    assert tutor.post(url(session, "pay")).status_code == 403
    for action in ACTIONS:
        assert APIClient().post(url(session, action)).status_code == 401


def test_lists_and_details_take_few_queries(as_user, django_assert_max_num_queries):
    session = make_completed()
    for day in range(1, 5):
        OfferFactory(
            lead__enquiry__learner=session.learner,
            start_at=session.start_at + timedelta(days=day),
        )
    api = as_user(family_of(session))
    with django_assert_max_num_queries(2):
        rows = api.get("/api/v1/sessions/").json()["results"]
    assert len(rows) == 5
    with django_assert_max_num_queries(6):
        api.get(url(session))
    with django_assert_max_num_queries(2):
        assert len(api.get("/api/v1/sessions/?status=completed").json()["results"]) == 1
