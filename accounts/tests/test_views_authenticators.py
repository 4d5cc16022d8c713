"""The pages of the authenticator app, and the question for the second factor."""

from urllib.parse import quote
from uuid import UUID

import pytest
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.clients import SIGN_IN
from accounts.models import AuthenticatorProof, KnownDevice, Passkey, User
from accounts.services import authenticator_codes, stepup
from accounts.tests.authenticator import Authenticator, passkey_of
from accounts.tests.cast import last_code, trusted_browser, unproved
from accounts.tests.digits import app_of, digits, wrong
from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from accounts.tests.passkey_cast import HERE

pytestmark = pytest.mark.django_db

SHOW, CONFIRM, ASK = (
    "/account/authenticator/",
    "/account/authenticator/confirm/",
    "/account/confirm/",
)
NEEDED = "/account/second-factor/"


@pytest.fixture(autouse=True)
def _site(settings) -> None:
    settings.SITE_URL = "https://testserver"


@pytest.fixture
def user() -> User:
    return TutorUserFactory(email="ravi@example.com")


def before_code(user: User) -> Client:
    """Signed in for long, but nothing was proved a moment ago."""
    client = trusted_browser(user)
    unproved()
    return client


def by_sms(user: User) -> Client:
    """The same, and then a code by SMS was entered, which an app may ask for in any case."""
    client = before_code(user)
    here = UUID(client.session[SIGN_IN]["id"])
    stepup.request(user, here, client=HERE)
    code = last_code(str(user.phone), "step_up_code")
    stepup.verify(user, here, code=code, client=HERE)
    return client


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer
    return answer.content.decode()


class TestSettingUp:
    def test_it_is_set_up_shown_and_removed(self, user: User):
        client = by_sms(user)
        assert "Set up an authenticator app" in page(client, "/account/devices/")
        assert "Remove" not in page(client, SHOW)
        assert client.post(SHOW)["Location"] == CONFIRM
        device = TOTPDevice.objects.get(user=user)
        shown = page(client, CONFIRM)
        assert authenticator_codes.key_of(device) in shown
        assert 'href="otpauth://totp/TutorHub:ravi%40example.com?secret=' in shown
        assert '<path d="M' in shown
        done = client.post(CONFIRM, {"token": f" {digits(device)[:3]} {digits(device)[3:]}"})
        assert done["Location"] == "/account/devices/"
        assert authenticator_codes.of(user) == device
        assert "Change the authenticator app" in page(client, "/account/devices/")
        assert authenticator_codes.key_of(device) not in page(client, SHOW)
        assert client.get(CONFIRM)["Location"] == SHOW
        assert client.post(SHOW, {"remove": "1"})["Location"] == "/account/devices/"
        assert not TOTPDevice.objects.exists()

    def test_to_look_at_a_page_makes_no_key(self, user: User):
        client = by_sms(user)
        for path in (SHOW, CONFIRM):
            client.get(path)
            client.head(path)
        assert not TOTPDevice.objects.exists()

    def test_a_wrong_code_is_said_on_the_page_and_the_key_stays(self, user: User):
        client = by_sms(user)
        client.post(SHOW)
        device = TOTPDevice.objects.get(user=user)
        answer = client.post(CONFIRM, {"token": wrong(device)})
        assert answer.status_code == 400
        assert "This code is not right" in answer.content.decode()
        assert authenticator_codes.key_of(device) in answer.content.decode()
        assert client.post(CONFIRM, {"token": ""}).status_code == 400
        assert authenticator_codes.of(user) is None

    def test_without_a_step_up_nothing_is_shown_or_done(self, user: User):
        client = before_code(user)
        authenticator_codes.new(user)
        for path in (SHOW, CONFIRM):
            way = f"{ASK}?next={quote(path, safe='')}"
            assert client.get(path)["Location"] == way
            assert client.post(path, {"token": "1", "remove": "1"})["Location"] == way
        assert TOTPDevice.objects.count() == 1

    def test_a_device_that_is_new_sets_up_none(self, user: User):
        client = by_sms(user)
        KnownDevice.objects.update(first_seen_at=user.joined_at)
        assert client.post(SHOW).status_code == 403
        assert not TOTPDevice.objects.exists()

    def test_from_there_back_to_where_one_came_from(self, user: User):
        client = by_sms(user)
        onward = "/payout-method/"
        way = client.post(f"{SHOW}?next={onward}")["Location"]
        assert way == f"{CONFIRM}?next=%2Fpayout-method%2F"
        code = digits(TOTPDevice.objects.get(user=user))
        assert client.post(way, {"token": code})["Location"] == onward

    @pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example", "javascript:1"])
    def test_and_to_nowhere_else(self, user: User, onward: str):
        client = by_sms(user)
        client.post(SHOW)
        code = digits(TOTPDevice.objects.get(user=user))
        answer = client.post(f"{CONFIRM}?next={onward}", {"token": code})
        assert answer["Location"] == "/account/devices/"


