"""Many messengers of one payment at once, with a negative control."""

import pytest
from django.db.models import QuerySet
from django.test import Client

from payments.models import GatewayEvent, Refund
from payments.services import captures, events, ledger, orders
from payments.tests import factories
from payments.tests.paying import callback, captures_booked, in_escrow, opened
from payments.tests.threads import run_together
from tutorhub.core import outbox
from tutorhub.core.models import OutboxRow


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
        assert OutboxRow.objects.filter(kind=events.PROCESS).count() == 1
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
