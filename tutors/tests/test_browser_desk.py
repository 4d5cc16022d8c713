"""A moderator at work in a real browser, at a desk and on a phone."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as current
from playwright.sync_api import Page

from accounts.services import staff
from tests.browser import Visitor, axe
from tutorhub.core import clock, storage
from tutorhub.core.tests import files
from tutors.models import TutorDocument, TutorProfile
from tutors.services import desk, profiles, verification
from tutors.tests.desking import DESK, confirmed, member, signed_in
from tutors.tests.factories import (
    BadgeFactory,
    DocumentFactory,
    OfferingFactory,
    PhotoFactory,
    TutorDraftFactory,
    TutorFactory,
    TutorPendingFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def moderator(transactional_db: None) -> Any:
    user = member(staff.MODERATOR)
    user.name = "Asha Nair"
    user.save(update_fields=["name"])
    return user


@pytest.fixture
def visitor(screen: Visitor, moderator: Any, settings: Any, tmp_path: Path) -> Visitor:
    settings.PRIVATE_ROOT = tmp_path
    name = current.SESSION_COOKIE_NAME
    value = confirmed(signed_in(moderator)).cookies[name].value
    screen.context.add_cookies([{"name": name, "value": value, "url": screen.base_url}])
    return screen


def check(visitor: Visitor) -> None:
    """Like `Visitor.check`; axe itself breaks the policy where Django's styles import another."""
    assert visitor.complaints == []
    axe(visitor.page)
    assert not visitor.overflows(), visitor.page.url
    visitor.complaints.clear()


def wait_for_the_picture(page: Page) -> None:
    picture = page.locator(".page img")
    picture.wait_for()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 500


def paper_of(tutor: TutorProfile, kind: str, *lines: str, pages: int = 1) -> TutorDocument:
    paper: TutorDocument = DocumentFactory(
        tutor=tutor, kind=kind, stored_key=storage.private_key("papers"), pages=pages
    )
    storage.put(paper.stored_key, files.pdf(*lines, pages=pages), content_type="application/pdf")
    return paper


def make_case(moderator: Any) -> TutorProfile:
    """Sent back once for a dark photo, and handed in again with changes."""
    tutor: TutorProfile = TutorDraftFactory(user__name="Meera Iyer", user__language="hi")
    first = paper_of(tutor, "identity", "Passport", "Meera Iyer")
    profiles.submit(tutor, by=tutor.user)
    desk.claim(tutor, by=moderator)
    verification.review_document(first, by=moderator, is_genuine=False, notes="बहुत गहरा")
    verification.reject(tutor, by=moderator, notes="Please send a lighter photo", internal="Seen")
    desk.release(tutor, by=moderator)
    paper_of(tutor, "identity", "Passport of the Republic of India", "Meera Iyer", pages=2)
    paper_of(tutor, "degree", "Master of Science, Physics", "University of Madras")
    details = profiles.ProfileDetails(
        qualifications=["M.Sc. Physics, University of Madras", "B.Ed."], experience_years=11
    )
    profiles.save(by=tutor.user, details=details)
    OfferingFactory(tutor=tutor, subject_slug="maths", grade_min=6, grade_max=8)
    tutor.refresh_from_db()
    return profiles.submit(tutor, by=tutor.user)


def test_from_the_queue_to_the_verdict(visitor: Visitor, moderator: Any) -> None:
    tutor = make_case(moderator)
    TutorProfile.objects.filter(pk=tutor.pk).update(
        submitted_at=clock.now() - timedelta(days=6, hours=4)
    )
    TutorPendingFactory(user__name="Ravi Menon")
    colleague = member(staff.MODERATOR)
    desk.claim(TutorPendingFactory(user__name="Zoya Khan"), by=colleague)
    changed = TutorFactory(user__name="Farhan Ali")
    profiles.save(by=changed.user, details=profiles.ProfileDetails(experience_years=12))
    lapsing = TutorFactory(user__name="Anita Rao", badge=False)
    BadgeFactory(tutor=lapsing, valid_until=clock.today() + timedelta(days=9))
    PhotoFactory(tutor=TutorFactory(user__name="Kabir Das"))

    page = visitor.go(f"{DESK}desk/")
    check(visitor)
    visitor.picture("desk-queues")
    page.get_by_role("button", name="Take the next case").click()
    assert page.get_by_text("Your case until").is_visible()
    assert page.locator("del", has_text="M.Sc. Physics").count() == 1
    check(visitor)
    visitor.picture("desk-case")

    page.get_by_role("button", name="Open").last.click()
    wait_for_the_picture(page)
    check(visitor)
    visitor.picture("desk-paper")
    page.get_by_role("link", name="2", exact=True).click()
    page.wait_for_url("**?page=2")
    wait_for_the_picture(page)
    page.get_by_role("link", name="Blurred").click()
    assert "पढ़ नहीं पा रहे" in page.get_by_label("Reason or notes").input_value()
    page.get_by_label("Reason or notes").fill("")
    page.get_by_role("button", name="It is genuine").click()
    page.get_by_role("link", name="Approve").click()
    check(visitor)
    page.get_by_role("button", name="Decide").click()
    page.get_by_text("Approved", exact=False).first.wait_for()
    tutor.refresh_from_db()
    assert tutor.is_approved


def test_a_code_is_asked_for_first(screen: Visitor, moderator: Any) -> None:
    name = current.SESSION_COOKIE_NAME
    value = signed_in(moderator).cookies[name].value
    screen.context.add_cookies([{"name": name, "value": value, "url": screen.base_url}])
    tutor = TutorPendingFactory(user__name="Meera Iyer")
    desk.claim(tutor, by=moderator)
    page = screen.go(f"{DESK}{tutor.pk}/change/")
    page.get_by_role("button", name="Open").click()
    page.get_by_label("Code of your authenticator").wait_for()
    check(screen)
    screen.picture("desk-code")
