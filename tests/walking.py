"""How the journeys walk: people at their screens, and a close look at every page.

With TUTORHUB_SCREENSHOTS naming a directory, each page is kept as a picture at both widths.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from payments.tests.simulator import RazorpaySimulator
from tests.browser import Visitor
from tests.journey import PASSWORD

WIDTHS = (390, 1200)
_pictures = count(1)


@dataclass
class Town:
    """The people at their screens, and what goes on around them."""

    family: Visitor
    tutor: Visitor
    moderator: Visitor
    finance: Visitor
    simulator: RazorpaySimulator
    drain: Callable[[], int]
    paper: Path


def see(visitor: Visitor, name: str, *, status: int = 0) -> Page:
    """Look at the page closely. `status` is a refusal that is meant: browsers log those."""
    if status:
        visitor.complaints = [text for text in visitor.complaints if str(status) not in text]
    picture(visitor.page, name)
    visitor.check()
    return visitor.page


def picture(page: Page, name: str) -> None:
    directory = os.environ.get("TUTORHUB_SCREENSHOTS")
    size = page.viewport_size
    if directory is None or size is None:
        return
    number = next(_pictures)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        page.screenshot(path=Path(directory) / f"{number:02}-{name}-{width}.png", full_page=True)
    page.set_viewport_size(size)


def go(visitor: Visitor, path: str, name: str) -> Page:
    visitor.go(path)
    return see(visitor, name)


def press(visitor: Visitor, name: str | re.Pattern[str], then: str, **options: Any) -> Page:
    """Press a button and look at the page that follows."""
    with visitor.page.expect_navigation():
        visitor.page.get_by_role("button", name=name).first.click()
    return see(visitor, then, **options)


def follow(visitor: Visitor, name: str | re.Pattern[str], then: str) -> Page:
    with visitor.page.expect_navigation():
        visitor.page.get_by_role("link", name=name).first.click()
    return see(visitor, then)


def sign_in(town: Town, visitor: Visitor, phone: str, who: str, first: str) -> Page:
    """With the code that the development inbox shows; `first` names the page that follows."""
    page = follow_from_home(visitor, who)
    page.get_by_label("Mobile number").fill(phone)
    page = press(visitor, "Send", f"{who}-code")
    town.drain()
    inbox = visitor.context.new_page()
    inbox.goto(f"{visitor.base_url}/dev/inbox?to={phone}")
    code = re.search(r"\b\d{6}\b", inbox.locator("article").first.inner_text())
    inbox.close()
    assert code is not None
    page.get_by_label("Code").fill(code.group())
    page.get_by_label("I look for a tutor" if who == "family" else "I teach").check()
    return press(visitor, "Sign in", first)


def follow_from_home(visitor: Visitor, who: str) -> Page:
    go(visitor, "/", f"{who}-welcome")
    return follow(visitor, "Become a tutor" if who == "tutor" else "Sign in", f"{who}-signin")


def sign_in_staff(visitor: Visitor, email: str, who: str) -> None:
    codes = visitor.context.request.get(f"{visitor.base_url}/dev/staff.json").json()
    page = go(visitor, "/admin/", f"{who}-signin")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Code").fill(next(row["code"] for row in codes if row["email"] == email))
    press(visitor, "Sign in", f"{who}-desk")


def open_desk(visitor: Visitor, model: str, then: str) -> Page:
    with visitor.page.expect_navigation():
        visitor.page.locator(f"tr.model-{model} th a").first.click()
    return see(visitor, then)
