"""Paid classes that did not happen: kinds 11, 12 and 13."""

import random

import pytest
from django.db.models import Sum

from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from payments.models import Earning, Invoice, LedgerEntry, LedgerTxn, OrderRefund, YearlyGross
from payments.services import cancellations, earnings, ledger, rates, refunds, splits
from payments.tests import factories
from payments.tests.paying import in_escrow
from tutorhub.core import clock
from tutorhub.core.tests.threads import run_together

pytestmark = pytest.mark.django_db


@pytest.fixture
def tutor():
    """Above the threshold of section 194-O."""
    return taxed_tutor()


def taxed_tutor():
    tutor = TutorUserFactory()
    factories.make_method(tutor)
    YearlyGross.objects.create(
        tutor=tutor, year=rates.financial_year(clock.today()), gross_paise=5_00_000_00
    )
    return tutor


def paid(**values):
    order = factories.make_order(**values)
    if not order.is_paid:
        factories.pay(order)
        order.refresh_from_db()
    return order


def legs_of(key):
    txn = LedgerTxn.objects.get(idem_key=key)
    return {
        (entry.account.code, entry.debit, entry.credit)
        for entry in txn.entries.select_related("account")
    }


def refund_legs():
    return legs_of(f"refund:{OrderRefund.objects.get().pk}:initiate")


def assert_adds_up():
    sums = LedgerEntry.objects.filter(unit="INR").aggregate(d=Sum("debit"), c=Sum("credit"))
    assert sums["d"] == sums["c"]


def cancel(order, tutor, refund_bps=5_000, fee_bps=1_000, **values):
    return cancellations.cancelled_late(
        order=order,
        tutor=tutor,
        **{"tutor_state": "Karnataka", "refund_bps": refund_bps, "fee_bps": fee_bps, **values},
    )


