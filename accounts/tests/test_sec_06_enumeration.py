"""SEC-06: nothing tells whether a number is known here."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import LoginAttempt
from accounts.tests.cast import ask_code, ask_page, last_code, trusted_app, wrong_code
from accounts.tests.factories import FamilyUserFactory, StaffFactory, TutorUserFactory
from tutorhub.core import clock

pytestmark = pytest.mark.django_db


def numbers() -> dict[str, str]:
    """A number of each kind, asked about from an address of its own."""
    FamilyUserFactory(phone="+919876500011")
    TutorUserFactory(phone="+919876500012")
    FamilyUserFactory(phone="+919876500013", is_active=False)
    return {
        "family": "+919876500011",
        "tutor": "+919876500012",
        "suspended": "+919876500013",
        "unknown": "+919876500014",
    }


def shape(response: Any) -> tuple[int, bytes, list[tuple[str, str]]]:
    return response.status_code, response.content, sorted(response.items())


def test_sec_06_the_answers_are_equal_to_the_byte():
    shapes = [shape(ask_code(Client(), number)) for number in numbers().values()]
    assert len(set(map(str, shapes))) == 1


def test_sec_06_an_empty_budget_gives_the_same_answer(settings):
    ok = shape(ask_code(Client(), "+919876500021"))
    settings.SMS_DAILY_BUDGET_PAISE = 0
    assert shape(ask_code(Client(), "+919876500022")) == ok
    assert LoginAttempt.objects.get(phone="+919876500022").reason == "over_budget"


def test_sec_06_refusals_are_equal_too():
    known = numbers()
    shapes = []
    for number in known.values():
        with clock.at(clock.now()):
            ask_code(Client(), number)
            refused = ask_code(Client(), number)
        assert refused.status_code == 429
        assert refused.json()["errors"][0]["code"] == "throttled"
        shapes.append(shape(refused))
    assert len(set(map(str, shapes))) == 1


def test_sec_06_the_same_work_is_done_for_each():
    """The same statements, whose only difference is their values: there is no account in them."""
    statements = set()
    for number in numbers().values():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            ask_code(Client(), number)
        assert not any('accounts_user"' in query["sql"] for query in captured.captured_queries)
        statements.add(len(captured.captured_queries))
    assert len(statements) == 1


def page_shape(response: Any, number: str) -> str:
    """Status, headers and body of a page without what is new on every page, and the number."""
    body = response.content.decode().replace(number[3:8], "").replace(number[8:], "")
    body = re.sub(
        r'(csrfmiddlewaretoken" value="|name="page" value="|X-CSRFToken": "|nonce=")[^"]+', "", body
    )
    # Expires is the second in which the page was made.
    known = sorted(item for item in response.items() if item[0] != "Expires")
    headers = re.sub(r"nonce-[\w-]+", "", str(known))
    cookies = sorted((morsel.key, morsel["path"]) for morsel in response.cookies.values())
    return f"{response.status_code} {headers} {cookies} {body}"


def test_sec_06_the_pages_of_sign_in_are_equal():
    shapes = []
    for number in numbers().values():
        client = Client()
        sent = ask_page(client, number)
        page = client.get("/signin/code/")
        wrong = client.post("/signin/code/", {"code": wrong_code(number)})
        assert (sent.status_code, page.status_code, wrong.status_code) == (302, 200, 400)
        shapes.append([page_shape(response, number) for response in (sent, page, wrong)])
    assert len(set(map(str, shapes))) == 1


@pytest.mark.parametrize("is_sent", [True, False])
def test_sec_06_a_wrong_code_is_answered_the_same(is_sent: bool):
    shapes = []
    for number in numbers().values():
        if is_sent:
            ask_code(Client(), number)
        code = wrong_code(number) if is_sent else "000000"
        body = {"phone": number, "code": code}
        shapes.append(
            shape(Client().post("/api/v1/auth/otp/verify", body, content_type="application/json"))
        )
    assert {status for status, _body, _headers in shapes} == {400}
    assert len(set(map(str, shapes))) == 1


@pytest.mark.parametrize("path", ["phone/request", "phone/confirm", "email"])
def test_sec_06_a_change_of_number_or_address_does_not_tell_either(path: str):
    """Each from an account of its own, which has just entered a code."""
    known = numbers()
    StaffFactory(email="known@example.com")
    wanted = [{"phone": number} for number in known.values()]
    if path == "email":
        wanted = [{"email": f"{name}@example.com"} for name in ("known", "other")]
    shapes = []
    for body in wanted:
        client = Client(headers={"Authorization": f"Bearer {trusted_app(FamilyUserFactory())}"})
        if path == "phone/confirm":
            client.post("/api/v1/me/phone/request", body, content_type="application/json")
            sent = last_code(list(known.values())[len(shapes)], "new_phone_code")
            body = {"code": "000000" if sent != "000000" else "111111"}
        shapes.append(
            shape(client.post(f"/api/v1/me/{path}", body, content_type="application/json"))
        )
    assert {status for status, _body, _headers in shapes} <= {202, 400}
    assert len(set(map(str, shapes))) == 1


def test_sec_06_a_step_up_is_answered_the_same_whatever_the_account_has():
    people = [
        FamilyUserFactory(),
        TutorUserFactory(email="with@example.com"),
        FamilyUserFactory(new_device_at=clock.now()),
    ]
    shapes = []
    for user in people:
        client = Client(headers={"Authorization": f"Bearer {trusted_app(user)}"})
        asked = client.post("/api/v1/me/step-up/request")
        wrong = client.post(
            "/api/v1/me/step-up/verify", {"code": "x"}, content_type="application/json"
        )
        assert (asked.status_code, wrong.status_code) == (202, 400)
        shapes.append([shape(asked), shape(wrong)])
    assert len(set(map(str, shapes))) == 1
