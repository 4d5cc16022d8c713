"""A pytest plugin: walking pages in a real Chromium, against the live server of pytest-django.

Playwright's synchronous interface keeps an event loop running in the thread, which Django takes for
asynchronous code and then refuses database calls. So Playwright lives only as long as the module
that asks for it, and Django's check is off for exactly that time.
"""

import gzip
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright

from accounts.tests import cast

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DESKTOP = {"viewport": {"width": 1200, "height": 820}}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All browser tests run on one worker: one Chromium is enough for two cores."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("browser"))


def chromium_path() -> str | None:
    """Where Chromium is: `CHROMIUM`, the usual names on PATH, or none."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    found = [os.environ.get("CHROMIUM"), *(shutil.which(name) for name in names)]
    return next((path for path in found if path), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium_path()
    if path is None:
        hint = "No Chromium found. Install it (apt install chromium) or set CHROMIUM to its path."
        if os.environ.get("CI") == "true":
            pytest.fail(hint)
        pytest.skip(hint)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


class Visitor:
    """A person at a screen: one browser context, and everything that went wrong in it."""

    def __init__(self, context: BrowserContext, base_url: str) -> None:
        self.context = context
        self.base_url = base_url
        self.complaints: list[str] = []
        self.responses: list[Response] = []
        self.page = context.new_page()
        self.page.set_default_timeout(10_000)
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("response", lambda answer: self.responses.append(answer))

    def _on_console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def sign_in(self, user: Any) -> None:
        """Give this browser the session of `user`, on a device known for long."""
        client = Client()
        kind = "StaffBackend" if user.is_staff else "PhoneBackend"
        client.force_login(user, backend=f"accounts.backends.{kind}")
        if not user.is_staff:
            cast.trust(client, user)
        name = settings.SESSION_COOKIE_NAME
        value = client.cookies[name].value
        self.context.add_cookies([{"name": name, "value": value, "url": self.base_url}])

    def go(self, path: str) -> Page:
        self.responses.clear()
        self.page.goto(self.base_url + path, wait_until="load")
        return self.page

    def transferred(self) -> int:
        """Bytes of everything loaded since `go`, compressed as the production server does."""
        self.page.wait_for_load_state("networkidle")
        return sum(len(gzip.compress(answer.body())) for answer in self.responses if answer.ok)

    def overflows(self) -> bool:
        """Whether the page is wider than the screen.

        `window.innerWidth` does not tell: on a phone it grows with what is too wide.
        """
        root = "document.documentElement"
        return bool(self.page.evaluate(f"{root}.scrollWidth > {root}.clientWidth + 1"))

    def picture(self, name: str) -> None:
        """Keep a screenshot when `SCREENSHOTS` names a directory."""
        if directory := os.environ.get("SCREENSHOTS"):
            width = self.page.viewport_size["width"]  # type: ignore[index]
            self.page.screenshot(path=Path(directory) / f"{name}-{width}.png", full_page=True)

    def check(self) -> None:
        """No accessibility violation, nothing wider than the screen, a silent console."""
        self.page.wait_for_load_state("load")
        axe(self.page)
        assert not self.overflows(), f"{self.page.url} scrolls sideways"
        assert self.complaints == [], f"{self.page.url}: {self.complaints}"


def axe(page: Page) -> None:
    """Fail with the rule and the elements for each accessibility violation on the page."""
    result = Axe().run(page)
    found = [
        f"{violation['id']}: {violation['help']}\n    "
        + "\n    ".join(
            f"{node['html'][:160]} {node.get('failureSummary', '')[:300]}"
            for node in violation["nodes"]
        )
        for violation in result.response["violations"]
    ]
    assert not found, f"{page.url}\n" + "\n".join(found)


@pytest.fixture
def visitors(browser: Browser, live_server: Any) -> Iterator[Callable[[dict[str, Any]], Visitor]]:
    """Makes as many people at screens as a test needs."""
    contexts: list[BrowserContext] = []

    def visitor(screen: dict[str, Any] = PHONE) -> Visitor:
        context = browser.new_context(locale="en-IN", timezone_id="Asia/Kolkata", **screen)
        contexts.append(context)
        return Visitor(context, live_server.url)

    yield visitor
    for context in contexts:
        context.close()


@pytest.fixture
def phone(visitors: Callable[[dict[str, Any]], Visitor]) -> Visitor:
    return visitors(PHONE)


@pytest.fixture
def desktop(visitors: Callable[[dict[str, Any]], Visitor]) -> Visitor:
    return visitors(DESKTOP)


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def screen(request: pytest.FixtureRequest, visitors: Callable[..., Visitor]) -> Visitor:
    """The same test on both screens."""
    return visitors(request.param)
