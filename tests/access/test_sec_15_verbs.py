"""SEC-15: a method that no rule names gets 405 from every route, whoever asks."""

import re
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.tests.cast import trusted_app, trusted_browser
from accounts.tests.factories import FamilyUserFactory, StaffFactory
from tests.access.routes import all_routes
from tests.access.world import bearer, staff_browser
from tutorhub.core import access
from tutorhub.core.access.kinds import Rule
from tutorhub.core.ids import uuid7
from tutorhub.site.middleware import AccessMiddleware

pytestmark = pytest.mark.django_db

VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
SAMPLES = {"uuid": uuid7(), "int": 1, "slug": "x", "str": "x", "path": "x", "verb": "verify"}


def addresses() -> dict[str, tuple[str, Rule]]:
    """Name of a route -> an address of it, and its rule; the back office's own included."""
    found = {}
    for name, pattern in {**all_routes(), **admin_routes()}.items():
        names = re.findall(r"<(?:(\w+):)?(\w+)>", str(pattern.pattern))
        ids = {word: SAMPLES.get(kind or "str", "x") for kind, word in names}
        rule = access.RULES.get(name, access.ADMIN_PAGE)
        found[name] = (address(name, ids), rule)
    return found


def address(name: str, ids: dict[str, Any]) -> str:
    if name == "admin:app_list":
        ids = {"app_label": "accounts"}
    if name == "admin:view_on_site":
        ids = {"content_type_id": 1, "object_id": "1"}
    return reverse(name, kwargs=ids)


def admin_routes() -> dict[str, URLPattern]:
    site = next(p for p in get_resolver().url_patterns if getattr(p, "app_name", "") == "admin")
    return {f"admin:{pattern.name}": pattern for pattern in _flat(site.url_patterns)}


def _flat(patterns: list[Any]) -> list[URLPattern]:
    flat: list[URLPattern] = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            flat += _flat(pattern.url_patterns)
        elif pattern.name:
            flat.append(pattern)
    return flat


def not_refused(client: Client, routes: dict[str, tuple[str, Rule]]) -> list[str]:
    """Requests with a method that no rule names which got anything else than 405."""
    return [
        f"{verb} {name}: {status}"
        for name, (url, rule) in routes.items()
        for verb in VERBS
        if not rule.answers(verb)
        and (status := client.generic(verb, url).status_code) != HTTPStatus.METHOD_NOT_ALLOWED
    ]


def test_sec_15_a_stranger_gets_405() -> None:
    routes = addresses()
    assert len(routes) > 350
    assert not_refused(Client(), routes) == []


def test_sec_15_so_does_a_family_by_cookie_and_by_token() -> None:
    user = FamilyUserFactory()
    routes = {name: route for name, route in addresses().items() if name in access.RULES}
    assert not_refused(trusted_browser(user), routes) == []
    assert not_refused(bearer(trusted_app(user)), routes) == []


def test_sec_15_so_does_a_superuser_with_every_right_in_the_back_office() -> None:
    routes = {name: route for name, route in addresses().items() if name.startswith("admin:")}
    assert not_refused(staff_browser(StaffFactory(glass=True)), routes) == []


def test_sec_15_the_answer_of_the_api_has_its_shape(client: Client) -> None:
    answer = client.put("/api/v1/curriculum")
    assert (answer.status_code, answer["Allow"]) == (405, "GET")
    error = {"code": "method_not_allowed", "detail": 'Method "PUT" not allowed.', "attr": None}
    assert answer.json() == {"type": "client_error", "errors": [error]}


def test_sec_15_the_control_without_the_middleware(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AccessMiddleware, "process_view", lambda *_args: None)
    assert len(not_refused(Client(raise_request_exception=False), addresses())) > 100


@pytest.mark.parametrize("name", ["students:learner-list", "api:me", "admin:accounts_user_add"])
def test_sec_15_a_route_without_a_rule_is_not_there(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    user = StaffFactory(glass=True) if "admin" in name else FamilyUserFactory()
    client = staff_browser(user) if user.is_staff else trusted_browser(user)
    url = reverse(name)
    assert client.get(url).status_code != 404
    monkeypatch.delitem(access.RULES, name, raising=False)
    names = frozenset(access.admin_names()) - {name.removeprefix("admin:")}
    monkeypatch.setattr(access, "_ADMIN_NAMES", names)
    assert client.get(url).status_code == 404


def test_sec_15_an_operation_without_a_rule_answers_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if the middleware were not there: the permission asks the table too."""
    access_token = trusted_app(FamilyUserFactory())
    monkeypatch.setattr(AccessMiddleware, "process_view", lambda *_args: None)
    token = bearer(access_token)
    assert token.get("/api/v1/me").status_code == 200
    for rule in (Rule("POST", frozenset({"student"})), Rule("GET", frozenset({"tutor"})), None):
        monkeypatch.setitem(access.RULES, "api:me", rule)
        assert token.get("/api/v1/me").status_code == 403


def test_sec_15_a_page_that_lost_its_decorator_is_still_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The table alone keeps out whom it does not name; without either, the page is open."""
    pattern = all_routes()["payments:earnings-show"]
    monkeypatch.setattr(pattern, "callback", pattern.callback.__wrapped__)  # type: ignore[attr-defined]
    user = FamilyUserFactory()
    assert trusted_browser(user).get("/earnings/").status_code == 403
    assert Client().get("/earnings/").headers["Location"].startswith("/signin/")
    monkeypatch.setattr(AccessMiddleware, "process_view", lambda *_args: None)
    assert trusted_browser(user).get("/earnings/").status_code == 200
