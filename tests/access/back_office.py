"""SEC-13 in the back office: every page, action and member of staff, and who is none.

What is expected stands in `tutorhub.core.access.admin`, which the code of the back office does not
read. Here is what the pages are asked for, and what each group may be shown of the two worlds.
"""

import re
import zlib
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from http import HTTPStatus
from http.cookies import SimpleCookie
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from tests.access import canaries, sweep
from tests.access.desks import APP_ASKED, OUTSIDERS, Desk
from tests.access.test_access import (
    FORBIDDEN,
    MISSING,
    NO_METHOD,
    SIGN_IN,
    THROUGH,
    outcome,
    undone,
)
from tests.access.world import SHUT, STAFF
from tutorhub.core import access
from tutorhub.core.access.kinds import BREAK_GLASS, AdminRule

KEPT_OUT = {SIGN_IN, FORBIDDEN}
# What the search for money is asked for: everybody's name begins with the letter of a mark.
ASKED = {"payments_find": {"q": "cAX"}}
# What actions ask for, so that nobody is stopped by a word that is missing.
WORDS = {"reason": "They have asked for it", "answer": "It is put right"}
# A sign-in is written down; the page of the authenticator prepares the one whose key it shows.
CHANGES = {"login", "authenticator", "passkey-challenge"}


WITH_GLASS = {"superuser_with_glass", BREAK_GLASS}
"""A superuser with whom a second one agrees, by the words of the world and of the table."""


def glass_may(verb: str, named: Set[str]) -> bool:
    """What a superuser may then: look at every model, and all that is anybody's to do."""
    return verb == "view" or bool(named)


def may(named: Set[str], group: str, verb: str = "do") -> bool:
    return glass_may(verb, named) if group in WITH_GLASS else group in named


# Pages of the site itself: what members of staff get by GET and by POST. `view_on_site` leads to
# the public page of a tutor; no field completes itself, so nobody gets anything from there.
SITE: dict[str, tuple[str, str]] = {
    "login": (THROUGH, THROUGH),
    "logout": (NO_METHOD, THROUGH),
    **dict.fromkeys(("index", "confirm", "authenticator"), (THROUGH, THROUGH)),
    **dict.fromkeys(("password_change", "view_on_site"), (THROUGH, THROUGH)),
    **dict.fromkeys(("password_change_done", "jsi18n"), (THROUGH, NO_METHOD)),
    "autocomplete": (FORBIDDEN, NO_METHOD),
    "security": (THROUGH, NO_METHOD),
    "recovery-codes": (NO_METHOD, THROUGH),
    **dict.fromkeys(
        (f"passkey-{verb}" for verb in ("options", "add", "rename", "remove")), (NO_METHOD, THROUGH)
    ),
    "passkey-challenge": (NO_METHOD, THROUGH),
    # Of the app in the address, for whoever sees a model of it.
    "app_list": (THROUGH, THROUGH),
}
OPEN = {"login", "logout", "passkey-challenge"}

# What a group may read of the texts that families and tutors have written or that were written
# about them, by the beginning of a column's name. A superuser alone reads what support reads; while
# a second one agrees, everything but what is secret.
_PEOPLE = ("accounts_user.name",)
_TEACHING = ("tutors_", "marketplace_lead.", "marketplace_review.")
_SUPPORT = (
    *(*_PEOPLE, "marketplace_enquiry.", "marketplace_lead."),
    "marketplace_tutoringsession.message",
)
SHOWN: dict[str, tuple[str, ...]] = {
    "moderator": (
        *(*_PEOPLE, *_TEACHING, "accounts_datarequest.", "marketplace_enquiry."),
        *("accounts_consent.guardian_name",),
    ),
    "finance": (*_PEOPLE, "payments_"),
    "support": _SUPPORT,
    "superuser": _SUPPORT,
    "superuser_with_glass": ("",),
    # Their own, on the page that says why.
    "tutor_suspended": ("tutors_tutorprofile.status_notes",),
}


@dataclass(frozen=True)
class Cell:
    name: str
    method: str
    principal: str
    action: str = ""

    def __str__(self) -> str:
        return f"{self.method} admin:{self.name} {self.action} as {self.principal}"


