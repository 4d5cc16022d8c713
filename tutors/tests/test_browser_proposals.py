"""A new name that waits, in a real browser: at the tutor's phone and at the moderators' desk."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as current

from accounts.services import staff
from tests.browser import Visitor, axe
from tutors.models import TutorProfile
from tutors.services import profiles
from tutors.tests.desking import DESK, confirmed, member, signed_in
from tutors.tests.factories import BadgeFactory, DocumentFactory, TutorFactory, claimed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tutor(transactional_db: None) -> TutorProfile:
    """Wants to be called something else, and to show one degree more."""
    tutor: TutorProfile = TutorFactory(user__name="Meera Iyer")
    BadgeFactory(tutor=tutor, claim="degree")
    DocumentFactory(tutor=tutor, status="VERIFIED")
    DocumentFactory(tutor=tutor, kind="degree", status="VERIFIED")
    wanted = profiles.ProfileDetails(
        name="Dr. Meera Subramaniam-Rao", qualifications=["M.Sc. Physics", "Ph.D. Physics, IISc"]
    )
    profiles.save(by=tutor.user, details=wanted)
    return tutor


@pytest.mark.parametrize("language", ["en", "hi"])
def test_the_tutor_sees_it_and_takes_it_back(
    screen: Visitor, tutor: TutorProfile, language: str
) -> None:
    type(tutor.user).objects.filter(pk=tutor.user_id).update(language=language)
    screen.context.add_cookies(
        [{"name": "django_language", "value": language, "url": screen.base_url}]
    )
    screen.sign_in(tutor.user)
    for path in ("/tutor/", "/account/", "/tutor/profile/teaching/", "/tutor/profile/you/"):
        page = screen.go(path)
        screen.check()
        screen.picture(f"proposal-{path.strip('/').replace('/', '-')}-{language}")
    page = screen.go("/tutor/profile/")
    screen.check()
    screen.picture(f"proposal-tutor-profile-{language}")
    note = page.locator("#pending")
    note.wait_for()
    page.locator("form[action='/tutor/withdraw/'] button").click()
    note.wait_for(state="detached")
    screen.check()
    tutor.refresh_from_db()
    assert (tutor.pending_name, tutor.pending_qualifications) == ("", None)


def test_a_moderator_compares_and_declines(
    screen: Visitor, tutor: TutorProfile, settings: Any, tmp_path: Path
) -> None:
    settings.PRIVATE_ROOT = tmp_path
    moderator = member(staff.MODERATOR)
    name = current.SESSION_COOKIE_NAME
    value = confirmed(signed_in(moderator)).cookies[name].value
    screen.context.add_cookies([{"name": name, "value": value, "url": screen.base_url}])
    page = screen.go(f"{DESK}desk/")
    page.get_by_text("new name: Dr. Meera Subramaniam-Rao").wait_for()
    _check(screen)
    screen.picture("proposal-desk")
    claimed(tutor, moderator)
    page = screen.go(f"{DESK}{tutor.pk}/change/")
    _check(screen)
    screen.picture("proposal-case")
    page.get_by_role("link", name="Decline what waits").click()
    page.locator("#notes textarea").fill("Your PAN says Iyer.")
    screen.picture("proposal-decline")
    page.get_by_role("button", name="Decide").click()
    page.get_by_text("Waits until you agree").wait_for(state="detached")
    tutor.refresh_from_db()
    assert tutor.pending_name == ""


def _check(visitor: Visitor) -> None:
    """Like `Visitor.check`; axe itself breaks the policy where Django's styles import another."""
    assert visitor.complaints == []
    axe(visitor.page)
    assert not visitor.overflows(), visitor.page.url
    visitor.complaints.clear()
