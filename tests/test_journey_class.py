"""From a family's question to a rated class, through the API, with a real simulator of Razorpay."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from payments.services import earnings, ledger
from payments.tests.simulator import RazorpaySimulator
from students.tests.factories import LearnerFactory
from tutorhub.core import clock
from tutors.tests.factories import TutorFactory

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def as_user(user: Any) -> APIClient:
    api = APIClient()
    api.force_authenticate(user)
    return api


def test_a_class_from_question_to_rating(
    razorpay_simulator: RazorpaySimulator, client: Client, drain: Any, settings: Any
) -> None:
    settings.REVIEW_HIDDEN_FOR = timedelta(0)
    learner, profile = LearnerFactory(), TutorFactory()
    family, tutor = as_user(learner.family.user), as_user(profile.user)
    asked = family.post(
        "/api/v1/students/enquiries",
        {"learner": str(learner.pk), "subject": "physics", "mode": "online"},
    ).json()
    lead = tutor.get("/api/v1/tutors/leads/inbox").json()["results"][0]
    offer = {
        "start_at": (clock.now() + timedelta(days=2)).isoformat(),
        "duration_min": 60,
        "rate_paise": 600_00,
    }
    accept = f"/api/v1/tutors/leads/{lead['id']}/accept"
    packs = tutor.post(accept, offer).json()["packs"]
    topup = tutor.post("/api/v1/tutors/wallet/topup", {"pack": packs[0]["code"]}).json()
    settle(razorpay_simulator, client, drain, topup["razorpay_order_id"])
    session = tutor.post(accept, offer).json()
    offers = family.get(f"/api/v1/students/enquiries/{asked['id']}").json()["offers"]
    assert [row["id"] for row in offers] == [session["id"]]
    url = f"/api/v1/sessions/{session['id']}"
    order = family.post(f"{url}/pay", {"method": "razorpay"}).json()
    settle(razorpay_simulator, client, drain, order["razorpay_order_id"])
    assert family.get(url).json()["status"] == "SCHEDULED"
    assert ledger.balance("session_escrow", session["id"]) == 600_00
    with clock.at(clock.now() + timedelta(days=2)):
        tutor.post(f"{url}/start")
        assert tutor.post(f"{url}/complete").json()["status"] == "COMPLETED"
        assert family.post(f"{url}/confirm").json()["status"] == "RELEASED"
        family.post(f"{url}/review", {"stars": 5, "text": "Clear and kind"})
    money = tutor.get(url).json()["money"]
    assert earnings.summary(profile.user).available_paise == money["net_paise"]
    profile.refresh_from_db()
    assert (profile.minutes_taught, profile.rating_count) == (60, 1)


def settle(
    simulator: RazorpaySimulator, client: Client, drain: Any, razorpay_order_id: str
) -> None:
    """Pay at the gateway and let its webhooks and our outbox do the rest."""
    simulator.pay(razorpay_order_id)
    assert set(simulator.deliver(client)) == {200}
    drain()
