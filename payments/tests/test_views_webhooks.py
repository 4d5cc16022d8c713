"""The webhook's door (scenarios 1, 7 to 10)."""

import hashlib
import hmac
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.test import Client

from payments import gateway
from payments.models import GatewayEvent, PaymentOrder
from payments.services import captures, events, health, refused_webhooks
from tutorhub.core import clock, outbox
from tutorhub.core.models import OutboxRow

pytestmark = pytest.mark.django_db

URL = "/webhooks/razorpay"
BODY = '{"event":"settlement.processed","payload":{"note":"a\\/b Āśā"}}'.encode()


def sign(body: bytes, secret: str = "sim_webhook_secret") -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def post(client, body=BODY, *, signature=None, event_id="evt_1"):
    headers = {"X-Razorpay-Signature": sign(body) if signature is None else signature}
    if event_id:
        headers["X-Razorpay-Event-Id"] = event_id
    return client.post(URL, data=body, content_type="application/json", headers=headers)


def test_a_signed_event_is_kept_and_worked_through(client, drain):
    assert post(client).status_code == 200
    event = GatewayEvent.objects.get()
    assert (bytes(event.body), event.status) == (BODY, "RECEIVED")
    drain()
    event.refresh_from_db()
    assert (event.name, event.status) == ("settlement.processed", "IGNORED")


def test_the_same_event_again_is_welcome_and_kept_once(client):
    assert [post(client).status_code for _ in range(3)] == [200] * 3
    assert GatewayEvent.objects.count() == 1
    assert OutboxRow.objects.filter(kind=events.PROCESS).count() == 1


@pytest.mark.scenario(10)
def test_without_an_event_id_the_body_is_the_key(client):
    """Scenario 10."""
    assert [post(client, event_id="").status_code for _ in range(2)] == [200, 200]
    assert GatewayEvent.objects.get().event_key.startswith("sha256:")


def test_the_same_id_with_another_body_is_kept_too_and_alarming(client, drain, caplog):
    post(client)
    drain()
    assert "two bodies" not in caplog.text
    assert post(client, BODY + b" ").status_code == 200
    assert GatewayEvent.objects.count() == 2
    drain()
    assert "gateway event evt_1 came with two bodies" in caplog.text


@pytest.mark.scenario(7)
@pytest.mark.parametrize(
    "signature",
    [
        "",
        "0" * 64,
        sign(BODY + b" "),
        sign(BODY).upper(),
        sign(BODY)[:-1],
        sign(BODY, "another secret"),
        sign(BODY, ""),
        "Āśā" * 20,
    ],
)
def test_what_razorpay_did_not_sign_is_refused(client, signature, settings):
    """Scenario 7."""
    settings.RAZORPAY_WEBHOOK_SECRETS = ["sim_webhook_secret", ""]
    assert post(client, signature=signature.encode().decode("latin-1")).status_code == 400
    assert not GatewayEvent.objects.exists()


@pytest.mark.scenario(7)
def test_no_signature_at_all_is_refused(client):
    answer = client.post(URL, data=BODY, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.scenario(8)
def test_the_raw_bytes_are_what_is_signed(client):
    """Scenario 8: the same JSON written differently has another signature."""
    again = json.dumps(json.loads(BODY)).encode()
    assert again != BODY
    assert post(client, again, signature=sign(BODY)).status_code == 400
    assert post(client, BODY).status_code == 200


@pytest.mark.scenario(9)
def test_the_previous_secret_counts_until_it_is_dropped(client, settings):
    """Scenario 9."""
    settings.RAZORPAY_WEBHOOK_SECRETS = ["new", "old"]
    assert post(client, signature=sign(BODY, "old")).status_code == 200
    assert post(client, signature=sign(BODY, "new"), event_id="evt_2").status_code == 200
    settings.RAZORPAY_WEBHOOK_SECRETS = ["new"]
    assert post(client, signature=sign(BODY, "old"), event_id="evt_3").status_code == 400


def test_too_much_is_refused_unread(client):
    assert post(client, b"x" * (256 * 1024 + 1)).status_code == 400


def test_only_posts_are_answered(client):
    assert client.get(URL).status_code == 405


def test_there_is_no_door_beside_it(client):
    assert client.post("/webhooks/unknown").status_code == 404
    assert client.post(f"{URL}/").status_code == 404


def test_a_refusal_is_logged(client, caplog):
    post(client, signature="0" * 64)
    assert "a webhook with a bad signature was refused" in caplog.messages
    assert f"Bad Request: {URL}" in caplog.messages


def test_a_database_that_is_away_makes_razorpay_come_again(client):
    def fail(*args, **kwargs):
        raise OperationalError("gone")

    with connection.execute_wrapper(fail):
        assert post(client).status_code == 503
    assert not GatewayEvent.objects.exists()
    assert post(client).status_code == 200


def test_a_webhook_is_one_statement(client, django_assert_num_queries):
    """The event and its outbox row at once, and nobody looks for a session."""
    client.cookies["sessionid"] = "0" * 32
    with django_assert_num_queries(1):
        assert post(client).status_code == 200
    with django_assert_num_queries(1):
        assert post(client).status_code == 200


def test_no_token_of_ours_is_needed(db):
    assert post(Client(enforce_csrf_checks=True)).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"not json",
        b"\xff\xfe",
        b'{"event": "payment.captured"}',
        b'{"event": "payment.captured", "payload": {"payment": null}}',
        b'{"event": "payment.captured", "payload": {"payment": {"entity": {"id": 5}}}}',
        b'{"event": "payment.unheard_of", "payload": {}}',
    ],
)
def test_a_signed_event_that_makes_no_sense_is_ignored(client, drain, body):
    assert post(client, body).status_code == 200
    drain()
    assert GatewayEvent.objects.get().status == "IGNORED"


