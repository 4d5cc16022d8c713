"""Money comes in, against the simulator over real HTTP (scenarios 1 to 22 of payments.md)."""

import itertools
import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import QuerySet
from django.test import Client

from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from notifications.models import Message
from payments import gateway
from payments.models import GatewayEvent, LedgerTxn, Payment, PaymentOrder, Refund
from payments.services import captures, credits, events, ledger, orders, reconciling, refunds
from payments.tasks import book_fees, process_gateway_events, reconcile_orders
from payments.tests import factories
from payments.tests.threads import run_together
from tutorhub.core import clock, outbox
from tutorhub.core.errors import NotAllowed
from tutorhub.core.ids import uuid7
from tutorhub.core.models import OutboxRow


@pytest.fixture
def news(monkeypatch):
    """What this app announced, in order."""
    heard = []
    monkeypatch.setattr(outbox, "announce", lambda kind, **payload: heard.append(kind))
    return heard


@pytest.fixture
def order(db, razorpay_simulator):
    return opened()


def opened(**values) -> PaymentOrder:
    """An order for a class that the simulator knows."""
    order = orders.create(
        purpose="session",
        purpose_id=values.pop("purpose_id", None) or uuid7(),
        payer=values.pop("payer", None) or FamilyUserFactory(),
        amount_paise=100_000,
        expires_at=clock.now() + timedelta(hours=1),
        description="Maths, 1 h",
    )
    return orders.open_at_gateway(order)


def captures_booked() -> int:
    return LedgerTxn.objects.filter(idem_key__startswith="rzp:capture:").count()


def in_escrow(order: PaymentOrder) -> int:
    return ledger.balance("session_escrow", order.purpose_id)


def callback(handed: dict) -> PaymentOrder:
    return captures.verify_callback(**handed)


def status_of(order: PaymentOrder) -> str:
    order.refresh_from_db()
    return order.status


class TestOrders:
    def test_an_order_is_opened_once(self, order, razorpay_simulator):
        assert order.status == "OPEN"
        assert orders.open_at_gateway(order).razorpay_order_id == order.razorpay_order_id
        assert len(razorpay_simulator.state()["orders"]) == 1

    @pytest.mark.parametrize("fault", ["api.lost", "api.500_after", "api.html502", "api.429"])
    def test_no_answer_is_not_a_no(self, db, razorpay_simulator, fault):
        razorpay_simulator.faults(fault, method="POST", path="/v1/orders")
        order = orders.create(
            purpose="session",
            purpose_id=uuid7(),
            payer=FamilyUserFactory(),
            amount_paise=100_000,
            expires_at=clock.now() + timedelta(hours=1),
            description="Maths",
        )
        with pytest.raises(orders.GatewayAway):
            orders.open_at_gateway(order)
        assert status_of(order) == "CREATING"
        assert orders.open_at_gateway(order).status == "OPEN"
        assert len(razorpay_simulator.state()["orders"]) == 1

    def test_one_live_order_per_thing(self, order):
        again = opened(purpose_id=order.purpose_id, payer=order.payer)
        assert again.pk == order.pk

    def test_a_new_order_replaces_an_overdue_one(self, order):
        PaymentOrder.objects.filter(pk=order.pk).update(expires_at=clock.now())
        again = opened(purpose_id=order.purpose_id, payer=order.payer)
        assert again.pk != order.pk
        assert status_of(order) == "EXPIRED"

    def test_opening_in_a_transaction_is_refused(self, db, razorpay_simulator):
        order = factories.make_order()
        with pytest.raises(RuntimeError), transaction.atomic():
            orders.open_at_gateway(order)


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

    def test_authorised_is_not_paid(self, order, razorpay_simulator):
        """Scenario 17."""
        paid = callback(razorpay_simulator.pay(order.razorpay_order_id, "authorize"))
        assert paid.status == "OPEN"
        assert captures_booked() == 0
        assert Payment.objects.get().status == "authorized"

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

    def test_captured_then_an_old_failure(self, order):
        """Scenario 6."""
        payment = factories.pay(order)
        entity = factories.payment_entity(order, id=payment.razorpay_payment_id, status="failed")
        captures.apply_capture(entity["id"], fetched=entity)
        payment.refresh_from_db()
        assert (payment.status, status_of(order)) == ("captured", "PAID")

    def test_the_same_payment_again_changes_nothing(self, order, razorpay_simulator):
        """Scenario 11: the worker died before it marked the event done."""
        handed = razorpay_simulator.pay(order.razorpay_order_id)
        for _ in range(3):
            captures.apply_capture(handed["razorpay_payment_id"])
        assert captures_booked() == 1

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
            refunds.return_set_aside(payment, by=order.payer)
        refund = refunds.return_set_aside(payment, by=finance)
        assert ledger.balance("refund_payable", refund.pk) == 99_999
        with pytest.raises(refunds.NothingToRefund):
            refunds.return_set_aside(payment, by=finance)


