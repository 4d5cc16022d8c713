"""Payouts take a second factor where `PAYOUTS_TAKE_SECOND_FACTOR` is on, by page and by API."""

from datetime import datetime, timedelta

import pytest
from rest_framework.test import APIClient

from accounts.models import AppSession
from accounts.tests.authenticator import Authenticator, passkey_of
from accounts.tests.cast import step_up, strong_step_up, trusted_api, trusted_browser, unproved
from accounts.tests.digits import app_of, digits
from payments.models import Payout
from payments.services import payout_methods
from payments.tasks import plan_weekly_payouts
from payments.tests import factories
from tutorhub.core import clock, outbox

pytestmark = pytest.mark.django_db

UPI = {"kind": "upi", "holder_name": "Ravi Kumar", "vpa": "ravi@okbank", "pan": "ABCDE1234F"}
WHY = "/account/second-factor/?next="
ASK = "/account/confirm/?next="
MONDAY = datetime(2026, 11, 30, 10, 0, tzinfo=clock.IST)
METHOD, PAYOUTS = "/api/v1/tutors/payout-method", "/api/v1/tutors/payouts"


@pytest.fixture(autouse=True)
def _on(settings):
    settings.PAYOUTS_TAKE_SECOND_FACTOR = True
    settings.PAYOUT_FIRST_WAIT = timedelta(0)
    settings.SITE_URL = "https://testserver"


@pytest.fixture
def tutor():
    """With earnings and an account that was given before the setting was on."""
    tutor = factories.rich_tutor(200_000)
    factories.settle()
    return tutor


def account(tutor):
    return tutor.payout_methods.current().get().hint


def refused(answer):
    return answer.status_code, answer.json()["errors"][0]["code"]


def here():
    """The sign-in of the app that was signed in last."""
    return AppSession.objects.latest("pk").pk


def by_sms(tutor) -> APIClient:
    client = trusted_api(tutor)
    unproved()
    step_up(tutor, here())
    return client


class TestPages:
    def test_who_has_none_is_led_to_one_and_back(self, tutor):
        client, before = trusted_browser(tutor), account(tutor)
        for path, data in (("/payouts/", {"amount": "800"}), ("/payout-method/", UPI)):
            way = f"{WHY}{path.replace('/', '%2F')}"
            assert client.post(path, data)["Location"] == way
            assert f'href="{way}"' in client.get(path).content.decode()
        assert not Payout.objects.exists()
        assert account(tutor) == before

    def test_the_whole_way_by_authenticator(self, tutor):
        client = trusted_browser(tutor)
        way = client.post("/payout-method/", UPI)["Location"]
        assert (
            'href="/account/authenticator/?next=%2Fpayout-method%2F"'
            in client.get(way).content.decode()
        )
        confirm = client.post("/account/authenticator/?next=/payout-method/")["Location"]
        code = digits(tutor.totpdevice_set.get())
        assert client.post(confirm, {"token": code})["Location"] == "/payout-method/"
        assert client.post("/payout-method/", UPI)["Location"] == "/payouts/"
        assert payout_methods.current(tutor).vpa == "ravi@okbank"

    @pytest.mark.parametrize("factor", ["passkey", "authenticator"])
    def test_a_code_by_sms_is_not_enough(self, tutor, factor):
        client, before = trusted_browser(tutor), account(tutor)
        passkey_of(tutor, Authenticator()) if factor == "passkey" else app_of(tutor)
        for path, data in (("/payouts/", {"amount": "800"}), ("/payout-method/", UPI)):
            way = f"{ASK}{path.replace('/', '%2F')}"
            assert client.post(path, data)["Location"] == way
            assert f'href="{way.replace("&", "&amp;")}"' in client.get(path).content.decode()
        assert not Payout.objects.exists()
        assert account(tutor) == before

    def test_who_has_proved_it_is_paid(self, tutor):
        app_of(tutor)
        client = trusted_browser(tutor)
        assert "Ask for it" in client.get("/payouts/").content.decode()
        assert client.post("/payouts/", {"amount": "800"})["Location"] == "/payouts/"
        assert Payout.objects.get().amount_paise == 80_000

    def test_off_it_is_as_before(self, tutor, settings):
        settings.PAYOUTS_TAKE_SECOND_FACTOR = False
        client = trusted_browser(tutor)
        assert client.post("/payouts/", {"amount": "800"})["Location"] == "/payouts/"
        assert client.post("/payout-method/", UPI)["Location"] == "/payouts/"
        assert payout_methods.current(tutor).vpa == "ravi@okbank"

    def test_off_an_account_with_a_factor_is_still_set_by_it(self, tutor, settings):
        settings.PAYOUTS_TAKE_SECOND_FACTOR = False
        client, before = trusted_browser(tutor), account(tutor)
        app_of(tutor)
        answer = client.post("/payout-method/", UPI)
        assert answer["Location"] == f"{ASK}%2Fpayout-method%2F"
        assert account(tutor) == before


class TestApi:
    def test_who_has_none_is_told_to_set_one_up(self, tutor):
        app, before = by_sms(tutor), account(tutor)
        said = (403, "second_factor_required")
        assert refused(app.put(METHOD, UPI, format="json")) == said
        assert refused(app.post(PAYOUTS, {"amount_paise": 80_000}, format="json")) == said
        assert account(tutor) == before
        assert not Payout.objects.exists()

    def test_a_code_by_sms_is_not_enough(self, tutor):
        app, before = by_sms(tutor), account(tutor)
        app_of(tutor)
        said = (403, "strong_step_up_required")
        assert refused(app.put(METHOD, UPI, format="json")) == said
        assert refused(app.post(PAYOUTS, {"amount_paise": 80_000}, format="json")) == said
        assert account(tutor) == before
        assert not Payout.objects.exists()

    def test_who_has_proved_it_is_paid(self, tutor):
        app = by_sms(tutor)
        app_of(tutor)
        strong_step_up(tutor, here())
        assert app.post(PAYOUTS, {"amount_paise": 80_000}, format="json").status_code == 201
        assert app.put(METHOD, UPI, format="json").status_code == 200
        assert payout_methods.current(tutor).vpa == "ravi@okbank"

    def test_to_look_and_to_switch_the_weekly_payout_takes_nothing(self, tutor):
        app = trusted_api(tutor)
        unproved()
        assert app.get(METHOD).status_code == app.get(PAYOUTS).status_code == 200
        assert app.patch(METHOD, {"is_weekly": True}, format="json").status_code == 200

    def test_off_it_is_as_before(self, tutor, settings):
        settings.PAYOUTS_TAKE_SECOND_FACTOR = False
        app = by_sms(tutor)
        assert app.post(PAYOUTS, {"amount_paise": 80_000}, format="json").status_code == 201
        assert app.put(METHOD, UPI, format="json").status_code == 200
        unproved()
        assert refused(app.put(METHOD, UPI, format="json")) == (403, "step_up_required")

    def test_off_an_account_with_a_factor_is_still_set_by_it(self, tutor, settings):
        settings.PAYOUTS_TAKE_SECOND_FACTOR = False
        app = by_sms(tutor)
        app_of(tutor)
        assert refused(app.put(METHOD, UPI, format="json")) == (403, "strong_step_up_required")


def test_the_weekly_payout_goes_on_to_the_account_that_was_set(tutor):
    payout_methods.set_weekly(tutor=tutor, is_weekly=True)
    with clock.at(MONDAY):
        plan_weekly_payouts()
        outbox.drain()
    assert Payout.objects.get().method == payout_methods.current(tutor)
