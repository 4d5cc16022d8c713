"""Chargebacks over real HTTP: the simulator's webhooks, our fetches, and our answers."""

import pytest
from django.test import Client

from accounts.tests.factories import TutorUserFactory
from payments import gateway
from payments.models import GatewayDispute, GatewayEvent, LedgerTxn
from payments.services import disputes, earnings, events, ledger, submissions
from payments.tests import factories
from payments.tests.paying import callback, in_escrow
from tutorhub.core import outbox
from tutorhub.core.errors import NotAllowed
from tutorhub.core.models import OutboxRow

pytestmark = pytest.mark.django_db

PROOF = submissions.Made("class", {"title": "Evidence of the class"})


@pytest.fixture
def paid(order, razorpay_simulator):
    """A paid class and the id of its payment."""
    handed = razorpay_simulator.pay(order.razorpay_order_id)
    callback(handed)
    return order, handed["razorpay_payment_id"]


@pytest.fixture
def hear(razorpay_simulator, drain):
    """Deliver what Razorpay has to say, and work through it."""

    def deliver() -> None:
        assert set(razorpay_simulator.deliver(Client())) <= {200}
        drain()

    return deliver


def the_dispute() -> GatewayDispute:
    return GatewayDispute.objects.get()


def same_books(razorpay_simulator) -> bool:
    theirs = razorpay_simulator.state()["totals"]
    return theirs["charged_back_paise"] == sum(
        GatewayDispute.objects.values_list("deducted_paise", flat=True)
    )


class TestWebhooks:
    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ([], "open"),
            (["under_review"], "under_review"),
            (["under_review", "action_required"], "open"),
            (["under_review", "won"], "won"),
            (["closed"], "closed"),
            (["lost"], "lost"),
        ],
    )
    def test_each_of_the_six_events(self, paid, razorpay_simulator, hear, path, status):
        dispute_id = razorpay_simulator.dispute(paid[1])["id"]
        hear()
        for step in path:
            razorpay_simulator.decide(dispute_id, step)
            hear()
        dispute = the_dispute()
        assert (dispute.status, dispute.razorpay_dispute_id) == (status, dispute_id)
        assert dispute.respond_by is not None
        assert not GatewayEvent.objects.exclude(status="DONE").exists()
        assert same_books(razorpay_simulator)

    def test_all_at_once_twice_and_backwards_is_the_last_word(
        self, paid, razorpay_simulator, drain
    ):
        dispute_id = razorpay_simulator.dispute(paid[1], amount=60_000)["id"]
        razorpay_simulator.decide(dispute_id, "under_review")
        razorpay_simulator.decide(dispute_id, "lost")
        for webhook in [*reversed(razorpay_simulator.webhooks()), *razorpay_simulator.webhooks()]:
            events.receive(webhook["body"].encode(), event_id="")
        drain()
        assert the_dispute().status == "lost"
        assert in_escrow(paid[0]) == 40_000
        assert LedgerTxn.objects.filter(kind="chargeback_lost").count() == 1

    def test_lost_in_part(self, paid, razorpay_simulator, hear):
        """The bank keeps less than it asked for."""
        dispute_id = razorpay_simulator.dispute(paid[1])["id"]
        razorpay_simulator.decide(dispute_id, "lost", amount_deducted=25_000)
        hear()
        assert the_dispute().deducted_paise == 25_000
        assert in_escrow(paid[0]) == 75_000
        assert same_books(razorpay_simulator)

    def test_won_and_then_pre_arbitration(self, paid, razorpay_simulator, hear):
        first = razorpay_simulator.dispute(paid[1])["id"]
        razorpay_simulator.decide(first, "won")
        hear()
        second = razorpay_simulator.dispute(paid[1], phase="pre_arbitration")["id"]
        hear()
        assert disputes.is_frozen(purpose="session", purpose_id=paid[0].purpose_id)
        razorpay_simulator.decide(second, "lost")
        hear()
        phases = dict(GatewayDispute.objects.values_list("phase", "status"))
        assert phases == {"chargeback": "won", "pre_arbitration": "lost"}
        assert in_escrow(paid[0]) == 0

    def test_it_may_be_the_first_we_hear_of_the_payment(self, order, razorpay_simulator, hear):
        """The callback and the webhook of the capture were lost."""
        payment_id = razorpay_simulator.pay(order.razorpay_order_id)["razorpay_payment_id"]
        razorpay_simulator.dispute(payment_id)
        event = razorpay_simulator.webhooks("payment.dispute.created")[0]
        events.receive(event["body"].encode(), event_id=event["event_id"])
        hear()
        assert the_dispute().payment.razorpay_payment_id == payment_id
        assert in_escrow(order) == 100_000