class TestLateAndDuplicate:
    """Scenario 15, the part of this app: nothing is decided here, nothing is lost."""

    @pytest.fixture
    def late(self, order, razorpay_simulator, news):
        orders.expire_for(purpose="session", purpose_id=order.purpose_id)
        callback(razorpay_simulator.pay(order.razorpay_order_id))
        order.refresh_from_db()
        assert (order.status, news) == ("PAID_LATE", ["payments.order_paid_late"])
        return order

    def test_it_is_set_aside_until_somebody_decides(self, late):
        assert ledger.balance("unapplied", Payment.objects.get().pk) == 100_000

    def test_it_is_honoured_once(self, late):
        orders.apply_late(late)
        orders.apply_late(late)
        assert in_escrow(late) == 100_000
        with pytest.raises(orders.OrderClosed):
            orders.return_late(late)

    def test_it_goes_back_once(self, late, drain):
        refund = orders.return_late(late)
        assert orders.return_late(late) == refund
        with pytest.raises(orders.OrderClosed):
            orders.apply_late(late)
        drain()
        refund.refresh_from_db()
        assert refund.status == "PROCESSED"
        assert Payment.objects.get().status == "refunded"
        assert ledger.balance("refund_payable", refund.pk) == 0
        assert Message.objects.filter(template="refund_started").exists()

    def test_a_cancelled_order_is_late_too(self, order, razorpay_simulator, news):
        orders.cancel_for(purpose="session", purpose_id=order.purpose_id)
        callback(razorpay_simulator.pay(order.razorpay_order_id))
        assert status_of(order) == "PAID_LATE"

    def test_an_order_that_was_paid_before_it_is_cancelled_stays_paid(
        self, order, razorpay_simulator
    ):
        callback(razorpay_simulator.pay(order.razorpay_order_id))
        orders.cancel_for(purpose="session", purpose_id=order.purpose_id)
        assert status_of(order) == "PAID"

    def test_a_second_payment_goes_back_by_itself(self, order, drain):
        first, second = factories.pay(order), factories.pay(order)
        assert (first.place, second.place, second.alarm) == ("purpose", "returned", "duplicate")
        assert in_escrow(order) == 100_000
        assert ledger.balance("refund_payable", Refund.objects.get().pk) == 100_000

    def test_a_paid_class_that_cannot_be_held_is_paid_back_once(
        self, order, razorpay_simulator, drain
    ):
        callback(razorpay_simulator.pay(order.razorpay_order_id))
        refund = orders.return_paid(order)
        assert orders.return_paid(order) == refund
        assert in_escrow(order) == 0
        drain()
        refund.refresh_from_db()
        assert refund.status == "PROCESSED"

    def test_two_decisions_at_once_leave_one(self, late):
        """Outside a test transaction; see TestRaces for the threads."""
        orders.apply_late(late)
        with pytest.raises(orders.OrderClosed):
            orders.return_late(late)


class TestCreditPack:
    def test_a_lost_webhook_is_made_up_for_by_asking(self, db, razorpay_simulator, drain):
        """Scenario 22."""
        tutor = TutorUserFactory()
        order = orders.open_at_gateway(credits.start_topup(pack=credits.packs()[0], by=tutor))
        razorpay_simulator.pay(order.razorpay_order_id)
        reconcile_orders()
        assert credits.balance(tutor) == 0
        with clock.at(clock.now() + timedelta(minutes=16)):
            reconcile_orders()
            reconcile_orders()
        assert credits.balance(tutor) == 5
        assert Message.objects.filter(template="credits_bought", channel="sms").count() == 1


