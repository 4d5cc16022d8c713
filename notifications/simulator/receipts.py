"""Webhooks with receipts: made, sent, sent again while nobody takes them, and kept in a log.

Without an address they are only kept, for tests that deliver them by themselves.
"""

import http.client
import threading
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from notifications.simulator import msg91, whatsapp
from notifications.simulator.books import WHATSAPP, Books, Sent
from notifications.simulator.faults import Fault, Faults
from notifications.simulator.scheduler import Scheduler

TIMEOUT = 5.0
FIRST_GAP = 1.0
LONGEST_GAP = 60.0
MOST_TRIES = 25

KINDS = {
    "receipt.drop": "is never sent",
    "receipt.delay": "is sent `seconds` later",
    "receipt.duplicate": "is sent `value` times more",
    "receipt.reorder": "is sent after the next one, or after `seconds`",
    "receipt.forged": "is signed with, or carries, a secret that is not ours",
    "receipt.corrupt": "the body is changed after it was signed",
    "receipt.garbage": "is no receipt at all, but signed",
    "receipt.stranger": "tells of a message that nobody sent",
    "receipt.format": "comes from MSG91 as `value`: v2, v3 or new",
}
STEPS = {
    "delivered": {"whatsapp": ["sent", "delivered"], "sms": ["delivered"]},
    "read": {"whatsapp": ["sent", "delivered", "read"], "sms": ["delivered"]},
    "failed": {"whatsapp": ["sent", "failed"], "sms": ["failed"]},
    "absent": {"whatsapp": ["failed"], "sms": ["failed"]},
    "silent": {"whatsapp": ["sent"], "sms": []},
}


@dataclass
class Secrets:
    msg91: str
    whatsapp: str


@dataclass
class Webhook:
    number: int
    provider: str
    message: str
    status: str
    body: str
    headers: dict[str, str]
    state: str = "waiting"
    answers: list[str] = field(default_factory=list)


class Sender:
    """Makes receipts of what the phones do, and sends them as well as the faults allow."""

    def __init__(self, books: Books, faults: Faults, secrets: Secrets, url: str | None) -> None:
        self.url = url
        self._books, self._faults, self._secrets = books, faults, secrets
        self._scheduler = Scheduler("receipts")
        self._lock = threading.RLock()
        self._log: list[Webhook] = []
        self._held: list[Webhook] = []

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        self._scheduler.stop()

    def reset(self) -> None:
        with self._lock:
            self._scheduler.clear()
            self._log, self._held = [], []

    def wait_idle(self, seconds: float) -> bool:
        return self._scheduler.wait_idle(seconds)

    def log(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(webhook) for webhook in self._log]

    def follow(self, sent: Sent) -> None:
        """What the phone does with a message that was taken, in its own time."""
        gap = self._books.rules.receipt_seconds
        if gap is None:
            return
        steps = STEPS[self._books.outcome(sent.to)][sent.provider]
        for number, status in enumerate(steps, 1):
            self._scheduler.after(gap * number, partial(self.tell, sent, status))

    def tell(self, sent: Sent, status: str, code: int = 131026) -> None:
        """Make one receipt and put it on its way."""
        with self._lock:
            sent.receipts.append(status)
            faults = self._faults.take(KINDS, f"{sent.provider}.{status}")
            webhook = self._make(sent, status, code, faults)
            if "receipt.drop" in faults:
                webhook.state = "dropped"
            elif "receipt.reorder" in faults:
                webhook.state = "held"
                self._log.remove(webhook)
                self._held.append(webhook)
                self._scheduler.after(faults["receipt.reorder"].seconds or 1.0, self._release)
            else:
                copies = (
                    int(faults["receipt.duplicate"].value or 1)
                    if ("receipt.duplicate" in faults)
                    else 0
                )
                delay = faults["receipt.delay"].seconds or 1.0 if "receipt.delay" in faults else 0.0
                for one in [webhook, *(self._copy(webhook) for _ in range(copies))]:
                    self._post(one, delay)
                self._release()

    def _make(self, sent: Sent, status: str, code: int, faults: dict[str, Fault]) -> Webhook:
        if "receipt.stranger" in faults:
            sent = Sent(**{**asdict(sent), "id": f"{sent.id}x", "reference": ""})
        secret = getattr(self._secrets, "whatsapp" if sent.provider == WHATSAPP else "msg91")
        secret = "somebody-elses" if "receipt.forged" in faults else secret
        headers = {"Content-Type": "application/json"}
        if sent.provider == WHATSAPP:
            body = whatsapp.receipt(sent, status, code)
        else:
            version = faults["receipt.format"].value if "receipt.format" in faults else "new"
            body, headers["Content-Type"] = msg91.receipt(sent, status, secret, str(version))
            headers["X-Webhook-Secret"] = secret
        if "receipt.garbage" in faults:
            body = b'{"entry": 7, "status": [], "no": "receipt"'
        if sent.provider == WHATSAPP:
            headers["X-Hub-Signature-256"] = whatsapp.signature(body, secret)
        if "receipt.corrupt" in faults:
            body = body.replace(b'"status"', b'"Status"', 1)
        return self._keep(sent.provider, sent.id, status, body.decode(), headers)

    def _keep(
        self, provider: str, message: str, status: str, body: str, headers: dict[str, str]
    ) -> Webhook:
        webhook = Webhook(len(self._log) + 1, provider, message, status, body, headers)
        self._log.append(webhook)
        return webhook

    def _copy(self, one: Webhook) -> Webhook:
        return self._keep(one.provider, one.message, one.status, one.body, one.headers)

    def _release(self) -> None:
        with self._lock:
            held, self._held = self._held, []
            for webhook in held:
                webhook.number = len(self._log) + 1
                self._log.append(webhook)
                self._post(webhook, 0)

    def _post(self, webhook: Webhook, delay: float) -> None:
        if self.url is None:
            webhook.state = "kept"
        else:
            self._scheduler.after(delay, lambda: self._send(webhook))

    def _send(self, webhook: Webhook) -> None:
        path = "whatsapp" if webhook.provider == WHATSAPP else "msg91"
        answer = _deliver(f"{self.url}/webhooks/{path}", webhook)
        with self._lock:
            webhook.answers.append(answer)
            if answer.startswith("2"):
                webhook.state = "taken"
            elif len(webhook.answers) >= MOST_TRIES:
                webhook.state = "given up"
            else:
                webhook.state = "failing"
                gap = min(LONGEST_GAP, FIRST_GAP * 2 ** (len(webhook.answers) - 1))
                self._scheduler.after(gap, lambda: self._send(webhook))


def _deliver(url: str, webhook: Webhook) -> str:
    """One attempt: the status, or the name of what went wrong."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(
        address.hostname or "127.0.0.1", address.port, timeout=TIMEOUT
    )
    try:
        connection.request("POST", address.path, webhook.body.encode(), webhook.headers)
        return str(connection.getresponse().status)
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__
    finally:
        connection.close()
