"""Chargebacks at the desk of finance."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.tests.factories import StaffFactory
from marketplace import queries
from marketplace.services import sessions
from marketplace.tests.factories import HomeOfferFactory, book, make_completed, make_scheduled
from payments.models import GatewayDispute, Payment, PaymentOrder
from payments.policies import FINANCE
from payments.services import disputes
from tutorhub.core import clock

pytestmark = pytest.mark.django_db

LIST = reverse("admin:payments_gatewaydispute_changelist")


@pytest.fixture
def desk():
    finance = StaffFactory()
    finance.groups.add(Group.objects.get_or_create(name=FINANCE)[0])
    client = Client()
    client.force_login(finance, backend="accounts.backends.StaffBackend")
    session = client.session
    session["otp_device_id"] = finance.totpdevice_set.get().persistent_id
    session.save()
    return client


def disputed(session, known_as="disp_1", **values) -> GatewayDispute:
    payment = Payment.objects.get(order_id=session.order_id)
    disputes.apply(
        {
            "id": known_as,
            "payment_id": payment.razorpay_payment_id,
            "amount": payment.amount_paise,
            "amount_deducted": 0,
            "respond_by": int(clock.now().timestamp()) + 86400,
            "status": "open",
            **values,
        }
    )
    return GatewayDispute.objects.get(razorpay_dispute_id=known_as)


def act(desk, action, dispute, **values) -> str:
    return desk.post(
        LIST, {"action": action, "_selected_action": [dispute.pk], **values}, follow=True
    ).content.decode()


def test_the_page_shows_the_facts_of_the_class(desk):
    dispute = disputed(make_completed())
    html = desk.get(
        reverse("admin:payments_gatewaydispute_change", args=[dispute.pk])
    ).content.decode()
    assert "Class started by the tutor" in html
    assert "Paid by the payer" in html


def test_a_home_visit_says_that_the_code_was_given():
    session = book(HomeOfferFactory())
    with clock.at(session.start_at):
        sessions.start(session, by=session.tutor.user, code=session.start_code)
    facts = queries.facts_for_bank(PaymentOrder.objects.get(pk=session.order_id))
    assert facts[-1].endswith("Class started by the tutor, with the code from the payer's phone")
    assert session.tutor.user.name not in " ".join(facts)


def test_finance_contests_with_words_and_facts(desk):
    dispute = disputed(make_completed())
    assert "is being contested" in act(desk, "contest", dispute, words="The class was held.")
    dispute.refresh_from_db()
    assert dispute.answer == "contest"
    assert dispute.summary.startswith("The class was held.\nClass in ")
    assert "Class ended by the tutor" in dispute.summary
    assert len(dispute.summary) <= 1000


def test_contesting_needs_words(desk):
    dispute = disputed(make_completed())
    assert "Say what the bank is to know." in act(desk, "contest", dispute)
    dispute.refresh_from_db()
    assert dispute.answer == ""


def test_finance_accepts_once(desk):
    dispute = disputed(make_scheduled())
    assert "is being accepted" in act(desk, "accept", dispute)
    assert "cannot be answered now" in act(desk, "accept", dispute)


def test_those_to_be_answered_come_first(desk):
    late = disputed(
        make_scheduled(), "disp_late", respond_by=int(clock.now().timestamp()) + 999_999
    )
    done = disputed(make_scheduled(), "disp_done")
    closing = {"id": "disp_done", "amount": done.amount_paise, "status": "won"}
    disputes.apply({**closing, "payment_id": done.payment.razorpay_payment_id})
    soon = disputed(make_scheduled(), "disp_soon")
    html = desk.get(LIST).content.decode()
    places = [html.index(str(one)) for one in (soon, late, done)]
    assert places == sorted(places)


def test_moderators_do_not_see_them():
    client = Client()
    moderator = StaffFactory()
    client.force_login(moderator, backend="accounts.backends.StaffBackend")
    session = client.session
    session["otp_device_id"] = moderator.totpdevice_set.get().persistent_id
    session.save()
    assert client.get(LIST).status_code == 403
