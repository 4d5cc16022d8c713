"""SEC-13's machinery: two worlds that know nothing of each other, and one request at a time.

A cell is a route, a method, somebody, how the thing in the address belongs to them, and the way
they come by. Everything that a cell does is undone.
"""

import json
import logging
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl

from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.tests.cast import trusted_app
from marketplace.tests.factories import LeadAcceptedFactory, make_released
from notifications.models import Message
from tests.access import canaries
from tests.access.policy import API, PAGES, Row
from tests.access.test_access import (
    DEVELOPMENT,
    FORBIDDEN,
    MISSING,
    SIGN_IN,
    expected_outcomes,
    outcome,
    undone,
)
from tests.access.test_sec_06_guessed_ids import PUBLIC, plain
from tests.access.world import GROUPS, GUARDIANS, OWNERS, PEOPLE, PRINCIPALS, World
from tests.leaks import Watch
from tutorhub.core import clock, memo
from tutorhub.core.access import kinds
from tutorhub.core.ids import uuid7

REFUSED = {SIGN_IN, FORBIDDEN, MISSING}
OWN, PAST, FOREIGN, NONE = "own", "was_linked", "foreign", "none"
NATIVE, COOKIE, TOKEN, BOTH = "native", "cookie", "token", "both"
ROWS = {n: row for n, row in {**PAGES, **API}.items() if n not in DEVELOPMENT}
# Signs of life, which a request leaves whatever becomes of it.
TOUCHED = {"accounts_browsersession", "accounts_appsession", "accounts_knowndevice"}
# What a tutor is shown of a family in the same class or lead, and the other way round.
SHARED = {
    "tutor": {
        "marketplace_enquiry.note",
        "marketplace_tutoringsession.message",
        "students_learner.name",
    },
    "family": {"marketplace_tutoringsession.message"},
    "guardian_two": {"marketplace_tutoringsession.message"},
    "guardian_left": set(),
}
OF_A_TUTOR = (
    *("tutors_tutordocument", "tutors_tutorphoto", "payments_taxprofile", "payments_payout"),
    *("tutors_decision", "tutors_tutorprofile.status"),
)
# Which marks of the same world are not theirs: of a family and a tutor, what the other side has
# written; of a second guardian also what is the holder's alone; who left has nothing there.
NOT_THEIRS: dict[str, tuple[str, ...]] = {
    "tutor": ("students_", "accounts_consent", "marketplace_enquiry", "last-students"),
    "family": OF_A_TUTOR,
    "guardian_two": (*OF_A_TUTOR, "payments_", "accounts_datarequest", "tutors_savedsearch"),
    "guardian_left": ("",),
}


@dataclass(frozen=True)
class Cell:
    name: str
    method: str
    principal: str
    relation: str
    channel: str

    def __str__(self) -> str:
        return f"{self.method} {self.name} as {self.principal}, {self.relation}, {self.channel}"


@dataclass
class Answer:
    response: HttpResponse
    touched: set[str]
    said: str
    """What was logged and written to people."""

    @property
    def text(self) -> str:
        body = b"" if self.response.streaming else self.response.content
        headers = " ".join(f"{name}: {value}" for name, value in self.response.items())
        return f"{headers} {self.response.cookies.output()} {body.decode(errors='replace')}"


@dataclass
class Worlds:
    """World A, in which people ask, and B, of which they must see nothing."""

    a: World
    b: World
    ids: dict[str, dict[str, dict[str, Any]]]
    planted: set[str]
    numbers: set[str]
    numbers_left: set[str]
    """How to reach the family that `guardian_left` has left."""
    things: set[str]
    messages: set[Any]
    _clients: dict[tuple[str, str, bool], Client] = field(default_factory=dict)

    def forget_clients(self) -> None:
        """Sign everybody in anew: what was written for the last test is undone."""
        self._clients.clear()

    def client(self, principal: str, channel: str, *, is_api: bool) -> Client:
        key = principal, channel, is_api
        if key not in self._clients:
            client = self._signed_in(principal, channel, is_api=is_api)
            # Putting together what stands before the views takes longer than ten requests.
            client.handler = next(
                (known.handler for known in self._clients.values()), client.handler
            )
            self._clients[key] = client
        return self._clients[key]

    def _signed_in(self, principal: str, channel: str, *, is_api: bool) -> Client:
        is_token = channel == TOKEN or (channel == NATIVE and is_api)
        if channel == BOTH:
            client = self.a.page_client(principal)
            access = trusted_app(self.a.users[principal])
            client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {access}"
            return client
        return self.a.api_client(principal) if is_token else self.a.page_client(principal)


