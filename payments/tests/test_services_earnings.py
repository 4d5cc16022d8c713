from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import TutorUserFactory
from payments import queries
from payments.models import Earning, LedgerTxn, TaxProfile, TaxRate, YearlyGross
from payments.services import earnings, ledger, rates
from payments.tests import factories
from payments.tests.test_services_statements import close
from tutorhub.core import clock
from tutorhub.core.errors import Conflict
from tutorhub.core.ids import uuid7
from tutorhub.core.tests.threads import run_together


@pytest.fixture
def tutor(db):
    tutor = TutorUserFactory()
    factories.make_method(tutor)
    return tutor


def recognise(tutor, order, **values):
    return earnings.recognise(
        session_id=order.purpose_id,
        tutor=tutor,
        **{
            "tutor_state": "Karnataka",
            "gross_paise": order.amount_paise,
            "commission_bps": 1500,
            **values,
        },
    )


def paid_order(amount=100_000):
    order = factories.make_order(amount_paise=amount)
    factories.pay(order)
    return order


def legs_of(key):
    txn = LedgerTxn.objects.get(idem_key=key)
    return {
        (entry.account.code, entry.debit, entry.credit)
        for entry in txn.entries.select_related("account")
    }


class TestBooking:
    def test_completion_and_release_book_the_worked_example(self, tutor):
        """5.3, kinds 3, 6 and 7, for a tutor above the threshold of section 194-O."""
        YearlyGross.objects.create(
            tutor=tutor, year=rates.financial_year(clock.today()), gross_paise=5_00_000_00
        )
        order = paid_order()
        session = order.purpose_id
        parts = recognise(tutor, order)
        assert legs_of(f"booking:{session}:complete") == {
            ("session_escrow", 100_000, 0),
            ("tutor_held", 0, 82_200),
            ("commission_session", 0, 15_000),
            ("gst_output_cgst", 0, 1_350),
            ("gst_output_sgst", 0, 1_350),
            ("tds_payable", 0, 100),
        }
        earnings.release(session_id=session, tutor=tutor)
        assert legs_of(f"booking:{session}:release") == {
            ("tutor_held", 82_200, 0),
            ("tutor_earnings", 0, 82_200),
        }
        assert earnings.booked(session) == parts
        assert ledger.balance("session_escrow", session) == 0
        assert earnings.summary(tutor).available_paise == 82_200

    def test_another_state_pays_integrated_tax(self, tutor):
        order = paid_order()
        recognise(tutor, order, tutor_state="Maharashtra")
        assert ("gst_output_igst", 0, 2_700) in legs_of(f"booking:{order.purpose_id}:complete")

    def test_completing_twice_books_once(self, tutor):
        order = paid_order()
        assert recognise(tutor, order) == recognise(tutor, order)
        assert ledger.balance("tutor_held", tutor.pk) == 82_300
        assert YearlyGross.objects.get().gross_paise == 100_000

    def test_releasing_twice_books_once(self, tutor):
        session = factories.earn(tutor)
        earnings.release(session_id=session, tutor=tutor)
        assert ledger.balance("tutor_earnings", tutor.pk) == 82_300

    def test_the_estimate_is_what_gets_booked(self, tutor):
        order = paid_order(77_777)
        told = earnings.breakdown(
            gross_paise=77_777, tutor=tutor, tutor_state="Karnataka", commission_bps=1500
        )
        assert recognise(tutor, order) == told

    def test_the_estimate_takes_two_queries(self, tutor, django_assert_num_queries):
        with django_assert_num_queries(2):
            earnings.breakdown(
                gross_paise=77_777, tutor=tutor, tutor_state="Karnataka", commission_bps=1500
            )

    def test_a_class_that_was_not_paid_earns_nothing(self, tutor):
        with pytest.raises(ledger.Overdraft):
            earnings.recognise(
                session_id=uuid7(),
                tutor=tutor,
                tutor_state="Karnataka",
                gross_paise=100_000,
                commission_bps=1500,
            )


