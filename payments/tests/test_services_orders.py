"""Orders: opened once, closed in time, and money that comes at the wrong moment."""

from datetime import timedelta

import pytest
from django.db import transaction

from accounts.tests.factories import FamilyUserFactory
from notifications.models import Message
from payments.models import Payment, PaymentOrder, Refund
from payments.services import late_money, ledger, orders
from payments.tests import factories
from payments.tests.paying import callback, in_escrow, opened, status_of
from tutorhub.core import clock
from tutorhub.core.ids import uuid7


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
        late_money.use(late)
        late_money.use(late)
        assert in_escrow(late) == 100_000
        with pytest.raises(orders.OrderClosed):
            late_money.send_back(late)

    def test_it_goes_back_once(self, late, drain):
        refund = late_money.send_back(late)
        assert late_money.send_back(late) == refund
        with pytest.raises(orders.OrderClosed):
            late_money.use(late)
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
        decision = orders.return_paid(order)
        assert orders.return_paid(order) == decision
        assert in_escrow(order) == 0
        drain()
        refund = decision.gateway_refund
        refund.refresh_from_db()
        assert refund.status == "PROCESSED"

    def test_two_decisions_at_once_leave_one(self, late):
        """Outside a test transaction; see TestRaces for the threads."""
        late_money.use(late)
        with pytest.raises(orders.OrderClosed):
            late_money.send_back(late)
