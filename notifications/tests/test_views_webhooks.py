"""The doors for receipts: who is let in, and what order, repetition and nonsense do."""

import itertools
import json
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.test import Client

from notifications import catalogue
from notifications.gateway import whatsapp
from notifications.models import Delivery, Message, ProviderEvent
from notifications.services import messages, receipts
from notifications.simulator import whatsapp as meta
from notifications.tests.simulator import ProviderSimulator, post
from tutorhub.core import clock, outbox

pytestmark = pytest.mark.django_db

PHONE = "+919876543210"
NOTE = catalogue.Template("note", "Hello", subject="A note")


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "_templates", {**catalogue._templates, "note": NOTE})


@pytest.fixture
def sms(provider_simulator: ProviderSimulator) -> Delivery:
    return sent("sms")


@pytest.fixture
def by_whatsapp(provider_simulator: ProviderSimulator) -> Delivery:
    return sent("whatsapp")


def sent(channel: str) -> Delivery:
    message = messages.tell(template=NOTE, values={}, phone=PHONE, channels=(channel,))
    outbox.drain()
    return message.deliveries.get()


def statuses(delivery: Delivery) -> tuple[str, str]:
    delivery.refresh_from_db()
    return delivery.status, Message.objects.get(pk=delivery.message_id).status


class TestMetasQuestion:
    query = {
        "hub.mode": "subscribe",
        "hub.challenge": "1158201444",
        "hub.verify_token": "sim_whatsapp_verify_token",
    }

    def test_the_right_token_gets_its_challenge_back(self, client: Client):
        answer = client.get("/webhooks/whatsapp", self.query)
        assert (answer.status_code, answer.content) == (200, b"1158201444")
        assert answer["Content-Type"] == "text/plain"

    @pytest.mark.parametrize(
        "change",
        [
            {"hub.verify_token": "wrong"},
            {"hub.verify_token": ""},
            {"hub.mode": "unsubscribe"},
            {"hub.challenge": "<script>alert(1)</script>"},
        ],
    )
    def test_anything_else_is_refused(self, client: Client, change: dict[str, str]):
        assert client.get("/webhooks/whatsapp", {**self.query, **change}).status_code == 403

    def test_an_empty_token_of_ours_lets_nobody_in(self, client: Client, settings):
        settings.WHATSAPP_VERIFY_TOKEN = ""
        query = {**self.query, "hub.verify_token": ""}
        assert client.get("/webhooks/whatsapp", query).status_code == 403


class TestWhoIsLetIn:
    def test_forged_and_corrupted_receipts_change_nothing(
        self, provider_simulator: ProviderSimulator, client: Client
    ):
        delivery = sent("whatsapp")
        for fault in ("receipt.forged", "receipt.corrupt"):
            provider_simulator.faults(fault)
            provider_simulator.receipt("delivered")
        assert provider_simulator.deliver(client) == [400, 400]
        assert not ProviderEvent.objects.exists()
        assert statuses(delivery) == ("sent", "sent")

    def test_a_forged_receipt_of_msg91_changes_nothing(
        self, provider_simulator: ProviderSimulator, sms: Delivery, client: Client
    ):
        provider_simulator.faults("receipt.forged")
        provider_simulator.receipt("delivered")
        assert provider_simulator.deliver(client) == [400]
        assert statuses(sms) == ("sent", "sent")

    @pytest.mark.parametrize(
        "header", ["", "sha256=", "sha1=" + "0" * 40, "0" * 64, "sha256=" + "é" * 64]
    )
    def test_a_strange_signature_is_no_signature(self, client: Client, header: str):
        assert not whatsapp.is_signed(b"{}", header)

    def test_a_previous_secret_of_meta_is_still_good(
        self, provider_simulator: ProviderSimulator, by_whatsapp: Delivery, client: Client, settings
    ):
        settings.WHATSAPP_APP_SECRETS = ["new", *settings.WHATSAPP_APP_SECRETS]
        provider_simulator.receipt("delivered")
        assert provider_simulator.deliver(client) == [200]

    def test_msg91_may_carry_the_secret_in_header_or_body(
        self, provider_simulator: ProviderSimulator, sms: Delivery, client: Client
    ):
        provider_simulator.receipt("delivered")
        webhook = provider_simulator.webhooks()[0]
        without_header = {**webhook, "headers": {"Content-Type": "application/json"}}
        assert post(client, without_header) == 200
        body = json.loads(webhook["body"])
        del body["secret"]
        assert post(client, {**webhook, "body": json.dumps(body)}) == 200
        assert post(client, {**without_header, "body": json.dumps(body)}) == 400

    def test_an_empty_secret_of_ours_lets_nobody_in(self, client: Client, settings):
        settings.MSG91_WEBHOOK_SECRETS = [""]
        answer = client.post("/webhooks/msg91", {"secret": ""}, content_type="application/json")
        assert answer.status_code == 400

    @pytest.mark.parametrize("path", ["/webhooks/msg91", "/webhooks/whatsapp"])
    def test_what_is_too_large_is_refused_unread(self, client: Client, path: str):
        answer = client.post(path, "x" * (256 * 1024 + 1), content_type="application/json")
        assert answer.status_code == 400

    def test_while_the_database_is_away_they_come_again(
        self,
        provider_simulator: ProviderSimulator,
        sms: Delivery,
        client: Client,
        monkeypatch: pytest.MonkeyPatch,
    ):
        def fail(*_: object, **__: object) -> None:
            raise DatabaseError("Key (phone)=(+919876543210)")

        monkeypatch.setattr(receipts, "keep", fail)
        provider_simulator.receipt("delivered")
        assert provider_simulator.deliver(client) == [503]


