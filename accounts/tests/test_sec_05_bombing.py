"""SEC-05: drowning a number in codes, and using our limits to lock its owner out."""

import contextlib
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.clients import Client as Device
from accounts.models import OtpChallenge
from accounts.services import codes, send_limits, signin
from accounts.tests.cast import PHONE, ask_code, ask_page, last_code, together, wrong_code
from accounts.tests.factories import FamilyUserFactory
from notifications.models import Message
from tutorhub.core import clock

pytestmark = pytest.mark.django_db

INSTALL = "install-of-the-owner-00001"


@pytest.fixture
def owner() -> Client:
    """The browser of a family that has signed in before; it is signed out now."""
    FamilyUserFactory(phone=PHONE)
    browser = Client()
    with clock.at(clock.now() - timedelta(days=2)):
        ask_page(browser)
        assert browser.post("/signin/code/", {"code": last_code(PHONE)}).status_code == 302
    browser.post("/signout/")
    Message.objects.all().delete()
    OtpChallenge.objects.all().delete()
    return browser


def attack(start: Any, *, hours: int = 20) -> None:
    """Ask for codes and guess at them from everywhere, as often as it is allowed."""
    for n in range(hours * 12):
        with clock.at(start + timedelta(minutes=5 * n)):
            stranger = Device(f"10.{n // 250}.{n % 250}.1", "bot")
            with contextlib.suppress(send_limits.SentTooOften):
                signin.request_code(phone=PHONE, client=stranger)
            for _ in range(6):
                with pytest.raises((codes.CodeRefused, codes.GuessedTooOften)):
                    signin.verify_code(phone=PHONE, code="000000", client=stranger)


@pytest.fixture
def _never_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes.secrets, "randbelow", lambda _n: 123456)


@pytest.mark.usefixtures("_never_zero")
def test_sec_05_the_owner_signs_in_on_a_known_device_though_strangers_used_everything_up(
    owner: Client,
):
    start = clock.now()
    attack(start)
    with clock.at(start + timedelta(hours=20)):
        # Strangers are at an end, and somebody on a new device is one.
        assert ask_page(Client()).status_code == 429
        assert ask_page(owner).status_code == 302
        assert owner.post("/signin/code/", {"code": last_code(PHONE)}).status_code == 302
        assert owner.get("/account/").status_code == 200


@pytest.mark.usefixtures("_never_zero")
def test_sec_05_the_victim_gets_eight_messages_a_day_at_most(owner: Client):
    start = clock.now()
    attack(start, hours=23)
    for n in range(20):
        with clock.at(start + timedelta(hours=20, minutes=6 * n)):
            ask_page(owner)
    assert Message.objects.filter(to=PHONE).count() == 8
    assert OtpChallenge.objects.filter(asked_by="").count() == 5


def test_sec_05_a_known_app_install_has_guesses_of_its_own():
    FamilyUserFactory(phone=PHONE)
    phone_app = Device("192.0.2.7", "app", INSTALL)
    start = clock.now()
    with clock.at(start):
        signin.request_code(phone=PHONE, client=phone_app)
        signin.verify_code(phone=PHONE, code=last_code(PHONE), client=phone_app)
    for minutes in (10, 20):
        with clock.at(start + timedelta(minutes=minutes)):
            signin.request_code(phone=PHONE, client=Device("192.0.2.8", "bot"))
            for _ in range(5):
                with pytest.raises(codes.CodeRefused):
                    signin.verify_code(
                        phone=PHONE, code=wrong_code(PHONE), client=Device("192.0.2.8", "bot")
                    )
    with clock.at(start + timedelta(minutes=30)):
        signin.request_code(phone=PHONE, client=Device("192.0.2.8", "bot"))
        with pytest.raises(codes.GuessedTooOften):
            signin.verify_code(
                phone=PHONE, code=last_code(PHONE), client=Device("192.0.2.8", "bot")
            )
        signin.request_code(phone=PHONE, client=phone_app)
        assert signin.verify_code(phone=PHONE, code=last_code(PHONE), client=phone_app)


def test_sec_05_a_known_device_has_ten_guesses_a_day_and_no_more(owner: Client):
    start = clock.now()
    for n in range(2):
        with clock.at(start + timedelta(minutes=10 * n)):
            ask_page(owner)
            for _ in range(5):
                wrong = owner.post("/signin/code/", {"code": wrong_code(PHONE)})
                assert wrong.status_code == 400
    with clock.at(start + timedelta(minutes=30)):
        ask_page(owner)
        page = owner.post("/signin/code/", {"code": last_code(PHONE)})
        assert page.status_code == 400
        assert b"Too many wrong codes" in page.content


def test_sec_05_a_cookie_of_another_account_is_a_strangers(owner: Client):
    other = "+919876500099"
    FamilyUserFactory(phone=other)
    ask_page(owner, other)
    assert OtpChallenge.objects.get(phone=other).asked_by == ""
    ask_page(owner)
    assert OtpChallenge.objects.get(phone=PHONE).asked_by != ""


def test_sec_05_known_devices_do_not_share_the_address_with_strangers(owner: Client):
    for n in range(10):
        assert ask_code(Client(), f"+919{n:06d}000").status_code == 202
    assert ask_code(Client(), "+919876543210").status_code == 429
    assert ask_page(owner).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_sec_05_of_100_at_once_from_a_known_device_one_is_sent(owner: Client):
    secret = owner.cookies["device"].value
    results = together(
        100,
        lambda n: signin.request_code(
            phone=PHONE, client=Device("192.0.2.7", "x", secret), is_bound=True
        ),
    )
    assert sum(isinstance(result, signin.CodeSent) for result in results) == 1