def test_a_payment_without_an_order_is_not_ours(client, drain):
    post(client, b'{"event": "payment.captured", "payload": {"payment": {"entity": {"id": "p"}}}}')
    drain()
    event = GatewayEvent.objects.get()
    assert (event.status, event.note) == ("DONE", "a payment without an order")


def test_an_unknown_order_is_an_orphan_after_a_while(client, razorpay_simulator):
    """Somebody else's order on the same account, or an insert of ours that is still under way."""
    foreign = gateway.client().create_order(
        amount_paise=5000, receipt="foreign", notes={}, expiry_minutes=0
    )
    razorpay_simulator.pay(foreign["id"])
    razorpay_simulator.deliver(client)
    row = OutboxRow.objects.filter(kind=events.PROCESS).earliest("created_at")
    with pytest.raises(captures.UnknownOrder):
        outbox.attempt(row.pk)
    event = GatewayEvent.objects.get(pk=row.payload["event"])
    assert (event.status, event.tries) == ("RECEIVED", 1)
    with clock.at(clock.now() + events.GRACE * 2):
        assert outbox.attempt(row.pk)
    event.refresh_from_db()
    assert event.status == "ORPHAN"


def test_every_sample_event_of_the_documents_is_survived(client, razorpay_simulator, caplog):
    """The samples speak of things that neither we nor the simulator know."""
    samples = json.loads((Path(__file__).parent / "razorpay_events.json").read_text())
    for number, sample in enumerate(samples):
        body = json.dumps(sample).encode()
        assert post(client, body, event_id=f"evt_{number}").status_code == 200
    expected = (gateway.Refused, captures.UnknownOrder)
    for row in OutboxRow.objects.filter(kind=events.PROCESS):
        try:
            outbox.attempt(row.pk)
        except expected:
            continue
    statuses = set(GatewayEvent.objects.values_list("status", flat=True))
    assert statuses <= {"RECEIVED", "IGNORED"}
    assert PaymentOrder.objects.count() == 0


class TestRunsOfBadSignatures:
    """A secret that was changed on one side only."""

    def alarms(self):
        return OutboxRow.objects.filter(handler="accounts.ring_alarm").count()

    def light(self):
        return next(check for check in health.report().checks if check.code == "signatures")

    def test_a_run_rings_once_and_is_red_until_a_good_one_comes(self, client):
        for number in range(1, 12):
            assert post(client, signature="bad").status_code == 400
            assert self.alarms() == (number >= refused_webhooks.RUN)
        light = self.light()
        assert (light.is_fine, light.count, "11" in light.rows[0].text) == (False, 1, True)
        assert post(client).status_code == 200
        assert self.light().is_fine

    def test_a_stranger_who_tries_twice_is_no_alarm(self, client):
        for _ in range(refused_webhooks.RUN - 1):
            post(client, signature="bad")
        assert self.alarms() == 0
        assert self.light().is_fine

    def test_refusals_of_other_hours_are_counted_apart(self, client):
        for hours in range(4):
            with clock.at(clock.now() + timedelta(hours=hours)):
                post(client, signature="bad")
                post(client, signature="bad")
        assert self.alarms() == 0

    def test_it_is_refused_even_if_it_cannot_be_counted(self, client, monkeypatch):
        def away():
            raise OperationalError("away")

        monkeypatch.setattr(refused_webhooks, "note", away)
        assert post(client, signature="bad").status_code == 400
