"""Signing in with a passkey alone."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client

from accounts import policies
from accounts.clients import SIGN_IN
from accounts.models import (
    BrowserSession,
    KnownDevice,
    LoginAttempt,
    Passkey,
    PasskeyChallenge,
    User,
)
from accounts.services import users
from accounts.tests.authenticator import Authenticator, passkey_of
from accounts.tests.factories import FamilyUserFactory, StaffFactory, TutorUserFactory
from notifications.models import Message
from tests.forgetting import forget
from tutorhub.core import clock
from tutorhub.core.models import AuditEvent

pytestmark = pytest.mark.django_db

SITE = "https://testserver"


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    settings.SITE_URL = SITE


@pytest.fixture
def user() -> User:
    return FamilyUserFactory()


@pytest.fixture
def device(user: User) -> Authenticator:
    device = Authenticator(SITE)
    passkey_of(user, device)
    return device


def answered(client: Client, device: Authenticator) -> str:
    asked = client.post("/signin/passkey/options/")
    assert asked.status_code == 200, asked.content
    return json.dumps(device.answer(asked.json()))


def enter(client: Client, device: Authenticator, **data: str) -> Any:
    answer = data.pop("passkey", None) or answered(client, device)
    return client.post("/signin/passkey/", {"passkey": answer, **data})


def is_in(client: Client) -> bool:
    return SESSION_KEY in client.session


def test_a_passkey_signs_in_on_a_device_that_its_owner_hears_of(user: User, device: Authenticator):
    client = Client()
    assert enter(client, device)["Location"].startswith("/")
    assert client.session[SESSION_KEY] == str(user.pk)
    known = KnownDevice.objects.get(user=user)
    assert client.session[SIGN_IN]["known_device"] == str(known.pk)
    assert Message.objects.filter(template="new_device", user_id=user.pk).exists()
    attempt = LoginAttempt.objects.get(kind="passkey")
    assert (attempt.user, attempt.phone, attempt.is_success) == (user, user.phone, True)
    client.post("/signout/")
    enter(client, device)
    assert KnownDevice.objects.get(user=user).pk == known.pk


def test_the_session_is_another_one_afterwards(device: Authenticator):
    client = Client()
    answer = answered(client, device)
    before = client.session.session_key
    enter(client, device, passkey=answer)
    assert client.session.session_key != before
    assert "passkey_holder" not in client.session


DOORS = ("/signin/passkey/options/", "/admin/passkey/")


@pytest.mark.parametrize("door", DOORS)
def test_who_asks_too_often_leaves_no_session_behind(settings: Any, door: str):
    """A session stays for a month, and a script has a new browser for each try."""
    settings.PASSKEY_CHALLENGES_PER_HOUR_BY_ADDRESS = 2
    assert [Client().post(door).status_code for _ in range(5)] == [200, 200, 429, 429, 429]
    assert BrowserSession.objects.count() == PasskeyChallenge.objects.count() == 2


@pytest.mark.parametrize("door", DOORS)
def test_who_asks_in_vain_and_comes_back_is_known_from_then_on(settings: Any, door: str):
    settings.PASSKEY_CHALLENGES_PER_HOUR_BY_ADDRESS = 2
    client = Client()
    for status in (200, 200, 429):
        assert client.post(door).status_code == status
        kept = client.session["passkey_holder"]
    assert {challenge.holder for challenge in PasskeyChallenge.objects.all()} == {kept}


def test_who_answers_without_having_asked_leaves_no_session_behind(device: Authenticator):
    answer = answered(Client(), device)
    for passkey in (answer, "{}", ""):
        assert Client().post("/signin/passkey/", {"passkey": passkey}).status_code == 302
    person = {"username": "a@example.com", "password": "x", "passkey": answer}
    assert Client().post("/admin/login/", person).status_code == 200
    assert BrowserSession.objects.count() == 1


def test_nobody_is_told_who_has_one(user: User):
    options = Client().post("/signin/passkey/options/").json()
    assert options["allowCredentials"] == []
    assert options["userVerification"] == "required"


@pytest.mark.parametrize(
    ("next_path", "to"), [("/account/devices/", True), ("//evil.example", False)]
)
def test_it_leads_on_within_this_site(next_path: str, to: bool, device: Authenticator):
    location = enter(Client(), device, next=next_path)["Location"]
    assert ("devices" in location) == to
    assert "evil" not in location
    refused = Client().post("/signin/passkey/", {"passkey": "{}", "next": next_path})
    assert "evil" not in refused["Location"]


def test_an_answer_counts_once_and_in_its_own_browser(device: Authenticator):
    client, other = Client(), Client()
    answer = answered(client, device)
    enter(other, device, passkey=answer)
    assert not is_in(other)
    enter(client, device, passkey=answer)
    assert is_in(client)
    client.post("/signout/")
    enter(client, device, passkey=answer)
    assert not is_in(client)


def test_what_is_refused_is_said_and_logged(user: User, device: Authenticator):
    client = Client()
    device.origin = "https://evil.example"
    page = client.get(enter(client, device)["Location"])
    assert "does not fit here" in page.content.decode()
    assert LoginAttempt.objects.get(kind="passkey").reason == "passkey_refused"
    enter(client, Authenticator(SITE))
    enter(client, device, passkey="{")
    assert not is_in(client)


def test_staff_never_come_in_here():
    device, client = Authenticator(SITE), Client()
    passkey_of(StaffFactory(is_superuser=True), device)
    enter(client, device)
    assert not is_in(client)
    assert LoginAttempt.objects.get(kind="passkey").reason == "passkey_refused"


def test_a_familys_sign_in_opens_no_back_office(user: User, device: Authenticator):
    client = Client()
    enter(client, device)
    assert client.get("/admin/")["Location"].startswith("/admin/login/")
    assert client.get("/admin/security/")["Location"].startswith("/admin/login/")


def test_a_suspended_account_is_told_so(user: User, device: Authenticator):
    users.suspend(user, by=StaffFactory(), reason="complaints")
    client = Client()
    enter(client, device)
    assert not is_in(client)
    assert LoginAttempt.objects.get(kind="passkey").reason == "account_suspended"


def test_an_erased_account_is_nobodys(user: User, device: Authenticator):
    client = Client()
    answer = answered(client, device)
    kept = Passkey.objects.get()
    forget(user)
    enter(client, device, passkey=answer)
    assert not is_in(client)
    # Between the erasure and its work, the row may still be there.
    kept.save(force_insert=True)
    enter(client, device)
    assert not is_in(client)
    assert not LoginAttempt.objects.filter(reason="account_suspended").exists()


def test_a_removed_passkey_opens_nothing(device: Authenticator):
    client = Client()
    answer = answered(client, device)
    Passkey.objects.all().delete()
    enter(client, device, passkey=answer)
    assert not is_in(client)


def test_after_a_long_silence_a_passkey_is_the_proof(user: User, device: Authenticator):
    User.objects.filter(pk=user.pk).update(seen_at=clock.now() - timedelta(days=91))
    client = Client()
    enter(client, device)
    assert not client.session[SIGN_IN]["proof_due"]
    assert client.get("/account/devices/").status_code == 200
    assert not KnownDevice.objects.get(user=user).proof_due
    assert AuditEvent.objects.filter(action="user.device_proved").exists()


def test_a_new_device_still_waits():
    device, client = Authenticator(SITE), Client()
    tutor = TutorUserFactory()
    passkey_of(tutor, device)
    enter(client, device)
    here = UUID(client.session[SIGN_IN]["id"])
    with pytest.raises(policies.DeviceTooNew):
        policies.check_device_is_settled(tutor, here, "withdrawal")


def test_who_is_signed_in_stays_who_they_are(device: Authenticator):
    client = Client()
    client.force_login(TutorUserFactory(), backend="accounts.backends.PhoneBackend")
    before = client.session[SESSION_KEY]
    enter(client, device)
    assert client.session[SESSION_KEY] == before


@pytest.mark.parametrize("site", ["http://127.0.0.1:8000", "https://elsewhere.example"])
def test_at_another_address_it_is_not_offered(settings: Any, site: str):
    assert 'data-passkey="get"' in Client().get("/signin/").content.decode()
    settings.SITE_URL = site
    assert "data-passkey" not in Client().get("/signin/").content.decode()
