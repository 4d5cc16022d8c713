"""The whole path in a real Chromium: a family on a phone, a tutor and staff at desks.

Everything goes through pages, clicks and forms, the gateway's checkout included. Every page that is
visited has no accessibility violation, fits its screen and leaves the console silent. With
TUTORHUB_SCREENSHOTS naming a directory, each is kept as a picture at both widths.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from marketplace.models import TutoringSession
from notifications.models import Message
from payments.models import Payout
from payments.services import ledger
from payments.tests.simulator import RazorpaySimulator
from tests.browser import DESKTOP, PHONE, Visitor
from tests.journey import PAPER, hire_staff
from tests.walking import Town, follow, go, open_desk, press, see, sign_in, sign_in_staff
from tutorhub.core import clock
from tutorhub.core.tests.files import text_of
from tutors.models import TutorProfile

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
NET = "₹ 811.64"


@pytest.fixture
def town(
    visitors: Callable[[dict[str, Any]], Visitor],
    razorpay_simulator: RazorpaySimulator,
    drain: Callable[[], int],
    settings: Settings,
    tmp_path: Path,
) -> Town:
    """In a hurry, as a development machine is: classes start early and payouts do not wait."""
    settings.PRIVATE_ROOT = tmp_path / "private"
    settings.START_EARLIEST = timedelta(days=60)
    settings.PAYOUT_FIRST_WAIT = timedelta(0)
    settings.PAGE_TOKEN_YOUNGEST = timedelta(0)
    settings.REVIEW_HIDDEN_FOR = timedelta(0)
    paper = tmp_path / "passport.pdf"
    paper.write_bytes(PAPER)
    hire_staff()
    desks = [visitors(DESKTOP) for _ in range(3)]
    return Town(visitors(PHONE), *desks, razorpay_simulator, drain, paper)


def test_the_whole_path_in_a_browser(town: Town) -> None:
    family_joins(town)
    tutor_joins(town)
    nobody_is_found(town)
    moderator_approves(town)
    family_finds_and_asks(town)
    tutor_needs_a_credit(town)
    tutor_buys_credits(town)
    tutor_makes_an_offer(town)
    family_compares_and_pays(town)
    tutor_teaches(town)
    family_confirms_and_rates(town)
    tutor_asks_for_the_money(town)
    finance_approves(town)
    bank_pays(town)


def family_joins(town: Town) -> None:
    page = sign_in(town, town.family, "98765 43210", "family", "family-learner-new")
    page.get_by_label("Child's name").fill("Aarav Sharma")
    page.get_by_label("Class", exact=True).select_option("11")
    page.get_by_label("Board", exact=True).select_option("CBSE")
    page.get_by_label("Physics", exact=True).check()
    page.get_by_label("At home", exact=True).check()
    page.get_by_label("PIN code").fill("560034")
    page.get_by_label("Your name").fill("Priya Sharma")
    page.get_by_label("Your mobile number").fill("98765 43210")
    page.get_by_label("You are the child's").select_option("mother")
    press(town.family, "Save", "family-learner-refused", status=422)
    page.get_by_label("I am the parent or legal guardian and I agree").check()
    press(town.family, "Save", "family-home-new")


def tutor_joins(town: Town) -> None:
    page = sign_in(town, town.tutor, "98123 45670", "tutor", "tutor-profile-new")
    page.get_by_label("Your name").fill("Meera Iyer")
    page.get_by_label("You are a").select_option("female")
    page.get_by_label("English", exact=True).check()
    page = press(town.tutor, "Save and go on", "tutor-profile-teaching")
    page.get_by_label("One line about what you teach").fill("Physics with experiments")
    page.get_by_label("How you teach").fill("Ten years of physics, with a box of magnets.")
    page.get_by_label("Years of teaching").fill("10")
    page.get_by_label("Degrees and certificates").fill("M.Sc. Physics")
    page = press(town.tutor, "Save and go on", "tutor-profile-subjects")
    page.get_by_label("Subject", exact=True).select_option("physics")
    page.get_by_label("From", exact=True).select_option("9")
    page.get_by_label("To", exact=True).select_option("12")
    page.get_by_label("CBSE").check()
    page.get_by_label("At a home, per hour").fill("700")
    page = press(town.tutor, "Save and go on", "tutor-profile-where")
    page.get_by_label("PIN code").fill("560095")
    page.get_by_label("Km you travel").fill("8")
    page = press(town.tutor, "Save and go on", "tutor-profile-hours")
    page.get_by_role("button", name="Evening, Monday to Friday").click()
    press(town.tutor, "Save and go on", "tutor-profile-trial")
    go(town.tutor, "/tutor/", "tutor-home-draft")
    page = follow(town.tutor, "Documents", "tutor-documents")
    page.get_by_text("Proof of identity", exact=True).check()
    page.set_input_files("input[type=file]", town.paper)
    page.get_by_text("We open it to see").wait_for()
    town.drain()
    page.get_by_text("Waiting for our check").wait_for()
    see(town.tutor, "tutor-documents-arrived")
    press(town.tutor, "Send my profile for checking", "tutor-submitted")
    go(town.tutor, "/tutor/", "tutor-home-pending")


def nobody_is_found(town: Town) -> None:
    page = search(town, "family-search-empty")
    expect(page.get_by_role("article")).to_have_count(0)


def search(town: Town, name: str) -> Page:
    page = go(town.family, "/", "family-welcome-again")
    page.get_by_label("Subject", exact=True).select_option("physics")
    page.get_by_label("Class", exact=True).select_option("11")
    page.get_by_label("PIN code").fill("560034")
    return press(town.family, "Find tutors", name)


def moderator_approves(town: Town) -> None:
    """Takes the case, opens the paper, finds it genuine, and lets the tutor in."""
    visitor = town.moderator
    sign_in_staff(visitor, "moderator@example.com", "moderator")
    open_desk(visitor, "tutorprofile", "moderator-queue")
    follow(visitor, "Meera Iyer", "moderator-tutor")
    press(visitor, "Take this case", "moderator-case")
    page = press(visitor, "Open", "moderator-paper")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert "a passport" in text_of(Path(download.value.path()).read_bytes())
    press(visitor, "It is genuine", "moderator-paper-verified")
    follow(visitor, "Approve", "moderator-approve")
    press(visitor, "Decide", "moderator-approved")
    assert TutorProfile.objects.get().status == TutorProfile.Status.APPROVED
    town.drain()


def family_finds_and_asks(town: Town) -> None:
    page = search(town, "family-search")
    expect(page.get_by_text("Why first:")).to_be_visible()
    follow(town.family, "See Meera Iyer", "family-tutor")
    page = follow(town.family, "Ask this tutor", "family-enquiry-new")
    expect(page.get_by_label("At home", exact=True)).to_be_checked()
    page.get_by_label("Weekday evenings").check()
    page.get_by_label("What should the tutor know?").fill("Numericals are hard.")
    press(town.family, "Ask", "family-enquiry-asked")
    go(town.family, "/family/", "family-home-asked")
    town.drain()


def tutor_needs_a_credit(town: Town) -> None:
    go(town.tutor, "/tutor/", "tutor-home-approved")
    follow(town.tutor, "All leads", "tutor-leads")
    follow(town.tutor, re.compile("Physics, class 11"), "tutor-lead")
    fill_offer(town)
    page = press(town.tutor, "Accept for 1 credit", "tutor-lead-no-credit", status=402)
    expect(page.get_by_text("You need a credit to answer")).to_be_visible()


def fill_offer(town: Town) -> None:
    page = town.tutor.page
    day = (clock.now() + timedelta(days=2)).astimezone(clock.IST)
    page.get_by_label("First class").fill(f"{day:%Y-%m-%d}T17:00")
    page.get_by_label("Minutes").fill("90")
    page.get_by_label("Your price per hour").fill("700")
    page.get_by_label("A word to the family").fill("I bring a pendulum.")


def tutor_buys_credits(town: Town) -> None:
    follow(town.tutor, "Buy credits", "tutor-credits")
    press(town.tutor, "Buy 5 credits", "tutor-checkout")
    pay(town, town.tutor, "tutor")


def pay(town: Town, visitor: Visitor, who: str) -> None:
    """On the gateway's page; its webhooks come after the browser does."""
    visitor.page.get_by_role("button", name="Pay ₹").click()
    visitor.page.wait_for_url("**/_sim/checkout**")
    see(visitor, f"{who}-gateway")
    visitor.page.get_by_role("button", name="Success").click()
    visitor.page.wait_for_url("**/result/")
    town.drain()
    assert set(town.simulator.deliver(Client())) == {200}
    town.drain()
    visitor.page.reload()
    see(visitor, f"{who}-paid")


