"""The API of sign-in: shapes, errors and what they must not tell."""

import pytest
from django.test import Client

from accounts.models import AppSession, LoginAttempt, User
from accounts.tests.cast import PHONE, ask_code, last_code, sign_in, step_up
from accounts.tests.factories import FamilyUserFactory

pytestmark = pytest.mark.django_db


def test_a_new_number_signs_in_and_stays_signed_in(client: Client):
    asked = ask_code(client)
    assert asked.status_code == 202
    assert asked.json() == {"resend_after": 60, "expires_in": 300}

    verified = client.post(
        "/api/v1/auth/otp/verify",
        {"phone": PHONE, "code": last_code(PHONE), "role": "student"},
        content_type="application/json",
    )
    assert verified.status_code == 200
    body = verified.json()
    assert set(body) == {"access", "refresh", "user"}
    user = User.objects.get(phone=PHONE)
    assert body["user"]["id"] == str(user.pk)
    assert body["user"]["role"] == "student"
    assert body["user"]["is_new"] is True
    assert body["user"]["name"] == ""

    me = client.get("/api/v1/me", headers={"Authorization": f"Bearer {body['access']}"})
    assert me.status_code == 200
    assert me.json()["phone"] == PHONE

    refreshed = client.post(
        "/api/v1/auth/token/refresh", {"refresh": body["refresh"]}, content_type="application/json"
    )
    assert set(refreshed.json()) == {"access", "refresh"}
    assert refreshed.json()["refresh"] != body["refresh"]

    out = client.post(
        "/api/v1/auth/logout",
        {"refresh": refreshed.json()["refresh"]},
        content_type="application/json",
    )
    assert out.status_code == 204
    gone = client.get("/api/v1/me", headers={"Authorization": f"Bearer {body['access']}"})
    assert gone.status_code == 401
    assert AppSession.objects.get().ended_by == "logout"


def test_a_new_number_must_choose_a_role_and_keeps_its_code(client: Client):
    ask_code(client)
    code = last_code(PHONE)
    refused = client.post(
        "/api/v1/auth/otp/verify", {"phone": PHONE, "code": code}, content_type="application/json"
    )
    assert refused.status_code == 400
    error = refused.json()
    assert error["type"] == "validation_error"
    assert error["errors"][0]["code"] == "role_required"
    assert error["errors"][0]["attr"] == "role"
    assert not User.objects.exists()

    accepted = client.post(
        "/api/v1/auth/otp/verify",
        {"phone": PHONE, "code": code, "role": "tutor"},
        content_type="application/json",
    )
    assert accepted.json()["user"]["role"] == "tutor"


def test_a_known_number_keeps_its_role(client: Client):
    FamilyUserFactory(phone=PHONE, name="Asha")
    body = sign_in(client, PHONE, role="tutor")
    assert body["user"] | {"id": "", "next": ""} == {
        "id": "",
        "role": "student",
        "name": "Asha",
        "is_new": False,
        "next": "",
    }


@pytest.mark.parametrize(
    "number", ["+1 202 555 0147", "080 2345 6789", "12345", "1800 103 1234", "", "+44 7911 123456"]
)
def test_only_indian_mobiles(client: Client, number: str):
    response = ask_code(client, number)
    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == "phone"
    assert not LoginAttempt.objects.exists()


@pytest.mark.parametrize("number", ["98765 43210", "09876543210", "+91-98765-43210", "9876543210"])
def test_numbers_as_people_type_them(client: Client, number: str):
    assert ask_code(client, number).status_code == 202
    assert last_code("+919876543210")


def test_a_wrong_code_is_a_400_and_logged(client: Client):
    ask_code(client)
    wrong = "000000" if last_code(PHONE) != "000000" else "111111"
    response = client.post(
        "/api/v1/auth/otp/verify",
        {"phone": PHONE, "code": wrong, "role": "student"},
        content_type="application/json",
        HTTP_USER_AGENT="test phone",
    )
    assert response.status_code == 400
    assert response.json()["errors"][0]["code"] == "code_invalid"
    attempt = LoginAttempt.objects.get(kind="code")
    assert (attempt.phone, attempt.ip, attempt.user_agent, attempt.is_success, attempt.reason) == (
        PHONE,
        "127.0.0.1",
        "test phone",
        False,
        "code_invalid",
    )


def test_asking_again_too_soon_is_a_429_with_a_time(client: Client):
    ask_code(client)
    response = ask_code(client)
    assert response.status_code == 429
    assert 55 <= int(response["Retry-After"]) <= 60
    assert response.json()["errors"][0]["code"] == "throttled"


def test_me_needs_a_token_and_never_takes_a_cookie(client: Client):
    client.force_login(FamilyUserFactory(), backend="accounts.backends.PhoneBackend")
    response = client.get("/api/v1/me")
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_me_can_be_changed(client: Client):
    access = sign_in(client, PHONE)["access"]
    headers = {"Authorization": f"Bearer {access}"}
    response = client.patch(
        "/api/v1/me",
        {"name": "Meera", "language": "hi"},
        content_type="application/json",
        headers=headers,
    )
    assert response.json()["name"] == "Meera"
    assert response.json()["language"] == "hi"
    wrong = client.patch(
        "/api/v1/me", {"language": "xx"}, content_type="application/json", headers=headers
    )
    assert wrong.status_code == 400


def test_me_can_be_erased_and_the_number_used_again(client: Client):
    body = sign_in(client, PHONE)
    headers = {"Authorization": f"Bearer {body['access']}"}
    step_up(User.objects.get(), AppSession.objects.get().pk)
    assert client.delete("/api/v1/me", headers=headers).status_code == 204
    erased = User.objects.get()
    assert (erased.name, erased.phone, erased.is_active) == ("", None, False)
    assert client.get("/api/v1/me", headers=headers).status_code == 401
    again = sign_in(client, PHONE)
    assert again["user"]["is_new"] is True
    assert again["user"]["id"] != str(erased.pk)


def test_a_stale_bearer_token_does_not_hinder_a_refresh(client: Client):
    body = sign_in(client, PHONE)
    response = client.post(
        "/api/v1/auth/token/refresh",
        {"refresh": body["refresh"]},
        content_type="application/json",
        headers={"Authorization": "Bearer stale"},
    )
    assert response.status_code == 200


def test_an_unknown_refresh_token_is_a_401_and_a_logout_with_it_is_fine(client: Client):
    response = client.post(
        "/api/v1/auth/token/refresh", {"refresh": "x" * 43}, content_type="application/json"
    )
    assert response.status_code == 401
    assert response.json()["errors"][0]["code"] == "token_not_valid"
    out = client.post("/api/v1/auth/logout", {"refresh": "x" * 43}, content_type="application/json")
    assert out.status_code == 204
