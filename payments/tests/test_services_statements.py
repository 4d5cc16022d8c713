import csv
import io
import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import translation

from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from payments import queries
from payments.models import LedgerEntry, Payout, StatementLine, StatementMonth
from payments.services import cancellations, earnings, ledger, statements
from payments.services.statements import earned, paid, sheets
from payments.tests import factories
from payments.tests.test_services_invoices import reverse
from tutorhub.core import clock
from tutorhub.core.tests.threads import run_together

MARCH = datetime(2027, 3, 31, 18, 29, tzinfo=UTC)
APRIL = datetime(2027, 3, 31, 18, 30, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)


@pytest.fixture
def tutor(db):
    return TutorUserFactory()


def read(rows):
    body = "".join(rows)
    assert body.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(body[1:])))


def credited(code, owner):
    """What the ledger's account took in, in paise."""
    entries = LedgerEntry.objects.filter(account__code=code, account__owner_key=str(owner))
    return sum(entry.credit - entry.debit for entry in entries)


@pytest.fixture
def payout(db):
    """Half of what a tutor earned, approved."""
    with clock.at(NOVEMBER - timedelta(days=8)):
        tutor = factories.rich_tutor()
    with clock.at(NOVEMBER):
        return factories.payouts_request(tutor)


def close(payout, status):
    payout.status = status
    payout.closed_at = payout.decided_at = clock.now()
    payout.approved_by = FamilyUserFactory()
    payout.save()


class TestPeriods:
    def test_a_year_begins_in_april_in_india(self):
        period = statements.asked(year="2026")
        assert (period.first, period.end) == (date(2026, 4, 1), date(2027, 4, 1))
        assert period.start_at == datetime(2026, 3, 31, 18, 30, tzinfo=UTC)
        assert period.code == "2026-27"

    def test_december_ends_with_the_year(self):
        period = statements.asked(month="2026-12")
        assert (period.first, period.end) == (date(2026, 12, 1), date(2027, 1, 1))
        assert period.year == 2026

    @pytest.mark.parametrize(
        "asked",
        [{"year": "26"}, {"year": "x"}, {"month": "2026-13"}, {"month": "2026"}, {"year": "२०२६"}],
    )
    def test_nonsense_is_refused(self, asked):
        with pytest.raises(statements.BadPeriod):
            statements.asked(**asked)