class TestReconciler:
    def later(self, minutes):
        return clock.at(clock.now() + timedelta(minutes=minutes))

    def test_gaps_grow_and_end(self, order):
        gaps = []
        for _ in range(30):
            order.refresh_from_db()
            if order.check_at is None:
                break
            with clock.at(order.check_at):
                reconcile_orders()
                before = order.check_at
                order.refresh_from_db()
                gaps.append(order.check_at and order.check_at - before)
        assert gaps[-1] is None
        assert gaps[0] < gaps[1] < gaps[2]

    def test_one_order_that_fails_stops_no_other(self, db, razorpay_simulator):
        first, second = opened(), opened()
        for order in (first, second):
            razorpay_simulator.pay(order.razorpay_order_id)
        razorpay_simulator.faults("api.500", method="GET", path="/payments")
        with self.later(16):
            reconcile_orders()
        assert sorted([status_of(first), status_of(second)]) == ["OPEN", "PAID"]

    def test_an_authorised_payment_of_a_live_order_is_taken(self, order, razorpay_simulator):
        razorpay_simulator.pay(order.razorpay_order_id, "authorize")
        with self.later(16):
            reconcile_orders()
        assert status_of(order) == "PAID"

    def test_an_authorised_payment_of_an_expired_order_is_left_alone(
        self, order, razorpay_simulator
    ):
        razorpay_simulator.pay(order.razorpay_order_id, "authorize")
        orders.expire_for(purpose="session", purpose_id=order.purpose_id)
        with self.later(16):
            reconcile_orders()
        assert (status_of(order), captures_booked()) == ("EXPIRED", 0)

    def test_late_money_is_found_too(self, order, razorpay_simulator):
        razorpay_simulator.pay(order.razorpay_order_id)
        orders.expire_for(purpose="session", purpose_id=order.purpose_id)
        with self.later(16):
            reconcile_orders()
        assert status_of(order) == "PAID_LATE"

    def test_events_that_were_left_behind_are_worked_through(
        self, order, razorpay_simulator, client
    ):
        razorpay_simulator.pay(order.razorpay_order_id)
        razorpay_simulator.deliver(client)
        with self.later(3):
            process_gateway_events()
        assert status_of(order) == "PAID"
        assert not GatewayEvent.objects.filter(status="RECEIVED").exists()


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_fifty_webhooks_and_a_callback_at_once(self, razorpay_simulator, settings):
        """Scenarios 1 and 3."""
        order = opened()
        handed = razorpay_simulator.pay(order.razorpay_order_id)
        hook = razorpay_simulator.webhooks("payment.captured")[0]

        def deliver(number):
            if number == 0:
                return callback(handed).status
            return (
                Client()
                .post(
                    "/webhooks/razorpay",
                    data=hook["body"].encode(),
                    content_type="application/json",
                    headers=hook["headers"],
                )
                .status_code
            )

        results = run_together(51, deliver, threads=12)
        assert results == ["PAID"] + [200] * 50
        assert GatewayEvent.objects.count() == 1
        outbox.drain()
        assert captures_booked() == 1
        assert in_escrow(order) == 100_000

    def test_two_events_of_one_payment_in_parallel_workers(self, razorpay_simulator):
        """Scenario 2."""
        order = opened()
        handed = razorpay_simulator.pay(order.razorpay_order_id)
        run_together(8, lambda n: captures.apply_capture(handed["razorpay_payment_id"]))
        assert captures_booked() == 1
        rows = OutboxRow.objects.filter(kind="payments.order_paid")
        assert rows.count() == len(outbox.receivers.get("payments.order_paid", []))

    def test_control_without_the_lock_somebody_trips(self, razorpay_simulator, monkeypatch):
        """The key in the ledger still holds; without the lock on the order it is all there is."""
        monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)
        order = opened()
        entity = factories.payment_entity(order)
        results = run_together(
            8, lambda n: captures.apply_capture(entity["id"], fetched=dict(entity))
        )
        assert captures_booked() == 1
        assert any(isinstance(result, Exception) for result in results) or (
            len([result for result in results if result.place == "purpose"]) > 1
        )

    def test_late_money_is_either_used_or_returned(self, razorpay_simulator):
        order = opened()
        orders.expire_for(purpose="session", purpose_id=order.purpose_id)
        entity = factories.payment_entity(order)
        payment = captures.apply_capture(entity["id"], fetched=entity)
        order.refresh_from_db()

        def decide(number):
            return (orders.apply_late, orders.return_late)[number % 2](order)

        results = run_together(8, decide)
        refused = [result for result in results if isinstance(result, orders.OrderClosed)]
        assert len(refused) == 4
        assert ledger.balance("unapplied", payment.pk) == 0
        returned = sum(refund.amount_paise for refund in Refund.objects.all())
        assert in_escrow(order) + returned == 100_000


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


def test_one_thing_that_makes_no_sense_stops_no_other(caplog):
    seen = []

    def check(item):
        if item == 1:
            raise KeyError("status")
        seen.append(item)

    assert reconciling.each([1, 2], check) == 1
    assert seen == [2]
    assert "KeyError" in caplog.text


def test_reconciling_names_what_it_could_not_do(caplog):
    def check(item):
        raise gateway.Unknown("no answer")

    assert reconciling.each([1, 2], check) == 0
    assert caplog.text.count("no answer") == 2
