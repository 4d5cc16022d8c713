"""Many messengers of one payment at once, with a negative control."""

import pytest
from django.db.models import QuerySet
from django.test import Client

from accounts.tests.factories import TutorUserFactory
from notifications.models import Message
from payments.models import GatewayEvent, Refund
from payments.services import captures, credits, events, late_money, ledger, orders
from payments.tests import factories
from payments.tests.paying import callback, captures_booked, in_escrow, opened
from tutorhub.core import outbox
from tutorhub.core.models import OutboxRow
from tutorhub.core.tests.threads import run_together


@pytest.mark.django_db(transaction=True)
class TestRaces:
    @pytest.mark.scenario(1, 3)
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

    @pytest.mark.scenario(2)
    def test_two_events_of_one_payment_in_parallel_workers(self, razorpay_simulator, client):
        """Every event of a pack's payment, each with two workers at it: credited and told once."""
        tutor = TutorUserFactory(email="ravi@example.test")
        order = orders.open_at_gateway(credits.start_topup(pack=credits.packs()[0], by=tutor))
        razorpay_simulator.pay(order.razorpay_order_id)
        assert razorpay_simulator.deliver(client) == [200, 200, 200]
        inbox = list(GatewayEvent.objects.values_list("pk", flat=True))
        results = run_together(6, lambda n: events.process(inbox[n // 2], lambda: None))
        assert results == [None] * 6
        assert captures_booked() == 1
        assert credits.balance(tutor) == 5
        told = Message.objects.filter(template="credits_bought")
        assert told.count() == 1

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
            return (late_money.use, late_money.send_back)[number % 2](order)

        results = run_together(8, decide)
        refused = [result for result in results if isinstance(result, orders.OrderClosed)]
        assert len(refused) == 4
        assert ledger.balance("unapplied", payment.pk) == 0
        returned = sum(refund.amount_paise for refund in Refund.objects.all())
        assert in_escrow(order) + returned == 100_000
