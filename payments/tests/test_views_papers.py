"""Invoices and statements as pages and in the API: whose they are, and what they say."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts.clients import Client as Device
from accounts.services import tokens
from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from payments.models import Invoice, StatementLine
from payments.tests import factories
from tutorhub.core import clock

NOVEMBER = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
PAGES = [
    "/invoices/",
    "/statements/earnings/?year=2026",
    "/statements/payments/?year=2026",
    "/credits/",
]


def browser(user):
    client = Client()
    client.force_login(user, backend="accounts.backends.PhoneBackend")
    return client


def app(user):
    access = tokens.issue(user=user, client=Device()).access
    return Client(headers={"Authorization": f"Bearer {access}"})


def body(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.fixture
def tutor(db):
    """With a class of Rs 1,000 and a pack of credits, in November."""
    user = TutorUserFactory()
    with clock.at(NOVEMBER):
        factories.earn(user)
        factories.give_credits(user, "pack-10")
    factories.settle()
    return user


@pytest.fixture
def family(db):
    user = FamilyUserFactory()
    with clock.at(NOVEMBER):
        factories.pay(factories.make_order(payer=user))
    return user


class TestPages:
    def test_a_tutors_invoices(self, tutor):
        page = browser(tutor).get("/invoices/")
        for text in Invoice.objects.filter(recipient=tutor).values_list("text", flat=True):
            assert text in page.content.decode()

    def test_an_invoice_opens_as_a_pdf(self, tutor):
        invoice = tutor.invoices.earliest("pk")
        answer = browser(tutor).get(f"/invoices/{invoice.pk}.pdf")
        assert answer["Content-Type"] == "application/pdf"
        assert (
            answer["Content-Disposition"]
            == f'inline; filename="{invoice.text.replace("/", "-")}.pdf"'
        )
        assert answer.content.startswith(b"%PDF-")

    def test_not_yours_is_not_there(self, tutor):
        invoice = tutor.invoices.earliest("pk")
        for other in (TutorUserFactory(), FamilyUserFactory()):
            assert browser(other).get(f"/invoices/{invoice.pk}.pdf").status_code == 404
            assert app(other).get(f"/api/v1/invoices/{invoice.pk}.pdf").status_code == 404

    def test_a_statement_shows_sums_and_lines(self, tutor):
        page = browser(tutor).get("/statements/earnings/?year=2026").content.decode()
        assert "November 2026" in page
        assert page.count("₹\u00a0773.00") == 4

    def test_a_month_has_its_own_address(self, tutor):
        assert (
            "773.00" in browser(tutor).get("/statements/earnings/?month=2026-11").content.decode()
        )
        page = browser(tutor).get("/statements/earnings/?month=2026-10").content.decode()
        assert page.count("₹\u00a0773.00") == 3

    @pytest.mark.parametrize("query", ["year=x", "month=2026-13", "before=x", "before=99999"])
    def test_nonsense_is_not_found(self, tutor, query):
        assert browser(tutor).get(f"/statements/earnings/?{query}").status_code == 404

    def test_others_lines_are_no_place_to_go_on_from(self, tutor):
        line = StatementLine.objects.get()
        other = browser(TutorUserFactory())
        assert other.get(f"/statements/earnings/?before={line.pk}").status_code == 404

    def test_what_a_family_paid(self, family):
        page = browser(family).get("/statements/payments/?year=2026").content.decode()
        assert "Maths, 1 h" in page
        assert page.count("₹\u00a01,000.00") == 3

    @pytest.mark.parametrize("kind", ["earnings", "payments"])
    def test_files(self, tutor, kind):
        for ending, magic in (("csv", b"\xef\xbb\xbf"), ("pdf", b"%PDF-")):
            answer = browser(tutor).get(f"/statements/{kind}.{ending}?year=2026")
            assert body(answer).startswith(magic)
            assert f"tutorhub-{kind}-2026-27.{ending}" in answer["Content-Disposition"]

    @pytest.mark.parametrize("path", PAGES)
    def test_statements_to_the_database_are_few(self, tutor, path, django_assert_max_num_queries):
        client = browser(tutor)
        client.get(path)
        with django_assert_max_num_queries(8):
            assert client.get(path).status_code == 200

    def test_many_invoices_come_page_by_page(self, tutor):
        with clock.at(NOVEMBER):
            for _ in range(20):
                factories.earn(tutor)
        client = browser(tutor)
        first = client.get("/invoices/")
        second = client.get("/invoices/" + first.context["next_url"])
        seen = [*first.context["invoices"], *second.context["invoices"]]
        assert len(seen) == len(set(seen)) == 22
        assert second.context["next_url"] == ""


class TestCredits:
    def test_the_page_shows_what_is_left_and_its_invoice(self, tutor):
        page = browser(tutor).get("/credits/").content.decode()
        assert tutor.invoices.get(about="credit_pack").text in page


class TestApi:
    def test_invoices(self, tutor):
        rows = app(tutor).get("/api/v1/invoices").json()["results"]
        assert [row["series"] for row in rows] == ["TH", "TH"]
        assert rows[1]["total_paise"] == 17_700
        assert rows[1]["corrects"] is None

    def test_the_api_says_what_the_page_says(self, tutor):
        answer = app(tutor).get("/api/v1/statements/earnings?year=2026").json()
        assert answer["period"] == "2026-27"
        (month,) = answer["months"]
        assert month["month"] == "2026-11"
        assert month["net_paise"] == answer["total"]["net_paise"] == 77_300

    def test_lines_by_cursor(self, tutor):
        with clock.at(NOVEMBER):
            for _ in range(2):
                factories.earn(tutor)
        client = app(tutor)
        path, seen = "/api/v1/statements/earnings/lines?year=2026&page_size=2", []
        while path:
            page = client.get(path).json()
            seen += [row["about"] for row in page["results"]]
            path = page["next"]
        assert len(seen) == len(set(seen)) == 3

    def test_payments(self, family):
        answer = app(family).get("/api/v1/statements/payments?month=2026-11").json()
        assert answer["total"]["paid_paise"] == 100_000
        assert [line["kind"] for line in answer["lines"]] == ["payment"]
        assert answer["months"][0]["month"] == "2026-11"

    def test_nonsense_is_refused_with_a_reason(self, tutor):
        answer = app(tutor).get("/api/v1/statements/earnings?year=x")
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["code"] == "bad_period"

    @pytest.mark.parametrize("kind", ["earnings", "payments"])
    def test_files(self, tutor, kind):
        for ending, magic in (("csv", b"\xef\xbb\xbf"), ("pdf", b"%PDF-")):
            answer = app(tutor).get(f"/api/v1/statements/{kind}.{ending}?year=2026")
            assert body(answer).startswith(magic)

    def test_a_family_has_no_earnings(self, family):
        assert app(family).get("/api/v1/statements/earnings").status_code == 403
