"""Chargebacks: where the money is, times how it ends."""

import pytest

from notifications.models import Message
from payments.models import (
    Earning,
    GatewayDispute,
    LedgerTxn,
    Payment,
    YearlyGross,
)
from payments.services import (
    disputes,
    earnings,
    ledger,
    orders,
    rates,
    refund_decisions,
    refunds,
    wallets,
)
from payments.services.ledger import credit, debit
from payments.tests import factories
from payments.tests.disputing import (
    assert_adds_up,
    class_in,
    dispute_of,
    end,
    give_back,
    legs_of,
    of_family,
    of_tutor,
    payment_of,
    topped_up,
)
from payments.tests.paying import in_escrow
from tutorhub.core import clock
from tutorhub.core.ids import uuid7

pytestmark = pytest.mark.django_db


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
        YearlyGross.objects.create(
            tutor=tutor, year=rates.financial_year(clock.today()), gross_paise=5_00_000_00
        )
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
