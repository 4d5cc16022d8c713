"""Both providers as one HTTP server: MSG91 at `/api/v5/`, Meta at `/<version>/<number>/`."""

import os
import threading
from dataclasses import dataclass, field

from notifications.simulator import desk, msg91, receipts, whatsapp
from notifications.simulator.books import Books, Rules
from notifications.simulator.faults import Fault, Faults
from notifications.simulator.http import (
    Answer,
    BadRequest,
    NoRoute,
    Request,
    Server,
    Silence,
    dispatch,
    json_answer,
)

LONGEST_SILENCE = 30.0
KINDS = {
    "api.lost": "performs, then closes the connection without an answer",
    "api.timeout": "performs, then keeps silent for `seconds`",
    "api.hang": "does not perform and keeps silent for `seconds`",
    "api.reset": "resets the connection, does not perform",
    "api.slow": "waits `seconds`, then performs and answers",
    "api.429": "too many requests, nothing performed",
    "api.500": "an error in the provider's own words, nothing performed",
    "api.refuse": "refuses for good, with `value` as the code",
    "api.html502": "an HTML page from a proxy, nothing performed",
    "api.garbage": "performs, then answers with something else",
    "api.huge": "performs, then answers with two megabytes",
    "api.redirect": "points somewhere else, nothing performed",
}
BAD_GATEWAY = b"<html><head><title>502 Bad Gateway</title></head></html>"


@dataclass
class Account:
    """The keys of the one customer there is; the defaults are known to development."""

    msg91_key: str = "sim_msg91_key"
    msg91_secret: str = "sim_msg91_webhook_secret"  # noqa: S105 - not a secret
    number_id: str = "100000000000001"
    token: str = "sim_whatsapp_token"  # noqa: S105 - as above
    app_secret: str = "sim_whatsapp_app_secret"  # noqa: S105 - as above

    @classmethod
    def from_environment(cls) -> "Account":
        usual = cls()
        return cls(
            msg91_key=os.environ.get("MSG91_AUTH_KEY") or usual.msg91_key,
            msg91_secret=os.environ.get("MSG91_WEBHOOK_SECRET") or usual.msg91_secret,
            number_id=os.environ.get("WHATSAPP_PHONE_NUMBER_ID") or usual.number_id,
            token=os.environ.get("WHATSAPP_ACCESS_TOKEN") or usual.token,
            app_secret=os.environ.get("WHATSAPP_APP_SECRET") or usual.app_secret,
        )


@dataclass
class Simulator:
    """The providers. `site` is the address whose /webhooks/ get the receipts; none keeps them."""

    account: Account = field(default_factory=Account)
    site: str | None = None
    rules: Rules = field(default_factory=Rules)

    def __post_init__(self) -> None:
        key = self.account
        self.books = Books(self.rules)
        self.faults = Faults(KINDS, receipts.KINDS)
        secrets = receipts.Secrets(msg91=key.msg91_secret, whatsapp=key.app_secret)
        self.sender = receipts.Sender(self.books, self.faults, secrets, self.site)
        self._desk = desk.routes(desk.Desk(self.books, self.faults, self.sender, self.reset))
        follow = self.sender.follow
        self._api = [
            *msg91.routes(self.books, key.msg91_key, follow),
            *whatsapp.routes(self.books, key.number_id, key.token, follow),
        ]
        self._released = threading.Event()
        self._server: Server | None = None

    def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self._server = Server((host, port), self)
        self.sender.start()
        self._server.run("messages simulator")

    def stop(self) -> None:
        self._released.set()
        self.sender.stop()
        if self._server is not None:
            self._server.close()

    @property
    def url(self) -> str:
        assert self._server is not None, "the simulator was not started"
        return self._server.url

    def reset(self) -> None:
        """As on the first day."""
        self._released.set()
        self._released = threading.Event()
        self.faults.clear()
        self.books.reset()
        self.sender.reset()
        self.sender.url = self.site

    def wait(self, seconds: float) -> None:
        """Sleep, but not beyond a reset or the end."""
        self._released.wait(seconds)

    def answer(self, request: Request) -> Answer | Silence:
        try:
            if request.path.startswith("/_sim/"):
                return dispatch(self._desk, request)
            fault = self.faults.for_call(request.method, request.path)
            return self._perform(request) if fault is None else self._disturbed(request, fault)
        except BadRequest as error:
            return json_answer({"error": str(error)}, 400)
        except NoRoute:
            return json_answer({"error": "nothing is here"}, 404)

    def _perform(self, request: Request) -> Answer:
        return dispatch(self._api, request)

    def _disturbed(self, request: Request, fault: Fault) -> Answer | Silence:
        """Answer as the fault says."""
        seconds = LONGEST_SILENCE if fault.seconds is None else fault.seconds
        refused = _refusal(request, fault)
        if refused is not None:
            return refused
        if fault.kind in ("api.reset", "api.hang"):
            return Silence(0 if fault.kind == "api.reset" else seconds, fault.kind == "api.reset")
        if fault.kind == "api.slow":
            self.wait(seconds)
        answer = self._perform(request)
        if fault.kind == "api.garbage":
            return Answer(200, b'["what", "is", "this"]')
        if fault.kind == "api.huge":
            return json_answer({"type": "success", "message": "x" * 2_000_000})
        if fault.kind == "api.slow":
            return answer
        return Silence(seconds if fault.kind == "api.timeout" else 0)


def _refusal(request: Request, fault: Fault) -> Answer | None:
    """An answer that says that nothing was done."""
    is_sms = request.path.startswith("/api/v5/")
    if fault.kind == "api.html502":
        return Answer(502, BAD_GATEWAY, "text/html")
    if fault.kind == "api.redirect":
        return Answer(302, b"{}", headers={"Location": "/elsewhere"})
    if fault.kind == "api.429":
        return msg91.refused("Too many requests", 429) if is_sms else whatsapp.refused(130429, 429)
    if fault.kind == "api.500":
        return msg91.refused("Internal error", 500) if is_sms else whatsapp.refused(131000, 500)
    if fault.kind == "api.refuse":
        if is_sms:
            return msg91.refused("refused", 200, code=str(fault.value or 211))
        return whatsapp.refused(int(fault.value or 131026))
    return None
