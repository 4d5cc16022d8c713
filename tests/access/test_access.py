"""What the table expects of an answer; and the pages of development, which the sweep leaves out.

Every other route is asked by everybody in `test_sec_13_sweep.py`, where the same request has to
come to the same end.
"""

from http import HTTPStatus
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse

from tests.access.policy import API, PAGES, Row
from tests.access.routes import all_routes, methods_of
from tests.access.world import PEOPLE, PRINCIPALS, SHUT, SIGNED_OUT, World
from tutorhub.core.http import MACHINES

pytestmark = pytest.mark.django_db

# The inbox of development shows everybody everything, and is not there in production.
DEVELOPMENT = {name for name in (*PAGES, *API) if name.startswith("notifications:")}
THROUGH, SIGN_IN, FORBIDDEN, MISSING = "through", "sign in", "forbidden", "missing"
NO_METHOD = "no such method"


def test_nobody_is_signed_in_where_machines_knock():
    """A machine's request passes neither sign-in nor the check for forgery."""
    ids = World().ids
    addresses = {name: reverse(name, kwargs=ids[row.ids]) for name, row in {**PAGES, **API}.items()}
    assert [name for name, address in addresses.items() if address.startswith(MACHINES)] == []
    assert reverse("payments:webhook-razorpay").startswith(MACHINES)


def test_the_rows_of_the_api_name_exactly_its_methods():
    routes = all_routes()
    wrong = {
        name: (row.methods, methods_of(routes[name]))
        for name, row in API.items()
        if set(row.methods.split()) != methods_of(routes[name])
    }
    assert wrong == {}


@pytest.mark.parametrize("name", sorted(DEVELOPMENT))
def test_access(name):
    world = World()
    row = PAGES.get(name) or API[name]
    wrong = {}
    for method in row.methods.split():
        for principal in PRINCIPALS:
            got = outcome(send(world, name, row, method, principal))
            expected = expected_outcomes(name, row, method, principal)
            if got not in expected:
                wrong[f"{method} as {principal}"] = f"{got}, not {' or '.join(sorted(expected))}"
    assert wrong == {}


def expected_outcomes(
    name: str, row: Row, method: str, principal: str, allowed: frozenset[str] | None = None
) -> set[str]:
    """What the table says; `allowed` are those whose the thing is, if not those of the world."""
    allowed = row.allowed if allowed is None else allowed
    is_api = name in API
    if principal == "staff_without_device":
        return {SIGN_IN, FORBIDDEN}
    if principal in SHUT | SIGNED_OUT:
        # A token that stands for nobody any more is refused even where none is needed.
        if row.is_open and (not is_api or name.startswith("api:auth-")):
            return {THROUGH}
        return {FORBIDDEN} if principal in SHUT else {SIGN_IN}
    if principal == "tutor_suspended" and principal in row.roles and row.is_action(method):
        return {FORBIDDEN}
    if principal == "guardian_two" and principal in allowed and row.rule.is_others(method):
        return {FORBIDDEN}
    if principal in allowed:
        return {THROUGH}
    if principal in row.roles:
        return {MISSING}
    if principal == "anonymous" or (is_api and principal not in PEOPLE):
        return {SIGN_IN}
    return {FORBIDDEN, MISSING}


def send(world: World, name: str, row: Row, method: str, principal: str) -> HttpResponse:
    """One request, with an empty body unless the row has one; its effects are rolled back."""
    with undone():
        client = world.api_client(principal) if name in API else world.page_client(principal)
        kwargs: dict[str, Any] = {"content_type": "application/json"} if name in API else {}
        if method == "GET":
            kwargs = {}
        elif row.body:
            kwargs = {"data": row.body, "content_type": "application/x-www-form-urlencoded"}
        return getattr(client, method.lower())(reverse(name, kwargs=world.ids[row.ids]), **kwargs)


class undone:  # noqa: N801 - a context manager, read as a verb
    """A block whose writes are rolled back, in which durable transactions are allowed."""

    def __enter__(self) -> None:
        self.block = transaction.atomic()
        self.block._from_testcase = True
        self.block.__enter__()

    def __exit__(self, *error: Any) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(*error)


def outcome(response: HttpResponse) -> str:
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        return SIGN_IN
    if response.status_code == HTTPStatus.FOUND and is_sign_in(response["Location"]):
        return SIGN_IN
    if response.status_code == HTTPStatus.FORBIDDEN:
        return FORBIDDEN
    if response.status_code == HTTPStatus.NOT_FOUND:
        return MISSING
    if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return NO_METHOD
    assert response.status_code < 500 or response.status_code == HTTPStatus.SERVICE_UNAVAILABLE, (
        response.content[:500]
    )
    return THROUGH


def is_sign_in(location: str) -> bool:
    return location.startswith(("/signin/?next=", "/admin/login/"))
