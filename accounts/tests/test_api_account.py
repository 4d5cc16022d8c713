"""The account by API: sign-ins, step-up, a new number, a new address."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import AppSession, User
from accounts.tests.cast import PHONE, last_code, sign_in, trusted_app
from accounts.tests.factories import FamilyUserFactory
from notifications.models import Message

pytestmark = pytest.mark.django_db

NEW = "+919876500055"


def call(access: str, method: str, path: str, body: Any = None) -> Any:
    client = Client(headers={"Authorization": f"Bearer {access}"})
    if method == "get":
        return client.get(f"/api/v1/me/{path}")
    return getattr(client, method)(f"/api/v1/me/{path}", body or {}, "application/json")


@pytest.fixture
def user() -> User:
    return FamilyUserFactory(phone=PHONE)


def test_sign_ins_are_listed_and_ended(user: User):
    access = trusted_app(user)
    other = trusted_app(user)
    browser = Client()
    browser.force_login(user, backend="accounts.backends.PhoneBackend")
    places = call(access, "get", "sessions/").json()
    assert [place["kind"] for place in places].count("browser") == 1
    assert [place["is_this"] for place in places] == [True, False, False]
    keys = {"id", "kind", "device", "network", "created_at", "seen_at", "is_this"}
    assert set(places[0]) == keys
    ended = call(access, "delete", f"sessions/{places[1]['id']}")
    assert ended.status_code == 204
    assert call(access, "delete", f"sessions/{places[1]['id']}").status_code == 404
    assert len(call(access, "get", "sessions/").json()) == 2
    assert call(access, "post", "sessions/sign-out-others").json() == {"ended": 1}
    assert call(other, "get", "sessions/").status_code == 401
    assert browser.get("/account/").status_code == 302
    assert len(call(access, "get", "sessions/").json()) == 1


def test_a_sign_in_of_somebody_else_is_not_there(user: User):
    trusted_app(FamilyUserFactory())
    theirs = AppSession.objects.get()
    assert call(trusted_app(user), "delete", f"sessions/{theirs.pk}").status_code == 404
    theirs.refresh_from_db()
    assert theirs.ended_at is None


def test_erasing_the_account_takes_a_fresh_code():
    access = sign_in(Client(), PHONE)["access"]
    refused = Client(headers={"Authorization": f"Bearer {access}"}).delete("/api/v1/me")
    assert refused.status_code == 403
    assert refused.json()["errors"][0]["code"] == "step_up_required"
    sent = call(access, "post", "step-up/request")
    assert sent.status_code == 202
    assert sent.json() == {"resend_after": 60, "expires_in": 300}
    wrong = "000000" if last_code(PHONE, "step_up_code") != "000000" else "111111"
    answer = call(access, "post", "step-up/verify", {"code": wrong})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "code"
    right = call(access, "post", "step-up/verify", {"code": last_code(PHONE, "step_up_code")})
    assert right.status_code == 204
    done = Client(headers={"Authorization": f"Bearer {access}"}).delete("/api/v1/me")
    assert done.status_code == 204


def test_a_new_number_takes_both_codes(user: User):
    access = trusted_app(user)
    assert call(access, "post", "phone/request", {"phone": "12345"}).status_code == 400
    assert call(access, "post", "phone/confirm", {"code": "123456"}).status_code == 400
    assert call(access, "post", "phone/request", {"phone": NEW}).status_code == 202
    code = last_code(NEW, "new_phone_code")
    assert call(access, "post", "phone/confirm", {"code": code}).status_code == 204
    me = Client(headers={"Authorization": f"Bearer {access}"}).get("/api/v1/me")
    assert me.json()["phone"] == NEW


def test_a_number_that_is_taken_is_a_409_after_the_code_and_not_before(user: User):
    FamilyUserFactory(phone=NEW)
    access = trusted_app(user)
    assert call(access, "post", "phone/request", {"phone": NEW}).status_code == 202
    code = last_code(NEW, "new_phone_code")
    taken = call(access, "post", "phone/confirm", {"code": code})
    assert taken.status_code == 409
    assert taken.json()["errors"][0]["code"] == "phone_taken"


def test_a_new_address_gets_a_link(user: User):
    access = trusted_app(user)
    assert call(access, "post", "email", {"email": "no"}).status_code == 400
    assert call(access, "post", "email", {"email": "asha@example.com"}).status_code == 202
    assert Message.objects.filter(template="confirm_email", to="asha@example.com").exists()


def test_there_is_nothing_to_prove_on_an_account_in_use(user: User):
    access = trusted_app(user)
    assert call(access, "post", "proof/request").status_code == 409
    assert call(access, "post", "proof/verify", {"code": "123456"}).status_code == 409
