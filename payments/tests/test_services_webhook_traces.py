"""By what webhooks are found again when somebody is erased."""

import json

import pytest
from django.db import connection

from payments.models import GatewayEvent, Payment
from payments.services import webhook_traces
from payments.tests.paying import callback
from tutorhub.core import outbox

db = pytest.mark.django_db

CONTACT = "+919876512345"
BODY = json.dumps(
    {
        "event": "x",
        "payload": {
            "payment": {"id": "pay_ABCdef12345678", "order_id": "order_ABCdef12345678"},
            "email": "Asha.K+1@Example.com",
            "contact": CONTACT,
            "created_at": 1764000000,
            "card_network": "Visa",
        },
    }
).encode()


def test_ids_stand_as_they_are_and_addresses_as_hashes():
    traces = webhook_traces.of(BODY)
    addresses = [webhook_traces.of_address(text) for text in (CONTACT, "asha.k+1@example.com")]
    assert set(traces) == {"pay_ABCdef12345678", "order_ABCdef12345678", *addresses}
    assert not any("9876512345" in trace or "asha" in trace for trace in traces)


@pytest.mark.parametrize("written", ["9876512345", "919876512345", "+919876512345"])
def test_a_number_is_the_same_however_it_is_written(written):
    assert webhook_traces.of(written.encode()) == [webhook_traces.of_address(CONTACT)]


@db
def test_a_webhook_that_is_worked_through_has_them(client, order, razorpay_simulator):
    callback(razorpay_simulator.pay(order.razorpay_order_id))
    razorpay_simulator.deliver(client)
    assert not GatewayEvent.objects.exclude(found_by=None).exists()
    outbox.drain()
    payment = Payment.objects.get()
    found = GatewayEvent.objects.filter(found_by__contains=[payment.razorpay_payment_id])
    assert found.count() == GatewayEvent.objects.count() > 0


@db
def test_they_are_looked_up_in_an_index():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM payments_gatewayevent WHERE found_by && ARRAY['x']::varchar[]"
        )
        assert "event_found_by" in str(cursor.fetchall())
