"""Chargebacks: where the money is, times how it ends."""

import threading
import time
from datetime import timedelta

import pytest
from django.db.models import QuerySet, Sum

from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from notifications.models import Message
from payments.models import (
    CreditLot,
    Earning,
    EarningFreeze,
    GatewayDispute,
    LedgerEntry,
    LedgerTxn,
    Payment,
    YearlyGross,
)
from payments.services import (
    credits,
    disputes,
    earnings,
    freezes,
    ledger,
    orders,
    payouts,
    refund_decisions,
    refunds,
    wallets,
)
from payments.services.ledger import credit, debit
from payments.tests import factories
from payments.tests.paying import in_escrow
from tutorhub.core import clock
from tutorhub.core.ids import uuid7
from tutorhub.core.tests.threads import run_together

pytestmark = pytest.mark.django_db


def entity(payment: Payment, status: str = "open", **values) -> dict:
    """A dispute as Razorpay answers it."""
    amount = values.get("amount", payment.amount_paise)
    return {
        "id": factories.rzp_id("disp"),
        "entity": "dispute",
        "payment_id": payment.razorpay_payment_id,
        "amount": amount,
        "currency": "INR",
        "amount_deducted": amount if status == "lost" else 0,
        "reason_code": "services_not_received",
        "respond_by": int(clock.now().timestamp()) + 7 * 86400,
        "status": status,
        "phase": "chargeback",
        **values,
    }


def dispute_of(payment, **values) -> dict:
    """A dispute that was opened and applied."""
    opened_ = entity(payment, **values)
    disputes.apply(opened_)
    return opened_


def end(opened_: dict, status: str, deducted: int | None = None) -> GatewayDispute:
    deducted = opened_["amount"] if deducted is None else deducted
    disputes.apply(
        {**opened_, "status": status, "amount_deducted": deducted if status == "lost" else 0}
    )
    return GatewayDispute.objects.get(razorpay_dispute_id=opened_["id"])


def assert_adds_up() -> None:
    """Trial balance: the rupees of all accounts together are nothing."""
    sums = LedgerEntry.objects.filter(unit="INR").aggregate(d=Sum("debit"), c=Sum("credit"))
    assert sums["d"] == sums["c"]


@pytest.fixture
def tutor():
    tutor = TutorUserFactory()
    factories.make_method(tutor)
    return tutor


@pytest.fixture
def family():
    return FamilyUserFactory()


def topped_up(family) -> Payment:
    """The payment of a top-up."""
    order = orders.start_topup(amount_paise=100_000, by=family)
    return factories.pay(factories.open_order(order))


def of_family(family) -> tuple:
    """What is in the wallet, and what is owed."""
    return (wallets.balance(family).cash_paise, ledger.balance("student_receivable", family.pk))


def payment_of(session_id) -> Payment:
    return Payment.objects.get(order__purpose_id=session_id, place=Payment.Place.PURPOSE)


def class_in(place: str, tutor) -> tuple:
    """A class of 1,000 rupees whose money is at `place`; the class and its payment."""
    if place == "escrow":
        order = factories.make_order()
        factories.pay(order)
        return order.purpose_id, payment_of(order.purpose_id)
    session = factories.earn(tutor, is_released=place != "held")
    if place == "paid_out":
        spend(tutor, 82_300)
    return session, payment_of(session)


def spend(tutor, paise) -> None:
    """Earnings that left, as a payout would take them."""
    ledger.post(
        kind="payout_requested",
        key=f"payout:{uuid7()}:request",
        legs=[debit("tutor_earnings", paise, tutor.pk), credit("payout_pending", paise, uuid7())],
    )


def of_tutor(tutor) -> dict:
    codes = {"held": "tutor_held", "available": "tutor_earnings", "owed": "tutor_receivable"}
    return {name: ledger.balance(code, tutor.pk) for name, code in codes.items()}


