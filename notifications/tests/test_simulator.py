"""The simulator as a program of its own, and receipts on their way by themselves."""

import re
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from notifications import gateway
from notifications.gateway.interface import Outgoing
from notifications.tests.simulator import ProviderSimulator

ROOT = Path(__file__).resolve().parents[2]


def outgoing(to: str = "+919876543210") -> Outgoing:
    return Outgoing(
        key="k-1", to=to, template_id="t", language="en", subject="", body="", values=(("n", "1"),)
    )


class Door(BaseHTTPRequestHandler):
    """Takes what comes, after a refusal if it is told to."""

    bodies: list[bytes] = []
    refusals = 0

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        refused, Door.refusals = Door.refusals > 0, Door.refusals - 1
        if not refused:
            Door.bodies.append(body)
        self.send_response(503 if refused else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words: Any) -> None:
        pass


@pytest.fixture
def door() -> Iterator[str]:
    Door.bodies, Door.refusals = [], 0
    server = HTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def told(count: int) -> list[str]:
    """The statuses in the first receipts."""
    deadline = time.monotonic() + 5
    while len(Door.bodies) < count and time.monotonic() < deadline:
        time.sleep(0.02)
    return [re.findall(rb'"status": ?"(\w+)"', body)[0].decode() for body in Door.bodies]


@pytest.mark.parametrize(
    ("outcome", "steps"),
    [
        ("read", ["sent", "delivered", "read"]),
        ("delivered", ["sent", "delivered"]),
        ("failed", ["sent", "failed"]),
        ("absent", ["failed"]),
        ("silent", ["sent"]),
    ],
)
def test_a_phone_does_as_it_was_told(
    provider_simulator: ProviderSimulator, door: str, outcome: str, steps: list[str]
):
    provider_simulator.ask("POST", "settings", site=door, receipt_seconds=0.01)
    provider_simulator.ask("POST", "phones/919876543210", outcome=outcome)
    gateway.WhatsApp().send(outgoing())
    assert told(len(steps)) == steps


def test_a_receipt_nobody_took_comes_again(provider_simulator: ProviderSimulator, door: str):
    provider_simulator.ask("POST", "settings", site=door, receipt_seconds=0.01)
    Door.refusals = 1
    gateway.Msg91().send(outgoing())
    assert told(1) == ["1"]
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        if provider_simulator.webhooks()[0]["state"] == "taken":
            break
    assert provider_simulator.webhooks()[0]["answers"] == ["503", "200"]


def test_faults_of_receipts(provider_simulator: ProviderSimulator, door: str):
    provider_simulator.ask("POST", "settings", site=door)
    gateway.WhatsApp().send(outgoing())
    provider_simulator.faults("receipt.drop", event="sent")
    provider_simulator.faults("receipt.reorder", event="delivered", seconds=3)
    provider_simulator.faults("receipt.delay", event="failed", seconds=0.2)
    provider_simulator.receipt("sent", "delivered", "read", "failed")
    assert told(3) == ["read", "delivered", "failed"]


def test_it_runs_by_itself_and_stops_when_asked():
    process = subprocess.Popen(
        [sys.executable, "-m", "notifications.simulator", "--port", "0", "--site", ""],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        with urllib.request.urlopen(f"{url}/_sim/messages", timeout=5) as answer:
            assert answer.status == 200
    finally:
        process.terminate()
        assert process.wait(10) == 0
        process.stdout.close()


def test_it_needs_no_django():
    code = (
        "import sys, notifications.simulator.__main__; "
        "sys.exit(bool({'django', 'tutorhub', 'requests'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
