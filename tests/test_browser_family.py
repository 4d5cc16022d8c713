"""The pages of a family about its own people, on a phone and a wide screen, in both languages."""

import re
from typing import Any

import pytest
from django.conf import settings

from accounts.models import Consent
from accounts.tests.factories import ConsentFactory, FamilyUserFactory
from marketplace.tests.factories import OfferFactory
from students.models import Learner
from students.services import agreements
from students.tests.factories import LearnerFactory, add_guardian, invitation
from tests.browser import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HINDI = re.compile("[\u0900-\u097f]")


@pytest.fixture(params=["en", "hi"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def visitor(screen: Visitor, language: str) -> Visitor:
    name = settings.LANGUAGE_COOKIE_NAME
    cookie: Any = {"name": name, "value": language, "url": screen.base_url}
    screen.context.add_cookies([cookie])
    return screen


@pytest.fixture
def learner() -> Learner:
    """One child with free hours; beside it one that waits for the code and one that is paused."""
    learner = LearnerFactory(family__user__name="Priya Sharma", free_hours=[16, 17, 40, 129])
    family = learner.family
    LearnerFactory(family=family, name="Diya Sharma", consent__method=Consent.Method.CHECKBOX)
    paused = LearnerFactory(family=family, name="Kabir Sharma", grade=4)
    ConsentFactory(subject_id=paused.pk, given_by=family.user, purpose="classes")
    agreements.withdraw(paused, by=family.user)
    return learner


def look(visitor: Visitor, language: str, pages: dict[str, str]) -> None:
    for name, path in pages.items():
        page = visitor.go(path)
        visitor.check()
        visitor.picture(f"{name}-{language}")
        heading = page.locator("h1").inner_text()
        assert page.locator("html").get_attribute("lang") == language
        if language == "hi" and name not in {"learner"}:
            assert HINDI.search(heading), heading


def test_children_and_consents(visitor: Visitor, language: str, learner: Learner) -> None:
    visitor.sign_in(learner.family.user)
    waiting = Learner.objects.get(name="Diya Sharma")
    pages = {
        "learners": "/family/learners/",
        "learner": f"/family/learners/{learner.pk}/",
        "learner-new": "/family/learners/new/",
        "hours": f"/family/learners/{learner.pk}/hours/",
        "remove": f"/family/learners/{learner.pk}/remove/",
        "consents": "/family/consents/",
        "code": f"/family/learners/{waiting.pk}/guardian-code/",
        "privacy": "/privacy/",
    }
    look(visitor, language, pages)


def test_guardians(visitor: Visitor, language: str, learner: Learner) -> None:
    invitation(learner.family)
    visitor.sign_in(learner.family.user)
    look(visitor, language, {"people-alone": "/family/people/"})
    add_guardian(learner.family, user=FamilyUserFactory(name="Rohan Sharma"), relation="father")
    look(visitor, language, {"people": "/family/people/"})


def test_an_invitation(visitor: Visitor, language: str, learner: Learner) -> None:
    user = FamilyUserFactory()
    invitation(learner.family, phone=user.phone)
    visitor.sign_in(user)
    look(visitor, language, {"invites": "/family/invites/"})


def test_what_a_tutor_sees_of_an_offer(visitor: Visitor, language: str) -> None:
    offer = OfferFactory()
    visitor.sign_in(offer.tutor.user)
    look(visitor, language, {"offer": f"/classes/{offer.pk}/"})
    assert "Aarav" not in visitor.page.content()


def test_hours_are_ticked_with_a_finger_and_kept(phone: Visitor, learner: Learner) -> None:
    phone.sign_in(learner.family.user)
    page = phone.go(f"/family/learners/{learner.pk}/hours/")
    box = page.get_by_label("Saturday 10:00")
    assert box.bounding_box()["height"] >= 40  # type: ignore[index]
    assert box.bounding_box()["width"] >= 40  # type: ignore[index]
    box.tap()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Free 5 hours a week").wait_for()
    assert 5 * 24 + 10 in Learner.objects.get(pk=learner.pk).free_hours


def test_a_consent_is_withdrawn_and_given_again(phone: Visitor, learner: Learner) -> None:
    phone.sign_in(learner.family.user)
    page = phone.go("/family/consents/")
    mine = page.get_by_role("region", name="Aarav Sharma")
    mine.get_by_text("Withdraw", exact=True).first.click()
    mine.get_by_role("button", name="Withdraw this consent").first.click()
    mine.get_by_text("Paused").wait_for()
    phone.check()
    mine.get_by_label("I am the parent or legal guardian and I agree").check()
    mine.get_by_role("button", name="Agree").click()
    page.get_by_text("Your consent is recorded").wait_for()
    assert Learner.objects.get(pk=learner.pk).has_live_consent
