"""The simulator as an HTTP server."""

import base64
import hmac
import os
import threading
from dataclasses import dataclass, field
from pathlib import Path

from notifications.simulator.http import (
    Answer,
    BadRequest,
    NoRoute,
    Request,
    Routes,
    Server,
    Silence,
    dispatch,
    json_answer,
)
from notifications.simulator.scheduler import Scheduler
from payments.simulator import accounts, admin, api, checkout, errors, payments, payouts
from payments.simulator.books import Books, Rules
from payments.simulator.errors import ApiError
from payments.simulator.faults import Fault, Faults
from payments.simulator.webhooks import Sender

LONGEST_SILENCE = 30.0
REFUSALS = {
    "api.409": errors.in_progress,
    "api.429": errors.too_many,
    "api.500": errors.server_error,
}
BAD_GATEWAY = (
    b"<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"
)


@dataclass
class Account:
    """The keys of the one merchant there is."""

    key_id: str = "rzp_test_simulator"
    key_secret: str = "sim_key_secret"  # noqa: S105 - the development default, not a secret
    webhook_secret: str = "sim_webhook_secret"  # noqa: S105 - as above
    previous_webhook_secret: str = "sim_webhook_secret_previous"  # noqa: S105 - as above

    @classmethod
    def from_environment(cls) -> "Account":
        usual = cls()
        return cls(
            key_id=os.environ.get("RAZORPAY_KEY_ID") or usual.key_id,
            key_secret=os.environ.get("RAZORPAY_KEY_SECRET") or usual.key_secret,
            webhook_secret=os.environ.get("RAZORPAY_WEBHOOK_SECRET") or usual.webhook_secret,
        )


@dataclass
class Simulator:
    """One simulated Razorpay: books, faults, webhooks and the server in front of them."""

    account: Account = field(default_factory=Account)
    webhook_url: str | None = None
    rules: Rules = field(default_factory=Rules)
    seed: int | None = None
    frozen: int | None = None
    journal: Path | None = None

    def __post_init__(self) -> None:
        self.books = Books(
            rules=self.rules, seed=self.seed, frozen=self.frozen, journal=self.journal
        )
        self.faults = Faults()
        self.sender = Sender(
            self.books,
            self.faults,
            url=self.webhook_url,
            secret=self.account.webhook_secret,
            previous_secret=self.account.previous_webhook_secret,
        )
        self.scheduler = Scheduler("payouts")
        self.books.on_event = self.sender.announce
        self.books.later = self.scheduler.after
        self.books.disturb = self.faults.disturb
        self._released = threading.Event()
        self._open, self._api = self._routes()
        self._server: Server | None = None

    def _routes(self) -> tuple[Routes, Routes]:
        key = self.account
        desk = admin.Desk(self.books, self.faults, self.sender, key.key_secret, self.reset)
        pages = checkout.routes(self.books, key_id=key.key_id, key_secret=key.key_secret)
        return [*pages, *admin.routes(desk)], api.routes(self.books)

    def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen, and serve from threads of this process."""
        self._server = Server((host, port), self)
        self.sender.start()
        self.scheduler.start()
        payouts.resume(self.books)
        accounts.resume(self.books)
        self._server.run("simulator")

    def stop(self) -> None:
        self._released.set()
        self.sender.stop()
        self.scheduler.stop()
        if self._server is not None:
            self._server.close()

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        assert self._server is not None, "the simulator was not started"
        return self._server.url

    def reset(self) -> None:
        """As on the first day: no entities, no faults, no webhooks, the rules it started with."""
        self._released.set()
        self._released = threading.Event()
        self.scheduler.clear()
        self.faults.clear()
        self.books.reset()
        self.sender.reset()
        self.sender.url = self.webhook_url

    def answer(self, request: Request) -> Answer | Silence:
        try:
            if not request.path.startswith("/v1/") or request.path == "/v1/checkout.js":
                return _answered(self._open, request)
            self._authenticate(request)
            fault = self.faults.for_call(request.method, request.path)
            return self._perform(request) if fault is None else self._disturbed(request, fault)
        except ApiError as error:
            return json_answer(error.body, error.status)

    def _authenticate(self, request: Request) -> None:
        key = f"{self.account.key_id}:{self.account.key_secret}"
        wanted = f"Basic {base64.b64encode(key.encode()).decode()}"
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(wanted.encode(), given.encode()):
            raise errors.unauthorized()

    def _perform(self, request: Request) -> Answer:
        payments.expire(self.books)
        try:
            return _answered(self._api, request)
        except ApiError as error:
            return json_answer(error.body, error.status)

    def _disturbed(self, request: Request, fault: Fault) -> Answer | Silence:
        """Answer as the fault says."""
        seconds = LONGEST_SILENCE if fault.seconds is None else fault.seconds
        if fault.kind in REFUSALS:
            raise REFUSALS[fault.kind]()
        if fault.kind == "api.html502":
            return Answer(502, BAD_GATEWAY, "text/html")
        if fault.kind == "api.reset":
            return Silence(reset=True)
        if fault.kind == "api.hang":
            return Silence(seconds)
        if fault.kind == "api.slow":
            self.wait(seconds)
        answer = self._perform(request)
        if fault.kind == "api.500_after":
            raise errors.server_error()
        if fault.kind == "api.slow":
            return answer
        return Silence(seconds if fault.kind == "api.timeout" else 0)

    def wait(self, seconds: float) -> None:
        """Sleep, but not beyond a reset or the end."""
        self._released.wait(seconds)


def _answered(routes: Routes, request: Request) -> Answer:
    """The route's answer; what the server below cannot read or find, in Razorpay's words."""
    try:
        return dispatch(routes, request)
    except BadRequest as error:
        raise errors.refuse(str(error)) from None
    except NoRoute:
        raise errors.unknown_url() from None
