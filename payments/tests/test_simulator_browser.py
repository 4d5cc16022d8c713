"""The checkout script and page in a real Chromium, between a shop's page and its callback."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import Page

from payments import gateway
from payments.tests.simulator import RazorpaySimulator
from payments.tests.test_gateway import order
from tests.browser import DESKTOP, PHONE, Visitor

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title></head>
<body><main><h1>Shop</h1><button id="pay">Pay</button></main>
<script src="{simulator}/v1/checkout.js"></script>
<script>
const checkout = new Razorpay({{
  key: "rzp_test_simulator", order_id: "{order_id}", name: "TutorHub", description: "Maths, 1 h",
  prefill: {{name: "Asha"}}, {options}
}});
checkout.on("payment.failed", (answer) => {{ document.title = answer.error.reason; }});
document.getElementById("pay").addEventListener("click", () => checkout.open());
</script></body></html>"""
BACK = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Back</title></head>
<body><main><h1>Back</h1></main></body></html>"""


class Shop(ThreadingHTTPServer):
    """A shop's page and its callback, on an address of this machine: Chromium lets no page from
    elsewhere load a script from here."""

    def __init__(self, simulator: RazorpaySimulator, options: str) -> None:
        super().__init__(("127.0.0.1", 0), ShopHandler)
        self.order = order()
        self.posted: list[dict[str, str]] = []
        self.html = PAGE.format(simulator=simulator.url, order_id=self.order["id"], options=options)
        self.url = f"http://127.0.0.1:{self.server_port}/pay"


class ShopHandler(BaseHTTPRequestHandler):
    server: Shop

    def do_GET(self) -> None:
        self._answer(self.server.html)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.posted.append(dict(parse_qsl(body)))
        self._answer(BACK)

    def _answer(self, html: str) -> None:
        self.send_response(200 if self.path != "/favicon.ico" else 204)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(html.encode())

    def log_message(self, *words: Any) -> None:
        pass


@pytest.fixture
def open_shop(razorpay_simulator: RazorpaySimulator) -> Iterator[Callable[[Page, str], Shop]]:
    """Opens a shop with these Checkout options in a page."""
    shops: list[Shop] = []

    def open_shop(page: Page, options: str) -> Shop:
        shop = Shop(razorpay_simulator, options)
        shops.append(shop)
        threading.Thread(target=shop.serve_forever, args=(0.01,), daemon=True).start()
        page.goto(shop.url)
        return shop

    yield open_shop
    for shop in shops:
        shop.shutdown()
        shop.server_close()


def pay(page: Page, way: str) -> None:
    page.get_by_role("button", name="Pay").click()
    page.get_by_role("button", name=way, exact=True).click()


REDIRECT = 'callback_url: "/checkout/callback", redirect: true'


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_pays_and_comes_back_signed(
    visitors: Callable[[dict[str, Any]], Visitor],
    open_shop: Callable[[Page, str], Shop],
    screen: dict[str, Any],
) -> None:
    visitor = visitors(screen)
    page = visitor.page
    shop = open_shop(page, REDIRECT)
    page.get_by_role("button", name="Pay").click()
    page.get_by_role("heading", name="Pay ₹1,000.00").wait_for()
    assert page.get_by_text("Maths, 1 h").is_visible()
    visitor.check()
    visitor.picture("simulator-checkout")
    page.keyboard.press("Tab")
    assert page.locator("button:focus").inner_text() == "Success"
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Back").wait_for()
    fields = shop.posted[0]
    assert gateway.verify_callback(
        shop.order["id"], fields["razorpay_payment_id"], fields["razorpay_signature"]
    )


@pytest.mark.parametrize("way", ["Fail", "Authorise late"])
def test_failure_comes_back_as_an_error(
    razorpay_simulator: RazorpaySimulator,
    phone: Visitor,
    open_shop: Callable[[Page, str], Shop],
    way: str,
) -> None:
    shop = open_shop(phone.page, REDIRECT)
    pay(phone.page, way)
    phone.page.get_by_role("heading", name="Back").wait_for()
    assert shop.posted[0]["error[reason]"] == "payment_failed"
    assert [p["status"] for p in razorpay_simulator.state()["payments"]] == ["failed"]


def test_close_returns_to_the_shop(phone: Visitor, open_shop: Callable[[Page, str], Shop]) -> None:
    shop = open_shop(phone.page, REDIRECT)
    pay(phone.page, "Close")
    phone.page.wait_for_url(shop.url)
    assert shop.posted == []


def test_without_script_a_button_leads_back(
    phone: Visitor, open_shop: Callable[[Page, str], Shop]
) -> None:
    shop = open_shop(phone.page, REDIRECT)
    phone.context.route("**/_sim/return.js", lambda route: route.fulfill(body=""))
    pay(phone.page, "Success")
    button = phone.page.get_by_role("button", name="Continue")
    button.wait_for()
    phone.check()
    button.click()
    phone.page.get_by_role("heading", name="Back").wait_for()
    assert shop.posted[0]["razorpay_signature"]


@pytest.mark.parametrize(("way", "title"), [("Success", "pay_"), ("Fail", "payment_failed")])
def test_hands_to_the_page_without_a_callback_url(
    phone: Visitor, open_shop: Callable[[Page, str], Shop], way: str, title: str
) -> None:
    page = phone.page
    open_shop(page, "handler: (answer) => { document.title = answer.razorpay_payment_id; }")
    with phone.context.expect_page() as opened:
        page.get_by_role("button", name="Pay").click()
    opened.value.get_by_role("button", name=way, exact=True).click()
    page.wait_for_function("document.title !== 'Shop'")
    assert page.title().startswith(title)
