"""Two people on cheap phones and a slow network: a parent with two children, and a new tutor.

390 pixels, 400 kbit/s down and 150 up with 400 ms on the way, a processor half as fast. Every page
has no accessibility violation, fits the screen and leaves the console silent. Buttons are tapped
twice, an answer is lost on its way back, and an upload breaks off.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect
from pytest_django.fixtures import Settings

from accounts.models import Consent
from marketplace.models import Enquiry
from payments.tests.simulator import RazorpaySimulator
from students.models import Learner
from tests.browser import DESKTOP, PHONE, Visitor
from tests.journey import PAPER, hire_staff
from tests.walking import Town, follow, go, open_desk, press, see, sign_in, sign_in_staff
from tutors.models import TutorDocument, TutorProfile
from tutors.tests.factories import TutorFactory

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
SLOW = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 400 * 1024 // 8,
    "uploadThroughput": 150 * 1024 // 8,
}
WEIGHT = 60_000
"""Bytes of a first visit, compressed: a second and a half on such a network."""
REQUESTS = 12
"""Of a first visit, pictures and all: each costs its way there and back."""


def slow(visitor: Visitor) -> Visitor:
    session = visitor.context.new_cdp_session(visitor.page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 2})
    visitor.page.set_default_timeout(30_000)
    return visitor


@pytest.fixture
def town(
    visitors: Callable[[dict[str, Any]], Visitor],
    razorpay_simulator: RazorpaySimulator,
    drain: Callable[[], int],
    settings: Settings,
    tmp_path: Path,
) -> Town:
    settings.PRIVATE_ROOT = tmp_path / "private"
    settings.PAGE_TOKEN_YOUNGEST = timedelta(0)
    paper = tmp_path / "passport.pdf"
    paper.write_bytes(PAPER)
    hire_staff()
    family, tutor = slow(visitors(PHONE)), slow(visitors(PHONE))
    return Town(
        *(family, tutor, visitors(DESKTOP), visitors(DESKTOP)), razorpay_simulator, drain, paper
    )


def tap_twice(visitor: Visitor, name: str, then: str) -> Page:
    """The second tap comes before the first one is answered."""
    with visitor.page.expect_navigation():
        visitor.page.get_by_role("button", name=name).first.dblclick()
    visitor.page.wait_for_load_state()
    return see(visitor, then)


def lose_the_answer(page: Page, path: str) -> None:
    """The next request arrives and is carried out, and what comes back is lost."""

    def lose(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort("connectionreset")

    page.route(path, lose, times=1)


def test_a_parent_with_two_children(town: Town) -> None:
    TutorFactory(user__name="Meera Iyer")
    visitor = town.family
    visitor.go("/")
    assert visitor.transferred() < WEIGHT
    assert len(visitor.responses) <= REQUESTS
    page = sign_in(town, visitor, "98765 43210", "family", "phone-learner-new")
    fill_child(page, "Aarav Sharma", "11", "Physics")
    page.get_by_label("Your name").fill("Priya Sharma")
    page.get_by_label("Your mobile number").fill("98765 43210")
    page.get_by_label("You are the child's").select_option("mother")
    press(visitor, "Save", "phone-refused", status=422)
    assert not Learner.objects.exists()
    page.get_by_label("I am the parent or legal guardian and I agree").check()
    tap_twice(visitor, "Save", "phone-first-child")
    assert Learner.objects.count() == 1
    second_child(visitor)
    free_hours(visitor)
    consents(visitor)
    ask_for_the_second(town)


def fill_child(page: Page, name: str, grade: str, subject: str) -> None:
    page.get_by_label("Child's name").fill(name)
    page.get_by_label("Class", exact=True).select_option(grade)
    page.get_by_label("Board", exact=True).select_option("CBSE")
    page.get_by_label(subject, exact=True).check()
    page.get_by_label("Online", exact=True).check()
    page.get_by_label("PIN code").fill("560034")


def second_child(visitor: Visitor) -> None:
    """The answer is lost; she fills the form in once more, and has two children and not three."""
    page = go(visitor, "/family/learners/new/", "phone-second-child-new")
    fill_second(page)
    lose_the_answer(page, "**/family/learners/new/")
    page.get_by_role("button", name="Save").click()
    page.wait_for_timeout(3000)
    assert Learner.objects.count() == 2
    page = visitor.go("/family/learners/new/")
    visitor.complaints.clear()
    fill_second(page)
    press(visitor, "Save", "phone-second-child")
    assert sorted(Learner.objects.values_list("name", flat=True)) == [
        "Aarav Sharma",
        "Diya Sharma",
    ]


def fill_second(page: Page) -> None:
    fill_child(page, "Diya Sharma", "9", "Physics")
    page.get_by_label("Your name").fill("Priya Sharma")
    page.get_by_label("Your mobile number").fill("98765 43210")
    page.get_by_label("You are the child's").select_option("mother")
    page.get_by_label("I am the parent or legal guardian and I agree").check()


def free_hours(visitor: Visitor) -> None:
    page = go(visitor, "/family/learners/", "phone-children")
    expect(page.get_by_role("article")).to_have_count(2)
    page = follow(visitor, "Free hours", "phone-hours")
    page.get_by_role("button", name="Evening, Monday to Friday").click()
    press(visitor, "Save", "phone-hours-saved")
    assert Learner.objects.exclude(free_hours=[]).count() == 1


def consents(visitor: Visitor) -> None:
    page = go(visitor, "/family/consents/", "phone-consents")
    expect(page.get_by_text("Diya").first).to_be_visible()
    assert Consent.objects.filter(withdrawn_at=None).count() == 2 * len(Consent.Purpose)


def ask_for_the_second(town: Town) -> None:
    visitor = town.family
    page = go(visitor, "/tutors/?subject=physics&grade=9&pin_code=560034", "phone-search")
    page.get_by_role("link", name="See Meera Iyer").click()
    page.wait_for_url("**/tutors/tutor-**")
    see(visitor, "phone-tutor")
    page = follow(visitor, "Ask this tutor", "phone-ask")
    page.get_by_label("For whom?").select_option(label="Diya Sharma")
    page.get_by_label("Online", exact=True).check()
    tap_twice(visitor, "Ask", "phone-asked")
    enquiry = Enquiry.objects.get()
    assert enquiry.learner.name == "Diya Sharma"
    assert enquiry.leads.count() == 1


def test_a_tutor_from_the_first_visit_to_approval(town: Town) -> None:
    visitor = town.tutor
    page = sign_in(town, visitor, "98123 45670", "tutor", "phone-tutor-new")
    page.get_by_label("Your name").fill("Meera Iyer")
    page.get_by_label("You are a").select_option("female")
    page.get_by_label("English", exact=True).check()
    page = press(visitor, "Save and go on", "phone-teaching")
    page.get_by_label("One line about what you teach").fill("Physics with experiments")
    page.get_by_label("How you teach").fill("Ten years of physics, with a box of magnets.")
    page.get_by_label("Years of teaching").fill("10")
    page.get_by_label("Degrees and certificates").fill("M.Sc. Physics")
    page = press(visitor, "Save and go on", "phone-subjects")
    page.get_by_label("Subject", exact=True).select_option("physics")
    page.get_by_label("From", exact=True).select_option("9")
    page.get_by_label("To", exact=True).select_option("12")
    page.get_by_label("CBSE").check()
    page.get_by_label("At a home, per hour").fill("700")
    page = press(visitor, "Save and go on", "phone-where")
    page.get_by_label("PIN code").fill("560095")
    page.get_by_label("Km you travel").fill("8")
    press(visitor, "Save and go on", "phone-tutor-hours")
    papers(town)
    sent_back(town)
    corrected(town)
    moderator_approves_again(town)
    page = go(visitor, "/tutor/", "phone-tutor-home-approved")
    slug = TutorProfile.objects.get().slug
    page = go(visitor, f"/tutors/{slug}/", "phone-tutor-page")
    expect(page.get_by_role("heading", name="Meera Iyer")).to_be_visible()


def papers(town: Town) -> None:
    """The first upload breaks off half way; the second arrives, and there is one paper."""
    visitor = town.tutor
    page = follow_documents(visitor)
    page.get_by_text("Proof of identity", exact=True).check()
    page.route("**/uploads/**", lambda route: route.abort("connectionreset"), times=1)
    page.set_input_files("input[type=file]", town.paper)
    again = page.get_by_role("button", name=re.compile("again", re.IGNORECASE))
    again.first.wait_for()
    visitor.complaints.clear()
    see(visitor, "phone-upload-broken")
    again.first.click()
    page.get_by_text("We open it to see").wait_for()
    town.drain()
    page.get_by_text("Waiting for our check").wait_for()
    see(visitor, "phone-documents-arrived")
    assert TutorDocument.objects.received().count() == 1
    press(visitor, "Send my profile for checking", "phone-submitted")


def follow_documents(visitor: Visitor) -> Page:
    return go(visitor, "/tutor/documents/", "phone-documents")


def sent_back(town: Town) -> None:
    visitor = town.moderator
    sign_in_staff(visitor, "moderator@example.com", "phone-moderator")
    open_desk(visitor, "tutorprofile", "phone-moderator-list")
    follow(visitor, "Meera Iyer", "phone-moderator-case")
    press(visitor, "Take this case", "phone-moderator-taken")
    follow(visitor, "Send back", "phone-moderator-reject")
    visitor.page.get_by_label("Reason or notes").fill("Please say which classes you have taught.")
    press(visitor, "Decide", "phone-moderator-rejected")
    town.drain()


def corrected(town: Town) -> None:
    visitor = town.tutor
    page = go(visitor, "/tutor/", "phone-tutor-home-rejected")
    expect(page.get_by_text("Please say which classes you have taught.").first).to_be_visible()
    page = go(visitor, "/tutor/profile/teaching/", "phone-teaching-again")
    page.get_by_label("How you teach").fill("Classes 9 to 12 for ten years, with magnets.")
    press(visitor, re.compile("^Save"), "phone-teaching-saved")
    go(visitor, "/tutor/profile/", "phone-profile")
    press(visitor, "Send my profile for checking", "phone-submitted-again")


def moderator_approves_again(town: Town) -> None:
    visitor = town.moderator
    page = go(visitor, "/admin/tutors/tutorprofile/", "phone-moderator-list-again")
    page = follow(visitor, "Meera Iyer", "phone-moderator-case-again")
    expect(page.get_by_text("Classes 9 to 12 for ten years, with magnets.").first).to_be_visible()
    if page.get_by_role("button", name="Take this case").count():
        press(visitor, "Take this case", "phone-moderator-taken-again")
    press(visitor, "Open", "phone-moderator-paper")
    press(visitor, "It is genuine", "phone-moderator-genuine")
    follow(visitor, "Approve", "phone-moderator-approve")
    press(visitor, "Decide", "phone-moderator-approved")
    assert TutorProfile.objects.get().status == TutorProfile.Status.APPROVED
    town.drain()
