"""R3 hears of chargebacks of which no webhook told us."""

from datetime import timedelta

import pytest

from payments import gateway
from payments.models import GatewayDispute
from payments.services import captures, disputes, ledger
from payments.services.reconciling import outgoing
from tutorhub.core import clock
from tutorhub.core.models import OutboxRow

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(razorpay_simulator, order):
    """The id of the payment of a class, at Razorpay."""
    handed = razorpay_simulator.pay(order.razorpay_order_id)
    captures.apply_capture(handed["razorpay_payment_id"])
    return handed["razorpay_payment_id"]


def is_frozen(order) -> bool:
    return disputes.is_frozen(purpose="session", purpose_id=order.purpose_id)


def test_one_that_began_without_a_webhook_freezes_the_class(razorpay_simulator, order, paid):
    razorpay_simulator.dispute(paid)
    assert outgoing.reconcile().mended == 1
    assert is_frozen(order)
    with clock.at(clock.now() + timedelta(minutes=15)):
        assert outgoing.reconcile().mended == 0
    assert GatewayDispute.objects.count() == 1


def test_one_that_is_lost_already_is_booked(razorpay_simulator, order, paid):
    known = razorpay_simulator.dispute(paid)
    razorpay_simulator.decide(known["id"], "lost", amount_deducted=40_000)
    outgoing.reconcile()
    assert GatewayDispute.objects.get().deducted_paise == 40_000
    assert ledger.balance("session_escrow", order.purpose_id) == 60_000


def test_the_webhook_of_its_payment_may_be_lost_too(razorpay_simulator, order):
    handed = razorpay_simulator.pay(order.razorpay_order_id)
    razorpay_simulator.dispute(handed["razorpay_payment_id"])
    outgoing.reconcile()
    order.refresh_from_db()
    assert order.status == "PAID"
    assert is_frozen(order)


def test_one_of_somebody_else_on_the_same_account_is_left_alone(razorpay_simulator, db):
    foreign = gateway.client().create_order(
        amount_paise=5000, receipt="foreign", notes={}, expiry_minutes=0
    )
    razorpay_simulator.dispute(razorpay_simulator.pay(foreign["id"])["razorpay_payment_id"])
    assert outgoing.reconcile().mended == 0
    assert not GatewayDispute.objects.exists()


def test_of_more_than_one_page_none_is_left_out(razorpay_simulator, order, paid, monkeypatch):
    monkeypatch.setattr(outgoing, "PAGE", 2)
    for _ in range(5):
        razorpay_simulator.dispute(paid, amount=100)
    assert outgoing.reconcile().mended == 5


def test_the_next_pass_looks_where_the_last_ended(razorpay_simulator, order, paid):
    """With an hour of overlap, so one that shows late is not missed."""
    first = outgoing.reconcile()
    with clock.at(clock.now() + timedelta(minutes=15)):
        second = outgoing.reconcile()
    assert first.cursor["to"] - second.cursor["from"] == 3600


def test_r3_hears_of_a_chargeback_that_ended_without_a_webhook(razorpay_simulator, order):
    """Otherwise the class would stay frozen for ever."""
    paid = razorpay_simulator.pay(order.razorpay_order_id)
    captures.apply_capture(paid["razorpay_payment_id"])
    known = razorpay_simulator.dispute(paid["razorpay_payment_id"])
    disputes.apply(gateway.client().fetch_dispute(known["id"]))
    assert disputes.is_frozen(purpose="session", purpose_id=order.purpose_id)
    razorpay_simulator.decide(known["id"], "won")
    with clock.at(clock.now() + timedelta(hours=2)):
        run = outgoing.reconcile()
    assert run is not None
    assert run.mended == 1
    assert not disputes.is_frozen(purpose="session", purpose_id=order.purpose_id)


@pytest.mark.parametrize(("hours", "status"), [(0, "open"), (2, "lost")])
def test_r3_gives_an_answer_again_that_the_outbox_gave_up(
    razorpay_simulator, order, finance, hours, status
):
    """The bank would take silence for a yes; and so it is with a yes that Razorpay never heard."""
    paid = razorpay_simulator.pay(order.razorpay_order_id)
    captures.apply_capture(paid["razorpay_payment_id"])
    known = razorpay_simulator.dispute(paid["razorpay_payment_id"])
    disputes.apply(gateway.client().fetch_dispute(known["id"]))
    opened_at = clock.now()
    with clock.at(opened_at + timedelta(hours=3)):
        disputes.accept(GatewayDispute.objects.get(), by=finance)
    OutboxRow.objects.filter(handler=disputes.ANSWER).update(dead_at=opened_at)
    with clock.at(opened_at + timedelta(hours=3 + hours)):
        outgoing.reconcile()
    assert GatewayDispute.objects.get().status == status
    assert gateway.client().fetch_dispute(known["id"])["status"] == status


def test_r3_hears_how_a_chargeback_ended_that_was_answered_long_ago(
    razorpay_simulator, order, finance
):
    """The bank has our answer and decides weeks later; no webhook told us of its decision."""
    paid = razorpay_simulator.pay(order.razorpay_order_id)
    captures.apply_capture(paid["razorpay_payment_id"])
    known = razorpay_simulator.dispute(paid["razorpay_payment_id"])
    disputes.apply(gateway.client().fetch_dispute(known["id"]))
    answered = {"answer": "contest", "answered_by": finance, "answered_at": clock.now()}
    GatewayDispute.objects.update(**answered)
    razorpay_simulator.decide(known["id"], "under_review")
    disputes.apply(gateway.client().fetch_dispute(known["id"]))
    razorpay_simulator.decide(known["id"], "won")
    with clock.at(clock.now() + timedelta(days=20)):
        outgoing.reconcile()
    assert GatewayDispute.objects.get().status == "won"
    assert not disputes.is_frozen(purpose="session", purpose_id=order.purpose_id)
