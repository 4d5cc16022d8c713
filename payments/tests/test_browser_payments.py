"""The pages of money in a real Chromium, on a phone and on a desk."""

from datetime import timedelta

import pytest

from accounts.tests.factories import TutorUserFactory
from payments.services import credits
from payments.tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tutor(settings):
    settings.PAYOUT_FIRST_WAIT = timedelta(0)
    tutor = factories.rich_tutor(200_000, name="Meera Iyer")
    factories.earn(tutor, 65_000, is_released=False)
    factories.give_credits(tutor, "pack-5")
    factories.payouts_request(tutor)
    return tutor


@pytest.mark.parametrize(
    "path",
    [
        *("/credits/", "/earnings/", "/payouts/", "/payout-method/", "/tax-profile/"),
        *("/invoices/", "/statements/earnings/", "/statements/payments/"),
    ],
)
def test_a_tutors_pages(screen, tutor, path):
    screen.sign_in(tutor)
    screen.go(path)
    screen.check()
    screen.picture(f"payments{path.replace('/', '-')}")
    assert screen.transferred() < 60_000


def test_a_new_tutors_pages(screen, db):
    screen.sign_in(TutorUserFactory())
    for path in ("/credits/", "/earnings/", "/payouts/"):
        screen.go(path)
        screen.check()


def test_what_is_wrong_is_said_beside_the_field(screen, tutor):
    screen.sign_in(tutor)
    page = screen.go("/payouts/")
    page.get_by_label("How much").fill("1")
    page.get_by_role("button", name="Ask for it").click()
    page.get_by_text("The smallest payout is").first.wait_for()
    screen.check()
    screen.picture("payments-payouts-wrong")


@pytest.mark.parametrize(
    ("button", "said"),
    [("Success", "Your credits are there."), ("Fail", "did not go through")],
)
def test_buying_credits(screen, tutor, razorpay_simulator, button, said):
    screen.sign_in(tutor)
    page = screen.go("/credits/")
    page.get_by_role("button", name="Buy 10 credits").click()
    page.get_by_role("button", name="Pay ₹").wait_for()
    screen.check()
    screen.picture("payments-checkout")
    page.get_by_role("button", name="Pay ₹").click()
    page.wait_for_url("**/_sim/checkout**")
    page.get_by_role("button", name=button).click()
    page.wait_for_url("**/result/")
    page.get_by_text(said).first.wait_for()
    screen.check()
    screen.picture(f"payments-result-{button.lower()}")
    assert credits.balance(tutor) == (15 if button == "Success" else 5)
