"""A family finds a tutor and a tutor fills in the profile, in a real browser."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accounts.services import staff
from accounts.tests.factories import FamilyUserFactory, StaffFactory, TutorUserFactory
from tutorhub.core import outbox
from tutorhub.core.tests import files
from tutors.models import FreeHours, TutorDocument, TutorPhoto, TutorProfile
from tutors.services import photos
from tutors.tests.factories import (
    BadgeFactory,
    OfferingFactory,
    TutorDraftFactory,
    TutorFactory,
)

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


def test_the_page_of_a_tutor(screen: Any) -> None:
    week = FreeHours(day * 24 + hour for day in (1, 3, 5) for hour in range(16, 20))
    tutor = TutorFactory(
        user__name="Meera Iyer",
        rating_sum=314,
        rating_count=64,
        minutes_taught=812 * 60,
        response_minutes=125,
        trial_minutes=30,
        trial_price_paise=0,
        free_hours=week,
    )
    BadgeFactory(tutor=tutor, claim="degree")
    BadgeFactory(tutor=tutor, claim="police", valid_until="2027-10-12")
    OfferingFactory(tutor=tutor, subject_slug="maths", grade_max=10)
    page = screen.go(f"{tutor.get_absolute_url()}?pin_code=560001")
    page.locator("#times .chip").first.wait_for()
    screen.check()
    screen.picture("tutor-page")
    assert screen.transferred() < BUDGET
    page.get_by_text("Copy the address").click()
    assert page.get_by_label("Address of this page").input_value().endswith(f"/{tutor.slug}/")
    page.get_by_role("link", name="Report this tutor").click()
    page.wait_for_url("**/signin/**")
    screen.sign_in(FamilyUserFactory())
    screen.go(f"{tutor.get_absolute_url()}report/")
    screen.check()
    screen.picture("tutor-report")


def test_the_page_of_a_city(screen: Any) -> None:
    for pin_code in ("560034", "560034", "560001", "560102"):
        tutor = TutorFactory(pin_code=pin_code)
        OfferingFactory(tutor=tutor, subject_slug="maths")
    for path in ("/tutors/in/bengaluru/", "/tutors/in/bengaluru/physics/?hl=hi"):
        screen.go(path)
        screen.check()
        screen.picture(f"city-{len(path)}")
    assert screen.transferred() < BUDGET


def test_in_hindi(phone: Any) -> None:
    tutor = TutorFactory(
        trial_minutes=30, trial_price_paise=0, response_minutes=125, free_hours=FreeHours({40, 90})
    )
    page = phone.go(f"{tutor.get_absolute_url()}?hl=hi&pin_code=560001")
    page.locator("#times .chip").first.wait_for()
    phone.check()
    phone.picture("tutor-page-hi")
    phone.sign_in(TutorDraftFactory(bio="").user)
    for step in ("", "you/", "hours/", "trial/", "tax/"):
        phone.go(f"/tutor/profile/{step}")
        phone.check()
        phone.picture(f"step-{step.strip('/') or 'all'}-hi")


def test_nobody_found(screen: Any) -> None:
    screen.go("/tutors/?subject=physics&budget=100")
    screen.check()
    screen.picture("search-empty")


def test_a_tutor_walks_through_the_profile(screen: Any) -> None:
    user = TutorUserFactory(name="")
    screen.sign_in(user)
    page = screen.go("/tutor/profile/")
    screen.check()
    screen.picture("profile-new")
    page.get_by_role("link", name="Begin").click()
    page.get_by_label("Your name").fill("Meera Iyer")
    page.get_by_label("English", exact=True).check()
    go_on(screen, "you")
    page.get_by_label("One line about what you teach").fill("Physics with experiments")
    page.get_by_label("How you teach").fill("Slowly and with paper.")
    go_on(screen, "teaching")
    page.select_option("#id_offerings-0-subject", "physics")
    page.select_option("#id_offerings-0-grade_min", "9")
    page.select_option("#id_offerings-0-grade_max", "12")
    page.fill("#id_offerings-0-online_rate", "500")
    page.locator("#id_offerings-0-boards_0").check()
    page.get_by_role("button", name="Add a subject").click()
    page.wait_for_selector("#id_offerings-1-subject")
    assert page.input_value("#id_offerings-0-online_rate") == "500"
    go_on(screen, "subjects")
    page.get_by_label("PIN code").fill("560034")
    go_on(screen, "where")
    page.get_by_role("button", name="Evening, Monday to Friday").click()
    page.get_by_role("button", name="Sunday", exact=True).click()
    page.get_by_label("Sunday 06:00").uncheck()
    go_on(screen, "hours")
    page.get_by_label("45 minutes").check()
    page.get_by_label("What does it cost?").fill("100")
    go_on(screen, "trial")
    page.get_by_label("Link to a short video of you").fill("https://youtu.be/dQw4w9WgXcQ")
    go_on(screen, "video")
    assert page.url.endswith("/tutor/photo/")
    page = screen.go("/tutor/profile/tax/")
    page.get_by_label("Full name, as on your PAN card").fill("Meera S Iyer")
    page.get_by_label("State").select_option("Karnataka")
    page.fill("#id_pan", "ABCPE1234F")
    go_on(screen, "tax")
    screen.go("/tutor/profile/")
    screen.check()
    screen.picture("profile-overview")
    tutor = TutorProfile.objects.get()
    assert (tutor.trial_minutes, tutor.offerings.count()) == (45, 1)
    assert len(tutor.free_hours) == 5 * 6 + 15


def go_on(screen: Any, name: str) -> None:
    """Look at the step closely, then save it."""
    screen.check()
    screen.picture(f"step-{name}")
    with screen.page.expect_navigation():
        screen.page.get_by_role("button", name="Save and go on").click()


@pytest.fixture
def private(settings: Any, tmp_path: Path) -> Path:
    settings.PRIVATE_ROOT = tmp_path / "private"
    return tmp_path


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_papers_go_up(screen: Any, private: Path) -> None:
    tutor = TutorDraftFactory()
    screen.sign_in(tutor.user)
    page = screen.go("/tutor/documents/")
    screen.check()
    screen.picture("documents-empty")
    page.set_input_files(
        "[data-files]",
        [
            written(private, "passport.pdf", files.pdf()),
            written(private, "back.jpg", files.jpeg((1200, 900))),
        ],
    )
    page.get_by_text("We open it to see").nth(1).wait_for()
    screen.check()
    screen.picture("documents-checking")
    assert {paper.status for paper in TutorDocument.objects.all()} == {"CHECKING"}
    outbox.drain()
    page.get_by_text("Waiting for our check").nth(1).wait_for()
    page.get_by_text("Degree or certificate").check()
    page.set_input_files("[data-files]", written(private, "b.pdf", b"%PDF-1.7 nothing" * 9))
    page.get_by_text("We open it to see").wait_for()
    outbox.drain()
    page.get_by_text("We cannot read this file.").wait_for()
    screen.check()
    screen.picture("documents")
    kinds = sorted(TutorDocument.objects.values_list("kind", "status"))
    assert kinds == [("degree", "SPOILT"), ("identity", "RECEIVED"), ("identity", "RECEIVED")]
    page.get_by_role("button", name="Send my profile for checking").click()
    page.get_by_text("A person looks at your papers now.").wait_for()


def test_files_are_dropped(desktop: Any, private: Path) -> None:
    tutor = TutorDraftFactory()
    desktop.sign_in(tutor.user)
    page = desktop.go("/tutor/documents/")
    page.get_by_text("Degree or certificate").check()
    data = base64.b64encode(files.pdf()).decode()
    page.evaluate(
        """(data) => {
            const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
            const moved = new DataTransfer();
            for (const name of ["a.pdf", "b.pdf", "c.pdf"])
                moved.items.add(new File([bytes], name, { type: "application/pdf" }));
            moved.items.add(new File(["x"], "d.html", { type: "text/html" }));
            document.querySelector("[data-drop]").dispatchEvent(
                new DragEvent("drop", { dataTransfer: moved, bubbles: true, cancelable: true }));
        }""",
        data,
    )
    page.get_by_text("We open it to see").nth(2).wait_for()
    page.get_by_text("Please take a PDF, JPEG, PNG or WebP file.").wait_for()
    desktop.picture("documents-dropped")
    desktop.check()
    assert list(TutorDocument.objects.values_list("kind", flat=True)) == ["degree"] * 3


def test_a_lost_connection_is_tried_again(phone: Any, private: Path) -> None:
    tutor = TutorDraftFactory()
    phone.sign_in(tutor.user)
    page = phone.go("/tutor/documents/")
    page.route("**/uploads/**", lambda route: route.abort())
    page.set_input_files("[data-files]", written(private, "passport.pdf", files.pdf()))
    page.get_by_text("The connection was lost.").wait_for()
    phone.picture("documents-lost")
    page.wait_for_function("document.querySelector('[data-list] button') !== null")
    page.unroute("**/uploads/**")
    page.get_by_role("button", name="Try again: passport.pdf").click()
    page.get_by_text("We open it to see").wait_for()
    assert [paper.status for paper in TutorDocument.objects.all()] == ["CHECKING"]


def test_a_file_that_is_too_large_is_said_at_once(phone: Any, private: Path) -> None:
    tutor = TutorDraftFactory()
    phone.sign_in(tutor.user)
    page = phone.go("/tutor/documents/")
    large = written(private, "large.pdf", b"%PDF-" + bytes(10 * 1024 * 1024))
    page.set_input_files("[data-files]", large)
    page.get_by_text("This file is larger than 10 MB.").wait_for()
    assert not TutorDocument.objects.exists()


def test_a_photo_goes_up_and_is_seen(screen: Any, private: Path) -> None:
    tutor = TutorFactory(user__name="Meera Iyer")
    screen.sign_in(tutor.user)
    page = screen.go("/tutor/photo/")
    screen.check()
    page.set_input_files("[data-files]", written(private, "me.jpg", files.located()))
    page.get_by_text("We open it to see").wait_for()
    outbox.drain()
    page.get_by_text("A person looks at it before families see it").wait_for()
    screen.check()
    screen.picture("photo-waiting")
    photos.show(TutorPhoto.objects.get(), by=moderator())
    outbox.drain()
    page = screen.go("/tutors/?subject=physics")
    face = page.locator("article img.face")
    assert face.evaluate("image => image.complete && image.naturalWidth > 0")
    assert face.evaluate("image => image.currentSrc").endswith(".webp")
    screen.check()
    screen.picture("search-photo")
    page = screen.go(tutor.get_absolute_url())
    assert page.locator("img.face").evaluate("image => image.naturalWidth > 0")
    screen.check()
    screen.picture("tutor-photo")


def moderator() -> Any:
    staff.ensure_groups()
    user = StaffFactory()
    user.groups.set([staff.Group.objects.get(name=staff.MODERATOR)])
    return user


def test_without_scripts(visitors: Callable[..., Any], private: Path) -> None:
    tutor = TutorDraftFactory()
    paper = written(private, "passport.pdf", files.pdf())
    visitor = visitors({"java_script_enabled": False})
    visitor.sign_in(tutor.user)
    page = visitor.go("/tutor/profile/subjects/")
    page.get_by_role("button", name="Add a subject").click()
    page.wait_for_selector("#id_offerings-1-subject")
    page = visitor.go("/tutor/documents/")
    page.get_by_label("PDF", exact=True).check()
    page.get_by_role("button", name="Go on to the file").click()
    page.set_input_files("input[type=file]", paper)
    page.get_by_role("button", name="Upload").click()
    page.get_by_text("The file has arrived.").wait_for()
    visitor.picture("documents-plain")
    outbox.drain()
    page = visitor.go("/tutor/documents/")
    page.get_by_text("Waiting for our check").wait_for()
    page = visitor.go("/tutor/photo/")
    page.get_by_role("button", name="Go on to the file").click()
    page.set_input_files("input[type=file]", written(private, "me.jpg", files.jpeg()))
    page.get_by_role("button", name="Upload").click()
    page.get_by_text("Your photo has arrived.").wait_for()