def tutor_makes_an_offer(town: Town) -> None:
    follow(town.tutor, "Go on", "tutor-credits-bought")
    go(town.tutor, "/leads/", "tutor-leads-again")
    follow(town.tutor, re.compile("Physics, class 11"), "tutor-lead-again")
    fill_offer(town)
    press(town.tutor, "Accept for 1 credit", "tutor-offer-made")
    town.drain()


def family_compares_and_pays(town: Town) -> None:
    go(town.family, "/family/", "family-home-offer")
    session = TutoringSession.objects.get()
    go(town.family, f"/enquiries/{session.enquiry_id}/", "family-offers")
    press(town.family, "Pay ₹", "family-checkout")
    pay(town, town.family, "family")
    follow(town.family, "Go on", "family-class-booked")
    assert ledger.balance("session_escrow", session.pk) == 1_050_00
    go(town.family, "/classes/", "family-classes")
    go(town.family, "/family/", "family-home-booked")


def code_on_the_phone(town: Town, then: str) -> str:
    town.family.page.reload()
    return see(town.family, then).locator("b.digits").first.inner_text()


def tutor_teaches(town: Town) -> None:
    session = TutoringSession.objects.get()
    go(town.family, f"/classes/{session.pk}/", "family-class")
    go(town.tutor, "/tutor/", "tutor-home-booked")
    page = go(town.tutor, f"/classes/{session.pk}/", "tutor-class")
    expect(page.get_by_role("link", name="Give your PAN")).to_be_visible()
    page.get_by_label("Code on the family's phone").fill(code_on_the_phone(town, "family-start"))
    page = press(town.tutor, "Start the class", "tutor-class-started")
    page.get_by_label("Code on the family's phone").fill(code_on_the_phone(town, "family-end"))
    press(town.tutor, "The class is over", "tutor-class-over")


