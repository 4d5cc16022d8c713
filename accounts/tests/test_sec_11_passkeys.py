"""SEC-11: a passkey as the second factor of staff, and nobody else's as any."""

import json
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY

from accounts.models import LoginAttempt, Passkey, User
from accounts.services import recovery, staff_codes
from accounts.tests.authenticator import Authenticator, passkey_of
from accounts.tests.factories import FamilyUserFactory, StaffFactory
from accounts.tests.test_sec_11_staff import PASSWORD, enter
from notifications.models import Message
from tutorhub.core.models import AuditEvent

pytestmark = pytest.mark.django_db

SITE = "http://localhost"
ADD = "/admin/security/passkeys/add/"


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    settings.SITE_URL = SITE


@pytest.fixture
def user() -> User:
    return StaffFactory(is_superuser=True)


def browser() -> Client:
    return Client(headers={"Host": "localhost"})


def answered(client: Client, device: Authenticator) -> str:
    asked = client.post("/admin/passkey/")
    assert asked.status_code == 200, asked.content
    return json.dumps(device.answer(asked.json()))


def enter_by(client: Client, user: User, answer: str, password: str = PASSWORD) -> Any:
    data = {"username": user.email, "password": password, "passkey": answer, "next": "/admin/"}
    return client.post("/admin/login/?next=/admin/", data)


def inside(user: User, device: Authenticator) -> Client:
    client = browser()
    assert enter_by(client, user, answered(client, device)).status_code == 302
    return client


def test_sec_11_password_and_passkey_open_the_back_office(user: User):
    device = Authenticator(SITE)
    passkey = passkey_of(user, device)
    client = inside(user, device)
    assert client.get("/admin/").status_code == 200
    assert client.session[DEVICE_ID_SESSION_KEY] == passkey.persistent_id
    assert LoginAttempt.objects.get(kind="password").is_success
    assert staff_codes.is_fresh(client.session)


def test_sec_11_the_door_says_nothing_of_who_has_one(user: User):
    passkey_of(user, Authenticator(SITE))
    options = browser().post("/admin/passkey/").json()
    assert options["allowCredentials"] == []
    assert options["userVerification"] == "required"


def test_sec_11_a_passkey_without_the_password_opens_nothing(user: User):
    device, client = Authenticator(SITE), browser()
    passkey_of(user, device)
    for password in ("", "wrong"):
        assert enter_by(client, user, answered(client, device), password).status_code == 200
    assert client.get("/admin/").status_code == 302


def test_sec_11_anothers_passkey_is_no_second_factor(user: User):
    device, client = Authenticator(SITE), browser()
    passkey_of(StaffFactory(), device)
    assert enter_by(client, user, answered(client, device)).status_code == 200
    assert client.get("/admin/").status_code == 302


def test_sec_11_a_familys_passkey_opens_no_back_office(user: User):
    device, client = Authenticator(SITE), browser()
    family = FamilyUserFactory(email="family@example.com")
    family.set_password(PASSWORD)
    family.save()
    passkey_of(family, device)
    for who in (family, user):
        assert enter_by(client, who, answered(client, device)).status_code == 200
    assert client.get("/admin/").status_code == 302


def test_sec_11_an_answer_counts_once_and_in_its_own_browser(user: User):
    device, client, other = Authenticator(SITE), browser(), browser()
    passkey_of(user, device)
    answer = answered(client, device)
    assert enter_by(other, user, answer).status_code == 200
    assert enter_by(client, user, answer).status_code == 302
    client.post("/admin/logout/")
    assert enter_by(client, user, answer).status_code == 200
    assert client.get("/admin/").status_code == 302


def test_sec_11_guesses_at_the_password_are_counted_as_before(user: User, settings: Any):
    device, client = Authenticator(SITE), browser()
    passkey_of(user, device)
    for _ in range(settings.STAFF_FAILURES):
        enter_by(client, user, answered(client, device), "wrong")
    assert enter_by(client, user, answered(client, device)).status_code == 200
    assert LoginAttempt.objects.filter(reason="throttled").count() == 1


def test_sec_11_a_session_ends_with_its_passkey(user: User):
    device = Authenticator(SITE)
    passkey = passkey_of(user, device)
    client, other = inside(user, device), inside(user, device)
    removed = client.post("/admin/security/passkeys/remove/", {"key": str(passkey.pk)})
    assert removed.status_code == 302
    assert not Passkey.objects.exists()
    for each in (client, other):
        assert each.get("/admin/")["Location"].startswith("/admin/login/")
        assert SESSION_KEY not in each.session
    assert enter(browser(), user).status_code == 302
    assert AuditEvent.objects.filter(action="passkey.removed", actor_id=user.pk).exists()
    assert "removed" in Message.objects.get(template="second_factor").text


