"""The pages about one's own data on a phone and on a desk, in English and in Hindi."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import expect

from accounts.models import User
from accounts.services import data_requests
from accounts.tests.cast import trusted_browser
from accounts.tests.factories import FamilyUserFactory
from payments.tests import factories as money
from students.tests.factories import LearnerFactory
from tests.browser import PHONE, Visitor

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def enter(visitor: Visitor, user: User, language: str = "en") -> None:
    """Sign this browser in, with a code of a moment ago."""
    name = settings.SESSION_COOKIE_NAME
    value = trusted_browser(user).cookies[name].value
    for cookie in ((name, value), ("django_language", language)):
        visitor.context.add_cookies(
            [{"name": cookie[0], "value": cookie[1], "url": visitor.base_url}]
        )


@pytest.fixture
def family() -> User:
    learner = LearnerFactory(family__user__name="Meera Rao", goals="Boards in March")
    user: User = learner.family.user
    data_requests.ask(user, kind="grievance", words="Too many messages at night")
    return user


@pytest.mark.parametrize("language", ["en", "hi"])
def test_every_page_fits_and_is_accessible(screen: Visitor, family: User, language: str) -> None:
    enter(screen, family, language)
    for path, name in (
        ("/account/data/", "data-show"),
        ("/account/data/export/", "data-export"),
        ("/account/data/ask/", "data-ask"),
        ("/account/data/erase/", "data-erase"),
    ):
        screen.go(path)
        screen.picture(f"{name}-{language}")
        screen.check()
    money.fund_wallet(family, 0, promo_paise=5_000)
    money.make_order(payer=family)
    screen.go("/account/data/erase/")
    screen.picture(f"data-erase-not-yet-{language}")
    screen.check()


def test_a_family_erases_itself_on_a_phone(visitors: Callable[[Any], Visitor]) -> None:
    phone = visitors(PHONE)
    user = FamilyUserFactory(name="Meera Rao")
    enter(phone, user)
    page = phone.go("/account/")
    page.get_by_role("link", name="Your data").click()
    page.get_by_role("link", name="Erase your account").click()
    page.get_by_label("I understand that there is no way back").check()
    page.get_by_role("button", name="Erase my account").click()
    page.wait_for_url(f"{phone.base_url}/")
    expect(page.get_by_text("Your account is erased.")).to_be_visible()
    assert User.objects.get(pk=user.pk).phone is None
    phone.go("/account/data/")
    assert "/signin/" in page.url
    phone.check()
