"""Break-glass in a real browser, on a phone: asked for by one, agreed to by another, and ended."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from accounts.tests.factories import StaffFactory
from accounts.tests.test_sec_11_staff import enter
from tests.browser import DESKTOP, PHONE, Visitor, axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NOW = "/admin/accounts/breakglass/now/"


def at_the_desk(visitor: Visitor, user: User) -> Visitor:
    client = Client()
    assert enter(client, user).status_code == 302
    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "url": visitor.base_url}
    visitor.context.add_cookies([cookie])
    return visitor


def look(visitor: Visitor, name: str) -> None:
    axe(visitor.page)
    assert not visitor.overflows()
    width = visitor.page.viewport_size["width"]
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width
    visitor.picture(f"break-glass-{name}")


def test_one_asks_another_agrees_and_it_is_ended(
    visitors: Callable[[dict[str, Any]], Visitor],
) -> None:
    hers = at_the_desk(visitors(PHONE), StaffFactory(is_superuser=True, name="Asha"))
    his = at_the_desk(visitors(DESKTOP), StaffFactory(is_superuser=True, name="Bina"))
    hers.go("/admin/").get_by_role("link", name="Break-glass").first.click()
    look(hers, "1-nobody")
    hers.page.get_by_label("Reason").fill("Case 7: a family says that a child's grade is wrong")
    hers.page.get_by_role("button", name="Ask for every right").click()
    hers.page.get_by_role("button", name="Take it back").wait_for()
    look(hers, "2-asked")
    his.go(NOW)
    look(his, "3-to-agree")
    his.page.get_by_role("button", name="I agree").click()
    his.page.get_by_role("heading", name="Asha has every right until").wait_for()
    hers.go("/admin/students/learner/")
    assert hers.responses[0].status == 200
    hers.go(NOW)
    look(hers, "4-agreed")
    hers.page.get_by_role("button", name="End it now").click()
    hers.page.get_by_text("Done. Every superuser").wait_for()
    look(hers, "5-ended")
    language = {"name": settings.LANGUAGE_COOKIE_NAME, "value": "hi", "url": his.base_url}
    his.context.add_cookies([language])
    his.go(NOW)
    look(his, "6-hindi")
    hers.go("/admin/students/learner/")
    assert hers.responses[0].status == 403
