"""Scenarios 13 and 19, and the wallet against itself: each with its negative control.

`meet` makes both sides arrive between looking and writing: with the lock only one of them gets
there, without it both do.
"""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet

from accounts.tests.factories import FamilyUserFactory, StaffFactory
from payments.models import OrderRefund, PaymentOrder, Refund
from payments.services import (
    captures,
    late_money,
    ledger,
    orders,
    refund_decisions,
    refunds,
    wallets,
)
from payments.tests import factories
from payments.tests.paying import in_escrow
from tutorhub.core import clock
from tutorhub.core.tests.threads import Meeting, run_together

pytestmark = pytest.mark.django_db(transaction=True)

PRICE = 100_000


@pytest.fixture
def meet(monkeypatch) -> Callable[..., list[bool]]:
    """Make two callers of the named functions wait for each other, a second at most."""

    def patch(*functions: tuple[Any, str]) -> list[bool]:
        barrier, met = threading.Barrier(2), []

        def slowed(real: Callable[..., Any]) -> Callable[..., Any]:
            def slow(*args: Any, **kwargs: Any) -> Any:
                result = real(*args, **kwargs)
                try:
                    barrier.wait(1)
                    met.append(True)
                except threading.BrokenBarrierError:
                    met.append(False)
                return result

            return slow

        for module, name in functions:
            monkeypatch.setattr(module, name, slowed(getattr(module, name)))
        return met

    return patch


@pytest.fixture
def no_locks(monkeypatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)


def paid_order() -> PaymentOrder:
    order = factories.make_order()
    factories.pay(order)
    order.refresh_from_db()
    return order


@pytest.mark.scenario(13)
class TestScenario13TwoAdminsRefundSixtyPercent:
    def refund_twice(self, order):
        staff = [StaffFactory(group="finance") for _ in range(2)]
        return run_together(
            2, lambda n: refund_decisions.decide(order, by=staff[n], amount_paise=60_000)
        )

    def test_one_wins_and_the_other_is_a_conflict(self, meet):
        met = meet((refunds, "allocate"))
        order = paid_order()
        results = self.refund_twice(order)
        refused = [result for result in results if isinstance(result, refunds.RefundTooLarge)]
        assert len(refused) == 1, results
        assert OrderRefund.objects.get().amount_paise == 60_000
        assert Refund.objects.get().amount_paise == 60_000
        assert in_escrow(order) == 40_000
        assert True not in met

    def test_control_without_the_lock_both_get_past_the_check(self, meet, no_locks):
        """Then only the account that cannot go below zero is left to stop the second."""
        met = meet((refunds, "allocate"))
        order = paid_order()
        results = self.refund_twice(order)
        assert met[:2] == [True, True]
        assert not any(isinstance(result, refunds.RefundTooLarge) for result in results)
        assert in_escrow(order) == 40_000


def total_of(family: Any, order: PaymentOrder) -> int:
    """Everything the family has put in, wherever it is now."""
    payment = order.payments.first()
    refunds_of = Refund.objects.filter(payment__order=order)
    return (
        wallets.balance(family).total_paise
        + ledger.balance("wallet_hold", order.pk)
        + in_escrow(order)
        + (ledger.balance("unapplied", payment.pk) if payment else 0)
        + sum(ledger.balance("refund_payable", refund.pk) for refund in refunds_of)
    )


