"""What an order holds of a wallet, after the order has ended (kind 5c, scenarios 19 and 20)."""

from datetime import timedelta

import pytest

from accounts.tests.factories import FamilyUserFactory
from payments import gateway
from payments.models import LedgerTxn, Payment, PaymentOrder, Refund
from payments.services import captures, holds, late_money, ledger, orders, refund_decisions, wallets
from payments.services.reconciling import holds as r5
from payments.tests import factories
from payments.tests.factories import fund_wallet, make_order, pay
from payments.tests.paying import in_escrow, legs, opened, status_of
from tutorhub.core import clock, outbox
from tutorhub.core.models import OutboxRow

PRICE, WALLET = 100_000, 30_000


@pytest.fixture
def family(db):
    family = FamilyUserFactory()
    fund_wallet(family, WALLET)
    return family


@pytest.fixture
def order(family, razorpay_simulator):
    return opened(payer=family, method="mixed")


def expire(order) -> None:
    orders.expire_for(purpose="session", purpose_id=order.purpose_id)
    order.refresh_from_db()


def end(order, how: str) -> None:
    if how == "give up":
        orders.give_up(order, by=order.payer)
    else:
        close = orders.expire_for if how == "expire" else orders.cancel_for
        close(purpose="session", purpose_id=order.purpose_id)


def mine(order) -> tuple[int, int]:
    """What the family can spend, and what is held for the order."""
    held = ledger.balance("wallet_hold", order.pk) + ledger.balance("promo_hold", order.pk)
    return wallets.balance(order.payer).total_paise, held


def whole(order) -> int:
    """Everything the family has put in, wherever it is."""
    payments, back = order.payments.all(), Refund.objects.filter(payment__order=order)
    return (
        sum(mine(order))
        + in_escrow(order)
        + sum(ledger.balance("unapplied", payment.pk) for payment in payments)
        + sum(ledger.balance("refund_payable", refund.pk) for refund in back)
    )


def released(order) -> bool:
    return LedgerTxn.objects.filter(idem_key=f"order:{order.pk}:release").exists()


def asked(order) -> OutboxRow:
    return OutboxRow.objects.get(handler=wallets.RELEASE, payload__order=str(order.pk))


class TestAnOrderThatEnds:
    @pytest.mark.parametrize("how", ["expire", "cancel", "give up"])
    def test_its_hold_comes_back_after_razorpay_was_asked(self, family, drain, how):
        fund_wallet(family, 0, promo_paise=10_000)
        order = opened(payer=family, method="mixed")
        end(order, how)
        order.refresh_from_db()
        assert (order.is_live, order.hold, mine(order)) == (False, "held", (0, 40_000))
        drain()
        assert legs(f"order:{order.pk}:release") == {
            ("wallet_hold", str(order.pk)): 30_000,
            ("promo_hold", str(order.pk)): 10_000,
            ("student_wallet", str(family.pk)): -30_000,
            ("student_promo", str(family.pk)): -10_000,
        }
        order.refresh_from_db()
        assert (order.hold, mine(order)) == ("released", (40_000, 0))

    @pytest.fixture(autouse=True)
    def _simulator(self, razorpay_simulator):
        """Orders of these tests are opened there."""

    def test_one_that_held_nothing_asks_nobody(self, family):
        end(opened(payer=family), "expire")
        assert not OutboxRow.objects.filter(handler=wallets.RELEASE).exists()

    def test_however_often_it_is_looked_at_the_hold_comes_back_once(self, order, drain):
        for _ in range(2):
            expire(order)
            drain()
            holds.settle(order.pk)
            wallets.release_hold(order)
            r5.reconcile()
        assert LedgerTxn.objects.filter(kind="wallet_released").count() == 1
        assert mine(order) == (WALLET, 0)

    def test_what_is_asked_was_written_in_the_transaction_that_ended_it(self, order):
        expire(order)
        assert asked(order).done_at is None
        assert not released(order)