class TestLateCancellation:
    """Kind 11: 50 % back, 40 % to the tutor, 10 % to us including GST."""

    def test_the_worked_example(self, tutor):
        order = paid()
        parts = cancel(order, tutor, tutor_state="Kerala")
        assert refund_legs() == {("session_escrow", 50_000, 0), ("refund_payable", 0, 50_000)}
        assert legs_of(f"booking:{order.purpose_id}:complete") == {
            ("session_escrow", 50_000, 0),
            ("cancellation_fee", 0, 8_475),
            ("gst_output_igst", 0, 1_525),
            ("tds_payable", 0, 50),
            ("tutor_held", 0, 39_950),
        }
        assert (parts.gross, parts.net) == (50_000, 39_950)
        assert in_escrow(order) == 0
        assert Earning.objects.get().kind == "cancellation"

    def test_within_the_state_the_gst_has_two_halves(self, tutor):
        parts = cancel(paid(), tutor)
        assert parts.gst_parts == {"cgst": 762, "sgst": 763, "igst": 0}

    def test_the_fee_is_invoiced(self, tutor):
        cancel(paid(), tutor)
        invoice = Invoice.objects.get(about="commission")
        assert (invoice.base_paise, invoice.total_paise) == (8_475, 10_000)

    def test_the_quote_is_what_gets_booked(self, tutor):
        told = cancellations.quote(
            price_paise=77_777,
            refund_bps=5_000,
            fee_bps=1_000,
            tutor=tutor,
            tutor_state="Karnataka",
        )
        assert cancel(paid(amount_paise=77_777), tutor) == told

    def test_twice_is_once(self, tutor):
        order = paid()
        assert cancel(order, tutor) == cancel(order, tutor)
        assert OrderRefund.objects.count() == 1
        assert ledger.balance("tutor_held", tutor.pk) == 39_950

    @pytest.mark.parametrize(("refund", "fee"), [(10_000, 0), (10_000, 1_000)])
    def test_in_time_all_goes_back(self, tutor, refund, fee):
        order = paid()
        cancel(order, tutor, refund, fee)
        cancel(order, tutor, refund, fee)
        assert OrderRefund.objects.get().amount_paise == 100_000
        assert not Earning.objects.exists()

    def test_nothing_back(self, tutor):
        order = paid()
        parts = cancel(order, tutor, 0, 2_000)
        assert not OrderRefund.objects.exists()
        assert parts.gross == 100_000
        assert ledger.balance("tutor_held", tutor.pk) == parts.net == 80_000 - 100

    def test_mixed_tender_goes_back_to_each(self, tutor):
        family = FamilyUserFactory()
        factories.fund_wallet(family, 30_000)
        cancel(paid(payer=family, method="mixed"), tutor)
        refund = OrderRefund.objects.get()
        assert (refund.gateway_paise, refund.wallet_paise) == (35_000, 15_000)

    def test_the_family_may_want_it_in_the_wallet(self, tutor):
        order = paid()
        cancel(order, tutor, to_wallet=True)
        assert ledger.balance("student_wallet", order.payer_id) == 50_000

    def test_it_is_released_and_reversed_like_a_class(self, tutor):
        order = paid()
        cancel(order, tutor)
        earnings.release(session_id=order.purpose_id, tutor=tutor)
        assert ledger.balance("tutor_earnings", tutor.pk) == 39_950
        earnings.reverse(session_id=order.purpose_id, gross_paise=50_000, cause="dispute:1")
        assert in_escrow(order) == 50_000
        for code in ("cancellation_fee", "gst_output_cgst", "gst_output_sgst", "tds_payable"):
            assert ledger.balance(code) == 0
        assert Invoice.objects.filter(series="CN").get().total_paise == 10_000

    def test_two_thousand_random_cancellations_add_up(self):
        dice = random.Random(11)
        for _ in range(2_000):
            price = dice.randint(100, dice.choice([5_000, 10**7]))
            parts = cancellations.shares(
                price_paise=price,
                refund_bps=dice.choice([0, 2_500, 5_000, 9_999, 10_000]),
                fee_bps=dice.choice([0, 500, 1_000, 2_000]),
            )
            assert parts.refund_paise + parts.fee_paise + parts.tutor_paise == price
            assert min(parts.refund_paise, parts.fee_paise, parts.tutor_paise) >= 0
            if parts.tutor_paise < parts.kept_paise // 10:
                continue  # nothing is left of which tax could be withheld
            kept = splits.split_kept(
                kept_paise=parts.kept_paise,
                fee_paise=parts.fee_paise,
                gst_bps=1800,
                is_same_state=dice.random() < 0.5,
                tds_bps=dice.choice([0, 10, 500]),
                tcs_bps=dice.choice([0, 50]),
            )
            columns = splits.columns(kept)
            left = {name: columns[name] for name in splits.PARTS}
            assert sum(left.values()) == parts.kept_paise
            assert min(left.values()) >= 0
            while gross_left := sum(left.values()):
                piece = dice.choice([gross_left, dice.randint(1, gross_left)])
                taken = splits.taken(Earning(**columns), left, piece)
                assert sum(taken.values()) == piece
                left = {name: left[name] - taken[name] for name in splits.PARTS}
                assert min(left.values()) >= 0 <= min(taken.values())


class TestLearnerAbsent:
    """Kind 12: as a class held, and what is not due goes back."""

    def absent(self, order, tutor, **values):
        return cancellations.learner_absent(
            order=order, tutor=tutor, tutor_state="Karnataka", commission_bps=1500, **values
        )

    def test_the_fee_is_due(self, tutor):
        order = paid()
        self.absent(order, tutor)
        assert legs_of(f"booking:{order.purpose_id}:complete") == {
            ("session_escrow", 100_000, 0),
            ("tutor_held", 0, 82_200),
            ("commission_session", 0, 15_000),
            ("gst_output_cgst", 0, 1_350),
            ("gst_output_sgst", 0, 1_350),
            ("tds_payable", 0, 100),
        }
        assert Earning.objects.get().kind == "no_show"
        assert not OrderRefund.objects.exists()

    def test_part_is_due_and_the_rest_goes_back(self, tutor):
        order = paid()
        assert self.absent(order, tutor, due_bps=6_000).net == 49_320
        assert refund_legs() == {("session_escrow", 40_000, 0), ("refund_payable", 0, 40_000)}
        self.absent(order, tutor, due_bps=6_000)
        assert in_escrow(order) == 0
        assert_adds_up()


