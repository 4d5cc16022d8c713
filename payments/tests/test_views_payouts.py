"""The tutor's pages of earnings, payouts, account and tax: what they show, and the same by API."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.tests.cast import trust, trusted_api
from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from payments import queries
from payments.models import Earning, PayoutMethod, TaxProfile
from payments.services import cancellations, earnings, payout_methods, payouts
from payments.services.payouts import sending
from payments.tests import factories
from payments.tests.test_services_statements import close
from payments.views import charts
from tutorhub.core import clock

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=clock.IST)
MOST_QUERIES = 8


@pytest.fixture(autouse=True)
def _no_wait(settings):
    settings.PAYOUT_FIRST_WAIT = timedelta(0)


@pytest.fixture
def tutor():
    tutor = factories.rich_tutor(200_000)
    factories.settle()
    return tutor


def browse(user) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.PhoneBackend")
    trust(client, user)
    return client


def api(user) -> APIClient:
    return trusted_api(user)


def text(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", answer.content.decode().replace("\xa0", " "))


def teach(tutor, *moments):
    for moment in moments:
        with clock.at(moment):
            factories.earn(tutor)
    factories.settle()


class TestMonths:
    def test_they_go_by_the_date_in_india(self):
        tutor = TutorUserFactory()
        factories.make_method(tutor)
        teach(
            tutor,
            datetime(2026, 10, 31, 23, 59, tzinfo=clock.IST),
            datetime(2026, 11, 1, 0, 0, tzinfo=clock.IST),
            datetime(2026, 11, 1, 0, 1, tzinfo=clock.IST),
            datetime(2025, 11, 30, 23, 59, tzinfo=clock.IST),
        )
        with clock.at(NOW):
            months = queries.earning_months(tutor)
        assert [str(month.month)[:7] for month in (months[0], months[-1])] == ["2025-12", "2026-11"]
        assert len(months) == 12
        assert [month.classes for month in months] == [0] * 10 + [1, 2]
        assert months[-1].net_paise == 2 * 82_300
        assert months[-1].gross_paise == 200_000

    def test_what_is_taken_back_counts_in_the_month_of_that(self):
        tutor = TutorUserFactory()
        factories.make_method(tutor)
        teach(tutor, datetime(2026, 10, 31, 23, 59, tzinfo=clock.IST))
        with clock.at(datetime(2026, 11, 1, 0, 0, tzinfo=clock.IST)):
            session = Earning.objects.get().session_id
            earnings.reverse(session_id=session, gross_paise=50_000, cause="test")
        factories.settle()
        with clock.at(NOW):
            october, november = queries.earning_months(tutor)[-2:]
            page = text(browse(tutor).get("/earnings/"))
        parts = october.commission_paise + october.gst_paise + october.tax_paise + october.net_paise
        assert parts == october.gross_paise == 100_000
        assert (october.classes, october.taken_back_paise, october.left_paise) == (1, 0, 82_300)
        assert (november.classes, november.gross_paise, november.net_paise) == (0, 0, 0)
        assert (november.taken_back_paise, november.left_paise) == (41_150, -41_150)
        table = page[page.index("The same as a table") :]
        assert table.index("November 2026") < table.index("- ₹ 411.50") < table.index("October")

    def test_a_penalty_comes_off_its_month_and_is_named(self, tutor):
        assert "Penalty" not in text(browse(tutor).get("/earnings/"))
        order = factories.make_order()
        factories.pay(order)
        terms = {"goodwill_paise": 2_500, "penalty_paise": 7_500}
        cancellations.tutor_failed(order=order, tutor=tutor, **terms)
        factories.settle()
        month = api(tutor).get("/api/v1/tutors/earnings").json()["months"][-1]
        assert month["penalty_paise"] == 7_500
        assert month["left_paise"] == month["net_paise"] - 7_500
        page = text(browse(tutor).get("/earnings/"))
        assert "₹ 75.00" in page[page.index("Penalty") :]

    def test_payouts_are_no_part_of_it(self, tutor):
        close(factories.payouts_request(tutor), "PROCESSED")
        factories.settle()
        month = queries.earning_months(tutor)[-1]
        assert (month.classes, month.left_paise) == (1, 164_600)

    @pytest.mark.usefixtures("still_clock")
    def test_page_and_api_say_the_same(self, tutor):
        page = text(browse(tutor).get("/earnings/"))
        answer = api(tutor).get("/api/v1/tutors/earnings").json()
        assert answer["available_paise"] == 164_600
        assert answer["receivable_paise"] == 0
        last = answer["months"][-1]
        assert (last["month"], last["left_paise"]) == (f"{clock.today():%Y-%m}", 164_600)
        assert f"{clock.today():%B %Y}" in page
        assert page.count("₹ 1,646.00") >= 2

    def test_what_the_tutor_owes_is_said(self, tutor, monkeypatch):
        owing = earnings.EarningsSummary(0, 0, 0, 0, 0, 12_345)
        monkeypatch.setattr(earnings, "summary", lambda user: owing)
        assert "₹ 123.45 was given back" in text(browse(tutor).get("/earnings/"))

    def test_it_asks_little_while_earnings_wait(
        self, tutor, settings, django_assert_max_num_queries
    ):
        settings.PAYOUT_FIRST_WAIT = timedelta(days=7)
        client = browse(tutor)
        with django_assert_max_num_queries(MOST_QUERIES):
            client.get("/earnings/")


class TestChart:
    def months(self, *paise):
        with clock.at(NOW):
            empty = queries.earning_months(TutorUserFactory(), count=len(paise))
        return [
            queries.Month(month.month, classes=1, net_paise=amount)
            for month, amount in zip(empty, paise, strict=True)
        ]

    def test_the_highest_fills_the_height_and_nothing_leaves_the_picture(self):
        chart = charts.by_month(self.months(*[0, 1, 50_000, 100_000] * 3))
        heights = [bar.height for bar in chart.bars][:4]
        assert heights == [0, 2, 70, 140]
        assert all(bar.y + bar.height == chart.floor for bar in chart.bars)
        assert all(0 <= bar.x < bar.x + bar.width <= chart.width for bar in chart.bars)
        assert all(bar.y >= charts.TOP for bar in chart.bars)

    def test_nothing_at_all(self):
        assert {bar.height for bar in charts.by_month(self.months(0, 0)).bars} == {0}

    @pytest.mark.parametrize(
        ("paise", "figure"),
        [
            (0, ""),
            (49, ""),
            (50, "1"),
            (999_49, "999"),
            (12_345_00, "12.3k"),
            (1_23_456_00, "1.23L"),
        ],
    )
    def test_short_figures(self, paise, figure):
        assert charts.by_month(self.months(paise)).bars[0].figure == figure

    def test_it_needs_no_style_and_no_script(self, tutor):
        page = browse(tutor).get("/earnings/").content.decode()
        svg = re.search(r"<svg class=\"chart\".*?</svg>", page, re.DOTALL)[0]
        assert "style" not in svg
        assert "script" not in svg


def entity(payout, status):
    return {
        "id": "pout_Test",
        "amount": payout.amount_paise,
        "status": status,
        "reference_id": payout.reference,
        "utr": "412300000001" if status == "processed" else None,
        "status_details": {"description": f"because of {status}"},
    }


class TestPayoutPage:
    @pytest.fixture
    def payout(self, tutor, finance):
        factories.fund_float()
        return factories.payouts_request(tutor)

    def walk(self, payout, finance, *statuses):
        payouts.approve(payout, by=finance)
        sending._begin(payout.pk)
        for status in statuses:
            payouts.apply(entity(payout, status))

    def seen(self, payout):
        page = text(browse(payout.tutor).get(f"/payouts/{payout.pk}/"))
        answer = api(payout.tutor).get(f"/api/v1/tutors/payouts/{payout.pk}").json()
        assert all(step["title"] in page for step in answer["timeline"])
        return page, answer

    def test_asked_for(self, payout):
        page, answer = self.seen(payout)
        assert [step["state"] for step in answer["timeline"]] == ["done", "now", ""]
        assert "Take it back" in page

    def test_the_account_is_being_checked(self, payout):
        PayoutMethod.objects.update(validation="pending", validated_at=None)
        page, answer = self.seen(payout)
        assert "The bank checks your account" in page
        assert answer["timeline"][1]["text"] == "being checked"

    def test_on_its_way(self, payout, finance):
        self.walk(payout, finance, "queued", "processing")
        page, answer = self.seen(payout)
        titles = [step["text"] for step in answer["timeline"]]
        assert "waits for money in our account" in titles
        assert "the bank is working on it" in titles
        assert answer["gateway_status"] == "processing"
        assert "Take it back" not in page

    def test_paid_and_sent_back(self, payout, finance):
        self.walk(payout, finance, "processed")
        page, answer = self.seen(payout)
        assert "UTR 412300000001" in page
        assert {step["state"] for step in answer["timeline"]} == {"done"}
        payouts.apply(entity(payout, "reversed"))
        page, answer = self.seen(payout)
        assert answer["timeline"][-1]["state"] == "failed"
        assert "because of reversed" in page
        assert "In your account" in page

    def test_rejected(self, payout, finance):
        payouts.reject(payout, by=finance, reason="The name differs.")
        assert "The name differs." in self.seen(payout)[0]

    def test_made_by_itself(self, payout, finance):
        payout.week = clock.today()
        payout.save()
        assert "Made by itself" in self.seen(payout)[0]

    def test_others_do_not_see_it(self, payout):
        stranger = TutorUserFactory()
        assert browse(stranger).get(f"/payouts/{payout.pk}/").status_code == 404
        assert api(stranger).get(f"/api/v1/tutors/payouts/{payout.pk}").status_code == 404
        assert browse(FamilyUserFactory()).get(f"/payouts/{payout.pk}/").status_code == 403

    def test_it_asks_little(self, payout, finance, django_assert_max_num_queries):
        self.walk(payout, finance, "queued", "processing", "processed")
        client = browse(payout.tutor)
        with django_assert_max_num_queries(MOST_QUERIES):
            client.get(f"/payouts/{payout.pk}/")


class TestMethodPage:
    def test_what_the_bank_said(self, tutor):
        PayoutMethod.objects.update(
            validation="failed", validation_note="Another name.", registered_name="Somebody Else"
        )
        page = text(browse(tutor).get("/payout-method/"))
        assert "Refused by the bank" in page
        assert "Another name." in page
        assert "Somebody Else" in page
        assert "did not confirm this account" in text(browse(tutor).get("/payouts/"))
        answer = api(tutor).get("/api/v1/tutors/payout-method").json()
        assert (answer["validation"], answer["registered_name"]) == ("failed", "Somebody Else")

    def test_being_checked(self, tutor):
        PayoutMethod.objects.update(validation="", validated_at=None)
        assert "one rupee" in text(browse(tutor).get("/payout-method/"))
        assert "still being checked" in text(browse(tutor).get("/payouts/"))

    def test_too_many_accounts_are_said_on_the_form(self, tutor, monkeypatch):
        monkeypatch.setattr(payout_methods, "MOST_A_DAY", 1)
        details = {"kind": "upi", "holder_name": "Ravi Kumar", "vpa": "x2@okbank"}
        answer = browse(tutor).post("/payout-method/", {**details, "pan": "ABCDE1234F"})
        assert "too many accounts" in text(answer)

    def test_the_weekly_payout(self, tutor):
        client = browse(tutor)
        assert "Pay me every Monday" in text(client.get("/payout-method/"))
        client.post("/payout-method/weekly/", {"is_weekly": "1"})
        assert payout_methods.current(tutor).is_weekly
        assert "also paid every Monday" in text(client.get("/payouts/"))
        answer = api(tutor).patch("/api/v1/tutors/payout-method", {"is_weekly": False})
        assert (answer.status_code, answer.json()["is_weekly"]) == (200, False)
        nobody = api(TutorUserFactory())
        refused = nobody.patch("/api/v1/tutors/payout-method", {"is_weekly": True})
        assert refused.status_code == 422


class TestTaxProfilePage:
    DETAILS = {
        "legal_name": "Ravi Kumar",
        "address": "12, 5th Cross, Koramangala",
        "state": "Karnataka",
        "gstin": "",
    }

    def test_saved_and_shown_again(self, tutor):
        client = browse(tutor)
        assert client.post("/tax-profile/", self.DETAILS).status_code == 302
        assert TaxProfile.objects.get().user == tutor
        assert "Koramangala" in text(client.get("/tax-profile/"))

    @pytest.mark.parametrize(
        ("field", "value"), [("gstin", "29ABCDE1234F1Z9"), ("state", "X"), ("legal_name", "R")]
    )
    def test_what_is_wrong_is_said_beside_the_field(self, tutor, field, value):
        answer = browse(tutor).post("/tax-profile/", {**self.DETAILS, field: value})
        assert field in answer.context["form"].errors
        refused = api(tutor).put("/api/v1/tutors/tax-profile", {**self.DETAILS, field: value})
        assert refused.status_code == 422
        assert not TaxProfile.objects.exists()

    def test_by_api(self, tutor):
        client = api(tutor)
        assert client.get("/api/v1/tutors/tax-profile").status_code == 404
        path, known = "/api/v1/tutors/tax-profile", {**self.DETAILS, "pan_hint": ""}
        assert client.put(path, self.DETAILS).json() == known
        assert client.get(path).json() == known
        with_pan = client.put(path, {**self.DETAILS, "pan": "ABCDE1234F"}).json()
        assert with_pan == {**self.DETAILS, "pan_hint": "••••••234F"}