@pytest.mark.scenario(19)
class TestScenario19TheHoldExpiresWhileTheCaptureArrives:
    LOOKS = ((captures, "_mismatch"), (wallets, "_check_over"))
    """Where each side has read the order and written nothing of it yet."""

    def mixed(self):
        family = FamilyUserFactory()
        factories.fund_wallet(family, 30_000)
        return family, factories.make_order(payer=family, method="mixed")

    def race(self, order):
        entity = factories.payment_entity(order)

        def work(number):
            if number % 2:
                with clock.at(order.expires_at):
                    return wallets.release_hold(order)
            return captures.apply_capture(entity["id"], fetched=dict(entity))

        return run_together(4, work)

    def test_consumed_or_released_and_unapplied(self, razorpay_simulator):
        outcomes = set()
        for _ in range(6):
            family, order = self.mixed()
            results = self.race(order)
            assert not [result for result in results if isinstance(result, Exception)], results
            order.refresh_from_db()
            payment = order.payments.get()
            outcomes.add(order.hold)
            if order.hold == "used":
                assert (order.status, payment.place) == ("PAID", "purpose")
                assert (in_escrow(order), wallets.balance(family)) == (PRICE, (0, 0))
            else:
                assert (order.status, payment.place) == ("PAID_LATE", "unapplied")
                assert (in_escrow(order), wallets.balance(family)) == (0, (30_000, 0))
                late_money.send_back(order)
                assert ledger.balance("unapplied", payment.pk) == 0
            assert ledger.balance("wallet_hold", order.pk) == 0
            assert total_of(family, order) == PRICE
        assert outcomes <= {"used", "released"}

    def test_control_without_the_lock_both_reach_for_the_hold(self, meet, no_locks):
        """Both read that it is held; what the database itself refuses stops the second."""
        _family, order = self.mixed()
        met = meet(*self.LOOKS)
        entity = factories.payment_entity(order)

        def work(number):
            if number:
                with clock.at(order.expires_at):
                    return wallets.release_hold(order)
            return captures.apply_capture(entity["id"], fetched=dict(entity))

        results = run_together(2, work)
        assert met[:2] == [True, True]
        stopped = (ledger.Overdraft, IntegrityError)
        assert len([result for result in results if isinstance(result, stopped)]) == 1, results
        assert ledger.balance("wallet_hold", order.pk) == 0

    def test_with_the_lock_they_never_meet(self, meet):
        family, order = self.mixed()
        met = meet(*self.LOOKS)
        self.race(order)
        assert True not in met
        assert total_of(family, order) == PRICE


class TestScenario19LateMoneyArrivesWhileTheHoldIsReleased:
    """Razorpay has said that nothing was paid, and just then something is."""

    def race(self, monkeypatch) -> tuple[PaymentOrder, list[Any], list[bool]]:
        """The release waits, a second at most, where it has read the order and written nothing."""
        family = FamilyUserFactory()
        factories.fund_wallet(family, 30_000)
        order = factories.make_order(payer=family, method="mixed")
        orders.expire_for(purpose="session", purpose_id=order.purpose_id)
        entity = factories.payment_entity(order)
        has_looked, has_paid, overtaken = threading.Event(), threading.Event(), []
        look = wallets._check_over

        def slow_look(locked: PaymentOrder) -> None:
            look(locked)
            has_looked.set()
            overtaken.append(has_paid.wait(1))

        def work(number: int) -> Any:
            if not number:
                return wallets.release_hold(order)
            has_looked.wait(5)
            captures.apply_capture(entity["id"], fetched=entity)
            applied = late_money.use(order)
            has_paid.set()
            return applied

        monkeypatch.setattr(wallets, "_check_over", slow_look)
        return order, run_together(2, work), overtaken

    def test_the_money_waits_and_then_takes_the_wallets_part_again(self, monkeypatch):
        order, results, overtaken = self.race(monkeypatch)
        assert not [result for result in results if isinstance(result, Exception)], results
        assert overtaken == [False]
        order.refresh_from_db()
        assert (order.status, order.hold, in_escrow(order)) == ("PAID_LATE", "used", PRICE)
        assert (wallets.balance(order.payer), total_of(order.payer, order)) == ((0, 0), PRICE)

    def test_control_without_the_lock_both_spend_the_hold(self, monkeypatch, no_locks):
        """Then only the account that cannot go below zero is left to stop the second."""
        order, results, overtaken = self.race(monkeypatch)
        assert overtaken == [True]
        assert isinstance(results[0], ledger.Overdraft), results
        assert total_of(order.payer, order) == PRICE