def family_confirms_and_rates(town: Town) -> None:
    session = TutoringSession.objects.get()
    go(town.family, "/family/", "family-home-over")
    go(town.family, f"/classes/{session.pk}/", "family-class-over")
    page = press(town.family, "Yes, the class was held", "family-class-confirmed")
    page.get_by_label("5 ★★★★★").check()
    page.get_by_label("In your words").fill("The pendulum did it.")
    page = press(town.family, "Send", "family-class-rated")
    expect(page.get_by_text("The pendulum did it.")).to_be_visible()
    page = go(town.tutor, f"/classes/{session.pk}/", "tutor-class-released")
    expect(page.get_by_text(NET).first).to_be_visible()
    page = go(town.family, TutorProfile.objects.get().get_absolute_url(), "family-tutor-rated")
    page.get_by_text("The pendulum did it.").wait_for()


def confirm_it_is_me(town: Town, visitor: Visitor, then: str) -> Page:
    """With a fresh code, before something sensitive; `then` names the page it leads back to."""
    follow(visitor, "Confirm that it is you", "step-up")
    page = press(visitor, "Send the code", "step-up-code")
    town.drain()
    sent = Message.objects.filter(template="step_up_code").latest("created_at")
    code = re.search(r"\b\d{6}\b", sent.text)
    assert code is not None
    page.get_by_label("Code").fill(code.group())
    return press(visitor, "Confirm", then)


def tutor_asks_for_the_money(town: Town) -> None:
    go(town.tutor, "/tutor/", "tutor-home-released")
    go(town.tutor, "/earnings/", "tutor-earnings")
    follow(town.tutor, "Payouts", "tutor-payouts")
    follow(town.tutor, "Tell us", "tutor-payout-method")
    page = confirm_it_is_me(town, town.tutor, "tutor-payout-form")
    page.get_by_label("Name of the account holder").fill("Meera Iyer")
    page.get_by_label("Account number").fill("123456789012")
    page.get_by_label("IFSC").fill("HDFC0001234")
    page.get_by_label("PAN", exact=True).fill("ABCDE1234F")
    page = press(town.tutor, "Save", "tutor-payouts-ready")
    page.get_by_label("How much").fill("811.64")
    press(town.tutor, "Ask for it", "tutor-payout-asked")
    # The bank confirms the account, without which nobody may approve.
    town.drain()


def finance_approves(town: Town) -> None:
    sign_in_staff(town.finance, "finance@example.com", "finance")
    page = open_desk(town.finance, "payout", "finance-payouts")
    page.locator("input[name=_selected_action]").check()
    page.get_by_label("Action:").select_option("approve")
    press(town.finance, re.compile("Run|Go"), "finance-approved")
    town.drain()
    (sent,) = town.simulator.state()["payouts"]
    town.simulator.payout(sent["id"], "processed")


def bank_pays(town: Town) -> None:
    assert set(town.simulator.deliver(Client())) == {200}
    town.drain()
    assert Payout.objects.get().status == Payout.Status.PROCESSED
    go(town.tutor, "/payouts/", "tutor-paid-out")
    page = go(town.tutor, "/earnings/", "tutor-earnings-paid")
    expect(page.get_by_text(NET).first).to_be_visible()
    go(town.tutor, "/dev/inbox", "dev-inbox")
