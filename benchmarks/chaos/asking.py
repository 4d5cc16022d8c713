"""How people ask: over HTTP, and with the same key again until something definite comes back."""

import http.client
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.db import DatabaseError, connections

from accounts.clients import Client
from accounts.models import User
from accounts.services import tokens
from benchmarks.chaos.world import enter_code

PATIENCE = 90.0
"""Seconds somebody asks again for."""
TOKEN_SECONDS = 200
NO_ANSWER = (OSError, ValueError, http.client.HTTPException)
"""Whoever should have answered died, perhaps in the middle of it."""

Json = dict[str, Any]


class Refused(Exception):
    """A clear no (4xx); nothing happened, and asking again would not help."""


class Stopped(Exception):
    """The load is over."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect is the answer."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class Mouth:
    """Asks the site for whoever wants something of it."""

    def __init__(self, port: int, *, desk: str, count: Callable[[str], None]) -> None:
        self.stop = threading.Event()
        self._root = f"http://127.0.0.1:{port}"
        self._site = f"{self._root}/api/v1"
        self._desk = desk
        self._count = count
        self._tokens: dict[UUID, tuple[str, float]] = {}

    def post(self, user: User, path: str, body: Json, *, done: set[int] | None = None) -> Json:
        """POST until something definite comes back. A repeat's refusal in `done` means: it is so.

        A first refusal is a refusal all the same; only after an unknown answer can it mean that.
        """
        key = uuid4().hex

        def once() -> Json:
            return self._ask(path, body, self._headers(user) | {"Idempotency-Key": key})

        return self._until_definite(path, once, done or set())

    def click(self, path: str, values: dict[str, str]) -> None:
        """Finance sends a form of the back office; the same form again until it was answered."""
        self._despite_the_database(lambda: enter_code(self._desk))
        fields = {**values, "idempotency_key": uuid4().hex, "csrfmiddlewaretoken": "c" * 32}
        data = urllib.parse.urlencode(fields).encode()
        cookies = f"sessionid={self._desk}; csrftoken={'c' * 32}"
        opener = urllib.request.build_opener(_NoRedirect)

        def once() -> Json:
            request = urllib.request.Request(
                self._root + path, data=data, headers={"Cookie": cookies}
            )
            try:
                with opener.open(request, timeout=15) as answer:
                    raise Refused(f"{path}: {answer.status}")
            except urllib.error.HTTPError as error:
                if error.code != 302 or "signin" in error.headers["Location"]:
                    raise
                error.close()
                if "confirm" in error.headers["Location"]:
                    raise Refused("a code is asked for") from None
                return {}

        self._until_definite(path, once, set())

    def get(self, user: User, path: str) -> Json:
        while True:
            try:
                return self._ask(path, None, self._headers(user))
            except NO_ANSWER:
                if self.stop.is_set():
                    raise Stopped from None
                time.sleep(0.3)

    def until(self, user: User, path: str, is_so: Callable[[Json], bool], what: str) -> None:
        """Look again and again until it is so."""
        deadline = time.monotonic() + PATIENCE
        while not is_so(self.get(user, path)):
            if self.stop.is_set():
                raise Stopped
            if time.monotonic() > deadline:
                raise Refused(f"not {what} in time")
            time.sleep(0.3)

    def _until_definite(self, path: str, once: Callable[[], Json], done: set[int]) -> Json:
        deadline = time.monotonic() + PATIENCE
        is_repeat = False
        while time.monotonic() < deadline:
            try:
                return once()
            except urllib.error.HTTPError as error:
                with error:
                    said = error.read()[:300]
                # Of a form this is the only conflict: what else goes wrong is said on a page (302).
                is_form = said.startswith(b"<!doctype html>")
                is_under_way = b"idempotency_in_progress" in said or (is_form and error.code == 409)
                if is_repeat and error.code in done and not is_under_way:
                    return {}
                if error.code < 500 and not is_under_way:
                    raise Refused(f"{path.rsplit('/', 1)[1]}: {error.code} {said!r}") from None
            except NO_ANSWER:
                self._count("no answer")
            is_repeat = True
            time.sleep(0.3)
        raise Refused(f"{path}: no answer in {PATIENCE} s")

    def _ask(self, path: str, body: Json | None, headers: dict[str, str]) -> Json:
        return ask(self._site + path, body, headers)

    def _headers(self, user: User) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token(user)}"}

    def _token(self, user: User) -> str:
        known, until = self._tokens.get(user.pk, ("", 0.0))
        if time.monotonic() < until:
            return known
        fresh = self._despite_the_database(
            lambda: tokens.issue(user=user, client=Client(user_agent="chaos")).access
        )
        self._tokens[user.pk] = (fresh, time.monotonic() + TOKEN_SECONDS)
        return fresh

    @staticmethod
    def _despite_the_database(act: Callable[[], Any]) -> Any:
        """Do it as often as the database dies in the middle of it."""
        while True:
            try:
                return act()
            except DatabaseError:
                connections.close_all()
                time.sleep(0.3)


def ask(url: str, body: Json | None, headers: dict[str, str]) -> Json:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        url, data=data, headers={"Content-Type": "application/json", **headers}
    )
    with urllib.request.urlopen(request, timeout=15) as answer:
        found: Json = json.load(answer)
        return found