class TestEarned:
    def test_a_class_a_reversal_and_a_payout(self, tutor):
        with clock.at(NOVEMBER):
            session = factories.earn(tutor, 100_000)
            reverse(session, 50_000, commission_paise=7_500, cgst_paise=675, sgst_paise=675)
        factories.settle()
        months = statements.earned.summary(tutor, statements.asked(year="2026")).months
        (month,) = months
        assert (month.month, month.lines) == (date(2026, 11, 1), 2)
        assert (month.gross_paise, month.commission_paise, month.gst_paise) == (
            50_000,
            7_500,
            1_350,
        )
        assert (month.tds_paise, month.net_paise) == (5_000, 77_300 - 41_150)
        kinds = [
            line.kind for line in statements.earned.every(tutor, statements.asked(year="2026"))
        ]
        assert kinds == ["class", "taken_back"]

    def test_the_sums_are_the_ledgers(self, tutor):
        for gross in (100_000, 33_333, 99_999, 1_234_567):
            factories.earn(tutor, gross)
        factories.settle()
        total = statements.earned.summary(tutor, statements.asked()).total
        assert total["net_paise"] == credited("tutor_held", tutor.pk) + credited(
            "tutor_earnings", tutor.pk
        )
        assert total["commission_paise"] == ledger.balance("commission_session")
        assert total["gst_paise"] == ledger.balance("gst_output_cgst") * 2
        assert total["tds_paise"] == ledger.balance("tds_payable")

    def test_a_payout_counts_on_the_day_it_is_paid_and_comes_back(self, payout):
        tutor, year = payout.tutor, statements.asked(year="2026")

        def paid_out():
            factories.settle()
            return statements.earned.summary(tutor, year).total["paid_out_paise"]

        assert paid_out() == 0
        with clock.at(NOVEMBER):
            close(payout, Payout.Status.PROCESSED)
        assert paid_out() == 50_000
        with clock.at(NOVEMBER + timedelta(hours=1)):
            close(payout, Payout.Status.REVERSED)
        assert paid_out() == 0
        kinds = [line.kind for line in statements.earned.every(tutor, year)]
        assert kinds == ["class", "payout", "payout_back"]

    def test_a_payout_that_failed_is_no_line(self, payout):
        close(payout, Payout.Status.FAILED)
        close(payout, Payout.Status.REVERSED)
        assert not StatementLine.objects.filter(kind__startswith="payout").exists()

    def test_midnight_in_india_parts_the_months_and_the_years(self, tutor):
        for moment in (MARCH, APRIL):
            with clock.at(moment):
                factories.earn(tutor)
        factories.settle()
        for year, month in (("2026", "2027-03"), ("2027", "2027-04")):
            summary = statements.earned.summary(tutor, statements.asked(year=year))
            assert [f"{row.month:%Y-%m}" for row in summary.months] == [month]
            assert summary.total["gross_paise"] == 100_000

    def test_lines_page_by_page_are_all_lines(self, tutor):
        with clock.at(NOVEMBER):
            for _ in range(5):
                factories.earn(tutor)
        period, seen, before = statements.asked(month="2026-11"), [], None
        while lines := statements.earned.newest(tutor, period, before=before, count=2):
            seen += lines
            before = lines[-1]
        assert seen == list(reversed(list(statements.earned.every(tutor, period))))
        assert len(seen) == 5

    def test_a_long_list_is_read_in_pieces(self, tutor, monkeypatch, django_assert_num_queries):
        monkeypatch.setattr(earned, "CHUNK", 2)
        with clock.at(NOVEMBER):
            for _ in range(5):
                factories.earn(tutor)
        with django_assert_num_queries(4):
            assert len(list(statements.earned.every(tutor, statements.asked(year="2026")))) == 5

    def test_others_lines_are_not_mine(self, tutor):
        factories.earn(TutorUserFactory())
        factories.settle()
        assert statements.earned.summary(tutor, statements.asked()).months == []
        assert list(statements.earned.every(tutor, statements.asked())) == []

    def test_the_spreadsheet(self, tutor):
        with clock.at(NOVEMBER):
            session = factories.earn(tutor)
        (row,) = read(statements.earned.csv(tutor, statements.asked(year="2026")))
        assert row["Date"] == "2026-11-23"
        assert row["Class or payout"] == str(session)
        assert (row["Price"], row["Commission"], row["GST"]) == ("1000.00", "150.00", "27.00")
        assert (row["TDS"], row["TCS"], row["For you"]) == ("50.00", "0.00", "773.00")

    def test_the_spreadsheet_keeps_the_language_of_who_asked(self, tutor):
        factories.earn(tutor)
        with translation.override("hi"):
            said = str(StatementLine.Kind.CLASS.label)
            rows = statements.earned.csv(tutor, statements.asked())
        assert said in "".join(rows)

    @pytest.mark.parametrize(
        "statement",
        ["UPDATE payments_statementline SET net_paise = 1", "DELETE FROM payments_statementline"],
    )
    def test_lines_never_change(self, tutor, statement):
        factories.earn(tutor)
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute(statement)


OF_THE_LEDGER = {
    "gross_paise": ["session_escrow"],
    "commission_paise": ["commission_session", "cancellation_fee"],
    "gst_paise": ["gst_output_cgst", "gst_output_sgst", "gst_output_igst"],
    "tds_paise": ["tds_payable"],
    "tcs_paise": ["tcs_payable"],
    "net_paise": ["tutor_held", "tutor_earnings", "tutor_receivable"],
}
"""The accounts whose entries each figure of a month comes to."""
COMPLETED = ["session_completed", "session_cancelled_late", "session_no_show"]
REVERSED = ["session_reversed"]


def booked(kinds, accounts, month):
    """What the entries of a month come to on these accounts, without a sign, in paise."""
    entries = LedgerEntry.objects.filter(
        txn__kind__in=kinds,
        account__code__in=accounts,
        txn__effective_at__gte=month.start_at,
        txn__effective_at__lt=month.end_at,
    )
    return abs(sum(entry.credit - entry.debit for entry in entries))


def teach_for_a_year(tutor, year, chance):
    """Classes, late cancellations and absences, and now and then part of one taken back."""
    left = {}
    for day in range(0, 365, 6):
        with clock.at(year.start_at + timedelta(days=day, minutes=chance.randrange(1440))):
            order = factories.make_order(amount_paise=chance.randrange(10_000, 300_000))
            factories.pay(order)
            terms = {"tutor": tutor, "tutor_state": "Karnataka"}
            match chance.choice(["class", "class", "cancellation", "no_show"]):
                case "class":
                    earnings.recognise(
                        session_id=order.purpose_id,
                        gross_paise=order.amount_paise,
                        commission_bps=1500,
                        **terms,
                    )
                case "cancellation":
                    cancellations.cancelled_late(
                        order=order, refund_bps=5_000, fee_bps=1_000, **terms
                    )
                case "no_show":
                    cancellations.learner_absent(
                        order=order, commission_bps=1500, due_bps=5_000, **terms
                    )
            left[order.purpose_id] = earnings.left_gross_paise(order.purpose_id)
            if chance.random() < 0.5:
                earnings.release(session_id=order.purpose_id, tutor=tutor)
            if chance.random() < 0.4:
                session = chance.choice([key for key, paise in left.items() if paise])
                part = chance.choice([left[session], chance.randrange(1, left[session] + 1)])
                earnings.reverse(session_id=session, gross_paise=part, cause=f"test:{day}")
                left[session] -= part


