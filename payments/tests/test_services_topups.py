"""Adding money to a wallet: its limits, and what comes too late or is too much."""

import pytest

from accounts.models import User
from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from notifications.models import Message
from payments.models import Refund
from payments.queries.wallets import topup_limits
from payments.services import captures, orders, refunds, wallets
from payments.tests import factories
from payments.tests.factories import fund_wallet, make_order, pay
from payments.tests.paying import legs, status_of
from tutorhub.core.errors import NotAllowed
from tutorhub.core.tests.threads import run_together, somebody_waits, wait_until

PRICE = 100_000


@pytest.fixture
def family(db):
    return FamilyUserFactory()


def mine(family) -> tuple[int, int]:
    return tuple(wallets.balance(family))


class TestTopup:
    def test_the_legs(self, family):
        """Kind 1, the worked example."""
        order = factories.open_order(orders.start_topup(amount_paise=PRICE, by=family))
        payment = pay(order)
        assert legs(f"rzp:capture:{payment.razorpay_payment_id}") == {
            ("rzp_clearing", ""): PRICE,
            ("student_wallet", str(family.pk)): -PRICE,
        }
        assert status_of(order) == "PAID"
        assert mine(family) == (PRICE, 0)
        assert Message.objects.filter(template="wallet_topped_up", user_id=family.pk).exists()

    @pytest.mark.parametrize("amount", [0, 1, 99_99, 10_000_01])
    def test_limits(self, family, amount):
        with pytest.raises(wallets.BadAmount):
            orders.start_topup(amount_paise=amount, by=family)

    def test_what_is_there_and_what_is_held_count(self, family):
        fund_wallet(family, 9_000_00, promo_paise=5_000_00)
        make_order(payer=family, amount_paise=15_000_00, method="mixed")
        assert topup_limits(9_000_00) == (100_00, 1_000_00)
        with pytest.raises(wallets.BadAmount):
            orders.start_topup(amount_paise=1_000_01, by=family)

    def test_switched_off_it_still_takes_refunds(self, family, settings):
        order = make_order(payer=family)
        pay(order)
        settings.WALLET_TOPUPS = False
        assert topup_limits(0) == (0, 0)
        with pytest.raises(wallets.TopupsClosed):
            orders.start_topup(amount_paise=500_00, by=family)
        order.refresh_from_db()
        refunds.refund_order(order, reason="test", to_wallet=True)
        assert mine(family) == (PRICE, 0)

    def test_only_for_families(self, db):
        with pytest.raises(NotAllowed):
            orders.start_topup(amount_paise=500_00, by=TutorUserFactory())

    def test_a_late_top_up_is_credited(self, family):
        """Whoever asked again for another amount and then paid both has both."""
        first = factories.open_order(orders.start_topup(amount_paise=500_00, by=family))
        second = factories.open_order(orders.start_topup(amount_paise=700_00, by=family))
        assert status_of(first) == "EXPIRED"
        pay(second)
        first.refresh_from_db()
        pay(first)
        assert mine(family) == (1_200_00, 0)

    def test_more_than_the_wallet_may_hold_goes_back(self, family, razorpay_simulator):
        first = factories.open_order(orders.start_topup(amount_paise=6_000_00, by=family))
        second = factories.open_order(orders.start_topup(amount_paise=7_000_00, by=family))
        pay(second)
        first.refresh_from_db()
        payment = pay(first)
        assert mine(family) == (7_000_00, 0)
        assert payment.place == "returned"
        assert Refund.objects.get().amount_paise == 6_000_00

    def test_money_for_an_account_that_is_closed_goes_back(self, family, razorpay_simulator):
        order = factories.open_order(orders.start_topup(amount_paise=500_00, by=family))
        orders.give_up(order, by=family)
        User.objects.filter(pk=family.pk).update(is_active=False)
        order.refresh_from_db()
        payment = pay(order)
        assert (payment.place, mine(family)) == ("returned", (0, 0))
        assert Refund.objects.get().amount_paise == 500_00


def two_at_once(monkeypatch) -> User:
    """Top-ups of one wallet that has room for either; each looks for it when the other has, or
    waits."""
    family = FamilyUserFactory()
    first, second = (
        factories.open_order(orders.start_topup(amount_paise=amount, by=family))
        for amount in (6_000_00, 7_000_00)
    )
    paid = [factories.payment_entity(order) for order in (first, second)]
    has_room, looked = wallets.has_room, []

    def look_together(payer, amount_paise):
        answer = has_room(payer, amount_paise)
        looked.append(1)
        # The other one waits for the payer; without the lock it would have looked as well.
        wait_until(lambda: len(looked) == 2 or somebody_waits())
        return answer

    monkeypatch.setattr(wallets, "has_room", look_together)
    run_together(2, lambda number: captures.apply_capture(paid[number]["id"], fetched=paid[number]))
    return family


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_two_top_ups_at_once_do_not_overfill_a_wallet(razorpay_simulator, monkeypatch):
    """The second waits until the first is booked, and only then looks whether there is room."""
    family = two_at_once(monkeypatch)
    assert wallets.balance(family).cash_paise in (6_000_00, 7_000_00)
    assert Refund.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_control_without_the_payers_lock_they_overfill_it(razorpay_simulator, monkeypatch):
    monkeypatch.setattr(captures, "_payer_is_there", lambda order: True)
    family = two_at_once(monkeypatch)
    assert wallets.balance(family).cash_paise == 13_000_00
    assert not Refund.objects.exists()
