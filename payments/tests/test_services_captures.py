"""Money comes in, against the simulator over real HTTP (scenarios 1 to 22 of payments.md)."""

import itertools
import json

import pytest

from accounts.tests.factories import FamilyUserFactory
from notifications.models import Message
from payments import gateway
from payments.models import GatewayEvent, LedgerTxn, Payment, PaymentOrder, Refund
from payments.services import captures, events, ledger, refund_decisions, refunds
from payments.tasks import book_fees
from payments.tests import factories
from payments.tests.paying import callback, captures_booked, in_escrow, opened, status_of
from tutorhub.core import clock, outbox
from tutorhub.core.errors import NotAllowed
from tutorhub.core.models import OutboxRow


class TestCapture:
    def test_callback_and_every_webhook_in_every_order_pay_once(
        self, order, razorpay_simulator, client, drain, news
    ):
        handed = razorpay_simulator.pay(order.razorpay_order_id)
        assert callback(handed).status == "PAID"
        assert set(razorpay_simulator.deliver(client)) == {200}
        drain()
        assert callback(handed).status == "PAID"
        assert captures_booked() == 1
        assert in_escrow(order) == 100_000
        assert news == ["payments.order_paid"]

    @pytest.mark.scenario(4)
    def test_the_three_events_in_every_order(self, db, razorpay_simulator, client, drain):
        """Scenarios 2 and 4: authorized, captured and order.paid, however they come."""
        for permutation in itertools.permutations(range(3)):
            seen = len(razorpay_simulator.webhooks())
            order = opened()
            razorpay_simulator.pay(order.razorpay_order_id)
            hooks = razorpay_simulator.webhooks()[seen:]
            assert len(hooks) == 3
            before = captures_booked()
            for index in permutation:
                client.post(
                    "/webhooks/razorpay",
                    data=hooks[index]["body"].encode(),
                    content_type="application/json",
                    headers=hooks[index]["headers"],
                )
            drain()
            assert (status_of(order), captures_booked() - before) == ("PAID", 1), permutation

    def test_the_fee_is_booked_apart(self, order, razorpay_simulator):
        callback(razorpay_simulator.pay(order.razorpay_order_id))
        payment = Payment.objects.get()
        assert payment.fee_paise > 0
        assert ledger.balance("rzp_clearing") == 100_000 - payment.fee_paise
        assert ledger.balance("gateway_fees") + ledger.balance("gst_input") == payment.fee_paise

    def test_a_fee_that_is_not_known_yet_is_booked_later(self, order, razorpay_simulator):
        razorpay_simulator.faults("data.fee_null")
        callback(razorpay_simulator.pay(order.razorpay_order_id))
        assert Payment.objects.get().fee_paise is None
        assert in_escrow(order) == 100_000
        razorpay_simulator.settle()
        book_fees()
        assert Payment.objects.get().fee_paise is not None
        assert captures_booked() == 1

    @pytest.mark.scenario(17)
    def test_authorised_is_not_paid(self, order, razorpay_simulator, news):
        """Scenario 17."""
        paid = callback(razorpay_simulator.pay(order.razorpay_order_id, "authorize"))
        assert paid.status == "OPEN"
        assert (captures_booked(), in_escrow(order), news) == (0, 0, [])
        assert Payment.objects.get().status == "authorized"

    @pytest.mark.scenario(5)
    def test_failed_then_captured(self, order, razorpay_simulator, client, drain):
        """Scenario 5: the same payment, after all."""
        handed = razorpay_simulator.pay(order.razorpay_order_id, "fail")
        razorpay_simulator.deliver(client)
        drain()
        assert (Payment.objects.get().status, status_of(order)) == ("failed", "OPEN")
        razorpay_simulator.authorize_late(handed["error"]["metadata"]["payment_id"], capture=True)
        razorpay_simulator.deliver(client)
        drain()
        assert (Payment.objects.get().status, status_of(order)) == ("captured", "PAID")
        assert captures_booked() == 1
        assert not Message.objects.filter(user_id=order.payer_id).exists()

    @pytest.mark.scenario(6)
    def test_captured_then_an_old_failure(self, order):
        """Scenario 6."""
        payment = factories.pay(order)
        entity = factories.payment_entity(order, id=payment.razorpay_payment_id, status="failed")
        captures.apply_capture(entity["id"], fetched=entity)
        payment.refresh_from_db()
        assert (payment.status, status_of(order)) == ("captured", "PAID")

    @pytest.mark.scenario(11)
    def test_the_same_payment_again_changes_nothing(self, order, razorpay_simulator):
        """Scenario 11: the worker died before it marked the event done."""
        handed = razorpay_simulator.pay(order.razorpay_order_id)
        for _ in range(3):
            captures.apply_capture(handed["razorpay_payment_id"])
        assert captures_booked() == 1

    @pytest.mark.scenario(11)
    def test_a_worker_that_dies_after_the_posting_is_replayed(
        self, order, razorpay_simulator, client, monkeypatch
    ):
        """Killed between the ledger's commit and the mark on the event; then it comes again."""

        class Killed(BaseException):
            pass

        def die(*args, **values):
            raise Killed

        razorpay_simulator.pay(order.razorpay_order_id)
        razorpay_simulator.deliver(client)
        rows = [row.pk for row in OutboxRow.objects.filter(kind=events.PROCESS)]
        with monkeypatch.context() as death:
            death.setattr(events, "_close", die)
            for row in rows:
                with pytest.raises(Killed):
                    outbox.attempt(row)
        assert (status_of(order), captures_booked()) == ("PAID", 1)
        assert set(GatewayEvent.objects.values_list("status", flat=True)) == {"RECEIVED"}
        booked = LedgerTxn.objects.count()
        with clock.at(clock.now() + outbox.LEASE * 2):
            assert [outbox.attempt(row) for row in rows] == [True] * 3
        assert set(GatewayEvent.objects.values_list("status", flat=True)) == {"DONE"}
        assert LedgerTxn.objects.count() == booked
        assert in_escrow(order) == 100_000

    def test_without_an_answer_the_callback_asks_later(self, order, razorpay_simulator, drain):
        handed = razorpay_simulator.pay(order.razorpay_order_id)
        razorpay_simulator.faults("api.500", method="GET", path="/v1/payments")
        assert callback(handed).status == "OPEN"
        drain()
        assert status_of(order) == "PAID"

    @pytest.mark.parametrize("signature", ["", "0" * 64, "é" * 64, "A" * 64])
    def test_a_forged_callback_is_refused(self, order, razorpay_simulator, signature):
        handed = razorpay_simulator.pay(order.razorpay_order_id)
        with pytest.raises(captures.BadSignature):
            callback({**handed, "razorpay_signature": signature})
        assert status_of(order) == "OPEN"

    def test_a_callback_of_another_order_is_refused(self, order, razorpay_simulator):
        other = opened()
        handed = razorpay_simulator.pay(other.razorpay_order_id)
        with pytest.raises(captures.BadSignature):
            callback({**handed, "razorpay_order_id": order.razorpay_order_id})

    def test_people_cannot_verify_for_others(self, order, razorpay_simulator):
        handed = razorpay_simulator.pay(order.razorpay_order_id)
        with pytest.raises(PaymentOrder.DoesNotExist):
            captures.verify_callback(**handed, by=FamilyUserFactory())