def _rules() -> dict[str, tuple[str, AdminRule]]:
    """The page of a model -> what it is, and the rule of the model."""
    found = {}
    for label, rule in access.ADMIN.items():
        found |= {f"{label.replace('.', '_')}_{v}": (v, rule) for v in access.VERBS}
        found |= {page.name: (page.name, rule) for page in rule.pages}
    return found


RULES = _rules()


def cells(names: list[str]) -> Iterator[Cell]:
    """All that differ.

    The door of the site is the same for all who are no staff: at each page a stranger knocks, and
    one of the others after the other. Where reading and sending go through one question, one is
    asked; what nobody adds or deletes is tried by whoever has every right and one group, and a
    history, which is the same for whoever sees it, is left to the groups.
    """
    for name in names:
        other = _one_of(OUTSIDERS, name)
        yield Cell(name, "GET", "anonymous")
        yield from (Cell(name, "POST", principal) for principal in sorted({"anonymous", other}))
        verb, rule = RULES.get(name, ("", AdminRule()))
        for group in sorted(STAFF):
            yield from (Cell(name, method, group) for method in _methods(name, group))
            if verb == "changelist" and may(rule.view, group, "view"):
                yield from (Cell(name, "POST", group, action.name) for action in rule.actions)


def _methods(name: str, group: str) -> tuple[str, ...]:
    """What is not for a group is asked for by one of those that only groups make differ."""
    verb, rule = RULES.get(name, ("", AdminRule()))
    sees = may(rule.view, group, "view")
    has_all = group in WITH_GLASS
    is_tried = has_all or group == _one_of(STAFF - WITH_GLASS, name)
    if verb == "history":
        return ("GET",) if not has_all or not rule.view else ()
    if verb == "delete" or (verb == "add" and not may(rule.add, group)):
        return ("POST",) if is_tried else ()
    if verb == "changelist" and (sees or not rule.actions):
        return ("GET",)
    return ("GET", "POST")


def _one_of(some: Iterable[str], name: str) -> str:
    """One after the other, page by page."""
    known = sorted(some)
    return known[zlib.crc32(name.encode()) % len(known)]


def expectation(cell: Cell) -> set[str]:
    """What the table says of the cell."""
    if cell.principal not in STAFF:
        return _at_the_door(cell)
    if cell.name == "app_list":
        return _of_app(cell.principal)
    if cell.name in SITE:
        return {SITE[cell.name][cell.method == "POST"]}
    verb, rule = RULES[cell.name]
    if verb in access.VERBS:
        return {THROUGH} if _may_use(cell, verb, rule) else {FORBIDDEN}
    page = next(page for page in rule.pages if page.name == verb)
    is_known = cell.method in page.methods.split()
    if may(page.groups, cell.principal):
        return {THROUGH} if is_known else {NO_METHOD}
    return {FORBIDDEN} if is_known else {FORBIDDEN, NO_METHOD}


def _at_the_door(cell: Cell) -> set[str]:
    """Whoever cannot be signed out is led on; an account that is shut gets nothing.

    A passkey is asked for while nobody is signed in; staff before their second factor have to begin
    at the sign-in page.
    """
    if cell.name not in OPEN or cell.principal in SHUT:
        return KEPT_OUT
    if cell.name == "passkey-challenge" and cell.principal == "staff_without_device":
        return KEPT_OUT
    is_read = cell.name == "passkey-challenge" and cell.method == "GET"
    return {NO_METHOD} if is_read else {THROUGH}


def _of_app(group: str) -> set[str]:
    rules_ = [rule for label, rule in access.ADMIN.items() if label.startswith(f"{APP_ASKED}.")]
    return {THROUGH} if any(may(rule.view, group, "view") for rule in rules_) else {MISSING}


def _may_use(cell: Cell, verb: str, rule: AdminRule) -> bool:
    if verb in {"changelist", "history"}:
        return may(rule.view, cell.principal, "view")
    if verb == "add":
        return may(rule.add, cell.principal)
    if verb == "change" and cell.method == "GET":
        return may(rule.view, cell.principal, "view")
    return verb == "change" and may(rule.change | rule.decide, cell.principal)


def changes(cell: Cell) -> bool:
    """Whether an answer that is no refusal may have changed something."""
    if cell.method == "GET" or cell.principal not in STAFF:
        return cell.name in CHANGES
    if not cell.action:
        return True
    _verb, rule = RULES[cell.name]
    return any(may(a.groups, cell.principal) for a in rule.actions if a.name == cell.action)


