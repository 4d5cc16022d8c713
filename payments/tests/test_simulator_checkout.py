"""The simulator's checkout page, and the simulator as its own process."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from payments import gateway
from payments.simulator.checkout import rupees
from payments.tests.simulator import RazorpaySimulator
from payments.tests.test_gateway import captured, fund_account, order, payout

CALLBACK = "http://127.0.0.1:8000/checkout/callback"
ROOT = Path(__file__).resolve().parents[2]


def ask(
    simulator: RazorpaySimulator, method: str, path: str, **fields: str
) -> tuple[http.client.HTTPResponse, str]:
    address = urlsplit(simulator.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port)
    if method == "GET":
        connection.request("GET", f"{path}?{urlencode(fields)}")
    else:
        connection.request("POST", path, urlencode(fields))
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer, text


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))


class TestPage:
    def test_offers_the_five_ways(self, razorpay_simulator: RazorpaySimulator) -> None:
        answer, page = ask(
            razorpay_simulator,
            "GET",
            "/_sim/checkout",
            order_id=order()["id"],
            callback_url=CALLBACK,
        )
        assert answer.status == 200
        assert "₹1,000.00" in page
        ways = re.findall(r'name="outcome" value="(\w+)"', page)
        assert ways == ["success", "fail", "authorize", "late", "close"]
        assert "style=" not in page
        assert "onclick" not in page
        assert "script-src 'self'" in (answer.headers["Content-Security-Policy"] or "")

    def test_success_posts_what_we_accept(self, razorpay_simulator: RazorpaySimulator) -> None:
        created = order()
        _, page = ask(
            razorpay_simulator,
            "POST",
            "/_sim/checkout",
            order_id=created["id"],
            outcome="success",
            callback_url=CALLBACK,
        )
        assert f'action="{CALLBACK}"' in page
        fields = hidden(page)
        assert gateway.verify_callback(
            fields["razorpay_order_id"],
            fields["razorpay_payment_id"],
            fields["razorpay_signature"],
        )

    def test_failure_posts_an_error(self, razorpay_simulator: RazorpaySimulator) -> None:
        created = order()
        _, page = ask(
            razorpay_simulator,
            "POST",
            "/_sim/checkout",
            order_id=created["id"],
            outcome="fail",
            callback_url=CALLBACK,
        )
        fields = hidden(page)
        assert fields["error[code]"] == "BAD_REQUEST_ERROR"
        assert fields["error[metadata][order_id]"] == created["id"]
        assert "razorpay_signature" not in fields

    def test_close_goes_back_without_an_attempt(
        self, razorpay_simulator: RazorpaySimulator
    ) -> None:
        answer, _ = ask(
            razorpay_simulator,
            "POST",
            "/_sim/checkout",
            order_id=order()["id"],
            outcome="close",
            callback_url=CALLBACK,
            cancel_url="http://127.0.0.1:8000/classes/",
        )
        assert (answer.status, answer.headers["Location"]) == (
            303,
            "http://127.0.0.1:8000/classes/",
        )
        assert razorpay_simulator.state()["payments"] == []

    def test_a_paid_order_offers_only_the_way_back(
        self, razorpay_simulator: RazorpaySimulator
    ) -> None:
        created = order()
        razorpay_simulator.pay(created["id"])
        _, page = ask(razorpay_simulator, "GET", "/_sim/checkout", order_id=created["id"])
        assert page.count("disabled>") == 4
        assert "paid already" in page

    def test_escapes_and_refuses_strange_addresses(
        self, razorpay_simulator: RazorpaySimulator
    ) -> None:
        created = order()
        _, page = ask(
            razorpay_simulator,
            "GET",
            "/_sim/checkout",
            order_id=created["id"],
            description="<b>x</b>",
            callback_url='http://a.test/"><script>',
        )
        assert "<b>" not in page
        assert "<script" not in page
        answer, _ = ask(
            razorpay_simulator,
            "GET",
            "/_sim/checkout",
            order_id=created["id"],
            callback_url="javascript:alert(1)",
        )
        assert answer.status == 400

    def test_another_key_is_refused(self, razorpay_simulator: RazorpaySimulator) -> None:
        answer, _ = ask(
            razorpay_simulator, "GET", "/_sim/checkout", order_id=order()["id"], key="rzp_live_x"
        )
        assert answer.status == 400

    @pytest.mark.parametrize(
        ("path", "kind", "text"),
        [
            ("/v1/checkout.js", "text/javascript", "window.Razorpay = Razorpay"),
            ("/_sim/checkout.css", "text/css", "body {"),
            ("/_sim/return.js", "text/javascript", "submit()"),
        ],
    )
    def test_serves_its_files(
        self, razorpay_simulator: RazorpaySimulator, path: str, kind: str, text: str
    ) -> None:
        answer, body = ask(razorpay_simulator, "GET", path)
        assert (answer.headers["Content-Type"] or "").startswith(kind)
        assert text in body

    @pytest.mark.parametrize(
        ("paise", "text"),
        [(100, "₹1.00"), (99_900, "₹999.00"), (12_345_678_905, "₹12,34,56,789.05")],
    )
    def test_writes_rupees_the_indian_way(self, paise: int, text: str) -> None:
        assert rupees(paise) == text


class Process:
    """`python -m payments.simulator`, without Django in sight."""

    def __init__(self, *arguments: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = str(probe.getsockname()[1])
        environment = {k: v for k, v in os.environ.items() if not k.startswith("DJANGO")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "payments.simulator", "--port", self.port, *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.greeting = self.process.stdout.readline()

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        status = self.process.wait(10)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return status


def test_remembers_across_restarts(
    razorpay_simulator: RazorpaySimulator, settings: Any, tmp_path: Path
) -> None:
    arguments = ("--webhook-url", "", "--journal", str(tmp_path / "books.jsonl"))
    process = Process(*arguments, "--payout-seconds", "0")
    settings.RAZORPAY_BASE_URL = f"http://127.0.0.1:{process.port}"
    assert process.port in process.greeting
    made = order()
    paid = payout(fund_account())
    assert process.stop(signal.SIGKILL) == -signal.SIGKILL
    with (tmp_path / "books.jsonl").open("a") as file:
        file.write('{"table": "orders", "ent')

    process = Process(*arguments)
    settings.RAZORPAY_BASE_URL = f"http://127.0.0.1:{process.port}"
    assert gateway.client().fetch_order(made["id"]) == made
    assert order()["id"] == made["id"]
    assert payout(fund_account())["id"] == paid["id"]
    later = order("bk-2")
    assert process.stop() == 0

    process = Process(*arguments)
    settings.RAZORPAY_BASE_URL = f"http://127.0.0.1:{process.port}"
    assert gateway.client().fetch_order(later["id"]) == later
    assert process.stop() == 0


def test_the_process_needs_no_django() -> None:
    code = (
        "import sys, payments.simulator.__main__; "
        "sys.exit(bool({'django', 'tutorhub', 'requests'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_books_start_empty_in_every_test(razorpay_simulator: RazorpaySimulator) -> None:
    assert razorpay_simulator.state()["orders"] == []
    captured(razorpay_simulator)