# Where the money of the class is -> what a loss of everything, and of 40,000, takes from whom.
# The tutor's part of 100,000 is 82,300, of 40,000 it is 32,920.
MATRIX = {
    "escrow": [{"escrow": 100_000}, {"escrow": 40_000}],
    "held": [{"held": 82_300}, {"held": 32_920}],
    "released": [{"available": 82_300}, {"available": 32_920}],
    "paid_out": [{"owed": 82_300}, {"owed": 32_920}],
}


@pytest.mark.parametrize("place", MATRIX)
class TestMatrix:
    def test_created_freezes_without_an_entry_of_cash(self, place, tutor):
        session, payment = class_in(place, tutor)
        clearing = ledger.balance("rzp_clearing")
        before = of_tutor(tutor)
        dispute_of(payment)
        assert disputes.is_frozen(purpose="session", purpose_id=session)
        assert ledger.balance("rzp_clearing") == clearing
        moved = before["available"] if place == "released" else 0
        assert of_tutor(tutor) == {
            **before,
            "held": before["held"] + moved,
            "available": before["available"] - moved,
        }

    @pytest.mark.parametrize("status", ["won", "closed"])
    def test_won_and_closed_put_everything_back(self, place, status, tutor):
        session, payment = class_in(place, tutor)
        before, clearing = of_tutor(tutor), ledger.balance("rzp_clearing")
        dispute = end(dispute_of(payment), status)
        assert (dispute.status, dispute.deducted_paise) == (status, 0)
        assert not disputes.is_frozen(purpose="session", purpose_id=session)
        assert of_tutor(tutor) == before
        assert ledger.balance("rzp_clearing") == clearing
        assert Earning.objects.filter(frozen_paise__gt=0).count() == 0

    @pytest.mark.parametrize("is_partial", [False, True])
    def test_lost_takes_it_from_whoever_has_it(self, place, is_partial, tutor):
        session, payment = class_in(place, tutor)
        before, clearing = of_tutor(tutor), ledger.balance("rzp_clearing")
        deducted = 40_000 if is_partial else 100_000
        dispute = end(dispute_of(payment), "lost", deducted)
        assert dispute.deducted_paise == deducted
        assert clearing - ledger.balance("rzp_clearing") == deducted
        taken = dict(MATRIX[place][is_partial])
        in_escrow = taken.pop("escrow", 0)
        assert dispute.escrow_paise == in_escrow
        assert dispute.loss_paise == 0
        assert (
            ledger.balance("session_escrow", session) == (100_000 if in_escrow else 0) - in_escrow
        )
        signs = {"held": -1, "available": -1, "owed": 1}
        assert of_tutor(tutor) == {
            name: paise + signs[name] * taken.get(name, 0) for name, paise in before.items()
        }
        assert not disputes.is_frozen(purpose="session", purpose_id=session)
        assert_adds_up()

    def test_the_same_news_again_changes_nothing(self, place, tutor):
        _session, payment = class_in(place, tutor)
        opened_ = dispute_of(payment)
        end(opened_, "lost")
        before, count = of_tutor(tutor), LedgerTxn.objects.count()
        end(opened_, "lost")
        disputes.apply(opened_)
        disputes.apply({**opened_, "status": "won"})
        assert (of_tutor(tutor), LedgerTxn.objects.count()) == (before, count)
        assert GatewayDispute.objects.get().status == "lost"


