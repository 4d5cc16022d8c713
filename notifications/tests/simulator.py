"""A pytest plugin: the simulators of MSG91 and WhatsApp for tests, over real HTTP.

    def test_tells(provider_simulator, drain):
        messages.tell(...)
        drain()
        provider_simulator.receipt("delivered")
        provider_simulator.deliver(client)

One server per test process, forgotten between tests. Receipts are made when a test asks for them,
and kept until it delivers them.
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

from notifications.simulator.books import Rules
from notifications.simulator.server import Simulator

_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
PATHS = {"whatsapp": "/webhooks/whatsapp", "sms": "/webhooks/msg91"}


@dataclass
class ProviderSimulator:
    """The hands of phones and networks."""

    simulator: Simulator
    _delivered: set[int] = field(default_factory=set)

    @property
    def url(self) -> str:
        return self.simulator.url

    def faults(self, kind: str, **options: Any) -> None:
        """Order a fault; see `notifications.simulator.server` and `receipts` for the kinds."""
        self.ask("POST", "faults", kind=kind, **options)

    def sent(self, provider: str = "") -> list[dict[str, Any]]:
        """What the providers took, in order."""
        found = self.ask("GET", "messages")["messages"]
        return [one for one in found if provider in ("", one["provider"])]

    def register(self, **templates: int) -> None:
        self.ask("POST", "templates", **templates)

    def receipt(self, *statuses: str, provider: str = "", code: int = 131026) -> None:
        """Have receipts made for the newest message."""
        newest = self.sent(provider)[-1]["id"]
        for status in statuses:
            self.ask("POST", f"messages/{newest}/{status}", code=code)

    def webhooks(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("GET", "webhooks")["webhooks"]
        return found

    def deliver(self, client: Client) -> list[int]:
        """Post the kept webhooks that were not posted before; the statuses of the answers."""
        statuses = []
        for webhook in self.webhooks():
            if webhook["state"] == "kept" and webhook["number"] not in self._delivered:
                self._delivered.add(webhook["number"])
                statuses.append(post(client, webhook))
        return statuses

    def reset(self) -> None:
        self.ask("POST", "reset")
        self._delivered.clear()

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
                raise AssertionError(error.read().decode()) from None


def post(client: Client, webhook: dict[str, Any]) -> int:
    """One webhook as it was made, to our door."""
    headers = dict(webhook["headers"])
    answer = client.post(
        PATHS[webhook["provider"]],
        data=webhook["body"].encode(),
        content_type=headers.pop("Content-Type"),
        headers=headers,
    )
    return answer.status_code


@pytest.fixture(scope="session")
def _provider_server() -> Iterator[Simulator]:
    simulator = Simulator(rules=Rules(receipt_seconds=None))
    simulator.start()
    yield simulator
    simulator.stop()


@pytest.fixture
def provider_simulator(
    _provider_server: Simulator, settings: Settings
) -> Iterator[ProviderSimulator]:
    """Fresh providers behind SMS and WhatsApp; e-mail goes to Django's outbox."""
    _provider_server.reset()
    settings.MSG91_BASE_URL = _provider_server.url
    settings.WHATSAPP_BASE_URL = f"{_provider_server.url}/v23.0"
    settings.MESSAGE_CHANNELS = {
        "sms": "notifications.gateway.Msg91",
        "whatsapp": "notifications.gateway.WhatsApp",
        "email": "notifications.gateway.Smtp",
    }
    yield ProviderSimulator(_provider_server)
    _provider_server.reset()
