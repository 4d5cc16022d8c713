"""Webhooks that cannot be worked through: tried for days, then at rest until staff say so."""

import json
from datetime import timedelta

import pytest

from accounts.tests.factories import FamilyUserFactory, StaffFactory
from payments.models import GatewayEvent
from payments.services import clearing, events, health, orders, refunds
from payments.services.reconciling import outgoing
from payments.tasks import process_gateway_events
from payments.tests.paying import callback, opened, status_of
from payments.tests.test_admin import desk
from tutorhub.core import clock, outbox
from tutorhub.core.errors import InvalidTransition, NotAllowed
from tutorhub.core.models import AuditEvent, OutboxRow

pytestmark = pytest.mark.django_db

STRANGE = "payment.strange"
URL = "/admin/payments/gatewayevent/"


@pytest.fixture
def strange(monkeypatch) -> GatewayEvent:
    """An event that always goes wrong, and whose work the outbox has given up."""

    def explode(payload):
        raise LookupError("never")

    monkeypatch.setitem(events.HANDLERS, STRANGE, explode)
    body = json.dumps({"event": STRANGE, "payload": {"n": 1}}).encode()
    events.receive(body, event_id="evt_strange")
    give_up()
    return GatewayEvent.objects.get()


@pytest.fixture
def resting(strange) -> GatewayEvent:
    with clock.at(clock.now() + events.REST_AFTER + timedelta(minutes=1)):
        process_gateway_events()
    strange.refresh_from_db()
    assert strange.status == "RESTING"
    return strange


def give_up() -> None:
    OutboxRow.objects.filter(done_at__isnull=True).update(dead_at=clock.now(), tries=12)


def light(code: str) -> health.Check:
    return next(check for check in health.report().checks if check.code == code)


class TestAHopelessEvent:
    def test_it_is_tried_less_and_less_for_days_and_then_rests(self, strange):
        now, tried = strange.received_at, []
        while strange.status == "RECEIVED":
            now += timedelta(minutes=5)
            with clock.at(now):
                process_gateway_events()
            before, _ = strange.tries, strange.refresh_from_db()
            tried += [now] * (strange.tries > before)
            assert now < strange.received_at + events.REST_AFTER + timedelta(hours=2)
        assert strange.status == "RESTING"
        assert "LookupError" in strange.note
        assert 70 < len(tried) < 90
        assert tried[1] - tried[0] < tried[-1] - tried[-2]
        with clock.at(now + timedelta(days=1)):
            process_gateway_events()
        strange.refresh_from_db()
        assert strange.tries == len(tried)

    def test_staff_see_it_and_its_body_is_kept(self, resting):
        shown = light("events")
        assert (shown.is_fine, [row.ref for row in shown.rows]) == (False, [str(resting.pk)])
        bodies = next(rule for rule in clearing.RULES if rule.name == "gateway_bodies")
        assert bodies.clear(clock.now() + timedelta(days=1)) == 0
        resting.refresh_from_db()
        assert bytes(resting.body)

    def test_finance_has_it_tried_again(self, resting, monkeypatch):
        monkeypatch.setitem(events.HANDLERS, STRANGE, lambda payload: "done at last")
        finance = StaffFactory(group="finance")
        client = desk(finance)
        client.post(URL, {"action": "try_again", "_selected_action": [resting.pk]})
        assert AuditEvent.objects.filter(action="gateway_event.tried_again").exists()
        outbox.drain()
        resting.refresh_from_db()
        assert (resting.status, resting.note) == ("DONE", "done at last")
        assert (light("events").is_fine, light("outbox").is_fine) == (True, True)
        with pytest.raises(InvalidTransition):
            events.try_again(resting, by=finance)

    def test_tried_again_in_vain_it_rests_again(self, resting):
        finance = StaffFactory(group="finance")
        with clock.at(clock.now() + timedelta(days=5)):
            events.try_again(resting, by=finance)
            process_gateway_events()
            resting.refresh_from_db()
            # The outbox comes first.
            assert (resting.status, resting.tries) == ("RECEIVED", 0)
            give_up()
        with clock.at(clock.now() + timedelta(days=5, hours=2)):
            process_gateway_events()
        resting.refresh_from_db()
        assert resting.status == "RESTING"

    def test_nobody_else_may(self, resting):
        with pytest.raises(NotAllowed):
            events.try_again(resting, by=FamilyUserFactory())

    def test_the_outbox_still_gets_through_with_one_that_rests(self, resting, monkeypatch):
        monkeypatch.setitem(events.HANDLERS, STRANGE, lambda payload: "done at last")
        events.process(resting.pk, lambda: None)
        resting.refresh_from_db()
        assert (resting.status, resting.note) == ("DONE", "done at last")


class TestWorkThatWasGivenUpAndIsDoneAllTheSame:
    """Razorpay was away for longer than the outbox tries."""

    def test_an_event(self, razorpay_simulator, client):
        order = opened()
        razorpay_simulator.pay(order.razorpay_order_id)
        razorpay_simulator.deliver(client)
        give_up()
        with clock.at(clock.now() + timedelta(minutes=70)):
            process_gateway_events()
        assert status_of(order) == "PAID"
        assert not OutboxRow.objects.filter(kind=events.PROCESS, dead_at__isnull=False).exists()

    def test_a_refund(self, razorpay_simulator):
        order = opened()
        callback(razorpay_simulator.pay(order.razorpay_order_id))
        refund = orders.return_paid(order).gateway_refund
        give_up()
        assert outgoing.check_refund(refund.pk)
        assert not OutboxRow.objects.filter(kind=refunds.SEND, dead_at__isnull=False).exists()