class TestLegs:
    def test_a_chargeback_of_a_released_class_is_kind_15_and_then_16(self, tutor):
        YearlyGross.objects.create(tutor=tutor, year=2026, gross_paise=5_00_000_00)
        session, payment = class_in("released", tutor)
        dispute = end(dispute_of(payment), "lost")
        assert legs_of(f"booking:{session}:reverse") == {
            ("tutor_held", 82_200, 0),
            ("commission_session", 15_000, 0),
            ("gst_output_cgst", 1_350, 0),
            ("gst_output_sgst", 1_350, 0),
            ("tds_payable", 100, 0),
            ("session_escrow", 0, 100_000),
        }
        assert legs_of(f"rzp:dispute:{dispute.razorpay_dispute_id}:lost") == {
            ("session_escrow", 100_000, 0),
            ("rzp_clearing", 0, 100_000),
        }
        reversal = LedgerTxn.objects.get(idem_key=f"booking:{session}:reverse")
        assert reversal.reverses.idem_key == f"booking:{session}:complete"

    def test_what_was_refunded_before_is_our_loss(self):
        order = factories.make_order()
        factories.pay(order)
        payment = payment_of(order.purpose_id)
        orders.return_paid(order)
        dispute = end(dispute_of(payment), "lost")
        assert dispute.loss_paise == 100_000
        assert ledger.balance("chargeback_loss") == 100_000

    @pytest.mark.parametrize(("deducted", "owed"), [(100_000, 0), (60_000, 40_000)])
    def test_a_refund_on_its_way_that_then_fails_is_not_owed_as_well(self, family, deducted, owed):
        order = factories.make_order(payer=family)
        payment = factories.pay(order)
        refund = orders.return_paid(order).gateway_refund
        refunds.record(refund, {"id": "rfnd_1", "status": "pending"})
        dispute = end(dispute_of(payment), "lost", deducted)
        assert dispute.loss_paise == deducted
        refund.refresh_from_db()
        refunds.record(refund, {"id": "rfnd_1", "status": "failed"})
        dispute.refresh_from_db()
        assert (dispute.loss_paise, ledger.balance("chargeback_loss")) == (0, 0)
        assert ledger.balance("refund_payable", refund.pk) == owed
        assert Message.objects.filter(template="refund_failed").exists() == bool(owed)
        if owed:
            refund_decisions.to_wallet(refund, by=family)
            assert of_family(family) == (owed, 0)
        else:
            with pytest.raises(refunds.NothingToRefund):
                refund_decisions.to_wallet(refund, by=family)
        assert_adds_up()

    def test_a_class_to_come_that_was_half_refunded(self):
        order = factories.make_order()
        factories.pay(order)
        ledger.post(
            kind="refund_initiated",
            key="refund:half:initiate",
            legs=[
                debit("session_escrow", 50_000, order.purpose_id),
                credit("refund_payable", 50_000, uuid7()),
            ],
        )
        dispute = end(dispute_of(payment_of(order.purpose_id)), "lost", 60_000)
        assert (dispute.escrow_paise, dispute.loss_paise) == (50_000, 10_000)
        assert ledger.balance("session_escrow", order.purpose_id) == 0

    def test_a_class_half_of_whose_earning_was_reversed_before(self, tutor):
        session, payment = class_in("held", tutor)
        earnings.reverse(session_id=session, gross_paise=50_000, cause="dispute:1")
        give_back(session, 50_000)
        dispute = end(dispute_of(payment), "lost", 70_000)
        assert (dispute.escrow_paise, dispute.loss_paise) == (0, 20_000)
        assert of_tutor(tutor) == {"held": 0, "available": 0, "owed": 0}
        assert Earning.objects.get().status == "REVERSED"

    def test_a_top_up_comes_out_of_the_wallet_and_is_owed_beyond_it(self, family):
        payment = topped_up(family)
        factories.make_order(payer=family, amount_paise=70_000, method="wallet")
        dispute = end(dispute_of(payment), "lost")
        assert (dispute.payer_paise, dispute.loss_paise) == (100_000, 0)
        assert of_family(family) == (0, 70_000)
        assert_adds_up()

    def test_a_refund_into_the_wallet_comes_out_of_it_again(self, family):
        order = factories.make_order(payer=family)
        payment = factories.pay(order)
        refunds.refund_order(order, amount_paise=60_000, to_wallet=True, reason="test")
        factories.make_order(payer=family, amount_paise=50_000, method="wallet")
        dispute = end(dispute_of(payment), "lost")
        assert (dispute.escrow_paise, dispute.payer_paise, dispute.loss_paise) == (
            40_000,
            60_000,
            0,
        )
        assert of_family(family) == (0, 50_000)

    @pytest.mark.parametrize("is_credited", [False, True])
    def test_a_refund_that_could_not_be_sent(self, family, is_credited):
        order = factories.make_order(payer=family)
        payment = factories.pay(order)
        refund = orders.return_paid(order).gateway_refund
        refund.move_to("FAILED", closed_at=clock.now())
        if is_credited:
            refund_decisions.to_wallet(refund, by=family)
        dispute = end(dispute_of(payment), "lost")
        assert dispute.loss_paise == 0
        assert dispute.payer_paise == (100_000 if is_credited else 0)
        assert ledger.balance("refund_payable", refund.pk) == 0
        assert of_family(family) == (0, 0)
        if not is_credited:
            with pytest.raises(refunds.NothingToRefund):
                refund_decisions.to_wallet(refund, by=family)

    @pytest.mark.parametrize("way", ["top-up", "refund", "hold", "credit"])
    def test_what_a_family_owes_is_paid_by_what_comes_in(self, family, way):
        waiting = None
        if way == "hold":
            factories.fund_wallet(family, 30_000)
            waiting = factories.make_order(payer=family, amount_paise=90_000, method="mixed")
        payment = topped_up(family)
        spent = factories.make_order(payer=family, amount_paise=100_000, method="wallet")
        end(dispute_of(payment), "lost")
        assert of_family(family) == (0, 100_000)
        if way == "top-up":
            factories.fund_wallet(family, 30_000)
        elif way == "refund":
            refunds.refund_order(spent, amount_paise=30_000, reason="test")
        elif way == "hold":
            orders.cancel_for(purpose="session", purpose_id=waiting.purpose_id)
            wallets.release_hold(waiting)
        else:
            order = factories.make_order(payer=family, amount_paise=30_000)
            factories.pay(order)
            refund = orders.return_paid(order).gateway_refund
            refund.move_to("FAILED", closed_at=clock.now())
            refund_decisions.to_wallet(refund, by=family)
        assert of_family(family) == (0, 70_000)
        factories.fund_wallet(family, 80_000)
        assert of_family(family) == (10_000, 0)

    def test_a_mixed_payment_loses_only_what_razorpay_collected(self, family):
        factories.fund_wallet(family, 30_000)
        order = factories.make_order(payer=family, method="mixed")
        payment = factories.pay(order)
        end(dispute_of(payment), "lost")
        assert in_escrow(order) == 30_000
        orders.return_paid(order)
        assert in_escrow(order) == 0
        assert of_family(family) == (30_000, 0)

    def test_money_that_was_set_aside(self):
        order = factories.make_order()
        payment = factories.pay(order, amount=90_000)
        assert payment.place == Payment.Place.UNAPPLIED
        dispute = dispute_of(payment)
        assert not disputes.is_frozen(purpose="session", purpose_id=order.purpose_id)
        dispute = end(dispute, "lost", 60_000)
        assert dispute.loss_paise == 0
        assert ledger.balance("unapplied", payment.pk) == 30_000

    def test_what_the_bank_gave_back_cannot_be_refunded_too(self, finance):
        order = factories.make_order()
        payment = factories.pay(order, amount=90_000)
        end(dispute_of(payment), "lost")
        with pytest.raises(refunds.NothingToRefund):
            refund_decisions.return_set_aside(payment, by=finance)