class TestTaxWithheld:
    def test_without_pan_five_per_cent(self, db):
        tutor = TutorUserFactory()
        assert recognise(tutor, paid_order()).tds == 5_000

    def test_with_pan_nothing_up_to_the_threshold_and_then_of_the_gross(self, tutor):
        assert recognise(tutor, paid_order(4_99_000_00)).tds == 0
        assert recognise(tutor, paid_order(1_000_00)).tds == 0
        assert recognise(tutor, paid_order(1_000_00)).tds == 100

    def test_the_counter_starts_again_on_the_first_of_april_in_india(self, tutor):
        with clock.at(clock.datetime.fromisoformat("2027-03-31T23:59:00+05:30")):
            recognise(tutor, paid_order(5_00_000_00))
            assert recognise(tutor, paid_order()).tds_bps == 10
        with clock.at(clock.datetime.fromisoformat("2027-04-01T00:01:00+05:30")):
            assert recognise(tutor, paid_order()).tds_bps == 0

    def test_a_new_rate_counts_from_its_day(self, tutor):
        rates.TaxRate.objects.create(
            name="commission_session", label="less", bps=1000, from_on="2027-01-01"
        )
        assert earnings.commission_bps(on=clock.date(2026, 12, 31)) == 1500
        assert earnings.commission_bps(on=clock.date(2027, 1, 1)) == 1000


class TestRegisteredTutors:
    """Who has a GSTIN in the tax profile has tax collected at source."""

    def profile(self, tutor, **values):
        return TaxProfile.objects.create(
            user=tutor, **{"legal_name": "Ravi Kumar", "state": "Karnataka", **values}
        )

    def test_tcs_is_booked_for_those_with_a_gstin(self, tutor):
        self.profile(tutor, gstin="29ABCDE1234F1Z5")
        order = paid_order()
        parts = recognise(tutor, order)
        assert (parts.tcs, parts.tcs_bps) == (424, 50)
        assert ("tcs_payable", 0, 424) in legs_of(f"booking:{order.purpose_id}:complete")
        assert Earning.objects.get().net_paise == 82_300 - 424

    def test_and_not_for_those_without(self, tutor):
        self.profile(tutor)
        assert recognise(tutor, paid_order()).tcs == 0

    def test_the_rate_is_that_of_the_day(self, tutor):
        self.profile(tutor, gstin="29ABCDE1234F1Z5")
        TaxRate.objects.create(name="tcs", label="TCS", bps=100, from_on=clock.today())
        assert recognise(tutor, paid_order()).tcs == 847

    def test_the_state_of_the_tax_profile_counts_before_the_place(self, tutor):
        self.profile(tutor, state="Kerala")
        assert recognise(tutor, paid_order(), tutor_state="Karnataka").gst_parts["igst"] == 2_700

    def test_without_a_profile_the_place_counts(self, tutor):
        assert recognise(tutor, paid_order(), tutor_state="Kerala").gst_parts["igst"] == 2_700


