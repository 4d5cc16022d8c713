from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from payments.models import (
    CreditLot,
    Earning,
    EarningReversal,
    Invoice,
    InvoiceCounter,
    PaymentOrder,
    TaxProfile,
)
from payments.services import captures, earnings, invoices, late_money, ledger, orders
from payments.tests import factories
from tutorhub.core import clock
from tutorhub.core.ids import uuid7
from tutorhub.core.tests.threads import run_together

LAST_SECOND = datetime(2027, 3, 31, 18, 29, 59, tzinfo=UTC)
"""23:59:59 on 31 March 2027 in India."""
REFUSALS = r"never changes|goes up by 1"
FIRST_SECOND = datetime(2027, 3, 31, 18, 30, tzinfo=UTC)


@pytest.fixture
def tutor(db):
    return TutorUserFactory(name="प्रिया शर्मा")


def numbers(series="TH"):
    return list(
        Invoice.objects.filter(series=series)
        .order_by("year", "number")
        .values_list("text", flat=True)
    )


def reverse(session_id, gross, **parts):
    """A reversal as it is booked by the service that takes money back."""
    earning = Earning.objects.get(session_id=session_id)
    values = {
        "commission_paise": 0,
        "cgst_paise": 0,
        "sgst_paise": 0,
        "igst_paise": 0,
        "tds_paise": 0,
        "tcs_paise": 0,
        **parts,
    }
    net = gross - sum(values.values())
    return EarningReversal.objects.create(
        earning=earning,
        cause=f"test:{uuid7()}",
        gross_paise=gross,
        net_paise=net,
        from_held_paise=net,
        from_available_paise=0,
        receivable_paise=0,
        **values,
    )


class TestCommission:
    def test_a_completed_class_is_invoiced_to_its_tutor(self, tutor):
        session = factories.earn(tutor)
        invoice = Invoice.objects.get(series="TH")
        earning = Earning.objects.get(session_id=session)
        assert (invoice.recipient, invoice.about, invoice.about_id) == (
            tutor,
            "commission",
            earning.pk,
        )
        assert invoice.text == invoices.number_text("TH", invoice.year, 1)
        assert (invoice.base_paise, invoice.cgst_paise, invoice.sgst_paise) == (
            15_000,
            1_350,
            1_350,
        )
        assert (invoice.igst_paise, invoice.total_paise) == (0, 17_700)
        assert invoice.buyer["name"] == "प्रिया शर्मा"
        assert invoice.buyer["state_code"] == "29"
        assert invoice.seller["gstin"]
        assert invoice.lines[0]["sac"] == "998599"
        assert invoice.lines[0]["gst_bps"] == 1800

    def test_into_another_state_there_is_one_tax(self, tutor):
        factories.pay(order := factories.make_order())
        earnings.recognise(
            session_id=order.purpose_id,
            tutor=tutor,
            tutor_state="Kerala",
            gross_paise=100_000,
            commission_bps=1500,
        )
        invoice = Invoice.objects.get(series="TH")
        assert (invoice.cgst_paise, invoice.sgst_paise, invoice.igst_paise) == (0, 0, 2_700)
        assert (invoice.buyer["state"], invoice.buyer["state_code"]) == ("Kerala", "32")

    def test_a_tax_profile_is_on_it_as_it_was(self, tutor):
        profile = TaxProfile.objects.create(
            user=tutor,
            legal_name="Priya Classes",
            address="4 MG Road",
            state="Karnataka",
            gstin="29ABCDE1234F1Z5",
        )
        factories.earn(tutor)
        profile.legal_name = "Another Name"
        profile.save()
        buyer = Invoice.objects.get(series="TH").buyer
        assert (buyer["name"], buyer["gstin"]) == ("Priya Classes", "29ABCDE1234F1Z5")

    def test_the_books_say_the_same(self, tutor):
        for gross in (100_000, 33_333, 99_999):
            factories.earn(tutor, gross)
        issued = Invoice.objects.filter(series="TH")
        assert sum(i.base_paise for i in issued) == ledger.balance("commission_session")
        assert sum(i.cgst_paise for i in issued) == ledger.balance("gst_output_cgst")
        assert sum(i.sgst_paise for i in issued) == ledger.balance("gst_output_sgst")

    def test_no_commission_no_invoice(self, tutor):
        factories.pay(order := factories.make_order())
        earnings.recognise(
            session_id=order.purpose_id,
            tutor=tutor,
            tutor_state="Kerala",
            gross_paise=100_000,
            commission_bps=0,
        )
        assert numbers() == []

    def test_completing_again_issues_nothing(self, tutor):
        session = factories.earn(tutor)
        earnings.recognise(
            session_id=session,
            tutor=tutor,
            tutor_state="Karnataka",
            gross_paise=100_000,
            commission_bps=1500,
        )
        assert len(numbers()) == 1

    def test_a_fact_has_one_invoice(self, tutor):
        factories.earn(tutor)
        with pytest.raises(IntegrityError, match="invoice_once"), transaction.atomic():
            invoices.issue_commission(Earning.objects.get())
        assert InvoiceCounter.objects.get(series="TH").last == 1


