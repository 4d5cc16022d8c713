"""The way of a payout in a real Chromium, on a phone and on a desk."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.tests.factories import StaffFactory, TutorUserFactory
from payments.models import Payout, TaxProfile
from payments.services import payouts
from payments.tests import factories
from tutorhub.core import clock, outbox

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def teacher(settings, razorpay_simulator):
    """Eight months of classes, no account yet, and money in ours."""
    settings.PAYOUT_FIRST_WAIT = timedelta(0)
    tutor = TutorUserFactory(name="Meera Iyer")
    factories.fund_float()
    today = clock.now()
    for number in range(8):
        with clock.at(today - timedelta(days=31 * number)):
            factories.earn(tutor, 150_000 + 90_000 * ((number * 5) % 7))
    return tutor


def bank_says(simulator, payout, status):
    simulator.payout(payout.razorpay_payout_id, status)
    simulator.deliver(Client())
    outbox.drain()


def show(screen, path, name, *, says=""):
    page = screen.go(path)
    if says:
        page.get_by_text(says).first.wait_for()
    screen.check()
    screen.picture(f"payouts-{name}")
    return page


def give_account(page, number):
    page.get_by_label("Name of the account holder").fill("Meera Iyer")
    page.get_by_label("Account number").fill(number)
    page.get_by_label("IFSC").fill("HDFC0001234")
    page.get_by_label("PAN", exact=True).fill("ABCDE1234F")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/payouts/")


def test_from_the_account_to_the_bank_s_reference(screen, teacher, razorpay_simulator):
    screen.sign_in(teacher)
    page = show(screen, "/earnings/", "1-earnings")
    page.get_by_text("The same as a table").click()
    screen.check()
    screen.picture("payouts-1-earnings-table")
    page.get_by_role("link", name="Payouts").click()
    page.get_by_role("link", name="Tell us").click()
    give_account(page, "123456781111")
    show(screen, "/payouts/", "2-being-checked", says="still being checked")
    outbox.drain()
    page = show(screen, "/payout-method/", "3-refused", says="under another name: Somebody Else")
    give_account(page, "123456789012")
    outbox.drain()
    page = screen.go("/payout-method/")
    page.get_by_role("button", name="Pay me every Monday").click()
    page.get_by_text("Stop the weekly payout").wait_for()
    screen.check()
    screen.picture("payouts-4-confirmed")
    payout = ask(screen)
    path = f"/payouts/{payout.pk}/"
    show(screen, path, "5-asked", says="We check it")
    payouts.approve(payout, by=StaffFactory(group="finance"))
    outbox.drain()
    payout.refresh_from_db()
    show(screen, path, "6-on-its-way", says="the bank is working on it")
    bank_says(razorpay_simulator, payout, "processed")
    payout.refresh_from_db()
    show(screen, path, "7-paid", says=payout.utr)
    bank_says(razorpay_simulator, payout, "reversed")
    show(screen, path, "8-sent-back", says="The bank sent it back")
    show(screen, "/payouts/", "9-list")
    payout.refresh_from_db()
    assert payout.status == Payout.Status.REVERSED


def ask(screen):
    page = screen.go("/payouts/")
    page.get_by_label("How much").fill("1234.50")
    page.get_by_role("button", name="Ask for it").click()
    page.get_by_text("Your payout was asked for").wait_for()
    return Payout.objects.get()


def test_tax_details(screen, teacher):
    screen.sign_in(teacher)
    page = screen.go("/tax-profile/")
    page.get_by_label("Full name").fill("Meera Iyer")
    page.get_by_label("Address").fill("12, 5th Cross, Koramangala")
    page.get_by_label("State").select_option("Karnataka")
    page.get_by_label("GSTIN").fill("29ABCDE1234F1Z9")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("There is a typing error in this GSTIN").first.wait_for()
    screen.check()
    screen.picture("payouts-tax-wrong")
    page.get_by_label("GSTIN").fill("")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("It stands on your next invoices").wait_for()
    screen.check()
    kept = TaxProfile.objects.get(user=teacher)
    assert (kept.legal_name, kept.gstin) == ("Meera Iyer", "")


def test_the_earnings_of_a_tutor_who_has_not_begun(screen, db):
    screen.sign_in(TutorUserFactory())
    page = screen.go("/earnings/")
    page.get_by_text("Nothing in the last 12 months").wait_for()
    screen.check()
    assert page.get_by_role("table").count() == 0
