"""Search on a phone and at a desk: the line to ask in, the sheet of filters, near me, comparing."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.tests.factories import FamilyUserFactory
from tests.browser import DESKTOP, PHONE, Visitor
from tutors.models import FreeHours, TutorProfile
from tutors.tests.factories import OfferingFactory, TutorFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

KORAMANGALA = {"latitude": 12.93431, "longitude": 77.62114}


@pytest.fixture
def tutors(db: None) -> list[TutorProfile]:
    made = []
    for n, name in enumerate(["Meera Iyer", "Arjun Kulkarni", "Zoë D'Souza", "मीरा अय्यर"]):
        tutor = TutorFactory(
            user__name=name,
            gender="male" if n == 1 else "female",
            rating_sum=49 * (4 - n),
            rating_count=10 * (4 - n),
            minutes_taught=600 * (80 - 20 * n),
            trial_minutes=None if n == 3 else 30,
            trial_price_paise=None if n == 3 else 0,
            free_hours=FreeHours({17, 18, 41, 42, 43, 130}),
            offering__home_rate_paise=(650 - 50 * n) * 100,
        )
        OfferingFactory(tutor=tutor, subject_slug="maths", grade_min=6, grade_max=10)
        made.append(tutor)
    return made


def names(page: Any) -> list[str]:
    page.wait_for_load_state("load")
    return [heading.inner_text() for heading in page.locator("article h2").all()]


def test_a_misspelt_question_becomes_wishes(screen: Visitor, tutors: list[TutorProfile]) -> None:
    page = screen.go("/tutors/")
    page.get_by_label("Name, subject or place").fill("fisics tuter bangalor mira")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Physics tutors near Bengaluru").wait_for()
    assert "Meera Iyer" in names(page)
    assert "Arjun Kulkarni" not in names(page)
    expect(page.get_by_label("Name, subject or place")).to_have_value("mira")
    screen.check()
    screen.picture("search-text")
    page.get_by_role("link", name="“mira”").click()
    page.get_by_role("heading", name="Arjun Kulkarni").wait_for()
    expect(page.get_by_label("Name, subject or place")).to_have_value("")


def test_filters_count_what_they_leave(screen: Visitor, tutors: list[TutorProfile]) -> None:
    page = screen.go("/tutors/?subject=physics&pin_code=560034")
    if page.viewport_size == PHONE["viewport"]:
        expect(page.get_by_label("Up to, per hour")).to_be_hidden()
        page.get_by_role("link", name="Filters (2)").click()
    page.get_by_role("button", name="Show 4 tutors").wait_for()
    expect(page.locator("#id_board")).to_have_value("")
    expect(page.locator("#usual-price")).to_contain_text("Half the tutors here charge")
    screen.check()
    screen.picture("search-filters")
    page.locator("label:has([value=male])").click()
    page.get_by_role("button", name="Show 1 tutor", exact=True).click()
    page.get_by_role("heading", name="Arjun Kulkarni").wait_for()
    assert names(page) == ["Arjun Kulkarni"]


def test_near_me(visitors: Callable[..., Visitor], tutors: list[TutorProfile]) -> None:
    visitor = visitors({**DESKTOP, "geolocation": KORAMANGALA, "permissions": ["geolocation"]})
    page = visitor.go("/tutors/?subject=physics&mode=home")
    page.get_by_role("button", name="Near me").click()
    page.wait_for_url("**lat=12.93&lon=77.62**")
    visitor.picture("search-near")
    expect(page.locator("article").first).to_contain_text("from you")
    visitor.check()


def test_near_me_refused_says_what_to_do(desktop: Visitor, tutors: list[TutorProfile]) -> None:
    page = desktop.go("/tutors/")
    page.get_by_role("button", name="Near me").click()
    page.get_by_text("Give the PIN code instead").wait_for()


def test_three_side_by_side(screen: Visitor, tutors: list[TutorProfile]) -> None:
    screen.sign_in(FamilyUserFactory())
    page = screen.go("/tutors/?subject=physics&pin_code=560034&mode=home")
    bar = page.get_by_role("button", name="Compare")
    expect(bar).to_be_hidden()
    for name in ("Meera Iyer", "Arjun Kulkarni", "Zoë D'Souza"):
        page.get_by_label(f"Compare {name}").check()
    expect(bar).to_be_visible()
    screen.picture("search-picked")
    bar.click()
    page.get_by_role("heading", name="Compare tutors").wait_for()
    expect(page.locator("thead a")).to_have_count(3)
    screen.check()
    screen.picture("search-compare")
    page.get_by_role("link", name="Back to the tutors").click()
    page.get_by_role("button", name="Save this search").click()
    page.get_by_role("heading", name="Saved searches").wait_for()
    screen.check()
    screen.picture("searches")


def test_without_scripts(visitors: Callable[..., Visitor], tutors: list[TutorProfile]) -> None:
    visitor = visitors({**PHONE, "java_script_enabled": False})
    page = visitor.go("/tutors/")
    page.get_by_label("Name, subject or place").fill("physics 560034")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Filters (2)").click()
    expect(page.get_by_role("button", name="Near me")).to_be_hidden()
    page.locator("label:has([value=female])").click()
    page.get_by_role("button", name="Show tutors").click()
    expect(page.get_by_role("heading", name="Arjun Kulkarni")).to_have_count(0)
    for name in ("Meera Iyer", "Zoë D'Souza"):
        page.get_by_label(f"Compare {name}").check()
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("thead a")).to_have_count(2)
