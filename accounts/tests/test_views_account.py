"""The account's pages."""

import re
from urllib.parse import quote
from uuid import UUID

import pytest
from django.test import Client

from accounts import phones
from accounts.clients import SIGN_IN
from accounts.models import BrowserSession, OtpChallenge, User
from accounts.services import send_limits, stepup, users
from accounts.tests.authenticator import Authenticator, passkey_of
from accounts.tests.cast import PHONE, ask_page, last_code, step_up, trust, trusted_browser
from accounts.tests.factories import FamilyUserFactory, StaffFactory

pytestmark = pytest.mark.django_db

NEW = "+919876500055"


@pytest.fixture
def user() -> User:
    return FamilyUserFactory(phone=PHONE, name="Meera")


@pytest.fixture
def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.PhoneBackend")
    return client


def test_name_and_language_are_changed(browser: Client, user: User, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        page = browser.get("/account/")
    assert b"Meera" in page.content
    response = browser.post("/account/", {"name": " Meera Rao ", "language": "hi"})
    assert response.status_code == 302
    assert response.cookies["django_language"].value == "hi"
    user.refresh_from_db()
    assert (user.name, user.language) == ("Meera Rao", "hi")
    assert browser.post("/account/", {"name": "", "language": "hi"}).status_code == 200
    assert browser.post("/account/", {"name": "x", "language": "xx"}).status_code == 200
    user.refresh_from_db()
    assert (user.name, user.language) == ("Meera Rao", "hi")


def test_the_list_of_devices_costs_the_same_for_one_and_for_twenty(
    browser: Client, user: User, django_assert_num_queries
):
    browser.get("/account/devices/")
    with django_assert_num_queries(6):
        browser.get("/account/devices/")
    for _ in range(19):
        Client().force_login(user, backend="accounts.backends.PhoneBackend")
        passkey_of(user, Authenticator())
    with django_assert_num_queries(6):
        page = browser.get("/account/devices/")
    assert page.content.count(b"Sign out there") == 19
    assert page.content.count(b"Change Her phone") == 19


def test_another_browser_is_signed_out_by_its_button(browser: Client, user: User):
    lost = Client()
    lost.force_login(user, backend="accounts.backends.PhoneBackend")
    page = browser.get("/account/devices/").content.decode()
    buttons = re.findall(r'action="(/account/devices/[^"]+/sign-out/)"', page)
    assert len(buttons) == 1
    assert browser.post(buttons[0]).status_code == 302
    assert lost.get("/account/").status_code == 302
    assert browser.get("/account/").status_code == 200
    assert browser.post(buttons[0]).status_code == 404


def test_a_page_never_shows_the_key_of_a_session(browser: Client):
    page = browser.get("/account/devices/").content.decode()
    assert BrowserSession.objects.get().session_key not in page


def test_all_others_are_signed_out_by_the_button(browser: Client, user: User):
    lost = Client()
    lost.force_login(user, backend="accounts.backends.PhoneBackend")
    assert browser.post("/account/devices/sign-out-others/").status_code == 302
    assert lost.get("/account/").status_code == 302
    assert browser.get("/account/").status_code == 200


def test_the_number_is_changed_by_both_codes(browser: Client, user: User):
    trust_without_code(browser, user)
    first = browser.get("/account/phone/")
    assert first["Location"] == "/account/confirm/?next=%2Faccount%2Fphone%2F"
    confirm = first["Location"]
    assert b"+91\xe2\x80\xa2" in browser.get(confirm).content
    assert browser.post(confirm, {"send": "1"})["Location"] == confirm
    assert b'name="code"' in browser.get(confirm).content
    wrong = "000000" if last_code(PHONE, "step_up_code") != "000000" else "111111"
    assert browser.post(confirm, {"code": wrong}).status_code == 400
    entered = browser.post(confirm, {"code": last_code(PHONE, "step_up_code")})
    assert entered["Location"] == "/account/phone/"
    assert browser.post("/account/phone/", {"phone": "12345"}).status_code == 400
    asked = browser.post("/account/phone/", {"phone": NEW})
    assert asked["Location"] == "/account/phone/code/"
    code = last_code(NEW, "new_phone_code")
    done = browser.post("/account/phone/code/", {"code": code})
    assert done["Location"] == "/account/"
    user.refresh_from_db()
    assert user.phone == NEW
    assert browser.get("/account/").status_code == 200


def trust_without_code(browser: Client, user: User) -> None:
    trust(browser, user)
    OtpChallenge.objects.all().delete()


def test_the_way_back_from_the_code_stays_on_this_site(browser: Client, user: User):
    here = UUID(browser.session[SIGN_IN]["id"])
    browser.post("/account/confirm/?next=//evil.example", {"send": "1"})
    code = last_code(PHONE, "step_up_code")
    entered = browser.post("/account/confirm/?next=//evil.example", {"code": code})
    assert entered["Location"] == "/account/"
    step_up(user, here)


def test_no_code_is_said_to_be_sent_when_none_was(browser: Client, monkeypatch: pytest.MonkeyPatch):
    def refuse(*args: object, **kwargs: object) -> None:
        raise send_limits.SentTooOften("Please wait 24 hours.", retry_after=86400)

    monkeypatch.setattr(stepup, "request", refuse)
    page = browser.post("/account/confirm/", {"send": "1"}, follow=True).content.decode()
    assert "Please wait" in page
    assert "We sent a code" not in page


def test_a_quick_second_code_says_wait(browser: Client):
    browser.post("/account/confirm/", {"send": "1"})
    page = browser.post("/account/confirm/", {"send": "1"}, follow=True)
    assert b"Please wait" in page.content


def test_asking_for_a_number_of_somebody_else_looks_the_same():
    FamilyUserFactory(phone="+919876500066")
    answers = []
    for number in ("+919876500066", "+919876500067"):
        client = trusted_browser(FamilyUserFactory(name="Asha"))
        answer = client.post("/account/phone/", {"phone": number})
        page = client.get("/account/phone/code/").content.decode()
        page = re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": "|nonce=")[^"]+', "", page)
        page = page.replace(number, "").replace(phones.spaced(number), "")
        page = page.replace(quote(number), "")
        answers.append((answer.status_code, answer["Location"], page))
    assert answers[0] == answers[1]


def test_the_device_cookie_is_a_secret_of_the_browser(client: Client):
    FamilyUserFactory(phone=PHONE)
    ask_page(client)
    response = client.post("/signin/code/", {"code": last_code(PHONE)})
    cookie = response.cookies["device"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert len(cookie.value) >= 43
    assert cookie.value not in str(list(User.objects.get(phone=PHONE).devices.values()))


def test_after_a_restore_old_browsers_are_gone(browser: Client, user: User):
    boss = StaffFactory()
    users.suspend(user, by=boss, reason="papers were false")
    users.restore(user, by=boss, reason="they were right")
    assert not BrowserSession.objects.filter(user=user).exists()
