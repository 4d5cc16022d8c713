"""The pages where families and tutors keep passkeys, and where a passkey is asked for."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.clients import SIGN_IN
from accounts.models import KnownDevice, Passkey, User
from accounts.tests.authenticator import Authenticator, passkey_of
from accounts.tests.cast import trusted_browser, unproved
from accounts.tests.factories import FamilyUserFactory, TutorUserFactory

pytestmark = pytest.mark.django_db

SITE = "https://testserver"
ADD, CHALLENGE = "/account/passkeys/add/", "/account/passkeys/challenge/"


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    settings.SITE_URL = SITE


@pytest.fixture
def user() -> User:
    return TutorUserFactory(email="ravi@example.com")


def before_code(user: User) -> Client:
    """Signed in for long, but no code was entered a moment ago."""
    client = trusted_browser(user)
    unproved()
    return client


def owing_proof(user: User) -> Client:
    client = before_code(user)
    session = client.session
    session[SIGN_IN] = {**session[SIGN_IN], "proof_due": True}
    session.save()
    KnownDevice.objects.update(proof_due=True)
    return client


def answered(client: Client, device: Authenticator) -> str:
    asked = client.post(CHALLENGE)
    assert asked.status_code == 200, asked.content
    return json.dumps(device.answer(asked.json()))


def page(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_a_passkey_is_added_named_and_removed(user: User):
    client, device = trusted_browser(user), Authenticator(SITE)
    assert 'data-passkey="create"' in page(client, ADD)
    made = device.make(client.post("/account/passkeys/options/").json())
    response = client.post(ADD, {"passkey": json.dumps(made), "name": "My phone"})
    assert response["Location"] == "/account/devices/"
    passkey = Passkey.objects.get(user=user)
    assert "My phone" in page(client, "/account/devices/")
    address = f"/account/passkeys/{passkey.pk}/"
    assert client.get(address).status_code == 302
    client.post("/account/confirm/", {"passkey": answered(client, device)})
    assert "My phone" in page(client, address)
    assert client.post(address, {"name": ""}).status_code == 400
    client.post(address, {"name": "The tablet"})
    assert "The tablet" in page(client, "/account/devices/")
    client.post(address, {"remove": "1"})
    assert not Passkey.objects.exists()
    assert client.get(address).status_code == 404


def test_what_is_wrong_with_it_is_said_on_the_page(user: User):
    client, device = trusted_browser(user), Authenticator(SITE)
    device.origin = "https://evil.example"
    made = device.make(client.post("/account/passkeys/options/").json())
    response = client.post(ADD, {"passkey": json.dumps(made)})
    assert response.status_code == 400
    assert "does not fit here" in response.content.decode()
    assert client.post(ADD, {"name": "My phone"}).status_code == 400
    assert not Passkey.objects.exists()


def test_without_a_code_of_a_moment_ago_nothing_changes(user: User):
    passkey = passkey_of(user, Authenticator(SITE))
    client = before_code(user)
    address = f"/account/passkeys/{passkey.pk}/"
    for path, data in ((ADD, {}), ("/account/passkeys/options/", {}), (address, {"remove": "1"})):
        assert (
            client.post(path, data)["Location"]
            == f"/account/confirm/?next={path.replace('/', '%2F')}"
        )
    assert Passkey.objects.exists()


def test_a_device_that_is_new_adds_none(user: User):
    client = trusted_browser(user)
    KnownDevice.objects.update(first_seen_at=user.joined_at)
    said = client.post("/account/passkeys/options/")
    assert said.status_code == 403
    assert said.json()["code"] == "device_too_new"
    assert "new device" in said.json()["detail"]


def test_nobody_sees_or_changes_anothers(user: User):
    passkey = passkey_of(FamilyUserFactory(), Authenticator(SITE))
    client = trusted_browser(user)
    address = f"/account/passkeys/{passkey.pk}/"
    assert client.get(address).status_code == 404
    assert client.post(address, {"remove": "1"}).status_code == 404
    assert "Her phone" not in page(client, "/account/devices/")
    assert Passkey.objects.exists()


def test_a_passkey_in_the_place_of_the_code(user: User):
    device = Authenticator(SITE)
    passkey_of(user, device)
    client = before_code(user)
    assert 'data-passkey="get"' in page(client, "/account/confirm/")
    data = {"passkey": answered(client, device)}
    response = client.post("/account/confirm/?next=/account/email/", data)
    assert response["Location"] == "/account/email/"
    assert client.get("/account/email/").status_code == 200


def test_a_wrong_passkey_is_no_step_up(user: User):
    device, other = Authenticator(SITE), Authenticator(SITE)
    passkey_of(user, device)
    passkey_of(FamilyUserFactory(), other)
    client = before_code(user)
    for answer in (answered(client, other), "", "{}", "x" * 20_001):
        response = client.post("/account/confirm/", {"passkey": answer})
        assert response.status_code == 200
        assert "does not fit here" in response.content.decode()
    assert client.get("/account/email/").status_code == 302


def test_who_has_none_is_asked_for_the_code_alone(user: User):
    client = before_code(user)
    assert "data-passkey" not in page(client, "/account/confirm/")
    assert client.post(CHALLENGE).json()["code"] == "no_passkey"


def test_a_passkey_opens_a_dormant_account(user: User):
    device = Authenticator(SITE)
    passkey_of(user, device)
    client = owing_proof(user)
    assert client.get("/account/devices/")["Location"] == "/account/prove/"
    assert 'data-passkey="get"' in page(client, "/account/prove/")
    refused = client.post("/account/prove/", {"passkey": "{}"})
    assert refused.status_code == 200
    assert client.get("/account/devices/").status_code == 302
    client.post("/account/prove/", {"passkey": answered(client, device)})
    assert client.get("/account/devices/").status_code == 200


def test_a_device_that_owes_a_proof_adds_none(user: User):
    client = owing_proof(user)
    assert client.post("/account/passkeys/options/")["Location"] == "/account/prove/"
    assert client.get(ADD)["Location"] == "/account/prove/"


@pytest.mark.parametrize("site", ["http://127.0.0.1:8000", "https://elsewhere.example"])
def test_at_another_address_no_passkey_is_offered(user: User, settings: Any, site: str):
    passkey_of(user, Authenticator(SITE))
    client = trusted_browser(user)
    settings.SITE_URL = site
    assert "/account/passkeys/add/" not in page(client, "/account/devices/")
    assert "Her phone" in page(client, "/account/devices/")
    for path in ("/account/confirm/", ADD):
        assert "data-passkey" not in page(client, path)
    assert "do not work at this address" in page(client, ADD)
