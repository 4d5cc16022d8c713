"""The simulator's webhooks look like Razorpay's, and go wrong in every way theirs can."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from payments import gateway
from payments.tests.simulator import RazorpaySimulator
from payments.tests.test_gateway import fund_account, order, payout, refund

SAMPLES = json.loads((Path(__file__).parent / "razorpay_events.json").read_text())


class Receiver(HTTPServer):
    """Takes webhooks and answers as it is told."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.received: list[tuple[dict[str, str], bytes]] = []
        super().__init__(("127.0.0.1", 0), ReceiverHandler)


class ReceiverHandler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((dict(self.headers), body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
        self.end_headers()

    def log_message(self, *words: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def sign(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def everything(simulator: RazorpaySimulator) -> None:
    """Make every event that there is a sample of."""
    created = order("bk-1")
    simulator.pay(created["id"], "fail")
    simulator.pay(created["id"])
    simulator.pay(order("bk-2")["id"], "late")
    payment_id = simulator.pay(order("bk-3")["id"])["razorpay_payment_id"]
    simulator.settings(refund_status="pending")
    simulator.refund(refund(payment_id, "refund-key-1")["id"], "failed")
    simulator.refund(refund(payment_id, "refund-key-2")["id"], "processed")
    for last in ("won", "lost", "closed"):
        dispute_id = simulator.dispute(payment_id, amount=10_000)["id"]
        simulator.decide(dispute_id, "action_required")
        simulator.decide(dispute_id, "under_review")
        simulator.decide(dispute_id, last)
    simulator.settle()
    simulator.settings(x_balance=0)
    account = fund_account()
    queued = payout(account, "payout-key-1")["id"]
    simulator.payout(queued, "processing")
    simulator.payout(queued, "failed")
    reversed_ = payout(account, "payout-key-2")["id"]
    for status in ("processing", "processed", "updated", "reversed"):
        simulator.payout(reversed_, status)
    simulator.settings(payouts_need_approval=True)
    simulator.payout(payout(account, "payout-key-3")["id"], "rejected")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["event"])
def test_has_the_shape_of_the_samples(
    razorpay_simulator: RazorpaySimulator, sample: dict[str, Any]
) -> None:
    everything(razorpay_simulator)
    made = [json.loads(hook["body"]) for hook in razorpay_simulator.webhooks(sample["event"])]
    assert any(_is_like(event, sample) for event in made), made


def _is_like(event: dict[str, Any], sample: dict[str, Any]) -> bool:
    if event["contains"] != sample["contains"] or set(event) != set(sample):
        return False
    return all(
        _has_fields(event["payload"][name]["entity"], sample["payload"][name]["entity"])
        for name in sample["contains"]
    )


def _has_fields(entity: dict[str, Any], sample: dict[str, Any]) -> bool:
    return set(sample) - {"late_authorized"} <= set(entity)


class TestSending:
    def test_raw_bytes_both_headers_in_order(
        self, razorpay_simulator: RazorpaySimulator, receiver: Receiver
    ) -> None:
        razorpay_simulator.send_to(f"http://127.0.0.1:{receiver.server_port}/hook")
        razorpay_simulator.pay(order(notes={"name": "आशा/é"})["id"])
        razorpay_simulator.wait_idle()
        names = [json.loads(body)["event"] for _, body in receiver.received]
        assert names == ["payment.authorized", "payment.captured", "order.paid"]
        for headers, body in receiver.received:
            assert gateway.verify_webhook(body, headers["X-Razorpay-Signature"])
        assert "आशा/é".encode() in receiver.received[-1][1]
        assert len({headers["X-Razorpay-Event-Id"] for headers, _ in receiver.received}) == 3

    def test_repeats_until_somebody_takes_it(
        self,
        razorpay_simulator: RazorpaySimulator,
        receiver: Receiver,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(razorpay_simulator.simulator.sender, "first_gap", 0.01)
        receiver.answers = [500, 302]
        razorpay_simulator.send_to(f"http://127.0.0.1:{receiver.server_port}/hook")
        razorpay_simulator.pay(order()["id"], "fail")
        _wait_for(lambda: len(receiver.received) == 3)
        razorpay_simulator.wait_idle()
        webhook = razorpay_simulator.webhooks()[0]
        assert (webhook["state"], webhook["answers"]) == ("delivered", ["500", "302", "200"])
        assert len({headers["X-Razorpay-Event-Id"] for headers, _ in receiver.received}) == 1

    def test_gives_up_and_is_disabled(
        self, razorpay_simulator: RazorpaySimulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sender = razorpay_simulator.simulator.sender
        monkeypatch.setattr(sender, "first_gap", 0.0)
        monkeypatch.setattr(sender, "most_attempts", 3)
        razorpay_simulator.send_to("http://127.0.0.1:9/hook")
        razorpay_simulator.pay(order("bk-1")["id"], "fail")
        _wait_for(lambda: sender.disabled)
        razorpay_simulator.pay(order("bk-2")["id"], "fail")
        razorpay_simulator.wait_idle()
        states = [hook["state"] for hook in razorpay_simulator.webhooks()]
        assert states == ["failed", "disabled"]
        razorpay_simulator.ask("POST", "webhooks/enable")
        assert sender.disabled is False

    def test_replays_with_the_same_event_id(self, razorpay_simulator: RazorpaySimulator) -> None:
        razorpay_simulator.pay(order()["id"], "fail")
        razorpay_simulator.replay("payment.failed", times=2)
        hooks = razorpay_simulator.webhooks()
        assert len(hooks) == 3
        assert len({hook["event_id"] for hook in hooks}) == 1


class TestFaults:
    def test_drop(self, razorpay_simulator: RazorpaySimulator) -> None:
        razorpay_simulator.faults("webhook.drop", event="payment.captured|order.paid", count=2)
        razorpay_simulator.pay(order()["id"])
        states = {hook["event"]: hook["state"] for hook in razorpay_simulator.webhooks()}
        assert states == {
            "payment.authorized": "kept",
            "payment.captured": "dropped",
            "order.paid": "dropped",
        }

    def test_duplicate(self, razorpay_simulator: RazorpaySimulator) -> None:
        razorpay_simulator.faults("webhook.duplicate", event="payment.captured", value=49)
        razorpay_simulator.pay(order()["id"])
        hooks = razorpay_simulator.webhooks("payment.captured")
        assert len(hooks) == 50
        assert len({hook["event_id"] for hook in hooks}) == 1

    def test_reorder(self, razorpay_simulator: RazorpaySimulator) -> None:
        razorpay_simulator.faults("webhook.reorder", event="payment.captured")
        razorpay_simulator.pay(order()["id"])
        names = razorpay_simulator.events()
        assert names == ["payment.authorized", "order.paid", "payment.captured"]

    def test_reorder_of_the_last_one_only_waits(
        self, razorpay_simulator: RazorpaySimulator
    ) -> None:
        razorpay_simulator.faults("webhook.reorder", event="order.paid", seconds=0.01)
        razorpay_simulator.pay(order()["id"])
        _wait_for(lambda: razorpay_simulator.webhooks("order.paid")[0]["state"] == "kept")

    def test_delay(self, razorpay_simulator: RazorpaySimulator) -> None:
        razorpay_simulator.faults("webhook.delay", seconds=0.05)
        razorpay_simulator.pay(order()["id"], "fail")
        assert razorpay_simulator.webhooks()[0]["state"] == "waiting"
        _wait_for(lambda: razorpay_simulator.webhooks()[0]["state"] == "kept")

    def test_old_secret(self, razorpay_simulator: RazorpaySimulator, settings: Any) -> None:
        razorpay_simulator.faults("webhook.old_secret")
        razorpay_simulator.pay(order()["id"], "fail")
        hook = razorpay_simulator.webhooks()[0]
        signature = hook["headers"]["X-Razorpay-Signature"]
        assert not gateway.verify_webhook(hook["body"].encode(), signature)
        settings.RAZORPAY_WEBHOOK_SECRETS = ["sim_webhook_secret", "sim_webhook_secret_previous"]
        assert gateway.verify_webhook(hook["body"].encode(), signature)

    def test_corrupt(self, razorpay_simulator: RazorpaySimulator) -> None:
        razorpay_simulator.faults("webhook.corrupt")
        razorpay_simulator.pay(order()["id"], "fail")
        hook = razorpay_simulator.webhooks()[0]
        assert not gateway.verify_webhook(
            hook["body"].encode(), hook["headers"]["X-Razorpay-Signature"]
        )
        assert json.loads(hook["body"])["payload"]["payment"]["entity"]["amount"] == 1_100_000

    def test_unknown_event(self, razorpay_simulator: RazorpaySimulator) -> None:
        razorpay_simulator.faults("webhook.unknown_event")
        razorpay_simulator.pay(order()["id"], "fail")
        assert razorpay_simulator.events() == ["payment.failed.rescheduled"]

    @pytest.mark.parametrize(
        ("kind", "header"),
        [
            ("webhook.no_event_id", "X-Razorpay-Event-Id"),
            ("webhook.no_signature", "X-Razorpay-Signature"),
        ],
    )
    def test_missing_headers(
        self, razorpay_simulator: RazorpaySimulator, kind: str, header: str
    ) -> None:
        razorpay_simulator.faults(kind)
        razorpay_simulator.pay(order("bk-1")["id"], "fail")
        razorpay_simulator.pay(order("bk-2")["id"], "fail")
        assert [header in hook["headers"] for hook in razorpay_simulator.webhooks()] == [
            False,
            True,
        ]

    @pytest.mark.parametrize(
        ("kind", "field", "value"),
        [
            ("data.amount", "amount", 99_999),
            ("data.currency", "currency", "USD"),
            ("data.order_id", "order_id", "order_SimNobodysOrder"),
            ("data.fee_null", "fee", None),
        ],
    )
    def test_wrong_data_everywhere_alike(
        self, razorpay_simulator: RazorpaySimulator, kind: str, field: str, value: Any
    ) -> None:
        razorpay_simulator.faults(kind)
        created = order()
        payment_id = razorpay_simulator.pay(created["id"])["razorpay_payment_id"]
        hook = razorpay_simulator.webhooks("payment.captured")[0]
        assert json.loads(hook["body"])["payload"]["payment"]["entity"][field] == value
        assert gateway.client().fetch_payment(payment_id)[field] == value
        assert gateway.client().order_payments(created["id"])[0][field] == value

    def test_can_be_listed_and_cleared(self, razorpay_simulator: RazorpaySimulator) -> None:
        razorpay_simulator.faults("api.500", count=-1)
        assert [f["kind"] for f in razorpay_simulator.ask("GET", "faults")["faults"]] == ["api.500"]
        razorpay_simulator.ask("DELETE", "faults")
        assert order()["status"] == "created"

    def test_the_clock_can_be_off(self, razorpay_simulator: RazorpaySimulator) -> None:
        first = order("bk-1")["created_at"]
        razorpay_simulator.ask("POST", "clock", offset=-300)
        assert order("bk-2")["created_at"] - first in range(-301, -297)


def _wait_for(is_true: Any) -> None:
    done = threading.Event()
    for _ in range(500):
        if is_true():
            return
        done.wait(0.01)
    raise AssertionError("it did not happen in five seconds")