def build() -> Worlds:
    """Both worlds, once for a worker; they stand in one transaction that is never committed."""
    a = World()
    _add_past(a)
    planted = canaries.plant("A")
    numbers, things = canaries.numbers(), canaries.things()
    b = World()
    _add_past(b)
    planted &= canaries.plant("B")
    ids = {OWN: a.ids, FOREIGN: b.ids}
    ids[NONE] = {thing: dict.fromkeys(words, uuid7()) for thing, words in a.ids.items()}
    ids[PAST] = {"session": a.ids["past"]}
    known = set(Message.objects.values_list("pk", flat=True))
    numbers, things = canaries.numbers() - numbers, canaries.things() - things
    return Worlds(a, b, ids, planted, numbers, _numbers_left(a), things, known)


def _numbers_left(world: World) -> set[str]:
    """Of the grown-ups of the family in which `guardian_left` was the second guardian."""
    learner = canaries.Learner.objects.get(pk=world.ids["learner"]["pk"])
    adults = [world.users[name].phone for name in ("family", "guardian_two")]
    return {str(phone)[-10:] for phone in (*adults, learner.guardian.phone)}


def _add_past(world: World) -> None:
    """A class of the tutor with another family that was over more than thirty days ago."""
    with clock.at(clock.now() - timedelta(days=45)):
        lead = LeadAcceptedFactory(tutor=world.tutor)
        start = clock.now() + timedelta(days=2)
        session = make_released(lead=lead, start_at=start, end_at=start + timedelta(hours=1))
    world.ids["past"] = {"pk": session.pk}


def cells(names: Iterator[str] | list[str]) -> Iterator[Cell]:
    """All that differ.

    Without an id no relation does; whoever the role keeps out never gets as far as the thing; and a
    stranger has one way to come. The channel that is not native to the route is the third one.
    """
    for name in names:
        row = ROWS[name]
        for method in row.methods.split():
            for principal in PRINCIPALS:
                if not differs(name, method, principal):
                    continue
                for relation in _relations(row, principal):
                    yield Cell(name, method, principal, relation, NATIVE)
            for principal in ("family", "tutor"):
                for channel in (COOKIE if name in API else TOKEN, BOTH):
                    yield Cell(name, method, principal, OWN, channel)


def differs(name: str, method: str, principal: str) -> bool:
    """Whether the answer can be another one than somebody else's who is asked for.

    Both guardians and who left are families: what the role keeps out, and what changes nothing but
    the own account, is asked for by the others. The API looks at no cookie, and staff have nothing
    else; a page that is for no staff asks for the role: one group after the other is refused there,
    and the superuser everywhere.
    """
    row = ROWS[name]
    if principal in GUARDIANS:
        return row.rule.who == kinds.FAMILIES or (
            kinds.STUDENT in row.rule.who and (method == "GET" or row.ids in OWNERS)
        )
    if principal in GROUPS and (name in API or kinds.STAFF_ROLE not in row.rule.who):
        return principal == sorted(GROUPS)[zlib.crc32(name.encode()) % len(GROUPS)]
    return True


def _relations(row: Row, principal: str) -> Iterator[str]:
    yield OWN
    if row.ids in PUBLIC or principal not in row.roles:
        return
    if principal not in GUARDIANS:
        # To who left their own family is as foreign, and it is compared in the same way.
        yield FOREIGN
    if row.ids == "session" and principal in {"family", "tutor", "other_tutor"}:
        yield PAST


def shard(number: int, count: int) -> list[str]:
    """The routes of one of `count` parts, always the same."""
    return [name for name in sorted(ROWS) if zlib.crc32(name.encode()) % count == number]


def problems(worlds: Worlds, names: list[str]) -> list[str]:
    """What is wrong with the answers of these routes; at best nothing."""
    worlds.forget_clients()
    with quietly():
        return [f"{cell}: {what}" for cell in cells(names) for what in judge(worlds, cell)]


@contextmanager
def quietly() -> Iterator[None]:
    """Without the handlers that only write down what is logged; the one of SEC-28 stays.

    A quarter of what a refusal takes is its traceback, written three times.
    """
    root = logging.getLogger()
    before = root.handlers[:]
    root.handlers = [handler for handler in before if isinstance(handler, Watch)]
    try:
        yield
    finally:
        root.handlers = before