@pytest.mark.scenario(16)
class TestMismatch:
    """Scenario 16: whatever does not fit is booked, set aside, and looked at by a person."""

    @pytest.mark.parametrize("fault", ["data.amount", "data.currency"])
    def test_wrong_money_is_set_aside(self, order, razorpay_simulator, fault, caplog):
        razorpay_simulator.faults(fault)
        callback(razorpay_simulator.pay(order.razorpay_order_id))
        payment = Payment.objects.get()
        assert (payment.place, payment.alarm) == ("unapplied", "mismatch")
        assert (status_of(order), in_escrow(order)) == ("OPEN", 0)
        assert LedgerTxn.objects.get(idem_key__startswith="rzp:capture:").kind == (
            "receipt_unapplied"
        )
        assert Refund.objects.count() == 0
        assert "needs an operator" in caplog.text

    def test_a_payment_of_another_order(self, order, razorpay_simulator):
        other = opened()
        razorpay_simulator.faults("data.order_id", value=other.razorpay_order_id)
        callback(razorpay_simulator.pay(order.razorpay_order_id))
        payment = Payment.objects.get()
        assert (payment.place, payment.alarm) == ("unapplied", "mismatch")
        assert {status_of(order), status_of(other)} == {"OPEN"}
        assert ledger.balance("unapplied", payment.pk) == 100_000

    def test_finance_sends_it_back(self, order, razorpay_simulator, drain, finance):
        entity = factories.payment_entity(order, amount=99_999, base_amount=99_999)
        payment = captures.apply_capture(entity["id"], fetched=entity)
        with pytest.raises(NotAllowed):
            refund_decisions.return_set_aside(payment, by=order.payer)
        refund = refund_decisions.return_set_aside(payment, by=finance)
        assert ledger.balance("refund_payable", refund.pk) == 99_999
        with pytest.raises(refunds.NothingToRefund):
            refund_decisions.return_set_aside(payment, by=finance)


def test_the_gateway_is_asked_and_not_the_payload(order, razorpay_simulator, client, drain):
    """The body says captured; Razorpay knows nothing of it."""
    body = json.dumps(
        {
            "event": "payment.captured",
            "payload": {"payment": {"entity": factories.payment_entity(order)}},
        }
    ).encode()
    assert events.receive(body, event_id="evt_1")
    with pytest.raises(gateway.Refused):
        drain()
    assert captures_booked() == 0


def test_what_razorpay_gave_back_uncaptured_was_never_ours(order):
    """Such a payment is `refunded` and not captured (payments.md 1.6)."""
    entity = factories.payment_entity(
        order, status="refunded", captured=False, amount_refunded=100_000
    )
    payment = captures.apply_capture(entity["id"], fetched=entity)
    assert payment.status == "failed"
    assert not LedgerTxn.objects.exists()
    assert status_of(order) == "OPEN"
