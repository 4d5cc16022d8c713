"""Documents are read back with another library than the one that writes them."""

from dataclasses import asdict
from datetime import UTC, date, datetime

import pypdfium2
import pytest
from fpdf import FPDF

from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from payments.models import Invoice, TaxProfile
from payments.services import invoices, papers, statements
from payments.services.papers.page import Column, Paper
from payments.tests import factories
from tutorhub.core import clock
from tutorhub.core.ids import uuid7

NOVEMBER = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
NAMES = ["प्रिया शर्मा", "श्रुति त्रिपाठी", "अपार्टमेंट", "कृष्ण", "हिन्दी"]


# A glyph that shares its characters with its neighbour, like a mark above it, has none of its own.
MARKS = dict.fromkeys(range(32))


def pages(body):
    document = pypdfium2.PdfDocument(body)
    try:
        texts = [page.get_textpage().get_text_range() for page in document]
        return [" ".join(line.translate(MARKS) for line in text.split()) for text in texts]
    finally:
        document.close()


def picture(body):
    document = pypdfium2.PdfDocument(body)
    try:
        return document[0].render(scale=2).to_pil().convert("L")
    finally:
        document.close()


def paper(**values):
    return Paper(
        **{"title": "T", "dated": NOVEMBER, "foot": "F", "page_foot": "{page} of {pages}", **values}
    )


@pytest.fixture
def tutor(db):
    user = TutorUserFactory(name="Priya Sharma")
    TaxProfile.objects.create(
        user=user,
        legal_name="प्रिया शर्मा",
        address="12, अपार्टमेंट, MG Road, Indore",
        state="Karnataka",
    )
    return user


class TestInvoices:
    def test_a_tax_invoice_says_what_the_law_asks_for(self, tutor, settings):
        with clock.at(NOVEMBER):
            factories.earn(tutor)
        (text,) = pages(papers.invoice_pdf(Invoice.objects.get(series="TH")))
        for words in [
            *("Tax invoice", "TH/26-27/0000001", "23.11.2026", "Place of supply Karnataka (29)"),
            *(settings.COMPANY_NAME, settings.COMPANY_GSTIN, "प्रिया शर्मा", "998599"),
            *("CGST 9\u00a0%".replace("\u00a0", " "), "₹ 150.00", "₹ 13.50", "₹ 177.00"),
            *("reverse charge", "Page 1 of 1"),
        ]:
            assert words in text, words

    def test_a_credit_note_names_the_invoice(self, tutor):
        with clock.at(NOVEMBER):
            factories.earn(tutor)
            invoice = Invoice.objects.get(series="TH")
            note = invoices._correct(invoice, about=("x", uuid7()), sums=invoices.Sums(100, 9, 9))
        (text,) = pages(papers.invoice_pdf(note))
        assert "Credit note" in text
        assert "Corrects TH/26-27/0000001 of 23.11.2026" in text
        assert "₹ 1.18" in text

    def test_a_receipt_says_that_the_tutor_is_the_supplier(self, tutor, settings):
        order = factories.make_order(payer=FamilyUserFactory(name="कृष्ण"))
        order.terms = {"tutor": str(tutor.pk)}
        order.save()
        factories.pay(order)
        (text,) = pages(papers.invoice_pdf(Invoice.objects.get()))
        assert "Supplier प्रिया शर्मा" in text
        assert "Received from कृष्ण" in text
        assert "The supplier of the class is the tutor named above, and not TutorHub" in text
        assert f"on the tutor's behalf by {settings.COMPANY_NAME}" in text
        assert "UPI, card or net banking ₹ 1,000.00" in text

    def test_the_same_invoice_is_the_same_file(self, tutor):
        factories.earn(tutor)
        invoice = Invoice.objects.get(series="TH")
        assert papers.invoice_pdf(invoice) == papers.invoice_pdf(invoice)


class TestHindi:
    @pytest.mark.parametrize("name", NAMES)
    def test_a_name_comes_back_as_it_went_in(self, name):
        page = paper()
        page.side_by_side([("Name", name)])
        assert f"Name {name}" in pages(bytes(page.output()))[0]

    def test_conjuncts_are_shaped(self):
        """क्षि is two glyphs and not four characters in a row: the line is shorter."""

        def ink_ends_at(is_shaped):
            page = paper()
            page.set_text_shaping(is_shaped)
            page.set_y(40)
            page.heading("क्षितिज श्रुति प्रिया")
            drawn = picture(bytes(page.output())).crop((0, 220, 1190, 300))
            return drawn.point(lambda value: 255 - value).getbbox()[2]

        assert ink_ends_at(True) < ink_ends_at(False) * 0.95

    def test_a_line_that_begins_in_hindi_leaves_the_size_alone(self):
        """Watched failing in fpdf2 2.8.9 without our `_render_styled_text_line`."""

        def height_of_latin(first):
            page = paper()
            page.set_font("latin", "", 8)
            page.cell(0, 5, "small", new_x="LMARGIN", new_y="NEXT")
            page.set_font("latin", "", 30)
            page.set_y(60)
            page.cell(0, 15, first, new_x="LMARGIN", new_y="NEXT")
            page.set_y(100)
            page.cell(0, 15, "HHHH")
            drawn = picture(bytes(page.output())).crop((0, 560, 1190, 700))
            box = drawn.point(lambda value: 255 - value).getbbox()
            return box[3] - box[1]

        assert height_of_latin("प्रिया") == height_of_latin("Priya")

    def test_control_without_our_change_it_shrinks(self, monkeypatch):
        monkeypatch.setattr(
            Paper, "_render_styled_text_line", FPDF._render_styled_text_line, raising=True
        )
        with pytest.raises(AssertionError):
            self.test_a_line_that_begins_in_hindi_leaves_the_size_alone()

    def test_the_rupee_sign_and_indian_digits(self):
        page = paper()
        page.figures([Column("Amount", 10)], [["₹ 1,23,456.50"]])
        assert "₹ 1,23,456.50" in pages(bytes(page.output()))[0]


class TestPages:
    def test_pages_are_numbered_and_the_head_is_repeated(self):
        page = paper()
        page.figures([Column("Amount", 10)], [[f"row {n}"] for n in range(100)])
        texts = pages(bytes(page.output()))
        assert len(texts) > 1
        for number, text in enumerate(texts, 1):
            assert text.startswith("Amount")
            assert text.endswith(f"{number} of {len(texts)}")


class TestStatements:
    def test_a_statement_of_earnings(self, tutor):
        with clock.at(NOVEMBER):
            factories.earn(tutor)
        factories.settle()
        (text,) = pages(papers.earnings_pdf(tutor, statements.asked(year="2026")))
        assert "Statement of earnings Name Priya Sharma" in text
        assert "Financial year 2026-27" in text
        assert "November 2026 ₹ 1,000.00 ₹ 150.00 ₹ 27.00 ₹ 50.00 – ₹ 773.00 –" in text
        assert "23.11.2026 class ₹ 1,000.00" in text

    def test_a_statement_of_payments(self, db):
        family = FamilyUserFactory(name="क्षितिज")
        with clock.at(NOVEMBER):
            factories.pay(factories.make_order(payer=family))
        (text,) = pages(papers.payments_pdf(family, statements.asked(month="2026-11")))
        assert "Statement of payments" in text
        assert "November 2026 ₹ 1,000.00 – – –" in text
        assert "23.11.2026 Maths, 1 h Payment ₹ 1,000.00" in text

    def test_company_has_a_state_code(self):
        assert asdict(invoices.company())["state_code"] == "29"
        assert date(2026, 4, 1) == statements.asked(year="2026").first
