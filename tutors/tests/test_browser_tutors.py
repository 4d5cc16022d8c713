"""A family finds a tutor and a tutor fills in the profile, in a real browser."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accounts.tests.factories import FamilyUserFactory
from tutors.models import TutorDocument
from tutors.tests.factories import OfferingFactory, TutorDraftFactory, TutorFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BUDGET = 60_000
SEARCH = "/tutors/?subject=physics&grade=11&board=CBSE&mode=home&pin_code=560034&budget=800"


def test_a_family_finds_a_tutor(screen: Any) -> None:
    for n in range(14):
        TutorFactory(user__name=f"Meera Iyer {n}", rating_sum=5 * n, rating_count=n)
    screen.sign_in(FamilyUserFactory())
    page = screen.go(SEARCH)
    assert screen.transferred() < BUDGET
    screen.check()
    screen.picture("search")
    page.get_by_role("link", name="More tutors").click()
    page.locator("article").nth(13).wait_for()
    screen.check()
    page.get_by_role("link", name="Meera Iyer 13", exact=True).click()
    page.wait_for_url("**/tutors/tutor-**")
    screen.check()
    screen.picture("tutor")
    link = page.get_by_role("link", name="Ask this tutor").get_attribute("href")
    assert "subject=physics" in link


def test_nobody_found(screen: Any) -> None:
    screen.go("/tutors/?subject=physics&budget=100")
    screen.check()
    screen.picture("search-empty")


def test_a_tutor_adds_a_subject_and_loses_nothing(screen: Any) -> None:
    tutor = TutorDraftFactory()
    screen.sign_in(tutor.user)
    page = screen.go("/tutor/profile/")
    screen.check()
    page.get_by_label("How you teach").fill("Slowly and with paper.")
    page.get_by_role("button", name="Add a subject").click()
    page.wait_for_selector("#id_offerings-1-subject")
    assert page.get_by_label("How you teach").input_value() == "Slowly and with paper."
    page.select_option("#id_offerings-1-subject", "maths")
    page.select_option("#id_offerings-1-grade_min", "6")
    page.select_option("#id_offerings-1-grade_max", "8")
    page.fill("#id_offerings-1-online_rate", "400")
    page.locator("#id_offerings-1-boards_0").check()
    screen.picture("profile")
    screen.check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Your profile is saved.").wait_for()
    tutor.refresh_from_db()
    assert tutor.bio == "Slowly and with paper."
    assert tutor.offerings.count() == 2
    page.get_by_role("button", name="Add a subject").click()
    page.wait_for_selector("#id_offerings-2-subject")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Your profile is saved.").wait_for()
    assert tutor.offerings.count() == 2


def test_a_paper_goes_up(screen: Any, settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = tmp_path / "private"
    tutor = TutorDraftFactory()
    OfferingFactory(tutor=tutor, subject_slug="maths")
    paper = tmp_path / "passport.pdf"
    paper.write_bytes(b"%PDF-1.7\n" + b"x" * 5000)
    screen.sign_in(tutor.user)
    page = screen.go("/tutor/documents/")
    screen.check()
    page.get_by_label("PDF").check()
    page.get_by_role("button", name="Go on to the file").click()
    page.wait_for_selector("input[type=file]")
    screen.check()
    page.set_input_files("input[type=file]", paper)
    page.get_by_role("button", name="Upload").click()
    page.get_by_text("The file has arrived.").wait_for()
    screen.check()
    screen.picture("documents")
    assert TutorDocument.objects.get().status == "RECEIVED"
    page.get_by_role("button", name="Send my profile for checking").click()
    page.get_by_text("A person looks at your papers now.").wait_for()


def test_a_file_that_is_too_large_is_said_at_once(
    phone: Any, tmp_path: Path, settings: Any
) -> None:
    settings.PRIVATE_ROOT = tmp_path / "private"
    tutor = TutorDraftFactory()
    large = tmp_path / "large.pdf"
    large.write_bytes(b"%PDF-" + bytes(10 * 1024 * 1024))
    phone.sign_in(tutor.user)
    page = phone.go("/tutor/documents/")
    page.get_by_label("PDF").check()
    page.get_by_role("button", name="Go on to the file").click()
    page.set_input_files("input[type=file]", large)
    page.get_by_role("button", name="Upload").click()
    page.get_by_text("This file is larger than 10 MB.").wait_for()


def test_without_scripts(visitors: Callable[..., Any], settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = tmp_path / "private"
    tutor = TutorDraftFactory()
    paper = tmp_path / "passport.pdf"
    paper.write_bytes(b"%PDF-1.7\n" + b"x" * 5000)
    visitor = visitors({"java_script_enabled": False})
    visitor.sign_in(tutor.user)
    page = visitor.go("/tutor/profile/")
    page.get_by_role("button", name="Add a subject").click()
    page.wait_for_selector("#id_offerings-1-subject")
    page = visitor.go("/tutor/documents/")
    page.get_by_label("PDF").check()
    page.get_by_role("button", name="Go on to the file").click()
    page.set_input_files("input[type=file]", paper)
    page.get_by_role("button", name="Upload").click()
    page.get_by_text("The file has arrived.").wait_for()