def at_the_desk(user: User, *, is_fresh: bool = True) -> Client:
    client = browser()
    assert enter(client, user).status_code == 302
    if not is_fresh:
        session = client.session
        del session[staff_codes.FRESH]
        session.save()
    return client


def test_sec_11_staff_add_a_passkey_after_a_fresh_code(user: User):
    client, device = at_the_desk(user), Authenticator(SITE)
    made = device.make(client.post("/admin/security/passkeys/options/").json())
    client.post(ADD, {"passkey": json.dumps(made), "name": "Blue key"})
    assert Passkey.objects.get(user=user).name == "Blue key"
    assert "added" in Message.objects.get(template="second_factor", to=user.email).text
    page = client.get("/admin/security/")
    assert "Blue key" in page.content.decode()
    key = str(Passkey.objects.get().pk)
    client.post("/admin/security/passkeys/rename/", {"key": key, "name": "Red key"})
    assert Passkey.objects.get().name == "Red key"
    assert inside(user, device).get("/admin/").status_code == 200


@pytest.mark.parametrize("page", ["options", "add", "rename", "remove"])
def test_sec_11_without_a_fresh_code_no_passkey_changes(user: User, page: str):
    passkey = passkey_of(user, Authenticator(SITE))
    client = at_the_desk(user, is_fresh=False)
    data = {"key": str(passkey.pk), "name": "Mine", "passkey": "{}"}
    response = client.post(f"/admin/security/passkeys/{page}/", data)
    assert response["Location"].startswith("/admin/confirm/")
    passkey.refresh_from_db()
    assert passkey.name == "Her phone"


def test_sec_11_nobody_touches_a_colleagues_passkey(user: User):
    passkey = passkey_of(StaffFactory(), Authenticator(SITE))
    client = at_the_desk(user)
    for page in ("rename", "remove"):
        data = {"key": str(passkey.pk), "name": "Mine"}
        assert client.post(f"/admin/security/passkeys/{page}/", data).status_code == 404
    assert client.post("/admin/security/passkeys/remove/", {"key": "x"}).status_code == 302
    passkey.refresh_from_db()
    assert passkey.name == "Her phone"


def test_sec_11_a_passkey_is_a_fresh_code(user: User):
    device = Authenticator(SITE)
    passkey_of(user, device)
    client = at_the_desk(user, is_fresh=False)
    assert 'data-passkey="get"' in client.get("/admin/confirm/").content.decode()
    data = {"passkey": answered(client, device), "next": "/admin/security/"}
    assert client.post("/admin/confirm/", data)["Location"] == "/admin/security/"
    assert client.get("/admin/security/").status_code == 200
    assert AuditEvent.objects.filter(action="staff.code_confirmed").exists()


def test_sec_11_anothers_passkey_is_no_fresh_code(user: User):
    device = Authenticator(SITE)
    passkey_of(user, Authenticator(SITE))
    passkey_of(StaffFactory(), device)
    client = at_the_desk(user, is_fresh=False)
    data = {"passkey": answered(client, device), "next": "/admin/security/"}
    assert client.post("/admin/confirm/", data).status_code == 422
    assert client.post("/admin/confirm/", {"next": "/admin/security/"}).status_code == 422
    assert client.get("/admin/security/").status_code == 302
    assert AuditEvent.objects.filter(action="staff.code_refused").exists()


def test_sec_11_a_new_authenticator_from_the_operators_ends_passkeys_too(user: User):
    passkey_of(user, Authenticator(SITE))
    recovery.replace_authenticator(user)
    assert not Passkey.objects.exists()


@pytest.mark.parametrize("site", ["http://127.0.0.1:8000", "https://elsewhere.example"])
def test_sec_11_at_another_address_no_passkey_is_offered(user: User, settings: Any, site: str):
    passkey_of(user, Authenticator(SITE))
    settings.SITE_URL = site
    assert "data-passkey" not in browser().get("/admin/login/").content.decode()
    client = at_the_desk(user)
    for page in ("security", "confirm"):
        assert "data-passkey" not in client.get(f"/admin/{page}/").content.decode()
