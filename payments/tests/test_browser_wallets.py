"""A family's money in a real Chromium: top up, pay from two pockets, and see a refund arrive."""

from datetime import timedelta

import pytest

from accounts.tests.factories import FamilyUserFactory
from payments.models import PaymentOrder, Refund
from payments.services import orders, refunds, wallets
from payments.tests.every_kind import Life
from payments.tests.factories import failed_refund, fund_wallet, make_order, pay
from payments.tests.paying import opened
from tutorhub.core import outbox

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def family():
    return FamilyUserFactory(name="Priya Sharma")


def pay_at_razorpay(page) -> None:
    page.get_by_role("button", name="Pay ₹").click()
    page.wait_for_url("**/_sim/checkout**")
    page.get_by_role("button", name="Success").click()
    page.wait_for_url("**/result/")


def test_top_up_then_a_mixed_payment_then_the_refund(screen, family, razorpay_simulator):
    screen.sign_in(family)
    page = screen.go("/wallet/")
    screen.check()
    screen.picture("wallet-empty")
    page.get_by_label("How much").fill("50")
    page.get_by_role("button", name="Add money").click()
    page.get_by_text("The smallest top-up is").first.wait_for()
    screen.check()
    page.get_by_label("How much").fill("300")
    page.get_by_role("button", name="Add money").click()
    pay_at_razorpay(page)
    page.get_by_text("The money is in your wallet.").wait_for()
    screen.check()
    assert wallets.balance(family) == (300_00, 0)

    order = opened(payer=family)
    screen.go(f"/checkout/{order.pk}/")
    screen.check()
    screen.picture("wallet-offer")
    page.get_by_role("button", name="Use ₹").click()
    page.get_by_text("Keep the wallet for later").wait_for()
    screen.check()
    screen.picture("wallet-mixed")
    screen.go("/wallet/")
    page.get_by_text("Set aside until you pay the rest").wait_for()
    screen.check()
    screen.picture("wallet-held")
    page.get_by_role("link", name="Go on").click()
    pay_at_razorpay(page)
    page.get_by_text("We hold the money until the class has happened").wait_for()
    screen.check()
    screen.picture("wallet-mixed-paid")

    paid = PaymentOrder.objects.latest("pk")
    assert (paid.status, paid.amount_paise, paid.wallet_paise) == ("PAID", 700_00, 300_00)
    refunds.refund_order(paid, reason="test")
    screen.go(f"/payments/{paid.pk}/")
    page.get_by_text("We are handing it over.").wait_for()
    screen.check()
    screen.picture("refund-asked")
    outbox.drain()
    screen.go(f"/payments/{paid.pk}/")
    page.get_by_text("With your bank").wait_for()
    screen.check()
    screen.picture("refund-with-bank")
    assert Refund.objects.get().amount_paise == 700_00
    assert wallets.balance(family) == (300_00, 0)


def test_a_failed_refund_is_taken_as_credit(screen, family, razorpay_simulator):
    refund = failed_refund(family)
    screen.sign_in(family)
    page = screen.go(f"/payments/{refund.payment.order_id}/")
    screen.check()
    screen.picture("refund-failed")
    page.get_by_role("button", name="into my wallet").click()
    page.get_by_text("It is in your wallet.").wait_for()
    screen.check()
    screen.picture("refund-credited")


def test_lists(screen, family, razorpay_simulator):
    fund_wallet(family, 2_345_50, promo_paise=100_25)
    for method in ("wallet", "mixed"):
        order = make_order(payer=family, amount_paise=1_500_00, method=method)
        if not order.is_paid:
            pay(order)
            order.refresh_from_db()
        refunds.refund_order(order, reason="test", amount_paise=300_33)
    screen.sign_in(family)
    for path in ("/wallet/", "/payments/"):
        screen.go(path)
        screen.check()
        screen.picture(path.strip("/") + "-full")
        assert screen.transferred() < 60_000


def test_what_an_ended_order_holds_is_explained(screen, family, razorpay_simulator):
    fund_wallet(family, 300_00, promo_paise=20_25)
    order = opened(payer=family, method="mixed")
    screen.sign_in(family)
    screen.go(f"/checkout/{order.pk}/").get_by_text("once the bank has confirmed").wait_for()
    orders.give_up(order, by=family)
    page = screen.go("/wallet/")
    page.get_by_text("as soon as the bank has confirmed that nothing was paid").first.wait_for()
    screen.check()
    screen.picture("wallet-held")
    outbox.drain()
    page = screen.go("/wallet/")
    page.get_by_text("Given back: the payment was not made").wait_for()
    assert wallets.balance(family) == (300_00, 20_25)


@pytest.mark.parametrize("language", ["en", "hi"])
def test_statements_with_everything_in_them(screen, finance, language, settings):
    settings.PAYOUT_FIRST_WAIT = settings.PAYOUT_METHOD_WAIT = timedelta(0)
    life = Life(finance, 3)
    for step in life.steps():
        step()
    for user, kind in [(life.family, "payments"), (life.tutor, "earnings")]:
        screen.sign_in(user)
        cookie = {"name": settings.LANGUAGE_COOKIE_NAME, "value": language}
        screen.context.add_cookies([{**cookie, "url": screen.base_url}])
        page = screen.go(f"/statements/{kind}/")
        assert page.locator("html").get_attribute("lang") == language
        screen.check()
        screen.picture(f"statement-{kind}-{language}")
