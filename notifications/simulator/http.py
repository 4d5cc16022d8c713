"""A small HTTP server: requests, answers, the table of paths between them, and rude silences."""

import json
import os
import re
import socket
import struct
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

JSON = "application/json"
LARGEST_BODY = 16 * 1024 * 1024


class BadRequest(Exception):
    """The request cannot be read; its service says so in words of its own."""


class NoRoute(Exception):
    """Nothing answers at this path."""


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
            raise BadRequest("The request body is not JSON.") from None
        if not isinstance(value, dict):
            raise BadRequest("The request body must be an object.")
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


@dataclass
class Silence:
    """No answer: after `seconds` the connection is closed, or at once and rudely by `reset`."""

    seconds: float = 0.0
    reset: bool = False


Respond = Callable[..., Any]
Routes = Sequence[tuple[str, re.Pattern[str], Respond]]


def route(method: str, pattern: str, handler: Respond) -> tuple[str, re.Pattern[str], Respond]:
    """A path with `{}` for each identifier; the handler gets the request, then the identifiers."""
    return method, re.compile(pattern.replace("{}", "([A-Za-z0-9_]+)")), handler


def dispatch(routes: Routes, request: Request) -> Answer:
    """Answer with what the first fitting route returns; dicts and lists become JSON.

    Raises NoRoute.
    """
    for method, pattern, handler in routes:
        match = pattern.fullmatch(request.path)
        if match and method == request.method:
            answer = handler(request, *match.groups())
            return answer if isinstance(answer, Answer) else json_answer(answer)
    raise NoRoute


class Service(Protocol):
    """What a server asks: an answer to each request, and how to wait without holding up a reset."""

    def answer(self, request: Request) -> Answer | Silence: ...

    def wait(self, seconds: float) -> None: ...


class Server(ThreadingHTTPServer):
    """Threads that do not hold up the end of the process."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], service: "Service") -> None:
        self.service = service
        super().__init__(address, Handler)

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"

    def run(self, name: str) -> None:
        """Serve from threads of this process."""
        threading.Thread(target=self.serve_forever, name=name, daemon=True).start()

    def close(self) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Callers that hang up are nothing to write about; everything else is."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One connection, kept open between requests."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    server: Server

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PATCH(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def _serve(self) -> None:
        request = self._read()
        answer = self.server.service.answer(request)
        if isinstance(answer, Silence):
            self._be_silent(answer)
        else:
            self._write(answer)

    def _read(self) -> Request:
        length = self.headers.get("Content-Length", "0")
        size = int(length) if length.isdigit() else LARGEST_BODY + 1
        if size > LARGEST_BODY:
            self.close_connection = True
            size = 0
        parts = urlsplit(self.path)
        return Request(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(size),
        )

    def _write(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body)

    def _be_silent(self, silence: Silence) -> None:
        self.close_connection = True
        if silence.reset:
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            os.close(self.connection.detach())
            return
        self.server.service.wait(silence.seconds)

    def log_message(self, *words: Any) -> None:
        """Say nothing: the state and the log of webhooks tell more."""