class TestCreditNotes:
    def test_a_reversal_takes_the_invoice_back(self, tutor):
        session = factories.earn(tutor)
        parts = {"commission_paise": 7_500, "cgst_paise": 675, "sgst_paise": 675}
        note = invoices.issue_credit_note(reverse(session, 50_000, **parts))
        assert note.corrects == Invoice.objects.get(series="TH")
        assert note.text == invoices.number_text("CN", note.year, 1)
        assert (note.base_paise, note.cgst_paise, note.total_paise) == (7_500, 675, 8_850)
        assert note.buyer == note.corrects.buyer
        assert note.recipient == tutor

    def test_a_credit_note_names_what_it_corrects(self, tutor):
        factories.earn(tutor)
        with pytest.raises(IntegrityError, match="invoice_corrects_something"):
            invoices._issue(
                Invoice.Series.CREDIT_NOTE,
                recipient=tutor,
                about=("reversal", uuid7()),
                seller=invoices.company(),
                buyer=invoices.company(),
                line={},
                sums=invoices.Sums(1),
            )


class TestPacks:
    def test_a_pack_is_invoiced_when_it_is_paid(self, tutor):
        factories.give_credits(tutor, "pack-10")
        invoice = Invoice.objects.get()
        lot = CreditLot.objects.get()
        assert (invoice.series, invoice.about, invoice.about_id) == ("TH", "credit_pack", lot.pk)
        assert (invoice.base_paise, invoice.cgst_paise, invoice.sgst_paise) == (
            49_900,
            4_491,
            4_491,
        )
        assert invoice.total_paise == lot.order.amount_paise

    def test_the_buyers_state_decides_the_tax(self, tutor):
        TaxProfile.objects.create(user=tutor, legal_name="Priya", state="Tamil Nadu")
        factories.give_credits(tutor, "pack-10")
        invoice = Invoice.objects.get()
        assert (invoice.cgst_paise, invoice.sgst_paise, invoice.igst_paise) == (0, 0, 8_982)
        assert invoice.buyer["state_code"] == "33"
        assert ledger.balance("gst_output_igst") == 8_982
        assert ledger.balance("gst_output_cgst") == 0


class TestReceipts:
    def test_a_payment_is_receipted_in_the_name_of_the_tutor(self, tutor):
        order = factories.make_order()
        order.terms = {"tutor": str(tutor.pk)}
        order.save()
        factories.pay(order)
        receipt = Invoice.objects.get()
        assert (receipt.series, receipt.about_id) == ("RV", order.pk)
        assert receipt.recipient == order.payer
        assert receipt.seller["name"] == "प्रिया शर्मा"
        assert receipt.total_paise == receipt.base_paise == 100_000
        assert receipt.lines[0]["paid"] == {"razorpay": 100_000}

    def test_a_duplicate_payment_has_no_receipt(self, db):
        order = factories.make_order()
        factories.pay(order)
        factories.pay(order)
        assert Invoice.objects.count() == 1

    def test_late_money_has_one_when_it_is_used(self, db):
        order = factories.make_order()
        orders.expire_for(purpose="session", purpose_id=order.purpose_id)
        factories.pay(order)
        assert Invoice.objects.count() == 0
        late_money.use(PaymentOrder.objects.get(pk=order.pk))
        assert Invoice.objects.get().series == "RV"