class TestNoAnswer:
    def test_an_unanswered_question_releases_nothing_and_is_asked_again(
        self, order, razorpay_simulator
    ):
        expire(order)
        razorpay_simulator.faults("api.500", path="/payments")
        with pytest.raises(gateway.Unknown):
            outbox.attempt(asked(order).pk)
        assert (asked(order).done_at, mine(order)) == (None, (0, WALLET))
        assert outbox.attempt(asked(order).pk)
        assert mine(order) == (WALLET, 0)

    def test_after_minutes_of_silence_r5_goes_on_alone(self, order, razorpay_simulator):
        expire(order)
        for _ in range(3):
            razorpay_simulator.faults("api.500", path="/payments")
        with clock.at(clock.now() + holds.LEFT_TO_R5):
            assert outbox.attempt(asked(order).pk)
        assert asked(order).done_at is not None
        for _ in range(2):
            assert r5.reconcile().mended == 0
            assert mine(order) == (0, WALLET)
        assert r5.reconcile().mended == 1
        assert mine(order) == (WALLET, 0)

    def test_a_payment_that_may_still_be_captured_keeps_the_hold(
        self, order, razorpay_simulator, drain
    ):
        expire(order)
        razorpay_simulator.pay(order.razorpay_order_id, "authorize")
        drain()
        assert r5.reconcile().mended == 0
        assert mine(order) == (0, WALLET)


class TestAnOrderThatWasNeverOpened:
    """The call that opens it was not made, or nobody knows what became of it."""

    @pytest.fixture
    def order(self, family, razorpay_simulator):
        return orders.create(
            purpose="session",
            purpose_id=factories.uuid7(),
            payer=family,
            amount_paise=PRICE,
            expires_at=clock.now() + timedelta(hours=1),
            description="Maths, 1 h",
            method="mixed",
        )

    def lose_the_answer(self, order, simulator):
        simulator.faults("api.lost", path="/orders")
        with pytest.raises(orders.GatewayAway):
            orders.open_at_gateway(order)

    def test_it_is_looked_for_by_its_receipt_and_not_there(self, order, drain):
        expire(order)
        drain()
        order.refresh_from_db()
        assert (order.razorpay_order_id, mine(order)) == (None, (WALLET, 0))

    def test_it_is_there_and_unpaid(self, order, razorpay_simulator, drain):
        self.lose_the_answer(order, razorpay_simulator)
        expire(order)
        drain()
        order.refresh_from_db()
        assert (order.status, mine(order)) == ("EXPIRED", (WALLET, 0))
        assert order.razorpay_order_id

    def test_it_is_there_and_paid(self, order, razorpay_simulator, drain):
        self.lose_the_answer(order, razorpay_simulator)
        expire(order)
        entity = gateway.client().find_order_by_receipt(order.receipt)
        razorpay_simulator.pay(entity["id"])
        drain()
        assert (status_of(order), mine(order)) == ("PAID_LATE", (0, WALLET))

    def test_one_that_has_ended_is_not_opened_any_more(self, order):
        expire(order)
        assert orders.open_at_gateway(order).razorpay_order_id is None
        assert gateway.client().find_order_by_receipt(order.receipt) is None