def judge(worlds: Worlds, cell: Cell) -> Iterator[str]:
    """Ask, and say everything that should not be."""
    answer = ask(worlds, cell, cell.relation)
    if answer.response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
        yield "breaks"
        return
    got = outcome(answer.response)
    expected = expectation(cell)
    if got not in expected:
        yield f"{got}, not {' or '.join(sorted(expected))}"
    if got in REFUSED and answer.touched:
        yield f"refused, and changed {sorted(answer.touched)}"
    yield from _leaks(worlds, cell, answer)
    is_foreign = cell.relation == FOREIGN or cell.principal == "guardian_left"
    if is_foreign and got == MISSING:
        missing = ask(worlds, cell, NONE)
        if _plain(worlds, cell, answer) != plain_missing(worlds, cell, missing):
            yield "not as if it did not exist"


def expectation(cell: Cell) -> set[str]:
    """What the table says of the cell."""
    row, principal = ROWS[cell.name], cell.principal
    is_api = cell.name in API
    if cell.channel == (COOKIE if is_api else TOKEN):
        # The API looks at no cookie, and a page at no token.
        principal = "anonymous"
    allowed = row.allowed if cell.relation == OWN else frozenset()
    if cell.relation == PAST:
        allowed = row.allowed & {"tutor"}
    return expected_outcomes(cell.name, row, cell.method, principal, allowed)


def ask(worlds: Worlds, cell: Cell, relation: str) -> Answer:
    """One request and what it has left behind, before that is undone."""
    row, is_api = ROWS[cell.name], cell.name in API
    client = worlds.client(cell.principal, cell.channel, is_api=is_api)
    kwargs: dict[str, Any] = {"content_type": "application/json"} if is_api else {}
    if cell.method == "GET":
        kwargs = {}
    elif row.body and is_api:
        kwargs["data"] = json.dumps(dict(parse_qsl(row.body)))
    elif row.body:
        kwargs = {"data": row.body, "content_type": "application/x-www-form-urlencoded"}
    ids = worlds.ids[relation].get(row.ids) or worlds.a.ids[row.ids]
    cookies = client.cookies.output()
    cache.clear()
    memo.forget()
    with undone(), listening() as said:
        before = writes()
        response = getattr(client, cell.method.lower())(reverse(cell.name, kwargs=ids), **kwargs)
        touched = {table for table, count in writes().items() if count != before.get(table, 0)}
        if "notifications_message" in touched:
            new = Message.objects.exclude(pk__in=worlds.messages)
            said += new.values_list("body", flat=True)
    if client.cookies.output() != cookies:
        client.cookies = SimpleCookie(cookies.replace("Set-Cookie: ", ""))
    return Answer(response, touched - TOUCHED, " ".join(said))


def writes() -> dict[str, int]:
    """Rows written in this transaction so far, by table; what was undone counts as well."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
        )
        return dict(cursor.fetchall())


class listening(logging.Handler):  # noqa: N801 - a context manager, read as a verb
    """Collects what is logged inside the block."""

    def __enter__(self) -> list[str]:
        self.said: list[str] = []
        logging.getLogger().addHandler(self)
        return self.said

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())

    def __exit__(self, *error: object) -> None:
        logging.getLogger().removeHandler(self)


def _leaks(worlds: Worlds, cell: Cell, answer: Answer) -> Iterator[str]:
    text = f"{answer.text} {answer.said}"
    if marks := canaries.found("B", text):
        yield f"shows {sorted(marks)} of somebody else"
    unknown = worlds.numbers | (worlds.numbers_left if cell.principal == "guardian_left" else set())
    if shown := sorted(number for number in unknown if number in text):
        yield f"shows the number {shown[0]}"
    if cell.relation != FOREIGN and any(thing in text for thing in worlds.things):
        yield "names a thing of somebody else"
    marks = {mark.removeprefix("cAX-") for mark in canaries.found("A", text)}
    if cell.principal in SHARED:
        not_theirs = NOT_THEIRS[cell.principal]
        marks = {mark for mark in marks if mark.startswith(not_theirs)} - SHARED[cell.principal]
    elif cell.principal in PEOPLE:
        # Their own is marked with the same letter; what a stranger to the class may not have is
        # found by its being missing.
        return
    if marks:
        yield f"shows {sorted(marks)}"


def _plain(worlds: Worlds, cell: Cell, answer: Answer) -> str:
    return plain(answer.response, *worlds.ids[cell.relation][ROWS[cell.name].ids].values())


def plain_missing(worlds: Worlds, cell: Cell, answer: Answer) -> str:
    return plain(answer.response, *worlds.ids[NONE][ROWS[cell.name].ids].values())
