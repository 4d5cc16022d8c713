"""Finance in a real browser: where is this family's money, in three clicks; and is all in order?"""

import pytest
from django.conf import settings as current
from django.contrib.auth.models import Group

from accounts.tests.factories import FamilyUserFactory, StaffFactory
from payments.models import LedgerAccount, LedgerTxn, ReconRun
from payments.policies import FINANCE
from payments.services import refunds
from payments.services.reconciling import books, runs
from payments.tests import factories
from payments.tests.test_admin import desk
from tests.browser import Visitor, axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def staff(screen: Visitor) -> Visitor:
    user = StaffFactory()
    user.groups.add(Group.objects.get_or_create(name=FINANCE)[0])
    name = current.SESSION_COOKIE_NAME
    value = desk(user).cookies[name].value
    screen.context.add_cookies([{"name": name, "value": value, "url": screen.base_url}])
    return screen


@pytest.fixture
def family():
    family = FamilyUserFactory(name="Priya Sharma")
    factories.fund_wallet(family, 9_876_50, promo_paise=5_000)
    factories.make_order(payer=family, method="mixed", amount_paise=2_00_000_00)
    payment = factories.pay(factories.make_order(payer=family))
    refunds.refund_order(payment.order, reason="test", amount_paise=40_000)
    return family


def check_form(visitor: Visitor) -> None:
    """Like `check()`; axe itself breaks the policy where Django's styles import one another."""
    assert visitor.complaints == []
    axe(visitor.page)
    assert not visitor.overflows()
    visitor.complaints.clear()


class Clicks:
    """Every click that is made, counted by the page itself being asked through this alone."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, element) -> None:
        self.count += 1
        element.click()


@pytest.mark.parametrize("known", ["name", "phone"])
def test_where_is_this_familys_money_in_three_clicks(staff: Visitor, family, known: str) -> None:
    click = Clicks()
    page = staff.go("/admin/")
    staff.check()
    staff.picture("admin-home")
    page.get_by_label("Where is the money?").fill(str(getattr(family, known)))
    click(page.get_by_role("button", name="Find"))
    staff.check()
    staff.picture("money-find")
    click(page.get_by_role("link", name="Priya Sharma"))
    page.get_by_role("heading", name="The money of Priya Sharma").wait_for()
    now = page.locator(".module", has=page.get_by_role("heading", name="Now")).inner_text()
    for expected in ("wallet_hold", "promo_hold", "session_escrow", "refund_payable"):
        assert expected in now
    assert "₹\u00a09,876.50" in now
    staff.check()
    staff.picture("money-person")
    assert click.count <= 3, "finance has one click left for the account itself"
    click(page.locator(".module", has_text="Now").get_by_role("link", name="wallet_hold"))
    assert click.count == 3
    page.get_by_role("link", name="wallet_held").wait_for()
    check_form(staff)
    staff.picture("money-account")


def test_a_transaction(staff: Visitor, family) -> None:
    txn = LedgerTxn.objects.get(kind="refund_initiated")
    page = staff.go(f"/admin/payments/ledgertxn/{txn.pk}/change/")
    assert page.get_by_text("₹\u00a0400.00").count() >= 2
    check_form(staff)
    staff.picture("money-transaction")


@pytest.mark.parametrize("is_broken", [False, True])
def test_money_health(staff: Visitor, family, razorpay_simulator, is_broken: bool) -> None:
    for kind in ReconRun.Kind:
        runs.perform(kind, lambda under_way: None)
    books.reconcile(is_asked_for=True)
    if is_broken:
        account = LedgerAccount.objects.get(code="session_escrow")
        runs.perform(
            "R6",
            lambda p: p.found(f"account:{account.pk}", "unbalanced", ours=1, theirs=60_000),
        )
        runs.perform("R4", lambda p: p.found("pay_Test1", "missing_here", theirs=5_000_00))
    staff.go("/admin/")
    staff.page.get_by_role("link", name="Money health").click()
    staff.check()
    staff.picture(f"money-health-{'red' if is_broken else 'green'}")
    said = staff.page.locator("#content-main").inner_text()
    assert ("Something needs a person." in said) == is_broken
    assert ("Everything is in order." in said) != is_broken
    staff.page.get_by_role("button", name="Check now").click()
    staff.page.get_by_text("The books were checked.").wait_for()
    staff.check()


@pytest.mark.parametrize(
    "name", ["paymentorder", "payment", "refund", "reconrun", "reconitem", "ledgeraccount"]
)
def test_lists(staff: Visitor, family, name: str) -> None:
    page = staff.go(f"/admin/payments/{name}/")
    assert page.locator("#changelist").is_visible()
    staff.check()
    staff.picture(f"money-list-{name}")
