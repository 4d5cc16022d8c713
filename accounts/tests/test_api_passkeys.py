"""Passkeys through the API: the app hands the same questions and answers on."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import AppSession, KnownDevice, Passkey, User
from accounts.tests.authenticator import Authenticator, passkey_of
from accounts.tests.cast import step_up, trusted_app, unproved
from accounts.tests.factories import FamilyUserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_of_passkeys")]

ME = "/api/v1/me/"


class App:
    """Somebody's app, signed in on a known device."""

    def __init__(self, user: User, *, is_fresh: bool = True) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {trusted_app(user)}"})
        if not is_fresh:
            unproved()

    def __call__(self, method: str, path: str, data: Any = None) -> Any:
        send = getattr(self.client, method)
        return send(ME + path, data or {}, content_type="application/json")


@pytest.fixture
def user() -> User:
    return FamilyUserFactory()


def test_a_passkey_is_registered_listed_renamed_and_deleted(user: User):
    app, device = App(user), Authenticator()
    made = device.make(app("post", "passkeys/options").json())
    response = app("post", "passkeys/", {"credential": made, "name": "My phone"})
    assert response.status_code == 201, response.content
    pk = response.json()["id"]
    listed = app("get", "passkeys/").json()
    assert [(each["id"], each["name"]) for each in listed] == [(pk, "My phone")]
    assert set(listed[0]) == {"id", "name", "is_synced", "created_at", "last_used_at"}
    assert app("delete", f"passkeys/{pk}").status_code == 403
    answer = device.answer(app("post", "step-up/passkey/options").json())
    assert app("post", "step-up/passkey", {"credential": answer}).status_code == 204
    assert app("patch", f"passkeys/{pk}", {"name": "The tablet"}).json()["name"] == "The tablet"
    assert app("delete", f"passkeys/{pk}").status_code == 204
    assert app("get", "passkeys/").json() == []


def test_the_first_one_takes_a_step_up(user: User):
    app = App(user, is_fresh=False)
    for path in ("passkeys/options", "passkeys/"):
        response = app("post", path)
        assert response.status_code == 403
        assert response.json()["errors"][0]["code"] == "step_up_required"


def test_changes_take_a_step_up_by_second_factor(user: User):
    passkey = passkey_of(user, Authenticator())
    app = App(user, is_fresh=False)
    step_up(user, AppSession.objects.get().pk)
    for method, path in (
        ("post", "passkeys/options"),
        ("post", "passkeys/"),
        ("patch", f"passkeys/{passkey.pk}"),
        ("delete", f"passkeys/{passkey.pk}"),
    ):
        response = app(method, path)
        assert response.status_code == 403
        assert response.json()["errors"][0]["code"] == "strong_step_up_required"
    assert app("get", "passkeys/").status_code == 200


def test_nobody_reaches_anothers(user: User):
    passkey = passkey_of(FamilyUserFactory(), Authenticator())
    app = App(user)
    assert app("patch", f"passkeys/{passkey.pk}", {"name": "Mine"}).status_code == 404
    assert app("delete", f"passkeys/{passkey.pk}").status_code == 404
    assert app("get", "passkeys/").json() == []
    assert Passkey.objects.exists()


def test_a_passkey_steps_up(user: User):
    device = Authenticator()
    passkey = passkey_of(user, device)
    app = App(user, is_fresh=False)
    answer = device.answer(app("post", "step-up/passkey/options").json())
    for other in ({}, {"credential": "x"}, {"credential": [1]}):
        assert app("post", "step-up/passkey", other).status_code in {400, 422}
    assert app("delete", f"passkeys/{passkey.pk}").status_code == 403
    assert app("post", "step-up/passkey", {"credential": answer}).status_code == 204
    assert app("post", "step-up/passkey", {"credential": answer}).status_code == 422
    assert app("delete", f"passkeys/{passkey.pk}").status_code == 204


def test_a_passkey_proves_a_dormant_account(user: User):
    device = Authenticator()
    passkey_of(user, device)
    app = App(user, is_fresh=False)
    KnownDevice.objects.update(proof_due=True)
    assert app("get", "passkeys/").status_code == 403
    assert app("post", "step-up/passkey/options").status_code == 403
    answer = device.answer(app("post", "proof/passkey/options").json())
    assert app("post", "proof/passkey", {"credential": answer}).status_code == 204
    assert app("get", "passkeys/").status_code == 200
    assert AppSession.objects.get().known_device.proof_due is False


def test_where_no_passkey_works_the_app_is_told(user: User, settings: Any):
    settings.SITE_URL = "http://127.0.0.1:8000"
    app = App(user)
    response = app("post", "passkeys/options")
    assert response.status_code == 409
    assert response.json()["errors"][0]["code"] == "no_passkeys_here"
