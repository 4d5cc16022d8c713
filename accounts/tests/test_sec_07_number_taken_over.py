"""Somebody took over the number and waited for a day: how far codes by SMS take them.

Whoever has a second factor needs it for the number, the address, the copy and the end of the
account; for whoever has none a code does, as ever.
"""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from accounts.clients import SIGN_IN
from accounts.models import AppSession, DataRequest, EmailChange, User
from accounts.services import emails, phone_changes, stepup
from accounts.tests.authenticator import Authenticator, passkey_of
from accounts.tests.cast import (
    step_up,
    strong_step_up,
    trusted_app,
    trusted_browser,
    unproved,
)
from accounts.tests.digits import app_of
from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from accounts.tests.passkey_cast import HERE, sign_in
from notifications.models import Message

pytestmark = pytest.mark.django_db

NEW = "+919876511111"
PAGES = [
    ("/account/phone/", {"phone": NEW}),
    ("/account/email/", {"email": "thief@example.com"}),
    ("/account/data/export/", {}),
    ("/account/data/erase/", {"is_sure": "on"}),
]
OPERATIONS = [
    ("post", "me/phone/request", {"phone": NEW}),
    ("post", "me/email", {"email": "thief@example.com"}),
    ("post", "me/export", {}),
    ("delete", "me", {}),
]


@pytest.fixture(autouse=True)
def _site(settings) -> None:
    settings.SITE_URL = "https://testserver"


@pytest.fixture(params=["passkey", "authenticator"])
def owner(request: pytest.FixtureRequest) -> User:
    user: User = TutorUserFactory(email="ravi@example.com")
    if request.param == "passkey":
        passkey_of(user, Authenticator())
    else:
        app_of(user)
    return user


def by_sms(user: User) -> Client:
    """A browser that is known for a week, where a code by SMS was just entered."""
    client = trusted_browser(user)
    unproved()
    step_up(user, UUID(client.session[SIGN_IN]["id"]))
    return client


class App:
    def __init__(self, user: User) -> None:
        self.header = {"Authorization": f"Bearer {trusted_app(user)}"}
        unproved()
        self.sign_in_id = AppSession.objects.latest("pk").pk
        step_up(user, self.sign_in_id)

    def __call__(self, method: str, path: str, data: Any) -> Any:
        send = getattr(Client(headers=self.header), method)
        return send(f"/api/v1/{path}", data, content_type="application/json")


def nothing_happened(user: User) -> bool:
    user.refresh_from_db()
    went_out = Message.objects.filter(template__in=["new_phone_code", "confirm_email"])
    asked = DataRequest.objects.exists() or EmailChange.objects.exists() or went_out.exists()
    return user.is_active and not asked


@pytest.mark.parametrize(("path", "data"), PAGES)
def test_sec_07_pages_lead_to_the_second_factor(owner: User, path: str, data: dict[str, str]):
    thief = by_sms(owner)
    answer = thief.post(path, data)
    assert answer["Location"].startswith("/account/confirm/?next=")
    asked = thief.get(answer["Location"]).content.decode()
    assert "An SMS is not enough here" in asked
    assert "Send the code" not in asked
    assert nothing_happened(owner)


@pytest.mark.parametrize(("method", "path", "data"), OPERATIONS)
def test_sec_07_operations_refuse(owner: User, method: str, path: str, data: dict[str, str]):
    answer = App(owner)(method, path, data)
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["code"] == "strong_step_up_required"
    assert nothing_happened(owner)


@pytest.mark.parametrize(("method", "path", "data"), OPERATIONS)
def test_the_owner_does_it_by_the_second_factor(
    owner: User, method: str, path: str, data: dict[str, str]
):
    app = App(owner)
    strong_step_up(owner, app.sign_in_id)
    assert app(method, path, data).status_code in {202, 204}
    assert not nothing_happened(owner)


@pytest.mark.parametrize(("method", "path", "data"), OPERATIONS)
def test_who_has_no_second_factor_does_it_by_code(method: str, path: str, data: dict[str, str]):
    user = FamilyUserFactory()
    app = App(user)
    assert app(method, path, data).status_code in {202, 204}
    assert not nothing_happened(user)


def test_sec_07_a_copy_that_is_there_is_not_fetched_by_sms(owner: User):
    made = DataRequest.objects.create(
        user=owner,
        kind=DataRequest.Kind.EXPORT,
        status=DataRequest.Status.READY,
        due_at=owner.joined_at,
        file_key="exports/there",
    )
    answer = by_sms(owner).get(f"/account/data/export/{made.pk}/")
    assert answer["Location"].startswith("/account/confirm/?next=")
    said = App(owner)("get", f"me/export/{made.pk}", {})
    assert said.json()["errors"][0]["code"] == "strong_step_up_required"


@pytest.mark.parametrize("path", ["/account/data/export/", "/account/data/erase/"])
def test_the_page_says_what_comes_first(owner: User, path: str):
    shown = by_sms(owner).get(path).content.decode()
    assert "with a passkey or your authenticator app" in shown
    assert "/account/confirm/?next=" in shown
    family = trusted_browser(FamilyUserFactory())
    assert "/account/confirm/" not in family.get(path).content.decode()
    unproved()
    assert "we send a code to your mobile number" in family.get(path).content.decode()


def test_the_services_ask_as_well(owner: User):
    here = sign_in(owner)
    step_up(owner, here)
    with pytest.raises(stepup.StrongStepUpNeeded):
        phone_changes.request(owner, here, phone=NEW, client=HERE)
    with pytest.raises(stepup.StrongStepUpNeeded):
        emails.request(owner, here, email="thief@example.com")
    assert nothing_happened(owner)