class TestReversing:
    def earned(self, tutor, gross=100_000, *, is_released=False):
        return factories.earn(tutor, gross, is_released=is_released)

    def test_a_reversal_lowers_the_gross_of_its_year(self, tutor):
        """The class that passed the threshold was taxed; taken back, the next one is exempt."""
        YearlyGross.objects.create(
            tutor=tutor, year=rates.financial_year(clock.today()), gross_paise=4_99_500_00
        )
        session = self.earned(tutor)
        assert Earning.objects.get().tds_paise == 100
        earnings.reverse(session_id=session, gross_paise=100_000, cause="dispute:1")
        assert YearlyGross.objects.get().gross_paise == 4_99_500_00
        assert ledger.balance("tds_payable") == 0
        assert recognise(tutor, paid_order(50_000)).tds == 0

    def test_a_reversal_in_april_lowers_the_old_year(self, tutor):
        with clock.at(clock.datetime.fromisoformat("2027-03-31T23:59:00+05:30")):
            session = self.earned(tutor)
        with clock.at(clock.datetime.fromisoformat("2027-04-01T00:01:00+05:30")):
            self.earned(tutor)
            earnings.reverse(session_id=session, gross_paise=60_000, cause="dispute:1")
        assert dict(YearlyGross.objects.values_list("year", "gross_paise")) == {
            2026: 40_000,
            2027: 100_000,
        }

    def test_the_same_cause_reverses_once(self, tutor):
        session = self.earned(tutor)
        first = earnings.reverse(session_id=session, gross_paise=40_000, cause="dispute:1")
        again = earnings.reverse(session_id=session, gross_paise=40_000, cause="dispute:1")
        assert first == again
        assert ledger.balance("session_escrow", session) == 40_000
        with pytest.raises(Conflict):
            earnings.reverse(session_id=session, gross_paise=50_000, cause="dispute:1")

    @pytest.mark.parametrize("gross", [0, -1, 100_001])
    def test_no_more_than_was_earned(self, tutor, gross):
        session = self.earned(tutor)
        with pytest.raises(earnings.MoreThanEarned):
            earnings.reverse(session_id=session, gross_paise=gross, cause="dispute:1")

    def test_in_pieces_it_ends_at_nothing(self, tutor):
        session = self.earned(tutor)
        for number, piece in enumerate((33_333, 33_333, 33_334)):
            earnings.reverse(session_id=session, gross_paise=piece, cause=f"dispute:{number}")
        earning = Earning.objects.get()
        assert (earning.status, earning.left_paise) == ("REVERSED", 0)
        assert ledger.balance("session_escrow", session) == 100_000
        for code in ("commission_session", "gst_output_cgst", "tds_payable"):
            assert ledger.balance(code) == 0
        assert ledger.balance("tutor_held", tutor.pk) == 0

    def test_available_first_and_the_rest_is_owed(self, tutor):
        session = self.earned(tutor, is_released=True)
        ledger.post(
            kind="test",
            key="test:out",
            legs=[
                ledger.debit("tutor_earnings", 50_000, tutor.pk),
                ledger.credit("payout_pending", 50_000, uuid7()),
            ],
        )
        reversal = earnings.reverse(session_id=session, gross_paise=100_000, cause="dispute:1")
        found = (reversal.from_held_paise, reversal.from_available_paise)
        assert (*found, reversal.receivable_paise) == (0, 32_300, 50_000)

    def test_a_company_is_not_exempt(self, db):
        tutor = TutorUserFactory()
        factories.make_method(tutor, pan="ABCCE1234F")
        assert recognise(tutor, paid_order()).tds_bps == 10

    def test_exactly_the_threshold_is_exempt(self, tutor):
        assert recognise(tutor, paid_order(5_00_000_00)).tds == 0


class TestWaiting:
    def test_first_earnings_wait_a_week(self, tutor, settings):
        settings.PAYOUT_FIRST_WAIT = timedelta(days=7)
        with time_machine.travel("2026-11-20T10:00:00+05:30", tick=False) as journey:
            factories.earn(tutor)
            summary = earnings.summary(tutor)
            assert (summary.available_paise, summary.withdrawable_paise) == (82_300, 0)
            journey.shift(timedelta(days=7, seconds=1))
            assert earnings.summary(tutor).withdrawable_paise == 82_300

    def test_it_is_over_with_the_third_payout_that_stays(self, db, settings):
        settings.PAYOUT_FIRST_WAIT = timedelta(0)
        tutor = factories.rich_tutor(400_000)
        made = [factories.payouts_request(tutor) for _ in range(3)]
        settings.PAYOUT_FIRST_WAIT = timedelta(days=7)

        def withdrawable():
            factories.settle()
            return earnings.summary(tutor).withdrawable_paise

        found = [withdrawable()]
        for payout in made:
            close(payout, "PROCESSED")
            found.append(withdrawable())
        close(made[0], "REVERSED")
        assert [*found, withdrawable()] == [0, 0, 0, 179_200, 0]
        assert earnings.summary(tutor).paid_paise == 100_000

    def test_payouts_on_their_way_are_pending(self, db, settings):
        settings.PAYOUT_FIRST_WAIT = timedelta(0)
        tutor = factories.rich_tutor(400_000)
        going, gone, failed = (factories.payouts_request(tutor) for _ in range(3))
        close(gone, "PROCESSED")
        close(failed, "FAILED")
        factories.payouts_request(factories.rich_tutor(400_000))
        factories.settle()
        summary = earnings.summary(tutor)
        assert (summary.pending_paise, summary.paid_paise) == (going.amount_paise, 50_000)