@pytest.mark.parametrize("order", list(itertools.permutations(["sent", "delivered", "read"])))
def test_whatsapp_receipts_in_any_order_end_in_read(
    provider_simulator: ProviderSimulator,
    by_whatsapp: Delivery,
    client: Client,
    order: tuple[str, ...],
):
    for status in order:
        provider_simulator.receipt(status)
        provider_simulator.deliver(client)
        outbox.drain()
    assert statuses(by_whatsapp) == ("read", "read")
    assert by_whatsapp.delivered_at is not None
    assert by_whatsapp.read_at is not None


def test_failed_after_delivered_is_an_old_story(
    provider_simulator: ProviderSimulator, by_whatsapp: Delivery, client: Client
):
    provider_simulator.receipt("delivered", "failed")
    provider_simulator.deliver(client)
    outbox.drain()
    assert statuses(by_whatsapp) == ("delivered", "delivered")


def test_a_hundred_times_the_same_is_once(
    provider_simulator: ProviderSimulator, sms: Delivery, client: Client
):
    provider_simulator.faults("receipt.duplicate", value=99)
    provider_simulator.receipt("delivered")
    assert provider_simulator.deliver(client) == [200] * 100
    outbox.drain()
    assert ProviderEvent.objects.count() == 1
    assert statuses(sms) == ("delivered", "delivered")


@pytest.mark.parametrize("version", ["v2", "v3", "new"])
def test_msg91_tells_in_three_formats(
    provider_simulator: ProviderSimulator, sms: Delivery, client: Client, version: str
):
    provider_simulator.faults("receipt.format", value=version)
    provider_simulator.receipt("delivered")
    assert provider_simulator.deliver(client) == [200]
    outbox.drain()
    assert statuses(sms) == ("delivered", "delivered")


@pytest.mark.parametrize("status", ["failed", "rejected", "blocked"])
def test_msg91_failures_are_failures(
    provider_simulator: ProviderSimulator, sms: Delivery, client: Client, status: str
):
    provider_simulator.receipt(status)
    provider_simulator.deliver(client)
    outbox.drain()
    assert statuses(sms) == ("failed", "failed")


def test_several_receipts_in_one_webhook(
    provider_simulator: ProviderSimulator, client: Client, settings
):
    first, second = sent("whatsapp"), sent("whatsapp")
    provider_simulator.receipt("delivered")
    body = json.loads(provider_simulator.webhooks()[0]["body"])
    told = body["entry"][0]["changes"][0]["value"]["statuses"]
    told.append({"id": first.provider_id, "status": "read", "timestamp": "1764000000"})
    raw = json.dumps(body).encode()
    signature = meta.signature(raw, settings.WHATSAPP_APP_SECRETS[0])
    answer = client.post(
        "/webhooks/whatsapp",
        raw,
        content_type="application/json",
        headers={"X-Hub-Signature-256": signature},
    )
    assert answer.status_code == 200
    outbox.drain()
    assert statuses(first)[0] == "read"
    assert statuses(second)[0] == "delivered"


def test_garbage_that_is_signed_is_kept_and_passed_over(
    provider_simulator: ProviderSimulator, by_whatsapp: Delivery, client: Client
):
    provider_simulator.faults("receipt.garbage")
    provider_simulator.receipt("delivered")
    assert provider_simulator.deliver(client) == [200]
    outbox.drain()
    event = ProviderEvent.objects.get()
    assert (event.status, event.sealed) == ("ignored", "")
    assert statuses(by_whatsapp) == ("sent", "sent")


def test_a_stranger_is_waited_for_and_then_passed_over(
    provider_simulator: ProviderSimulator, by_whatsapp: Delivery, client: Client
):
    provider_simulator.faults("receipt.stranger")
    provider_simulator.receipt("delivered")
    provider_simulator.deliver(client)
    outbox.drain()
    assert ProviderEvent.objects.get().status == "received"
    with clock.at(clock.now() + timedelta(minutes=2)):
        outbox.drain()
    event = ProviderEvent.objects.get()
    assert (event.status, event.note) == ("ignored", "1 of unknown messages")


def test_a_receipt_may_be_faster_than_the_answer(
    provider_simulator: ProviderSimulator, client: Client, monkeypatch: pytest.MonkeyPatch
):
    """It comes while the call is under way: found by our reference, and not taken back after."""
    real = whatsapp.WhatsApp.send

    def send(self: whatsapp.WhatsApp, message: object) -> str:
        answer = real(self, message)  # type: ignore[arg-type]
        provider_simulator.receipt("delivered")
        provider_simulator.deliver(client)
        receipts.receive({"event": ProviderEvent.objects.get().pk})
        return answer

    monkeypatch.setattr(whatsapp.WhatsApp, "send", send)
    delivery = sent("whatsapp")
    assert statuses(delivery) == ("delivered", "delivered")
    assert delivery.provider_id == provider_simulator.sent()[0]["id"]


def test_what_is_kept_is_sealed(
    provider_simulator: ProviderSimulator, sms: Delivery, client: Client
):
    provider_simulator.receipt("delivered")
    provider_simulator.deliver(client)
    event = ProviderEvent.objects.get()
    assert "9876543210" not in event.sealed
    assert b"9876543210" in event.body
