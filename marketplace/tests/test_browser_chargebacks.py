"""A chargeback from the freeze to the release, in a real Chromium."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY

from accounts.tests.factories import StaffFactory
from marketplace.services import bookings, sessions
from marketplace.tests.factories import OfferFactory
from payments.models import EvidenceFile, GatewayDispute
from payments.policies import FINANCE
from payments.services import captures, ledger
from tests.browser import DESKTOP, PHONE, Visitor
from tutorhub.core import clock, outbox
from tutorhub.core.tests import files

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PDF = files.pdf("Homework")


def drain(simulator) -> None:
    outbox.drain()
    assert set(simulator.deliver(Client())) <= {200}
    outbox.drain()


@pytest.fixture
def session(settings, tmp_path, razorpay_simulator):
    """A class that was paid at the gateway, held and released, and is disputed now."""
    settings.PRIVATE_ROOT = tmp_path
    offer = OfferFactory()
    order = bookings.start_payment(offer, by=offer.learner.family.user)
    captures.verify_callback(**razorpay_simulator.pay(order.razorpay_order_id))
    drain(razorpay_simulator)
    offer.refresh_from_db()
    with clock.at(offer.start_at):
        offer = sessions.start(offer, by=offer.tutor.user)
    with clock.at(offer.end_at):
        offer = sessions.complete(offer, by=offer.tutor.user)
    with clock.at(offer.end_at + timedelta(hours=1)):
        session = sessions.confirm(offer, by=offer.learner.family.user)
    payment = order.payments.get()
    razorpay_simulator.dispute(payment.razorpay_payment_id)
    drain(razorpay_simulator)
    return session


def show(visitor: Visitor, path: str, name: str, says: str):
    page = visitor.go(path)
    page.get_by_text(says).first.wait_for()
    visitor.check()
    visitor.picture(f"chargebacks-{name}")
    return page


def sign_in_finance(visitor: Visitor) -> None:
    finance = StaffFactory()
    finance.groups.add(Group.objects.get_or_create(name=FINANCE)[0])
    client = Client()
    client.force_login(finance, backend="accounts.backends.StaffBackend")
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = finance.totpdevice_set.get().persistent_id
    session.save()
    name = "sessionid" if "sessionid" in client.cookies else next(iter(client.cookies))
    cookie = {"name": name, "value": client.cookies[name].value, "url": visitor.base_url}
    visitor.context.add_cookies([cookie])


def test_frozen_answered_with_a_file_won_and_released(
    visitors, session, razorpay_simulator, tmp_path
):
    tutor, family, finance = visitors(PHONE), visitors(PHONE), visitors(DESKTOP)
    net = ledger.balance("tutor_held", session.tutor.user_id)
    assert net > 0
    family.sign_in(session.learner.family.user)
    show(family, f"/payments/{session.order_id}/", "1-family", "Your bank questions")
    tutor.sign_in(session.tutor.user)
    show(tutor, "/earnings/", "2-earnings-frozen", "Payments that banks question")
    page = show(tutor, f"/classes/{session.pk}/", "3-tutor-frozen", "bank questions the payment")
    page.get_by_role("link", name="Tell us what you know").click()
    page.get_by_label("What happened in the class?").fill("We did optics, and he sent homework.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("We have kept your words.").wait_for()
    hand_in(tutor, tmp_path)

    sign_in_finance(finance)
    dispute = GatewayDispute.objects.get()
    page = finance.go(f"/admin/payments/gatewaydispute/{dispute.pk}/change/")
    page.get_by_role("link", name="Contest with evidence").click()
    page.get_by_text("We did optics").wait_for()
    finance.picture("chargebacks-6-finance")
    page.get_by_label("What the bank is to know").fill("The class was held.")
    page.get_by_label("The tutor's words").check()
    page.get_by_role("checkbox", name="from-the-tutor-").check()
    page.get_by_role("button", name="Contest").click()
    page.get_by_text("is being contested").wait_for()
    drain(razorpay_simulator)
    state = razorpay_simulator.state()
    assert state["disputes"][0]["status"] == "under_review"
    kept = EvidenceFile.objects.get(kind="tutor").size
    assert kept in [document["size"] for document in state["documents"]]
    assert len(state["documents"]) == 4

    razorpay_simulator.decide(dispute.razorpay_dispute_id, "won")
    drain(razorpay_simulator)
    show(tutor, f"/classes/{session.pk}/", "7-tutor-won", "is yours again since")
    show(tutor, "/earnings/", "8-earnings-won", "Stays paid")
    show(family, f"/payments/{session.order_id}/", "9-family-won", "the payment stays")
    assert ledger.balance("tutor_earnings", session.tutor.user_id) == net


def hand_in(tutor: Visitor, tmp_path) -> None:
    page = tutor.page
    page.get_by_label("PDF", exact=True).check()
    tutor.check()
    tutor.picture("chargebacks-4-evidence")
    page.get_by_role("button", name="Go on to the file").click()
    page.get_by_label("The file, up to").wait_for()
    tutor.check()
    paper = tmp_path / "homework.pdf"
    paper.write_bytes(PDF)
    page.set_input_files("input[type=file]", paper)
    page.get_by_role("button", name="Upload").click()
    page.get_by_text("The file has arrived.").wait_for()
    tutor.check()
    tutor.picture("chargebacks-5-handed-in")