@pytest.mark.parametrize("seed", range(2))
def test_every_month_is_what_the_ledger_booked_in_it(tutor, seed):
    year = statements.asked(year="2026")
    teach_for_a_year(tutor, year, random.Random(seed))
    with clock.at(year.end_at - timedelta(days=40)):
        order = factories.make_order(amount_paise=60_000)
        factories.pay(order)
        cancellations.tutor_failed(
            order=order, tutor=tutor, goodwill_paise=2_500, penalty_paise=7_500
        )
    factories.settle()
    with clock.at(year.end_at - timedelta(days=1)):
        months = queries.earning_months(tutor)
    sums = {month.month: month for month in statements.earned.summary(tutor, year).months}
    assert sum(month.classes for month in months) == 61
    assert sum(month.taken_back_paise > 0 for month in months) > 6
    assert sum(month.penalty_paise for month in months) == 7_500
    for month in months:
        period = statements.asked(month=f"{month.month:%Y-%m}")
        for name, accounts in OF_THE_LEDGER.items():
            earned_paise = booked(COMPLETED, accounts, period)
            back_paise = booked(REVERSED, accounts, period)
            assert getattr(month, name) == earned_paise, name
            fined_paise = month.penalty_paise if name == "net_paise" else 0
            kept_paise = earned_paise - back_paise - fined_paise
            assert getattr(sums[month.month], name) == kept_paise, name
        assert month.taken_back_paise == booked(REVERSED, OF_THE_LEDGER["net_paise"], period)
        assert month.left_paise == sums[month.month].net_paise


def paid_summary(family, period):
    return paid.summary(family, period, paid.lines(family, period))


class TestPaid:
    def test_payments_and_what_came_back_are_the_ledgers(self, db):
        family = FamilyUserFactory()
        order = factories.make_order(payer=family)
        factories.pay(order)
        factories.pay(order)
        factories.pay(factories.make_order(payer=family, amount_paise=70_000))
        total = paid_summary(family, statements.asked()).total
        captured = LedgerEntry.objects.filter(
            account__code="rzp_clearing", txn__idem_key__startswith="rzp:capture:"
        )
        promised = LedgerEntry.objects.filter(account__code="refund_payable")
        assert total.paid_paise == 270_000 == sum(entry.debit for entry in captured)
        assert total.refunded_paise == 100_000 == sum(entry.credit for entry in promised)

    def test_a_month_has_its_sums(self, db):
        family = FamilyUserFactory()
        for moment in (MARCH, APRIL):
            with clock.at(moment):
                factories.pay(factories.make_order(payer=family))
        months = paid_summary(family, statements.asked(year="2027")).months
        assert [str(month) for month in months] == ["2027-04-01"]

    def test_others_payments_are_not_mine(self, db):
        factories.pay(factories.make_order())
        assert paid.lines(FamilyUserFactory(), statements.asked()) == []

    def test_no_cell_is_a_formula(self, db):
        family = FamilyUserFactory()
        order = factories.make_order(payer=family)
        order.description = '=HYPERLINK("http://evil","x")'
        order.save()
        factories.pay(order)
        (row,) = read(paid.csv(family, statements.asked()))
        assert row["What"] == '\'=HYPERLINK("http://evil","x")'
        assert row["Paid by UPI, card or bank"] == "1000.00"


@pytest.mark.parametrize(
    ("value", "cell"),
    [("=1", "'=1"), ("+1", "'+1"), ("-1", "'-1"), ("@a", "'@a"), ("\tx", "'\tx"), ("गणित", "गणित")],
)
def test_words_that_look_like_formulas(value, cell):
    assert sheets.text(value) == cell


@pytest.mark.parametrize(
    ("paise", "cell"), [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (-123_456, "-1234.56")]
)
def test_rupees_in_cells(paise, cell):
    assert sheets.rupees(paise) == cell


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_sums_of_many_at_once(self):
        tutor = TutorUserFactory()
        paid_orders = []
        for _ in range(24):
            factories.pay(order := factories.make_order())
            paid_orders.append(order)

        def work(number):
            earnings.recognise(
                session_id=paid_orders[number].purpose_id,
                tutor=tutor,
                tutor_state="Karnataka",
                gross_paise=100_000,
                commission_bps=1500,
            )

        assert run_together(24, work, threads=8) == [None] * 24
        month = StatementMonth.objects.get(tutor=tutor, kind="class")
        assert (month.lines, month.gross_paise) == (24, 2_400_000)
        assert month.net_paise == ledger.balance("tutor_held", tutor.pk)