def shard(number: int, count: int) -> list[str]:
    names = sorted(access.admin_names())
    return [name for name in names if zlib.crc32(name.encode()) % count == number]


def problems(desk: Desk, names: list[str]) -> list[str]:
    """What is wrong with the answers of these pages; at best nothing."""
    with sweep.quietly():
        return [what for name in names for what in _problems_of(desk, name)]


def _problems_of(desk: Desk, name: str) -> Iterator[str]:
    """Those who are refused ask one after the other, and together they change nothing."""
    asked = list(cells([name]))
    refused = [cell for cell in asked if THROUGH not in expectation(cell)]
    with undone():
        before = sweep.writes()
        answers = [(cell, send(desk, cell)) for cell in refused]
        touched = written_since(before)
    if touched:
        yield f"admin:{name}: somebody who is refused changes {sorted(touched)}"
    for cell, response in answers:
        yield from (f"{cell}: {what}" for what in judge(desk, cell, response))
    for cell in asked:
        if cell not in refused:
            yield from (f"{cell}: {what}" for what in _let_in(desk, cell))


def _let_in(desk: Desk, cell: Cell) -> Iterator[str]:
    with undone():
        before = sweep.writes()
        response = send(desk, cell)
        touched = written_since(before)
    yield from judge(desk, cell, response)
    if cell.principal in WITH_GLASS and cell.name not in OPEN:
        # What the domain refuses shows nothing, and has nothing to be written down.
        is_shown = response.status_code < HTTPStatus.BAD_REQUEST
        if is_shown and "core_auditevent" not in touched:
            yield "leaves no trace of what every right was used for"
        touched.discard("core_auditevent")
    if touched and not changes(cell):
        yield f"changes {sorted(touched)}"


def judge(desk: Desk, cell: Cell, response: HttpResponse) -> Iterator[str]:
    if response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
        yield "breaks"
        return
    got, expected = outcome(response), expectation(cell)
    if got not in expected:
        yield f"{got}, not {' or '.join(sorted(expected))}"
    text = sweep.Answer(response, set(), "").text
    yield from leaks(desk, cell, text, is_through=got == THROUGH)


def written_since(before: dict[str, int]) -> set[str]:
    touched = {t for t, count in sweep.writes().items() if count != before.get(t, 0)}
    return touched - sweep.TOUCHED - {"django_session"}


def send(desk: Desk, cell: Cell) -> HttpResponse:
    client = desk.client(cell.principal)
    address = reverse(f"admin:{cell.name}", kwargs=desk.ids[cell.name])
    data: dict[str, Any] = dict(ASKED.get(cell.name, {}))
    if cell.action:
        pk = desk.ids[cell.name.replace("_changelist", "_change")]["object_id"]
        data = {"action": cell.action, "_selected_action": [str(pk)], "index": "0", **WORDS}
    elif cell.name.endswith("_delete"):
        data = {"post": "yes"}
    cookies = client.cookies.output()
    response: HttpResponse = getattr(client, cell.method.lower())(address, data)
    if client.cookies.output() != cookies:
        client.cookies = SimpleCookie(cookies.replace("Set-Cookie: ", ""))
    return response


MONEY = re.compile(r"(?:field|column)-(?:price|rate|commission|amount|gross|net(?!work)|order_id)")
"""Columns of what was paid; what a tutor asks and what a family can spend is another matter."""
NO_MONEY = {"support", "moderator", "superuser"}


def leaks(desk: Desk, cell: Cell, text: str, *, is_through: bool) -> Iterator[str]:
    shown = SHOWN.get(cell.principal, ()) if is_through or cell.principal not in STAFF else ()
    marks = {
        mark.partition("X-")[2].removeprefix("last-")
        for world in "AB"
        for mark in canaries.found(world, text)
    }
    if hidden := sorted(mark for mark in marks if not mark.startswith(shown)):
        yield f"shows {hidden}"
    is_revealed = cell.action == "reveal" and changes(cell)
    if cell.principal in NO_MONEY and MONEY.search(text):
        yield "shows money"
    for secret, what in desk.secrets.items():
        if secret in text and not (is_revealed and what in {"a number", "an address"}):
            yield f"shows {what}"
            return