class TestScenario19TheHoldOfAnEndedOrderAndMoneyThatComesAllTheSame:
    def test_paid_before_we_asked_and_the_class_is_free(self, order, razorpay_simulator, drain):
        """Kind 5b in two steps: the money is set aside, then used together with the hold."""
        razorpay_simulator.pay(order.razorpay_order_id)
        expire(order)
        drain()
        payment = order.payments.get()
        assert (status_of(order), payment.place, mine(order)) == (
            *("PAID_LATE", "unapplied"),
            (0, WALLET),
        )
        late_money.use(order)
        assert legs(f"order:{order.pk}:apply_late") == {
            ("unapplied", str(payment.pk)): 70_000,
            ("wallet_hold", str(order.pk)): 30_000,
            ("session_escrow", str(order.purpose_id)): -PRICE,
        }
        assert (mine(order), whole(order), released(order)) == ((0, 0), PRICE, False)

    def test_paid_before_we_asked_and_the_class_is_gone(self, order, razorpay_simulator, drain):
        razorpay_simulator.pay(order.razorpay_order_id)
        expire(order)
        drain()
        late_money.send_back(order)
        assert Refund.objects.get().amount_paise == 70_000
        assert (mine(order), whole(order)) == ((WALLET, 0), PRICE)
        late_money.send_back(order)
        assert whole(order) == PRICE

    def test_the_hold_waits_while_late_money_does(self, order):
        expire(order)
        pay(order)
        with pytest.raises(wallets.HoldInUse):
            wallets.release_hold(order)
        assert mine(order) == (0, WALLET)

    def test_late_money_sent_back_by_a_person_sets_the_hold_free(self, order, finance):
        expire(order)
        refund_decisions.return_set_aside(pay(order), by=finance)
        assert r5.reconcile().mended == 1
        assert (mine(order), whole(order)) == ((WALLET, 0), PRICE)

    def test_money_of_another_amount_pays_for_nothing_and_keeps_no_hold(self, order):
        expire(order)
        captures.apply_capture(
            "pay_x", fetched={**factories.payment_entity(order), "id": "pay_x", "amount": 69_999}
        )
        wallets.release_hold(order)
        assert mine(order) == (WALLET, 0)

    def test_a_capture_after_the_release_takes_the_wallets_part_again(self, order, drain):
        expire(order)
        drain()
        payment = pay(order)
        late_money.use(order)
        assert legs(f"order:{order.pk}:apply_late") == {
            ("unapplied", str(payment.pk)): 70_000,
            ("student_wallet", str(order.payer_id)): 30_000,
            ("session_escrow", str(order.purpose_id)): -PRICE,
        }
        order.refresh_from_db()
        assert (order.status, order.hold, whole(order)) == ("PAID_LATE", "used", PRICE)

    def test_a_capture_after_the_release_goes_back_when_the_wallet_was_spent(self, order, drain):
        expire(order)
        drain()
        make_order(payer=order.payer, method="wallet", amount_paise=20_000)
        pay(order)
        with pytest.raises(late_money.WalletSpent):
            late_money.use(order)
        assert late_money.send_back(order).amount_paise == 70_000
        assert (mine(order), whole(order)) == ((10_000, 0), 80_000)


@pytest.mark.scenario(20)
def test_scenario_20_a_failed_mixed_payment_restores_the_wallet_once(
    order, razorpay_simulator, client, drain
):
    """The gateway fails, and the job of the expiry and R5 run twice."""
    razorpay_simulator.pay(order.razorpay_order_id, "fail")
    razorpay_simulator.deliver(client)
    drain()
    assert (Payment.objects.get(order=order).status, mine(order)) == ("failed", (0, WALLET))
    for _ in range(2):
        with clock.at(order.expires_at + timedelta(minutes=1)):
            expire(order)
            drain()
            holds.settle(order.pk)
            r5.reconcile()
    assert mine(order) == (WALLET, 0)
    assert LedgerTxn.objects.filter(kind="wallet_released").count() == 1


class TestAnotherWayToPay:
    def replaced(self, order, method) -> PaymentOrder:
        unpaid = holds.found_unpaid(
            purpose="session", purpose_id=order.purpose_id, payer=order.payer, method=method
        )
        return orders.change_method(order, method=method, by=order.payer, unpaid=unpaid)

    def test_what_the_first_order_held_can_pay_for_the_second(self, order, family):
        fund_wallet(family, 70_000)
        paid = self.replaced(order, "wallet")
        assert (paid.status, status_of(order), mine(order)) == ("PAID", "EXPIRED", (0, 0))

    def test_without_an_answer_it_comes_back_later(self, order, razorpay_simulator, drain):
        razorpay_simulator.faults("api.500", path="/payments")
        plain = self.replaced(order, "razorpay")
        assert (plain.amount_paise, mine(order)) == (PRICE, (0, WALLET))
        drain()
        assert mine(order) == (WALLET, 0)

    def test_whoever_has_paid_already_is_not_asked_again(self, order, razorpay_simulator):
        razorpay_simulator.pay(order.razorpay_order_id)
        assert self.replaced(order, "razorpay") == order
        assert (status_of(order), in_escrow(order)) == ("PAID", PRICE)

    def test_the_same_way_asks_nobody(self, order, razorpay_simulator):
        razorpay_simulator.faults("api.500", path="/payments")
        terms = {"purpose": "session", "purpose_id": order.purpose_id, "payer": order.payer}
        assert holds.found_unpaid(**terms, method="mixed") is None
        assert holds.found_unpaid(**terms, method="razorpay") is None
        assert holds.found_unpaid(**terms, method="razorpay") == order
