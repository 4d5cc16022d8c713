"""Chargebacks of packs, and what happens after one, or at the same moment."""

import threading
from datetime import timedelta

import pytest
from django.db.models import QuerySet

from accounts.tests.factories import TutorUserFactory
from payments.models import (
    CreditLot,
    EarningFreeze,
    GatewayDispute,
)
from payments.services import (
    chargebacks,
    credits,
    disputes,
    earnings,
    freezes,
    ledger,
    payouts,
    refunds,
)
from payments.tests import factories
from payments.tests.disputing import (
    assert_adds_up,
    class_in,
    dispute_of,
    end,
    entity,
    legs_of,
    of_tutor,
)
from tutorhub.core.ids import uuid7
from tutorhub.core.tests.threads import Meeting, run_together, somebody_waits, wait_until

pytestmark = pytest.mark.django_db


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


@pytest.mark.django_db(transaction=True)
class TestFreezeAgainstRelease:
    """A release that has looked for a freeze, and one that comes at that moment."""

    def race(self, monkeypatch) -> dict:
        looked, look = threading.Event(), freezes.is_frozen

        def slow_look(session_id) -> bool:
            frozen = look(session_id)
            looked.set()
            # Under the lock the other one waits; without it, it is through in this moment.
            wait_until(lambda: somebody_waits() or froze.exists())
            return frozen

        tutor = TutorUserFactory()
        session = factories.earn(tutor, is_released=False)
        froze = EarningFreeze.objects.of_session(session)
        monkeypatch.setattr(freezes, "is_frozen", slow_look)

        def work(number):
            if number == 0:
                return earnings.release(session_id=session, tutor=tutor)
            looked.wait(5)
            return freezes.freeze(session_id=session, cause="dispute:1")

        run_together(2, work)
        assert froze.exists()
        return of_tutor(tutor)

    def test_the_money_is_held_in_the_end(self, monkeypatch):
        assert self.race(monkeypatch) == {"held": 77_300, "available": 0, "owed": 0}

    def test_control_without_the_lock_it_slips_out(self, monkeypatch):
        monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)
        assert self.race(monkeypatch)["available"] == 77_300


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_one_first_heard_of_when_it_is_lost_and_another_class_that_ends(monkeypatch):
    """Each takes the tutor's year and the tutor's accounts: in one order, or both would wait."""
    tutor = TutorUserFactory()
    _session, payment = class_in("released", tutor)
    other, meeting, book = factories.make_order(), Meeting(), chargebacks.book
    factories.pay(other)

    def slow_book(dispute) -> None:
        meeting.stop()
        book(dispute)

    def complete():
        return earnings.recognise(
            session_id=other.purpose_id,
            tutor=tutor,
            tutor_state="Karnataka",
            gross_paise=100_000,
            commission_bps=1500,
        )

    monkeypatch.setattr(chargebacks, "book", slow_book)
    lost = entity(payment, "lost")
    acts = (lambda: disputes.apply(lost), lambda: meeting.then(complete))
    results = run_together(2, lambda n: acts[n]())
    assert [result for result in results if isinstance(result, Exception)] == []
    assert of_tutor(tutor) == {"held": results[1].net, "available": 0, "owed": 0}
    assert not EarningFreeze.objects.exists()
