"""A pytest plugin: the gateway simulator for tests, over real HTTP.

    def test_pays(razorpay_simulator, client):
        order = gateway.client().create_order(...)
        razorpay_simulator.pay(order["id"])
        razorpay_simulator.deliver(client)

One server per test process, forgotten between tests. Webhooks are kept until a test delivers them
with `deliver`, unless it names an address with `send_to`. Nothing happens by itself: payouts stay
in processing until `payout(id, "processed")`.
"""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from payments.simulator.books import Rules
from payments.simulator.server import Simulator

_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class SimulatorError(Exception):
    """The simulator refused what a test asked of it."""


@dataclass
class RazorpaySimulator:
    """The hands of the person, the bank and the network."""

    simulator: Simulator
    _delivered: set[int] = field(default_factory=set)

    @property
    def url(self) -> str:
        return self.simulator.url

    def pay(self, order_id: str, outcome: str = "success", **options: Any) -> dict[str, Any]:
        """What Checkout hands to the page; options are `capture` and `after_seconds`."""
        return self.ask("POST", f"orders/{order_id}/pay", outcome=outcome, **options)

    def authorize_late(self, payment_id: str, *, capture: bool = False) -> dict[str, Any]:
        """The bank of a failed payment says yes after all."""
        return self.ask("POST", f"payments/{payment_id}/authorize", capture=capture)

    def capture(self, payment_id: str) -> dict[str, Any]:
        """Razorpay captures an authorised payment by itself."""
        return self.ask("POST", f"payments/{payment_id}/capture")

    def payout(self, payout_id: str, status: str, reason: str = "") -> dict[str, Any]:
        return self.ask("POST", f"payouts/{payout_id}/{status}", reason=reason)

    def validation(self, validation_id: str, result: str) -> dict[str, Any]:
        """What the bank says of an account: active, invalid, mismatch, or a failed question.

        Needs `settings(validation_seconds=None)`; otherwise the answer comes at once.
        """
        return self.ask("POST", f"validations/{validation_id}/{result}")

    def refund(self, refund_id: str, status: str) -> dict[str, Any]:
        """Close a refund that is pending because of `settings(refund_status="pending")`."""
        return self.ask("POST", f"refunds/{refund_id}/{status}")

    def dispute(self, payment_id: str, **body: Any) -> dict[str, Any]:
        return self.ask("POST", f"payments/{payment_id}/dispute", **body)

    def decide(self, dispute_id: str, status: str, **body: Any) -> dict[str, Any]:
        """`lost` takes `amount_deducted` paise, or all that is disputed."""
        return self.ask("POST", f"disputes/{dispute_id}/{status}", **body)

    def settle(self) -> dict[str, Any]:
        return self.ask("POST", "settle")

    def advance(self, seconds: int) -> None:
        self.ask("POST", "clock", advance=seconds)

    def faults(self, kind: str, **options: Any) -> dict[str, Any]:
        """Order a fault; see `payments.simulator.faults` for the kinds."""
        return self.ask("POST", "faults", kind=kind, **options)

    def settings(self, **changes: Any) -> dict[str, Any]:
        return self.ask("POST", "settings", **changes)

    def state(self) -> dict[str, Any]:
        """Every entity and the sums to compare a ledger with."""
        return self.ask("GET", "state")

    def reset(self) -> None:
        self.ask("POST", "reset")
        self._delivered.clear()

    def send_to(self, url: str) -> None:
        """Send webhooks there from now on, instead of keeping them."""
        self.settings(webhook_url=url)

    def webhooks(self, event: str = "") -> list[dict[str, Any]]:
        """Every webhook so far, in order: event, event_id, state, headers, body (text)."""
        found = self.ask("GET", "webhooks")["webhooks"]
        return [webhook for webhook in found if event in ("", webhook["event"])]

    def events(self) -> list[str]:
        return [webhook["event"] for webhook in self.webhooks()]

    def replay(self, event: str = "", *, times: int = 1) -> None:
        """Make the webhooks once more, with the same event ids."""
        self.ask("POST", "replay", event=event, times=times)

    def deliver(self, client: Client, path: str = "/webhooks/razorpay") -> list[int]:
        """Post the kept webhooks that were not posted before; the statuses of the answers."""
        statuses = []
        for webhook in self.webhooks():
            if webhook["state"] != "kept" or webhook["number"] in self._delivered:
                continue
            self._delivered.add(webhook["number"])
            answer = client.post(
                path,
                data=webhook["body"].encode(),
                content_type="application/json",
                headers=webhook["headers"],
            )
            statuses.append(answer.status_code)
        return statuses

    def wait_idle(self, seconds: float = 5) -> None:
        assert self.simulator.sender.wait_idle(seconds), "webhooks are still on their way"

    def ask(self, method: str, path: str, /, **body: Any) -> dict[str, Any]:
        """Call `/_sim/…` over HTTP."""
        data = json.dumps(body).encode() if method == "POST" else None
        request = urllib.request.Request(f"{self.url}/_sim/{path}", data=data, method=method)
        try:
            with _opener.open(request, timeout=10) as answer:
                found: dict[str, Any] = json.load(answer)
                return found
        except urllib.error.HTTPError as error:
            with error:
                raise SimulatorError(error.read().decode()) from None


@pytest.fixture(scope="session")
def _simulator_server() -> Iterator[Simulator]:
    simulator = Simulator(rules=Rules(payout_seconds=None), seed=1)
    simulator.start()
    yield simulator
    simulator.stop()


@pytest.fixture
def razorpay_simulator(
    _simulator_server: Simulator, settings: Settings
) -> Iterator[RazorpaySimulator]:
    """A fresh Razorpay that the gateway in this test talks to."""
    _simulator_server.reset()
    settings.RAZORPAY_BASE_URL = _simulator_server.url
    settings.RAZORPAY_CHECKOUT_URL = f"{_simulator_server.url}/v1/checkout.js"
    settings.CHECKOUT_ORIGINS = [_simulator_server.url]
    yield RazorpaySimulator(_simulator_server)
    _simulator_server.reset()
