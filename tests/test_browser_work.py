"""A stranger signs in on a phone while codes are tried out everywhere: the browser works for it."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import LoginAttempt, SpentNonce, User
from accounts.services import spraying
from accounts.tests.cast import PHONE as NUMBER
from accounts.tests.cast import last_code
from accounts.tests.test_sec_02_spraying import failures
from tests.browser import Visitor

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def speak(visitor: Visitor, language: str) -> None:
    cookie = {"name": "django_language", "value": language, "url": visitor.base_url}
    visitor.context.add_cookies([cookie])


def forgive(visitor: Visitor, status: int) -> None:
    """Browsers complain of a refusal that is meant."""
    visitor.complaints = [text for text in visitor.complaints if str(status) not in text]


def ask_for_a_code(visitor: Visitor) -> None:
    page = visitor.go("/signin/")
    page.wait_for_timeout(2100)
    page.locator("#id_phone").fill(NUMBER)
    page.locator("main form button").first.click()


@pytest.mark.parametrize("language", ["en", "hi"])
def test_a_stranger_signs_in_after_the_work_was_done(phone: Visitor, language: str) -> None:
    failures(2000)
    speak(phone, language)
    ask_for_a_code(phone)
    page = phone.page
    said = page.locator("#work")
    expect(said).to_have_attribute("role", "status")
    expect(said).to_have_text(said.get_attribute("data-checking") or "-")
    phone.picture(f"work-{language}")
    page.wait_for_url("**/signin/code/")
    expect(page.locator("#work")).to_have_text(re.compile("Checked|जाँच हो गई"))
    forgive(phone, 429)
    phone.check()
    phone.picture(f"work-code-{language}")
    page.locator("#id_code").fill(last_code(NUMBER))
    page.locator("input[name=role][value=student]").check()
    page.locator("main form button").first.click()
    page.wait_for_url(re.compile(r"/(account|family|onboarding|students)"))
    assert User.objects.get().phone == NUMBER
    assert SpentNonce.objects.count() == 2
    assert phone.complaints == []


def test_a_press_before_the_work_is_done_waits_for_it(phone: Visitor, settings: Any) -> None:
    settings.WORK_COST, settings.WORK_TRIES = 20_000, 400
    failures(2000)
    ask_for_a_code(phone)
    page = phone.page
    page.wait_for_url("**/signin/code/")
    page.locator("#id_code").fill(last_code(NUMBER))
    page.locator("input[name=role][value=student]").check()
    page.locator("main form button").first.click()
    page.wait_for_url(re.compile(r"/(account|family|onboarding|students)"))
    reasons = LoginAttempt.objects.filter(phone=NUMBER).order_by("at")
    assert [row.reason for row in reasons] == ["work_required", "", ""]


def test_the_page_that_works_is_accessible_small_and_quiet(screen: Visitor, settings: Any) -> None:
    settings.WORK_COST = 10**7
    failures(2000)
    screen.go("/signin/")
    ask_for_a_code(screen)
    expect(screen.page.locator("#work")).to_have_attribute("data-goes-on", "")
    forgive(screen, 429)
    screen.check()
    script = next(answer for answer in screen.responses if answer.url.endswith("/js/work.js"))
    assert len(script.body()) < 3000


def test_without_scripts_the_page_says_what_else_to_do(browser: Any, live_server: Any) -> None:
    failures(2000)
    context = browser.new_context(java_script_enabled=False)
    visitor = Visitor(context, live_server.url)
    ask_for_a_code(visitor)
    expect(visitor.page.locator("#work")).to_have_text(str(spraying.WorkRequired.message))
    context.close()


def test_a_browser_that_cannot_work_says_what_else_to_do(phone: Visitor) -> None:
    failures(2000)
    phone.context.add_init_script("crypto.subtle.deriveBits = () => Promise.reject(new Error())")
    ask_for_a_code(phone)
    said = phone.page.locator("#work")
    expect(said).to_have_text(str(spraying.WorkRequired.message))
    with phone.page.expect_response("**/signin/") as answer:
        phone.page.locator("main form button").first.click()
    assert answer.value.status == 429