class TestAnswers:
    @pytest.fixture
    def open_dispute(self, paid, razorpay_simulator, hear):
        razorpay_simulator.dispute(paid[1])
        hear()
        return the_dispute()

    def test_finance_accepts(self, open_dispute, finance, hear, paid, razorpay_simulator):
        disputes.accept(open_dispute, by=finance)
        hear()
        assert the_dispute().status == "lost"
        assert in_escrow(paid[0]) == 0
        assert same_books(razorpay_simulator)

    def test_finance_contests(self, open_dispute, finance, hear, razorpay_simulator):
        disputes.contest(open_dispute, summary="The class was held.", made=[PROOF], by=finance)
        hear()
        assert the_dispute().status == "under_review"
        (theirs,) = razorpay_simulator.state()["disputes"]
        assert theirs["evidence"]["summary"] == "The class was held."

    @pytest.mark.parametrize("answer", ["accept", "contest"])
    @pytest.mark.parametrize("fault", ["api.lost", "api.500_after", "api.429", "api.html502"])
    def test_a_lost_answer_is_asked_for_again(
        self, open_dispute, finance, razorpay_simulator, answer, fault, drain
    ):
        more = {"summary": "Held.", "made": [PROOF]} if answer == "contest" else {}
        getattr(disputes, answer)(open_dispute, by=finance, **more)
        razorpay_simulator.faults(fault, path=f"/{answer}")
        with pytest.raises(gateway.Unknown):
            drain()
        row = OutboxRow.objects.get(handler=disputes.ANSWER)
        assert outbox.attempt(row.pk)
        assert the_dispute().status == {"accept": "lost", "contest": "under_review"}[answer]
        assert the_dispute().answer == {"accept": "accept", "contest": "contest"}[answer]

    def test_a_refusal_is_on_record_and_can_be_answered_again(self, open_dispute, finance, drain):
        disputes.contest(open_dispute, summary="Held.", made=[PROOF], by=finance)
        GatewayDispute.objects.update(summary="x" * 1001)
        drain()
        dispute = the_dispute()
        assert (dispute.status, dispute.answer) == ("open", "")
        assert dispute.note
        disputes.accept(dispute, by=finance)
        drain()
        assert the_dispute().status == "lost"

    def test_one_answer_at_a_time(self, open_dispute, finance):
        disputes.accept(open_dispute, by=finance)
        with pytest.raises(disputes.NotToBeAnswered):
            disputes.contest(open_dispute, summary="No.", by=finance)

    def test_only_finance_answers(self, open_dispute):
        with pytest.raises(NotAllowed):
            disputes.accept(open_dispute, by=TutorUserFactory())

    def test_a_reason_is_needed(self, open_dispute, finance):
        with pytest.raises(disputes.NoReason):
            disputes.contest(open_dispute, summary=" ", by=finance)


def test_the_money_of_a_tutor_from_freeze_to_loss(paid, razorpay_simulator, hear):
    order, payment_id = paid
    tutor = TutorUserFactory()
    factories.make_method(tutor)
    earnings.recognise(
        session_id=order.purpose_id,
        tutor=tutor,
        tutor_state="Karnataka",
        gross_paise=100_000,
        commission_bps=1500,
    )
    earnings.release(session_id=order.purpose_id, tutor=tutor)
    dispute_id = razorpay_simulator.dispute(payment_id)["id"]
    hear()
    assert ledger.balance("tutor_held", tutor.pk) == 82_300
    razorpay_simulator.decide(dispute_id, "lost")
    hear()
    for code in ("tutor_held", "tutor_earnings", "tutor_receivable"):
        assert ledger.balance(code, tutor.pk) == 0
    assert same_books(razorpay_simulator)
