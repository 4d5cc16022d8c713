"""What no webhook told us is found out by asking."""

from datetime import timedelta

from accounts.tests.factories import TutorUserFactory
from notifications.models import Message
from payments import gateway
from payments.models import GatewayEvent
from payments.services import credits, orders, reconciling
from payments.tasks import process_gateway_events, reconcile_orders
from payments.tests.paying import captures_booked, opened, status_of
from tutorhub.core import clock


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
