"""Pages anybody can open, in a real browser: readable, usable with a keyboard, light and quiet."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser import Visitor
from tutors.models import TutorProfile
from tutors.tests.factories import TutorFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = ["/", "/signin/", "/help/", "/privacy/", "/styleguide?messages", "/no-such-page/"]


def complaints_of_missing_pages(visitor: Visitor) -> None:
    """Chromium reports a 404 on the console; that one is meant."""
    visitor.complaints = [text for text in visitor.complaints if "404" not in text]


@pytest.mark.parametrize("path", PAGES)
def test_public_page_is_accessible_and_fits(screen: Visitor, path: str) -> None:
    screen.go(path)
    screen.picture(path.strip("/").split("?")[0].replace("/", "_") or "home")
    complaints_of_missing_pages(screen)
    screen.check()


@pytest.mark.parametrize("path", ["/", "/signin/", "/help/"])
def test_first_load_is_light(phone: Visitor, path: str) -> None:
    phone.go(path)
    assert phone.transferred() < 60 * 1024
    assert len(phone.responses) <= 10


def test_hindi_is_one_tap_away(phone: Visitor) -> None:
    page = phone.go("/")
    page.get_by_role("button", name="हिन्दी").click()
    expect(page.locator("html")).to_have_attribute("lang", "hi")
    phone.check()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_keyboard_reaches_the_content_and_the_search(desktop: Visitor) -> None:
    page = desktop.go("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    reached = []
    for _ in range(6):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.name || ''"))
    assert {"subject", "grade", "pin_code"} <= set(reached)


def test_pages_work_without_scripts(phone: Visitor) -> None:
    context = phone.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    page = context.new_page()
    page.goto(phone.base_url + "/")
    page.locator("summary").first.click()
    expect(page.locator("details[open]")).to_have_count(1)
    context.close()


def newest_code(visitor: Visitor, number: str) -> str:
    inbox = visitor.context.request.get(visitor.base_url + "/dev/inbox.json", params={"to": number})
    found = re.search(r"\b\d{6}\b", inbox.text())
    assert found, inbox.text()
    return found.group()


def test_signing_in_with_a_code(phone: Visitor, drain: Callable[[], int]) -> None:
    page = phone.go("/signin/")
    page.get_by_label("Mobile number").fill("98765 43210")
    # Nobody types ten digits in less: what comes faster than this is a script.
    page.wait_for_timeout(2100)
    page.keyboard.press("Enter")
    page.get_by_label("Code").wait_for()
    phone.check()
    drain()
    page.get_by_label("Code").fill(newest_code(phone, "+919876543210"))
    page.get_by_label("I look for a tutor").check()
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/family/learners/new/")
    phone.check()


@pytest.fixture
def meera() -> TutorProfile:
    stars = {"rating_sum": 20, "rating_count": 4}
    return TutorFactory(user__name="Meera Iyer", slug="meera-iyer", minutes_taught=600, **stars)


@pytest.mark.parametrize(
    "path",
    [
        "/tutors/",
        "/tutors/?subject=physics&grade=11&board=CBSE&mode=home&pin_code=560034&budget=800",
        "/tutors/?subject=yoga",
        "/tutors/meera-iyer/",
        "/tutors/meera-iyer/reviews/",
    ],
)
def test_search_and_tutor_pages_are_accessible_and_fit(
    screen: Visitor, meera: TutorProfile, path: str
) -> None:
    screen.go(path)
    screen.check()
    assert screen.transferred() < 60 * 1024


def test_search_from_the_home_page_by_keyboard(phone: Visitor, meera: TutorProfile) -> None:
    page = phone.go("/")
    page.get_by_label("Subject", exact=True).select_option("physics")
    page.get_by_label("PIN code").fill("560034")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Meera Iyer").wait_for()
    expect(page.get_by_label("Up to, per hour")).to_be_hidden()
    page.get_by_role("link", name="Filters (2)").click()
    expect(page.get_by_label("Up to, per hour")).to_be_visible()
    phone.check()


def test_tutor_page_fetches_the_reviews(phone: Visitor, meera: TutorProfile) -> None:
    page = phone.go("/tutors/meera-iyer/")
    page.get_by_text("No reviews yet").wait_for()
    phone.check()
