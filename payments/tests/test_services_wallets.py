"""A family's wallet: the legs of kinds 1, 4, 5 and 38, and who may do what with it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from payments.models import Payment, PaymentOrder, Refund
from payments.queries.wallets import WalletBalance
from payments.services import captures, orders, refunds, wallets
from payments.tests import factories
from payments.tests.factories import fund_wallet, make_order, pay
from payments.tests.paying import callback, in_escrow, legs, opened, status_of
from tutorhub.core import clock
from tutorhub.core.errors import NotAllowed

PRICE = 100_000


@pytest.fixture
def family(db):
    return FamilyUserFactory()


def mine(family) -> tuple[int, int]:
    return tuple(wallets.balance(family))


class TestPayingFromTheWallet:
    def test_the_legs(self, family, news):
        """Kind 4: paid at once, without the gateway, and announced."""
        fund_wallet(family, 150_000)
        order = orders.create(
            purpose="session",
            purpose_id=family.pk,
            payer=family,
            amount_paise=PRICE,
            expires_at=clock.now() + timedelta(hours=1),
            description="Maths",
            method="wallet",
        )
        assert legs(f"booking:{order.purpose_id}:pay:{order.pk}") == {
            ("student_wallet", str(family.pk)): PRICE,
            ("session_escrow", str(order.purpose_id)): -PRICE,
        }
        assert (order.status, order.amount_paise, order.total_paise) == ("PAID", 0, PRICE)
        assert (order.hold, order.razorpay_order_id) == ("used", None)
        assert news == ["payments.order_paid"]

    def test_promotional_balance_is_spent_first(self, family):
        fund_wallet(family, 150_000, promo_paise=20_000)
        order = make_order(payer=family, method="wallet")
        assert legs(f"booking:{order.purpose_id}:pay:{order.pk}") == {
            ("student_promo", str(family.pk)): 20_000,
            ("student_wallet", str(family.pk)): 80_000,
            ("session_escrow", str(order.purpose_id)): -PRICE,
        }

    def test_too_little_is_refused(self, family):
        fund_wallet(family, 30_000)
        with pytest.raises(wallets.WalletShort):
            make_order(payer=family, method="wallet")
        assert mine(family) == (30_000, 0)

    def test_clicking_twice_pays_once(self, family):
        fund_wallet(family, 250_000)
        first = make_order(payer=family, method="wallet")
        again = make_order(payer=family, method="wallet", purpose_id=first.purpose_id)
        assert again == first
        assert mine(family) == (150_000, 0)

    def test_a_class_paid_back_can_be_paid_again(self, family):
        fund_wallet(family, 150_000)
        first = make_order(payer=family, method="wallet")
        orders.return_paid(first)
        again = make_order(payer=family, method="wallet", purpose_id=first.purpose_id)
        assert again != first
        assert in_escrow(again) == PRICE

    def test_returned_it_is_in_the_wallet_again(self, family):
        fund_wallet(family, 80_000, promo_paise=20_000)
        order = make_order(payer=family, method="wallet")
        decision = orders.return_paid(order)
        assert legs(f"refund:{decision.pk}:initiate") == {
            ("session_escrow", str(order.purpose_id)): PRICE,
            ("student_wallet", str(family.pk)): -80_000,
            ("student_promo", str(family.pk)): -20_000,
        }
        assert orders.return_paid(order) == decision
        assert not Refund.objects.exists()


class TestMixed:
    def test_the_legs(self, family):
        """Kinds 5a and 5b, the worked example."""
        fund_wallet(family, 30_000)
        order = make_order(payer=family, method="mixed")
        assert (order.amount_paise, order.wallet_paise, order.hold) == (70_000, 30_000, "held")
        assert legs(f"order:{order.pk}:hold") == {
            ("student_wallet", str(family.pk)): 30_000,
            ("wallet_hold", str(order.pk)): -30_000,
        }
        assert mine(family) == (0, 0)
        payment = pay(order)
        assert legs(f"rzp:capture:{payment.razorpay_payment_id}") == {
            ("rzp_clearing", ""): 70_000,
            ("wallet_hold", str(order.pk)): 30_000,
            ("session_escrow", str(order.purpose_id)): -PRICE,
        }
        order.refresh_from_db()
        assert (order.status, order.hold) == ("PAID", "used")

    def test_with_promotional_balance(self, family):
        fund_wallet(family, 30_000, promo_paise=10_000)
        order = make_order(payer=family, method="mixed")
        assert legs(f"order:{order.pk}:hold") == {
            ("student_wallet", str(family.pk)): 30_000,
            ("student_promo", str(family.pk)): 10_000,
            ("wallet_hold", str(order.pk)): -30_000,
            ("promo_hold", str(order.pk)): -10_000,
        }
        payment = pay(order)
        assert legs(f"rzp:capture:{payment.razorpay_payment_id}") == {
            ("rzp_clearing", ""): 60_000,
            ("wallet_hold", str(order.pk)): 30_000,
            ("promo_hold", str(order.pk)): 10_000,
            ("session_escrow", str(order.purpose_id)): -PRICE,
        }

    @pytest.mark.parametrize(("cash", "method"), [(0, "razorpay"), (150_000, "wallet")])
    def test_with_nothing_or_enough_it_is_no_mix(self, family, cash, method):
        fund_wallet(family, cash)
        assert make_order(payer=family, method="mixed").method == method

    def test_a_hold_in_time_is_not_released(self, family):
        fund_wallet(family, 30_000)
        order = make_order(payer=family, method="mixed")
        with pytest.raises(wallets.HoldInUse):
            wallets.release_hold(order)

    def test_asked_again_it_is_the_same_order(self, family):
        fund_wallet(family, 30_000)
        order = make_order(payer=family, method="mixed")
        again = orders.create(
            purpose="session",
            purpose_id=order.purpose_id,
            payer=family,
            amount_paise=PRICE,
            expires_at=order.expires_at,
            description="Maths",
            method="mixed",
        )
        assert again == order

    def test_a_duplicate_capture_is_returned_and_nothing_else(self, family):
        fund_wallet(family, 30_000)
        order = make_order(payer=family, method="mixed")
        pay(order)
        order.refresh_from_db()
        pay(order)
        assert Refund.objects.get().amount_paise == 70_000
        assert (in_escrow(order), mine(family)) == (PRICE, (0, 0))


class TestChangingOnesMind:
    def test_from_razorpay_to_the_wallet_and_back(self, family):
        fund_wallet(family, 30_000)
        first = make_order(payer=family)
        mixed = orders.change_method(first, method="mixed", by=family)
        assert (status_of(first), mixed.amount_paise) == ("EXPIRED", 70_000)
        assert mixed.expires_at == first.expires_at
        plain = orders.change_method(mixed, method="razorpay", by=family, unpaid=mixed)
        assert (plain.amount_paise, mine(family)) == (PRICE, (30_000, 0))

    def test_asked_twice_the_second_gets_what_the_first_made(self, family):
        fund_wallet(family, 150_000)
        first = make_order(payer=family)
        paid = orders.change_method(first, method="wallet", by=family)
        assert orders.change_method(first, method="wallet", by=family) == paid
        assert mine(family) == (50_000, 0)

    def test_not_for_somebody_elses_order(self, family):
        with pytest.raises(PaymentOrder.DoesNotExist):
            orders.change_method(make_order(), method="wallet", by=family)

    def test_not_when_its_time_is_over(self, family):
        order = make_order(payer=family)
        with clock.at(order.expires_at), pytest.raises(orders.OrderClosed):
            orders.change_method(order, method="mixed", by=family)

    def test_top_ups_are_not_paid_from_the_wallet(self, family):
        fund_wallet(family, 60_000)
        topup = factories.open_order(orders.start_topup(amount_paise=50_000, by=family))
        with pytest.raises(orders.OrderClosed):
            orders.change_method(topup, method="wallet", by=family)


class TestPromo:
    def test_it_is_paid_back_last_and_only_as_promotional_balance(self, family, finance):
        fund_wallet(family, 30_000, promo_paise=20_000)
        order = make_order(payer=family, method="mixed")
        pay(order)
        order.refresh_from_db()
        first = refunds.refund_order(order, amount_paise=40_000, reason="test")
        assert (first.gateway_paise, first.wallet_paise, first.promo_paise) == (25_000, 15_000, 0)
        rest = refunds.refund_order(order, reason="test", to_wallet=True)
        assert (rest.gateway_paise, rest.wallet_paise, rest.promo_paise) == (
            *(25_000, 15_000, 20_000),
        )
        assert mine(family) == (15_000 + 15_000 + 25_000, 20_000)


class TestRefundByTender:
    def test_a_full_refund(self, family):
        """Kind 8, the worked example."""
        fund_wallet(family, 30_000)
        order = make_order(payer=family, method="mixed")
        pay(order)
        order.refresh_from_db()
        decision = refunds.refund_order(order, reason="cancelled")
        assert legs(f"refund:{decision.pk}:initiate") == {
            ("session_escrow", str(order.purpose_id)): PRICE,
            ("refund_payable", str(decision.gateway_refund.pk)): -70_000,
            ("student_wallet", str(family.pk)): -30_000,
        }
        assert Payment.objects.get(order=order).place == "returned"

    def test_into_the_wallet_if_the_family_has_chosen_that(self, family):
        fund_wallet(family, 30_000)
        order = make_order(payer=family, method="mixed")
        pay(order)
        wallets.choose_refunds(family, is_to_wallet=True, by=family)
        decision = refunds.refund_order(order, reason="cancelled")
        assert decision.is_to_wallet
        assert legs(f"refund:{decision.pk}:initiate") == {
            ("session_escrow", str(order.purpose_id)): PRICE,
            ("student_wallet", str(family.pk)): -PRICE,
        }

    def test_a_choice_can_be_taken_back_and_a_decision_overrules_it(self, family):
        order = make_order(payer=family)
        pay(order)
        wallets.choose_refunds(family, is_to_wallet=True, by=family)
        part = refunds.refund_order(order, amount_paise=10_000, to_wallet=False, reason="finance")
        assert not part.is_to_wallet
        wallets.choose_refunds(family, is_to_wallet=False, by=family)
        assert not refunds.refund_order(order, reason="cancelled").is_to_wallet

    def test_only_the_family_chooses(self, family):
        for user, by in [(family, FamilyUserFactory()), (TutorUserFactory(),) * 2]:
            with pytest.raises(NotAllowed):
                wallets.choose_refunds(user, is_to_wallet=True, by=by)

    def test_odd_paise_go_to_razorpay(self, family):
        fund_wallet(family, 33_333)
        order = make_order(payer=family, method="mixed")
        pay(order)
        order.refresh_from_db()
        decision = refunds.refund_order(order, amount_paise=50_000, reason="half")
        assert (decision.gateway_paise, decision.wallet_paise) == (33_334, 16_666)

    def test_all_into_the_wallet(self, family, drain, razorpay_simulator):
        fund_wallet(family, 30_000)
        order = make_order(payer=family, method="mixed")
        pay(order)
        order.refresh_from_db()
        decision = refunds.refund_order(order, reason="cancelled", to_wallet=True)
        assert legs(f"refund:{decision.pk}:initiate") == {
            ("session_escrow", str(order.purpose_id)): PRICE,
            ("student_wallet", str(family.pk)): -PRICE,
        }
        assert not Refund.objects.exists()

    def test_an_unpaid_order_has_nothing_to_give(self, family):
        with pytest.raises(refunds.NothingToRefund):
            refunds.refund_order(make_order(payer=family), reason="test")

    @given(
        price=st.integers(5_000, 5_00_000),
        cash=st.integers(0, 5_00_000),
        promo=st.integers(0, 2_00_000),
        parts=st.lists(st.integers(1, 2_00_000), max_size=8),
    )
    def test_any_series_of_refunds_gives_everything_back_and_no_more(
        self, price, cash, promo, parts
    ):
        own = wallets.split(price, WalletBalance(cash, promo))
        assert own.gateway_paise + own.own_paise == price
        assert own.promo_paise <= promo
        assert own.wallet_paise <= cash
        assert own.gateway_paise == 0 or own.gateway_paise >= 100
        order = PaymentOrder(
            amount_paise=own.gateway_paise,
            wallet_paise=own.wallet_paise,
            promo_paise=own.promo_paise,
        )
        for part in [*parts, None]:
            left = order.total_paise - order.refunded_paise
            if part is not None and part > left:
                with pytest.raises((refunds.RefundTooLarge, refunds.NothingToRefund)):
                    refunds.allocate(order, part)
                continue
            if not left:
                return
            given_back = refunds.allocate(order, part)
            assert min(given_back.gateway_paise, given_back.wallet_paise) >= 0
            if given_back.promo_paise:
                assert order.refunded_gateway_paise + given_back.gateway_paise == own.gateway_paise
                assert order.refunded_wallet_paise + given_back.wallet_paise == own.wallet_paise
            order.refunded_gateway_paise += given_back.gateway_paise
            order.refunded_wallet_paise += given_back.wallet_paise
            order.refunded_promo_paise += given_back.promo_paise
        assert order.refunded_paise == price
        assert order.refunded_promo_paise == own.promo_paise


def test_a_mixed_payment_over_the_real_wire(razorpay_simulator, db):
    """Razorpay is asked for its part only."""
    family = FamilyUserFactory()
    fund_wallet(family, 30_000)
    order = opened(payer=family, method="mixed")
    handed = razorpay_simulator.pay(order.razorpay_order_id)
    assert callback(handed).status == "PAID"
    captures.apply_capture(handed["razorpay_payment_id"])
    assert in_escrow(order) == PRICE