class TestTutorAbsent:
    """Kind 13: all money back, goodwill on top, and a penalty."""

    def test_the_legs(self, tutor):
        factories.earn(tutor)
        available = ledger.balance("tutor_earnings", tutor.pk)
        order = paid()
        cancellations.tutor_failed(
            order=order, tutor=tutor, goodwill_paise=10_000, penalty_paise=available + 5_000
        )
        session = order.purpose_id
        assert refund_legs() == {("session_escrow", 100_000, 0), ("refund_payable", 0, 100_000)}
        assert legs_of(f"booking:{session}:goodwill") == {
            ("goodwill", 10_000, 0),
            ("student_wallet", 0, 10_000),
        }
        assert legs_of(f"booking:{session}:penalty") == {
            ("tutor_earnings", available, 0),
            ("tutor_receivable", 5_000, 0),
            ("penalty_income", 0, available + 5_000),
        }
        assert_adds_up()

    def test_twice_is_once(self, tutor):
        order = paid()
        for _ in range(2):
            cancellations.tutor_failed(
                order=order, tutor=tutor, goodwill_paise=10_000, penalty_paise=5_000
            )
        assert ledger.balance("goodwill") == 10_000
        assert ledger.balance("tutor_receivable", tutor.pk) == 5_000
        assert OrderRefund.objects.count() == 1

    def test_the_next_release_pays_the_penalty(self, tutor):
        cancellations.tutor_failed(order=paid(), tutor=tutor, penalty_paise=5_000)
        factories.earn(tutor)
        assert ledger.balance("tutor_receivable", tutor.pk) == 0
        assert ledger.balance("tutor_earnings", tutor.pk) == 82_200 - 5_000

    def test_goodwill_pays_what_the_family_owes(self, tutor):
        order = paid()
        ledger.post(
            kind="test",
            key="test:debt",
            legs=[
                ledger.debit("student_receivable", 6_000, order.payer_id),
                ledger.credit("rzp_clearing", 6_000),
            ],
        )
        cancellations.tutor_failed(order=order, tutor=tutor, goodwill_paise=10_000)
        assert ledger.balance("student_wallet", order.payer_id) == 4_000
        assert ledger.balance("student_receivable", order.payer_id) == 0


class TestUpheldDispute:
    """Kinds 15 and 8: what the class earned goes back into escrow, and from there to the family."""

    def test_in_part(self, tutor):
        order = paid()
        earnings.recognise(
            session_id=order.purpose_id,
            tutor=tutor,
            tutor_state="Karnataka",
            gross_paise=100_000,
            commission_bps=1500,
        )
        earnings.reverse(session_id=order.purpose_id, gross_paise=40_000, cause="dispute:1")
        refunds.refund_order(order, amount_paise=40_000, reason="dispute")
        assert in_escrow(order) == 0
        assert ledger.balance("tutor_held", tutor.pk) == 82_200 - 32_880
        assert ledger.balance("commission_session") == 9_000
        assert_adds_up()


@pytest.mark.django_db(transaction=True)
def test_a_cancellation_from_eight_sides_is_one():
    tutor, order = taxed_tutor(), paid()
    results = run_together(8, lambda number: cancel(order, tutor))
    assert len(set(map(repr, results))) == 1, results
    assert OrderRefund.objects.count() == 1
    assert ledger.balance("tutor_held", tutor.pk) == 39_950
