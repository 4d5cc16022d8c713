"""Requests, answers and the table of paths between them."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from payments.simulator.errors import ApiError, refuse, unknown_url

JSON = "application/json"


@dataclass
class Request:
    """One HTTP request, read completely."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes

    def json(self) -> dict[str, Any]:
        """The body as an object; no body is an empty one."""
        if not self.body:
            return {}
        try:
            value = json.loads(self.body)
        except ValueError:
            raise refuse("The request body is not JSON.") from None
        if not isinstance(value, dict):
            raise refuse("The request body must be an object.")
        return value

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass
class Answer:
    """What goes back."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)


def json_answer(value: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value).encode())


def error_answer(error: ApiError) -> Answer:
    return json_answer(error.body, error.status)


Handler = Callable[..., Any]
Routes = Sequence[tuple[str, re.Pattern[str], Handler]]


def route(method: str, pattern: str, handler: Handler) -> tuple[str, re.Pattern[str], Handler]:
    """A path with `{}` for each identifier; the handler gets the request, then the identifiers."""
    return method, re.compile(pattern.replace("{}", "([A-Za-z0-9_]+)")), handler


def dispatch(routes: Routes, request: Request) -> Answer:
    """Answer with what the first fitting route returns; dicts and lists become JSON."""
    for method, pattern, handler in routes:
        match = pattern.fullmatch(request.path)
        if match and method == request.method:
            answer = handler(request, *match.groups())
            return answer if isinstance(answer, Answer) else json_answer(answer)
    raise unknown_url()