# A class held every hour up to now, and released; and a payout, taken back, for every tenth.
MANY = """
    INSERT INTO payments_earning
           (id, session_id, kind, tutor_id, status, gross_paise, commission_bps, commission_paise,
            cgst_paise, sgst_paise, igst_paise, gst_bps, tds_bps, tds_paise, tcs_bps, tcs_paise,
            net_paise, reversed_net_paise, frozen_paise, held_at, released_at)
    SELECT gen_random_uuid(), gen_random_uuid(), 'class', %(tutor)s, 'RELEASED', 100000, 1500,
           15000, 1350, 1350, 0, 1800, 10, 100, 0, 0, 82200, 0, 0, at, at
      FROM generate_series(1, %(classes)s) AS nr,
           LATERAL (SELECT %(now)s::timestamptz - nr * interval '1 hour' AS at) AS moment;
    INSERT INTO payments_payout
           (id, tutor_id, method_id, amount_paise, status, rail, gateway_status, requested_by_id,
            requested_at, reason, utr, fees_paise, tax_paise, closed_at)
    SELECT gen_random_uuid(), %(tutor)s, id, 1000, 'CANCELLED', 'razorpayx', '', %(tutor)s,
           %(now)s, '', '', 0, 0, %(now)s
      FROM payments_payoutmethod, generate_series(1, %(classes)s / 10) WHERE tutor_id = %(tutor)s
"""


def rows_read(query):
    """How many rows of tables and indexes PostgreSQL looks at for a query."""

    def looked_at(node):
        below = sum(map(looked_at, node.get("Plans", [])))
        if "Scan" not in node["Node Type"] or "Relation Name" not in node:
            return below
        removed = node.get("Rows Removed by Filter", 0)
        return below + node["Actual Loops"] * (node["Actual Rows"] + removed)

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}")
        (plan,) = cursor.fetchone()
    return looked_at(plan[0]["Plan"])


def test_the_page_of_a_tutor_with_many_classes_reads_as_little(db, settings):
    settings.PAYOUT_FIRST_WAIT = timedelta(days=7)
    tutor, classes = TutorUserFactory(), 4_000
    factories.make_method(tutor)
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(MANY, {"tutor": tutor.pk, "classes": classes, "now": now})
        factories.settle()
        cursor.execute("ANALYZE payments_earning, payments_payout, payments_statementmonth")
    with clock.at(now), CaptureQueriesContext(connection) as asked:
        assert earnings.waiting_paise(tutor, payouts=0) == 82_200 * (7 * 24 - 1)
        earnings.summary(tutor)
        queries.earning_months(tutor)
        queries.recent_earnings(tutor)
    read = {query["sql"]: rows_read(query["sql"]) for query in asked.captured_queries}
    assert len(read) >= 5
    assert all(rows <= 7 * 24 for rows in read.values()), read


@pytest.mark.django_db(transaction=True)
def test_completing_from_eight_sides_books_once():
    """Scenario 23: beat and the tutor at the same moment."""
    tutor = TutorUserFactory()
    order = paid_order()
    results = run_together(8, lambda n: recognise(tutor, order))
    assert len(set(map(repr, results))) == 1, results
    assert ledger.balance("tutor_held", tutor.pk) == results[0].net
    assert YearlyGross.objects.get().gross_paise == 100_000


@pytest.mark.django_db(transaction=True)
def test_reversing_from_eight_sides_while_money_leaves_books_once():
    """One reversal, and payouts that race it for the same earnings: nothing goes below zero."""
    tutor = TutorUserFactory()
    factories.make_method(tutor)
    session = factories.earn(tutor)

    def work(number):
        if number % 2:
            return earnings.reverse(session_id=session, gross_paise=100_000, cause="dispute:1").pk
        return ledger.post(
            kind="test",
            key=f"test:{number}",
            legs=[
                ledger.debit("tutor_earnings", 30_000, tutor.pk),
                ledger.credit("payout_pending", 30_000, uuid7()),
            ],
        )

    results = run_together(8, work)
    reversals = [result for number, result in enumerate(results) if number % 2]
    assert len(set(reversals)) == 1, results
    out = sum(not isinstance(result, Exception) for result in results[::2])
    assert ledger.balance("tutor_receivable", tutor.pk) == max(0, out * 30_000)
    assert ledger.balance("tutor_earnings", tutor.pk) == 0
    assert ledger.balance("session_escrow", session) == 100_000
