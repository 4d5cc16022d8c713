"""SEC-16: who follows every link as a stranger or as a tutor finds nobody's number and no child.

Lists come in pages of at most fifty, however many are asked for.
"""

import re
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import Resolver404, resolve

from accounts.models import User
from students.models import Guardian, Learner
from tests.access import canaries, sweep
from tests.access.policy import API
from tests.access.routes import all_routes
from tutorhub.core.pagination import KeysetPagination
from tutorhub.site.middleware import AccessMiddleware
from tutors.models import TutorProfile

pytestmark = pytest.mark.django_db

LINK = re.compile(r'(?:href|hx-get|action|src)="(/[^"#]*)')
MOST_PAGES = 400
STARTS = ("/", "/tutors/", "/help/", "/privacy/", "/signin/", "/api/v1/tutors")
# What development alone has, and what leads out of the account.
NOT_FOLLOWED = ("/dev/", "/static/", "/api/schema", "/api/docs", "/signout", "/account/", "/admin/")


def crawl(client: Client, starts: list[str]) -> dict[str, str]:
    """Address -> what it answers, for every page that links lead to."""
    seen: dict[str, str] = {}
    waiting = list(starts)
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop()
        if address in seen or address.startswith(NOT_FOLLOWED) or not _is_page(address):
            continue
        cache.clear()
        response = client.get(address)
        text = "" if response.streaming else response.content.decode(errors="replace")
        seen[address] = f"{response.headers.get('Location', '')} {text}"
        waiting += [unescape(link) for link in LINK.findall(text)]
        waiting += re.findall(r'"next":"https?://testserver(/[^"]+)"', text)
        if location := response.headers.get("Location", ""):
            waiting.append(location)
    return seen


def _is_page(address: str) -> bool:
    try:
        return resolve(address.partition("?")[0]).view_name != "core:picture"
    except Resolver404:
        return False


def leaks(seen: dict[str, str], secrets: set[str]) -> list[tuple[str, str]]:
    return [
        (address, secret) for address, text in seen.items() for secret in secrets if secret in text
    ]


def secrets_of(worlds: sweep.Worlds, but: User | None = None) -> set[str]:
    """Numbers, addresses and names of all families, and how to reach any tutor."""
    people = User.objects.exclude(pk=but.pk if but else None)
    phones = people.exclude(phone=None).values_list("phone", flat=True)
    emails = people.exclude(email=None).values_list("email", flat=True)
    guardians = Guardian.objects.values_list("phone", flat=True)
    own = but.phone[-10:] if but and but.phone else ""
    found = {phone[-10:] for phone in (*phones, *guardians)} | set(emails)
    return {each for each in found if each != own}


def marks(seen: dict[str, str]) -> list[tuple[str, str]]:
    return [
        (address, mark)
        for address, text in seen.items()
        for world in "AB"
        for mark in canaries.found(world, text)
    ]


def test_sec_16_a_stranger_finds_nobody(worlds: sweep.Worlds) -> None:
    seen = crawl(Client(), list(STARTS))
    public = [tutor.get_absolute_url() for tutor in TutorProfile.objects.listed()]
    assert set(public) & seen.keys(), "the crawl has to come to the pages of tutors"
    assert len(seen) > 15
    assert leaks(seen, secrets_of(worlds)) == []
    assert marks(seen) == []


def test_sec_16_a_tutor_finds_nobody_but_those_taught(worlds: sweep.Worlds) -> None:
    """Not even by following all links: world B is not there, and of A only who is in class."""
    me = worlds.a.users["tutor"]
    starts = [*STARTS, "/tutor/", "/leads/", "/sessions/", "/earnings/"]
    seen = crawl(worlds.a.page_client("tutor"), starts)
    assert len(seen) > 25
    assert [mark for mark in marks(seen) if mark[1].startswith("cBX")] == []
    taught = Learner.objects.get(pk=worlds.a.ids["learner"]["pk"])
    contact = {taught.guardian.phone[-10:], taught.family.user.phone[-10:]}
    found = {secret for _address, secret in leaks(seen, secrets_of(worlds, but=me))}
    assert found <= contact
    assert not [mark for mark in marks(seen) if "last-students_learner" in mark[1]]


def test_sec_16_a_tutor_without_a_class_finds_nobody(worlds: sweep.Worlds) -> None:
    me = worlds.a.users["other_tutor"]
    seen = crawl(worlds.a.page_client("other_tutor"), [*STARTS, "/tutor/", "/leads/"])
    assert leaks(seen, secrets_of(worlds, but=me)) == []
    found = {mark for _address, mark in marks(seen)}
    assert not {mark for mark in found if "students_" in mark or "consent" in mark}


def test_sec_16_the_control_one_number_on_a_page(
    worlds: sweep.Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = worlds.a.users["family"].phone

    def show(self: Any, request: Any) -> Any:
        response = self.get_response(request)
        if request.path == "/help/":
            response.content += f"<a href='/privacy/'>{number}</a>".encode()
        return response

    monkeypatch.setattr(AccessMiddleware, "__call__", show)
    assert leaks(crawl(Client(), list(STARTS)), secrets_of(worlds)) == [("/help/", number[-10:])]


def test_sec_16_pages_of_lists_are_short() -> None:
    """Whatever `page_size` says, an operation that lists shows at most fifty."""
    assert KeysetPagination.max_page_size is not None
    assert KeysetPagination.max_page_size <= 50
    views = [getattr(pattern.callback, "cls", None) for pattern in all_routes().values()]
    views += [getattr(pattern.callback, "view_class", None) for pattern in all_routes().values()]
    kinds = {getattr(view, "pagination_class", None) for view in views} - {None}
    assert len(kinds) > 2
    assert {kind for kind in kinds if (kind.max_page_size or kind.page_size) > 50} == set()


def test_sec_16_a_list_is_as_short_when_a_thousand_are_asked_for(worlds: sweep.Worlds) -> None:
    for name in sorted(API):
        row = sweep.ROWS[name]
        if row.ids or "GET" not in row.methods or not row.allowed:
            continue
        who = next(each for each in ("tutor", "family", "anonymous") if each in row.allowed)
        client = worlds.a.api_client(who)
        answer = client.get(sweep.reverse(name), {"page_size": 1000, "limit": 1000})
        if answer.status_code == 200 and "json" in answer["Content-Type"]:
            found = answer.json()
            rows = found.get("results", []) if isinstance(found, dict) else found
            assert len(rows) <= 50, name