class TestAnOrderThatWasLeftAloneIsPaidAsItEnds:
    """The other guardian wants to pay, Razorpay says that nothing was paid, and just then is."""

    def race(self, monkeypatch) -> tuple[PaymentOrder, list[Any], Meeting]:
        """The end stops where it has read the order and written nothing."""
        family = FamilyUserFactory()
        factories.fund_wallet(family, 30_000)
        order = factories.make_order(payer=family, method="mixed")
        entity, meeting, replace = factories.payment_entity(order), Meeting(), orders._replace

        def slow_replace(order: PaymentOrder, *, is_unpaid: bool) -> None:
            meeting.stop()
            replace(order, is_unpaid=is_unpaid)

        def pay() -> Any:
            return captures.apply_capture(entity["id"], fetched=dict(entity))

        monkeypatch.setattr(orders, "_replace", slow_replace)
        work = (lambda: orders.end_left(order), lambda: meeting.then(pay))
        return order, run_together(2, lambda n: work[n]()), meeting

    def test_the_money_waits_and_is_late(self, monkeypatch):
        order, results, meeting = self.race(monkeypatch)
        assert (meeting.did_wait, results[0]) == (True, True), results
        order.refresh_from_db()
        assert (order.status, order.hold) == ("PAID_LATE", "released")
        assert (wallets.balance(order.payer), in_escrow(order)) == ((30_000, 0), 0)
        assert total_of(order.payer, order) == PRICE

    def test_paid_first_it_does_not_make_way(self):
        family = FamilyUserFactory()
        factories.fund_wallet(family, 30_000)
        order = factories.make_order(payer=family, method="mixed")
        factories.pay(order)
        assert not orders.end_left(order)
        order.refresh_from_db()
        assert (order.status, order.hold, in_escrow(order)) == ("PAID", "used", PRICE)

    def test_control_without_the_lock_both_reach_for_the_hold(self, monkeypatch, no_locks):
        """Then only the account that cannot go below zero is left to stop the end."""
        order, results, meeting = self.race(monkeypatch)
        assert meeting.did_wait is False
        assert isinstance(results[0], ledger.Overdraft), results
        assert total_of(order.payer, order) == PRICE


class TestTheWalletAgainstItself:
    def test_two_classes_from_one_balance(self, razorpay_simulator):
        """The balance pays one of them; the account's own check decides which."""
        family = FamilyUserFactory()
        factories.fund_wallet(family, 150_000)
        results = run_together(6, lambda n: factories.make_order(payer=family, method="wallet"))
        paid = [result for result in results if isinstance(result, PaymentOrder)]
        refused = [
            result
            for result in results
            if isinstance(result, ledger.Overdraft | wallets.WalletShort)
        ]
        assert (len(paid), len(refused)) == (1, 5), results
        assert wallets.balance(family) == (50_000, 0)
        assert not PaymentOrder.objects.live().exists()

    def test_a_failed_refund_is_credited_once(self, razorpay_simulator):
        order = paid_order()
        refund = orders.return_paid(order).gateway_refund
        Refund.objects.filter(pk=refund.pk).update(status="FAILED")
        results = run_together(6, lambda n: refund_decisions.to_wallet(refund, by=order.payer))
        assert len([result for result in results if isinstance(result, Refund)]) == 1, results
        assert wallets.balance(order.payer) == (PRICE, 0)

    def test_changing_the_method_from_six_tabs(self, razorpay_simulator):
        family = FamilyUserFactory()
        factories.fund_wallet(family, 250_000)
        order = factories.make_order(payer=family)
        results = run_together(6, lambda n: orders.change_method(order, method="wallet", by=family))
        assert len({result.pk for result in results}) == 1, results
        assert wallets.balance(family) == (150_000, 0)