class TestStepUp:
    def test_its_code_does_in_the_place_of_the_sms(self, user: User):
        device, client = app_of(user), before_code(user)
        shown = page(client, ASK)
        assert "Code of your authenticator app" in shown
        answer = client.post(f"{ASK}?next=/account/email/", {"token": digits(device)})
        assert answer["Location"] == "/account/email/"
        assert client.get("/account/email/").status_code == 200

    def test_wrong_digits_are_said_and_prove_nothing(self, user: User):
        device, client = app_of(user), before_code(user)
        answer = client.post(ASK, {"token": wrong(device)})
        assert answer.status_code == 400
        assert "This code is not right" in answer.content.decode()
        assert client.get("/account/email/").status_code == 302
        assert not AuthenticatorProof.objects.filter(is_right=True).exists()

    def test_who_has_none_is_asked_for_the_code_alone(self, user: User):
        client = before_code(user)
        assert "authenticator" not in page(client, ASK)
        assert client.post(ASK, {"token": "123456"}).status_code == 400
        assert "Send the code" in page(client, ASK)

    def test_where_it_has_to_be_strong_no_sms_is_offered_or_taken(self, user: User):
        device, client = app_of(user), by_sms(user)
        way = client.get(SHOW)["Location"]
        shown = page(client, way)
        assert "An SMS is not enough here" in shown
        assert "Send the code" not in shown
        assert "Passkeys and authenticator lost?" in shown
        assert "mailto:" in shown
        code = last_code(str(user.phone), "step_up_code")
        client.post(ASK, {"send": "1"})
        assert last_code(str(user.phone), "step_up_code") == code
        assert client.post(way, {"code": code}).status_code == 200
        assert client.get(SHOW).status_code == 302
        assert client.post(way, {"token": digits(device)})["Location"] == SHOW
        assert client.get(SHOW).status_code == 200

    def test_a_passkey_is_offered_there_as_well(self, user: User):
        passkey_of(user, Authenticator())
        client = by_sms(user)
        shown = page(client, client.get("/account/passkeys/add/")["Location"])
        assert 'data-passkey="get"' in shown
        assert "Code of your authenticator app" not in shown

    def test_its_code_opens_an_account_that_was_silent(self, user: User):
        device, client = app_of(user), before_code(user)
        session = client.session
        session[SIGN_IN] = {**session[SIGN_IN], "proof_due": True}
        session.save()
        KnownDevice.objects.update(proof_due=True)
        assert "Code of your authenticator app" in page(client, "/account/prove/")
        assert client.post("/account/prove/", {"token": wrong(device)}).status_code == 400
        client.post("/account/prove/", {"token": digits(device)})
        assert client.get("/account/devices/").status_code == 200


class TestWhoeverTookOverTheNumber:
    def test_they_get_no_further_than_the_question(self, user: User):
        passkey, client = passkey_of(user, Authenticator()), by_sms(user)
        app_of(user)
        for path, data in (
            (SHOW, {"remove": "1"}),
            (SHOW, {}),
            (f"/account/passkeys/{passkey.pk}/", {"remove": "1"}),
            ("/account/passkeys/options/", {}),
            ("/payout-method/", {"kind": "upi", "vpa": "thief@okbank"}),
        ):
            assert client.post(path, data)["Location"].startswith(f"{ASK}?next=")
        assert TOTPDevice.objects.count() == Passkey.objects.count() == 1
        assert not user.payout_methods.exists()


class TestBeforeThePayout:
    def test_who_has_no_factor_is_told_why_and_how(self, user: User):
        client = trusted_browser(user)
        shown = page(client, f"{NEEDED}?next=/payouts/")
        assert "nobody who gets hold of your number can send your earnings elsewhere" in shown
        assert f'href="{SHOW}?next=%2Fpayouts%2F"' in shown
        assert 'href="/account/passkeys/add/?next=%2Fpayouts%2F"' in shown
        assert 'href="/account/devices/"' in page(client, f"{NEEDED}?next=//evil.example")

    def test_who_has_one_goes_on(self, user: User):
        app_of(user)
        client = trusted_browser(user)
        assert client.get(f"{NEEDED}?next=/payouts/")["Location"] == "/payouts/"
        assert client.get(NEEDED)["Location"] == "/account/devices/"

    def test_families_are_paid_nothing(self):
        assert trusted_browser(FamilyUserFactory()).get(NEEDED).status_code == 403