class TestNumbers:
    def test_sixteen_characters_and_no_more(self):
        assert invoices.number_text("TH", 2026, 1) == "TH/26-27/0000001"
        assert invoices.number_text("CN", 2099, 9_999_999) == "CN/99-00/9999999"
        assert len(invoices.number_text("TH", 2026, 1)) == 16

    def test_the_series_begins_anew_on_the_first_of_april_in_india(self, tutor):
        for moment in (LAST_SECOND, FIRST_SECOND, FIRST_SECOND):
            with clock.at(moment):
                factories.earn(tutor)
        assert numbers() == ["TH/26-27/0000001", "TH/27-28/0000001", "TH/27-28/0000002"]
        days = Invoice.objects.filter(series="TH").order_by("text").values_list("issued_on")
        assert [str(day) for (day,) in days] == ["2027-03-31", "2027-04-01", "2027-04-01"]

    def test_waiting_for_the_number_does_not_date_it_back(self, db, monkeypatch):
        """The day is that of the moment when the number was had, within the same year."""
        asked = iter(["before", "after"])
        days = {"before": datetime(2026, 11, 23).date(), "after": datetime(2026, 11, 24).date()}
        monkeypatch.setattr(clock, "today", lambda: days[next(asked)])
        with transaction.atomic():
            assert invoices._take_number("TH")[0] == days["after"]
            transaction.set_rollback(True)

    def test_waiting_over_new_year_keeps_the_old_year(self, db, monkeypatch):
        asked = iter(["before", "after"])
        days = {"before": datetime(2027, 3, 31).date(), "after": datetime(2027, 4, 1).date()}
        monkeypatch.setattr(clock, "today", lambda: days[next(asked)])
        with transaction.atomic():
            assert invoices._take_number("TH")[:2] == (days["before"], 2026)
            transaction.set_rollback(True)

    def test_a_number_that_is_taken_is_used(self, db):
        with transaction.atomic():
            invoices._take_number("TH")
            with pytest.raises(IntegrityError, match="was taken and not used"):
                connection.check_constraints()
            transaction.set_rollback(True)

    def test_the_applications_role_can_issue(self, tutor):
        call_command("grant_app_role", role="tutorhub_test_app", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE tutorhub_test_app")
            try:
                factories.earn(tutor)
                connection.check_constraints()
            finally:
                cursor.execute("RESET ROLE")
        assert len(numbers()) == 1


@pytest.mark.django_db
class TestForever:
    """As the owner of the tables, so the triggers alone stand in the way."""

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE payments_invoice SET total_paise = total_paise",
            "UPDATE payments_invoice SET buyer = '{}'",
            "DELETE FROM payments_invoice",
            "UPDATE payments_invoicecounter SET last = last + 2",
            "UPDATE payments_invoicecounter SET last = last - 1",
            "UPDATE payments_invoicecounter SET year = year + 1, last = last + 1",
            "DELETE FROM payments_invoicecounter",
            "INSERT INTO payments_invoicecounter (series, year, last) VALUES ('TH', 2001, 7)",
        ],
    )
    def test_the_database_refuses(self, tutor, statement):
        factories.earn(tutor)
        with pytest.raises(DatabaseError, match=REFUSALS), transaction.atomic():
            connection.cursor().execute(statement)


class Broken(Exception):
    pass


def issue_many(count=64):
    """`count` payments from 16 threads, of which every third is rolled back at its end."""
    family = FamilyUserFactory()
    asked = [factories.make_order(payer=family) for _ in range(count)]
    entities = [factories.payment_entity(order) for order in asked]

    def work(number):
        entity = entities[number]
        if number % 3:
            return captures.apply_capture(entity["id"], fetched=dict(entity))
        with transaction.atomic():
            captures.apply_capture(entity["id"], fetched=dict(entity))
            raise Broken

    return run_together(count, work, threads=16)


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_no_gap_though_every_third_is_rolled_back(self):
        """Invariant I15."""
        results = issue_many()
        kept = [result for result in results if not isinstance(result, Exception)]
        assert {type(r) for r in results if isinstance(r, Exception)} == {Broken}
        assert len(kept) == 42
        used = list(Invoice.objects.order_by("number").values_list("number", flat=True))
        assert used == list(range(1, 43))
        assert InvoiceCounter.objects.get(series="RV").last == 42

    def test_control_a_sequence_leaves_gaps(self, monkeypatch):
        with connection.cursor() as cursor:
            cursor.execute("CREATE SEQUENCE receipts_control")

        def from_sequence(series, year):
            with connection.cursor() as cursor:
                cursor.execute("SELECT nextval('receipts_control')")
                return cursor.fetchone()[0]

        monkeypatch.setattr(invoices, "_count", from_sequence)
        try:
            issue_many()
            used = list(Invoice.objects.order_by("number").values_list("number", flat=True))
            assert len(used) == 42
            assert used[-1] > 42
        finally:
            with connection.cursor() as cursor:
                cursor.execute("DROP SEQUENCE receipts_control")

    @pytest.mark.scenario(27)
    def test_two_years_at_once_over_midnight(self):
        tutors = [TutorUserFactory() for _ in range(4)]
        paid = []
        for _ in range(32):
            factories.pay(order := factories.make_order())
            paid.append(order)

        def work(number):
            with clock.at(FIRST_SECOND if number % 2 else LAST_SECOND):
                earnings.recognise(
                    session_id=paid[number].purpose_id,
                    tutor=tutors[number % 4],
                    tutor_state="Karnataka",
                    gross_paise=100_000,
                    commission_bps=1500,
                )

        assert [r for r in run_together(32, work, threads=16) if r] == []
        for year in ("26-27", "27-28"):
            assert [text for text in numbers() if f"/{year}/" in text] == [
                f"TH/{year}/{n:07d}" for n in range(1, 17)
            ]
