"""The first pages of a family and a tutor in a real browser, on both screens."""

import pytest
from playwright.sync_api import expect

from accounts.tests.factories import TutorUserFactory
from students.models import Learner
from students.tests.factories import LearnerFactory
from tests.browser import Visitor
from tutors.models import TutorProfile
from tutors.tests.factories import TutorDraftFactory, TutorFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def learner() -> Learner:
    return LearnerFactory(family__user__name="Priya Sharma")


@pytest.fixture
def tutor() -> TutorProfile:
    return TutorFactory(user__name="Meera Iyer")


@pytest.mark.parametrize("path", ["/family/", "/enquiries/new/", "/classes/", "/enquiries/"])
def test_family_pages(screen: Visitor, learner: Learner, path: str) -> None:
    screen.sign_in(learner.family.user)
    screen.go(path)
    screen.check()
    assert screen.transferred() < 60 * 1024


@pytest.mark.parametrize("path", ["/tutor/", "/leads/", "/tutor/profile/", "/tutor/documents/"])
def test_tutor_pages(screen: Visitor, tutor: TutorProfile, path: str) -> None:
    screen.sign_in(tutor.user)
    screen.go(path)
    screen.check()


def test_new_people_are_led_on(phone: Visitor, desktop: Visitor) -> None:
    phone.sign_in(TutorUserFactory())
    phone.go("/tutor/")
    phone.check()
    desktop.sign_in(TutorDraftFactory(bio="").user)
    desktop.go("/tutor/")
    desktop.check()


def test_account_menu_opens_with_the_keyboard_and_closes_with_escape(
    desktop: Visitor, learner: Learner
) -> None:
    desktop.sign_in(learner.family.user)
    page = desktop.go("/family/")
    menu = page.locator("details.account > summary")
    menu.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Sign out").wait_for()
    desktop.check()
    page.keyboard.press("Escape")
    expect(page.locator("details.account[open]")).to_have_count(0)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/")
    assert page.get_by_role("link", name="Sign in").count() == 1
