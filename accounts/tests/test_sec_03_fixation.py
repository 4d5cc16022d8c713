"""SEC-03: somebody else's challenge, somebody else's session, somebody else's page."""

import pytest
from django.test import Client

from accounts.models import BrowserSession, User
from accounts.tests.cast import PHONE, ask_page, last_code
from accounts.tests.factories import FamilyUserFactory

pytestmark = pytest.mark.django_db


def ask(client: Client, **data: str) -> None:
    response = ask_page(client, **data)
    assert response.status_code == 302
    assert response["Location"] == "/signin/code/"


def test_sec_03_an_attackers_challenge_does_not_take_the_victims_code(settings):
    settings.OTP_RESEND_AFTER = (0,)
    attacker, victim = Client(), Client()
    ask(attacker)
    ask(victim)
    code = last_code(PHONE)

    response = attacker.post("/signin/code/", {"code": code, "role": "student"})
    assert response.status_code == 400
    assert not User.objects.exists()

    api = attacker.post(
        "/api/v1/auth/otp/verify",
        {"phone": PHONE, "code": code, "role": "student"},
        content_type="application/json",
    )
    assert api.status_code == 400
    entered = victim.post("/signin/code/", {"code": code, "role": "student"})
    assert entered.status_code == 302


def test_sec_03_the_session_key_changes_and_the_old_one_is_dead(client: Client):
    ask(client)
    before = client.session.session_key
    client.post("/signin/code/", {"code": last_code(PHONE), "role": "student"})
    after = client.session.session_key
    assert before != after
    assert not BrowserSession.objects.filter(session_key=before).exists()
    assert client.get("/signin/").status_code == 302


def test_sec_03_pages_need_a_csrf_token():
    client = Client(enforce_csrf_checks=True)
    assert client.post("/signin/", {"phone": PHONE}).status_code == 403
    assert client.post("/signin/code/", {"code": "123456"}).status_code == 403
    assert client.post("/signout/").status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "https://evil.example/",
        "///evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "\\\\evil.example",
        "http:evil.example",
        "/\t/evil.example",
        "@evil.example",
    ],
)
def test_sec_03_next_leads_to_this_site_only(client: Client, path: str):
    FamilyUserFactory(phone=PHONE)
    ask(client, next=path)
    response = client.post("/signin/code/", {"code": last_code(PHONE)})
    assert response.status_code == 302
    assert "evil" not in response["Location"]
    assert response["Location"].startswith("/")
    again = client.get("/signin/", {"next": path})
    assert "evil" not in again["Location"]
