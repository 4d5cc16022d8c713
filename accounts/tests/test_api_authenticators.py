"""The authenticator app through the API."""

import logging
from typing import Any

import pytest
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import AppSession, KnownDevice, User
from accounts.services import authenticator_codes
from accounts.tests.cast import step_up, trusted_app, unproved
from accounts.tests.digits import app_of, digits, wrong
from accounts.tests.factories import FamilyUserFactory
from notifications.models import Message
from tutorhub.core.models import AuditEvent

pytestmark = pytest.mark.django_db


class App:
    """Somebody's app, signed in on a known device, where a code by SMS was just entered."""

    def __init__(self, user: User, *, is_fresh: bool = True) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {trusted_app(user)}"})
        unproved()
        if is_fresh:
            step_up(user, AppSession.objects.latest("pk").pk)

    def __call__(self, method: str, path: str, data: Any = None) -> Any:
        send = getattr(self.client, method)
        return send(f"/api/v1/me/{path}", data or {}, content_type="application/json")


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["code"]


@pytest.fixture
def user() -> User:
    return FamilyUserFactory()


def test_one_is_set_up_and_its_key_is_told_once(user: User):
    app = App(user)
    none = {"is_set_up": False, "created_at": None, "last_used_at": None}
    assert app("get", "authenticator/").json() == none
    made = app("post", "authenticator/")
    device = TOTPDevice.objects.get(user=user)
    assert made.status_code == 201
    assert made.json()["key"] == authenticator_codes.key_of(device)
    assert made.json()["url"].startswith("otpauth://totp/TutorHub:")
    assert made.json()["expires_in"] == 3600
    assert app("get", "authenticator/").json() == none
    assert refused(app("post", "authenticator/confirm", {"code": wrong(device)})) == (
        422,
        "code_invalid",
    )
    TOTPDevice.objects.update(throttling_failure_count=0)
    done = app("post", "authenticator/confirm", {"code": digits(device)})
    assert (done.status_code, done.json()["is_set_up"]) == (200, True)
    shown = app("get", "authenticator/")
    assert shown.json()["last_used_at"] is not None
    assert authenticator_codes.key_of(device) not in shown.content.decode()
    assert app("delete", "authenticator/").status_code == 204
    assert app("get", "authenticator/").json() == none


@pytest.mark.parametrize(
    ("method", "path"),
    [("post", "authenticator/"), ("delete", "authenticator/"), ("post", "authenticator/confirm")],
)
def test_changes_take_a_step_up_and_of_whoever_has_one_a_strong_one(
    user: User, method: str, path: str
):
    assert refused(App(user, is_fresh=False)(method, path)) == (403, "step_up_required")
    app_of(user)
    assert refused(App(user)(method, path)) == (403, "strong_step_up_required")
    assert TOTPDevice.objects.count() == 1


def test_its_code_steps_up_once(user: User):
    device, app = app_of(user), App(user, is_fresh=False)
    code = digits(device)
    assert app("post", "step-up/authenticator", {}).status_code == 400
    assert app("post", "step-up/authenticator", {"code": code}).status_code == 204
    assert refused(app("post", "step-up/authenticator", {"code": code})) == (422, "code_invalid")
    assert app("delete", "authenticator/").status_code == 204
    assert refused(app("post", "step-up/authenticator", {"code": code})) == (
        409,
        "no_authenticator",
    )


def test_a_device_that_is_new_sets_up_none(user: User):
    app = App(user)
    KnownDevice.objects.update(first_seen_at=user.joined_at)
    assert refused(app("post", "authenticator/")) == (403, "device_too_new")


def test_its_code_opens_an_account_that_was_silent(user: User):
    device, app = app_of(user), App(user, is_fresh=False)
    KnownDevice.objects.update(proof_due=True)
    assert refused(app("get", "authenticator/")) == (403, "second_proof_needed")
    assert refused(app("post", "step-up/authenticator", {"code": digits(device)})) == (
        403,
        "second_proof_needed",
    )
    assert app("post", "proof/authenticator", {"code": digits(device)}).status_code == 204
    assert app("get", "authenticator/").status_code == 200


def test_the_key_is_in_no_log_no_message_and_no_audit_row(
    user: User, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    app = App(user)
    key = app("post", "authenticator/").json()["key"]
    device = TOTPDevice.objects.get(user=user)
    app("post", "authenticator/confirm", {"code": wrong(device)})
    TOTPDevice.objects.update(throttling_failure_count=0)
    app("post", "authenticator/confirm", {"code": digits(device)})
    logging.getLogger("test").info("the log is read")
    assert "the log is read" in caplog.text
    kept = [
        *AuditEvent.objects.values_list("data"),
        *Message.objects.values_list("body", "values_text"),
    ]
    assert len(kept) > 1
    for secret in (key, device.key):
        assert secret not in caplog.text
        assert secret not in str(kept)