class TestCreditPacks:
    """A pack of 10 credits for 499.00 and 89.82 of tax."""

    @pytest.fixture
    def pack(self, tutor):
        return factories.pay(factories.make_topup(tutor))

    def test_unused_credits_are_taken_back(self, pack, tutor):
        dispute = end(dispute_of(pack), "lost")
        lot = CreditLot.objects.get()
        assert (lot.left, lot.returned, lot.returned_paise) == (0, 10, 49_900)
        assert dispute.loss_paise == 0
        assert credits.balance(tutor) == 0
        assert ledger.balance("lead_deferred", tutor.pk) == 0
        assert ledger.balance("gst_output_cgst") == ledger.balance("gst_output_sgst") == 0

    def test_used_ones_are_our_loss(self, pack, tutor):
        for _ in range(4):
            credits.claim(tutor=tutor, lead_id=uuid7())
        dispute = end(dispute_of(pack), "lost")
        assert CreditLot.objects.get().returned == 6
        assert credits.balance(tutor) == 0
        assert ledger.balance("lead_deferred", tutor.pk) == 0
        assert dispute.loss_paise == 58_882 - 6 * 4_990 - 2 * (4_491 * 6 // 10)
        assert ledger.balance("chargeback_loss") == dispute.loss_paise

    def test_part_of_the_price_takes_part_of_the_credits(self, pack, tutor):
        dispute = end(dispute_of(pack), "lost", 20_000)
        assert credits.balance(tutor) == 7
        assert dispute.loss_paise == 20_000 - 3 * 4_990 - 2 * (4_491 * 3 // 10)
        for _ in range(7):
            credits.claim(tutor=tutor, lead_id=uuid7())
        assert ledger.balance("lead_deferred", tutor.pk) == 0
        with pytest.raises(credits.OutOfCredits):
            credits.claim(tutor=tutor, lead_id=uuid7())


class TestLaterOn:
    def test_a_won_chargeback_comes_back_as_pre_arbitration(self, tutor):
        session, payment = class_in("released", tutor)
        end(dispute_of(payment), "won")
        again = dispute_of(payment, phase="pre_arbitration")
        assert of_tutor(tutor) == {"held": 82_300, "available": 0, "owed": 0}
        dispute = end(again, "lost")
        assert dispute.phase == "pre_arbitration"
        assert of_tutor(tutor) == {"held": 0, "available": 0, "owed": 0}
        assert GatewayDispute.objects.count() == 2
        assert not disputes.is_frozen(purpose="session", purpose_id=session)

    def test_the_class_waits_for_the_last_of_two(self, tutor):
        session, payment = class_in("released", tutor)
        freezes.freeze(session_id=session, cause="dispute:our-own")
        chargeback = dispute_of(payment)
        end(chargeback, "won")
        assert freezes.is_frozen(session)
        assert of_tutor(tutor)["held"] == 82_300
        assert freezes.lift(cause="dispute:our-own")
        assert of_tutor(tutor) == {"held": 0, "available": 82_300, "owed": 0}

    def test_held_money_of_other_classes_is_not_touched(self, tutor):
        _session, payment = class_in("paid_out", tutor)
        other = factories.earn(tutor, is_released=False)
        end(dispute_of(payment), "lost")
        assert of_tutor(tutor) == {"held": 82_300, "available": 0, "owed": 82_300}
        earnings.release(session_id=other, tutor=tutor)
        assert of_tutor(tutor) == {"held": 0, "available": 0, "owed": 0}

    def test_a_frozen_class_is_not_released(self, tutor):
        session, payment = class_in("held", tutor)
        chargeback = dispute_of(payment)
        with pytest.raises(earnings.Frozen):
            earnings.release(session_id=session, tutor=tutor)
        end(chargeback, "won")
        earnings.release(session_id=session, tutor=tutor)
        assert of_tutor(tutor) == {"held": 0, "available": 82_300, "owed": 0}

    def test_a_part_that_was_lost_is_not_released(self, tutor):
        session, payment = class_in("held", tutor)
        end(dispute_of(payment), "lost", 40_000)
        earnings.release(session_id=session, tutor=tutor)
        assert of_tutor(tutor) == {"held": 0, "available": 82_300 - 32_920, "owed": 0}

    def test_what_was_lost_from_escrow_is_not_earned(self, tutor):
        order = factories.make_order()
        end(dispute_of(factories.pay(order)), "lost", 40_000)
        parts = earnings.recognise(
            session_id=order.purpose_id,
            tutor=tutor,
            tutor_state="Karnataka",
            gross_paise=100_000,
            commission_bps=1500,
        )
        assert parts.gross == 60_000
        assert ledger.balance("session_escrow", order.purpose_id) == 0

    def test_nothing_is_earned_of_nothing(self, tutor):
        order = factories.make_order()
        end(dispute_of(factories.pay(order)), "lost")
        earnings.recognise(
            session_id=order.purpose_id,
            tutor=tutor,
            tutor_state="Karnataka",
            gross_paise=100_000,
            commission_bps=1500,
        )
        earnings.release(session_id=order.purpose_id, tutor=tutor)
        assert of_tutor(tutor) == {"held": 0, "available": 0, "owed": 0}

    def test_a_loss_without_a_deduction_only_thaws(self, tutor):
        _session, payment = class_in("released", tutor)
        dispute = end(dispute_of(payment), "lost", 0)
        assert (dispute.status, dispute.deducted_paise) == ("lost", 0)
        assert of_tutor(tutor) == {"held": 0, "available": 82_300, "owed": 0}

    def test_a_dispute_that_is_lost_when_we_first_hear_of_it(self, tutor):
        _session, payment = class_in("released", tutor)
        disputes.apply(entity(payment, "lost"))
        assert GatewayDispute.objects.get().status == "lost"
        assert of_tutor(tutor) == {"held": 0, "available": 0, "owed": 0}

    def test_action_required_sends_it_back_to_us(self, tutor):
        _session, payment = class_in("held", tutor)
        opened_ = dispute_of(payment)
        end(opened_, "under_review")
        assert end(opened_, "open").status == "open"

    def test_an_unknown_payment_is_an_unknown_payment(self):
        made_up = {"id": "disp_1", "payment_id": "pay_1", "amount": 100, "status": "open"}
        with pytest.raises(refunds.UnknownPayment):
            disputes.apply(made_up)


@pytest.mark.scenario(24)
def test_scenario_24_lost_after_the_payout_the_next_release_pays_first(tutor, settings):
    """Scenario 24: the shortfall is owed; the next release recovers it; earnings never below 0."""
    settings.PAYOUT_FIRST_WAIT = timedelta(0)
    _session, payment = class_in("released", tutor)
    payouts.request(tutor=tutor, amount_paise=60_000, by=tutor)
    end(dispute_of(payment), "lost")
    assert of_tutor(tutor) == {"held": 0, "available": 0, "owed": 60_000}
    small = factories.earn(tutor, 50_000)
    assert of_tutor(tutor) == {"held": 0, "available": 0, "owed": 60_000 - 41_150}
    assert legs_of(f"booking:{small}:recover") == {
        ("tutor_earnings", 41_150, 0),
        ("tutor_receivable", 0, 41_150),
    }
    factories.earn(tutor, 50_000)
    assert of_tutor(tutor) == {"held": 0, "available": 2 * 41_150 - 60_000, "owed": 0}
    assert_adds_up()


def give_back(session, paise) -> None:
    """As a refund takes money out of escrow."""
    ledger.post(
        kind="refund_initiated",
        key=f"refund:{uuid7()}:initiate",
        legs=[debit("session_escrow", paise, session), credit("refund_payable", paise, uuid7())],
    )


def legs_of(key):
    txn = LedgerTxn.objects.get(idem_key=key)
    return {
        (entry.account.code, entry.debit, entry.credit)
        for entry in txn.entries.select_related("account")
    }


@pytest.mark.django_db(transaction=True)
class TestFreezeAgainstRelease:
    """A release that has looked for a freeze, and one that comes at that moment."""

    def race(self, monkeypatch) -> dict:
        looked, look = threading.Event(), freezes.is_frozen

        def slow_look(session_id) -> bool:
            frozen = look(session_id)
            looked.set()
            time.sleep(0.5)
            return frozen

        tutor = TutorUserFactory()
        session = factories.earn(tutor, is_released=False)
        monkeypatch.setattr(freezes, "is_frozen", slow_look)

        def work(number):
            if number == 0:
                return earnings.release(session_id=session, tutor=tutor)
            looked.wait(5)
            return freezes.freeze(session_id=session, cause="dispute:1")

        run_together(2, work)
        assert EarningFreeze.objects.of_session(session).exists()
        return of_tutor(tutor)

    def test_the_money_is_held_in_the_end(self, monkeypatch):
        assert self.race(monkeypatch) == {"held": 77_300, "available": 0, "owed": 0}

    def test_control_without_the_lock_it_slips_out(self, monkeypatch):
        monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)
        assert self.race(monkeypatch)["available"] == 77_300
