"""Webhooks: signed over the raw bytes, sent again with growing gaps, given up after too many.

Without a URL they are only kept, for tests that deliver them by themselves.
"""

import hashlib
import hmac
import http.client
import json
import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from notifications.simulator.scheduler import Scheduler
from payments.simulator.books import ACCOUNT, Books, Entity
from payments.simulator.faults import Fault, Faults

TIMEOUT = 5.0
"""Seconds the receiver has, as with the real one."""
LONGEST_GAP = 60.0


@dataclass
class Delivery:
    """One webhook on its way: what is sent, and what came of it."""

    number: int
    event: str
    event_id: str
    body: bytes
    headers: dict[str, str]
    state: str = "waiting"
    answers: list[str] = field(default_factory=list)

    def shown(self) -> Entity:
        return {
            "number": self.number,
            "event": self.event,
            "event_id": self.event_id,
            "state": self.state,
            "answers": list(self.answers),
            "headers": dict(self.headers),
            "body": self.body.decode(),
        }


class Sender:
    """Signs, sends, repeats, and keeps a log of it all."""

    def __init__(
        self,
        books: Books,
        faults: Faults,
        *,
        url: str | None,
        secret: str,
        previous_secret: str,
        first_gap: float = 1.0,
        most_attempts: int = 25,
    ) -> None:
        self.url = url
        self.first_gap = first_gap
        self.most_attempts = most_attempts
        self.disabled = False
        self._books = books
        self._faults = faults
        self._secret = secret
        self._previous_secret = previous_secret
        self._scheduler = Scheduler("webhooks")
        self._lock = threading.RLock()
        self._log: list[Delivery] = []
        self._held: list[tuple[Delivery, float]] = []

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        self._scheduler.stop()

    def reset(self) -> None:
        with self._lock:
            self._scheduler.clear()
            self._log, self._held, self.disabled = [], [], False

    def wait_idle(self, seconds: float) -> bool:
        return self._scheduler.wait_idle(seconds)

    def log(self) -> list[Entity]:
        with self._lock:
            return [delivery.shown() for delivery in self._log]

    def announce(self, event: str, payload: Entity, created_at: int) -> None:
        """Make the webhook of one event and put it on its way, as well as the faults allow."""
        with self._lock:
            faults = self._faults.for_event(event)
            copies = _copies(faults)
            if "webhook.unknown_event" in faults:
                event = f"{event}.rescheduled"
            delivery = self._make(event, payload, created_at, faults)
            if "webhook.reorder" in faults:
                self._hold(delivery, faults["webhook.reorder"].seconds or 1.0)
                return
            if "webhook.drop" in faults:
                delivery.state = "dropped"
                return
            delay = faults["webhook.delay"].seconds or 1.0 if "webhook.delay" in faults else 0.0
            for copy in [delivery, *(self._copy(delivery) for _ in range(copies))]:
                self._post(copy, delay)
            self._release()

    def replay(self, event: str, event_id: str, times: int) -> int:
        """Send again what was made before, with the same event ids; how many that is."""
        with self._lock:
            chosen = [
                delivery
                for delivery in self._log
                if (not event or delivery.event == event)
                and (not event_id or delivery.event_id == event_id)
            ]
            for delivery in chosen:
                for _ in range(times):
                    self._post(self._copy(delivery), 0)
            return len(chosen) * times

    def enable(self) -> None:
        """What a person does in the dashboard after the address was given up."""
        self.disabled = False

    def _make(
        self, event: str, payload: Entity, created_at: int, faults: dict[str, Fault]
    ) -> Delivery:
        envelope = {
            "entity": "event",
            "account_id": ACCOUNT,
            "event": event,
            "contains": list(payload),
            "payload": payload,
            "created_at": created_at,
        }
        body = json.dumps(envelope, separators=(",", ":"), ensure_ascii=False).encode()
        event_id = self._books.new_id("evt").removeprefix("evt_")
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Razorpay-Webhook/v1",
            "X-Razorpay-Signature": self._signature(body, faults),
            "X-Razorpay-Event-Id": event_id,
        }
        if "webhook.no_event_id" in faults:
            del headers["X-Razorpay-Event-Id"]
        if "webhook.no_signature" in faults:
            del headers["X-Razorpay-Signature"]
        if "webhook.corrupt" in faults:
            body = body.replace(b'"amount":', b'"amount":1', 1)
        return self._keep(event, event_id, body, headers)

    def _signature(self, body: bytes, faults: dict[str, Fault]) -> str:
        secret = self._secret
        if "webhook.old_secret" in faults:
            secret = str(faults["webhook.old_secret"].value or self._previous_secret)
        return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()

    def _keep(self, event: str, event_id: str, body: bytes, headers: dict[str, str]) -> Delivery:
        delivery = Delivery(len(self._log) + 1, event, event_id, body, dict(headers))
        self._log.append(delivery)
        return delivery

    def _copy(self, delivery: Delivery) -> Delivery:
        return self._keep(delivery.event, delivery.event_id, delivery.body, delivery.headers)

    def _hold(self, delivery: Delivery, seconds: float) -> None:
        self._held.append((delivery, seconds))
        self._scheduler.after(seconds, self._release)

    def _release(self) -> None:
        with self._lock:
            held, self._held = self._held, []
            for delivery, _ in held:
                self._log.remove(delivery)
                self._log.append(delivery)
                self._post(delivery, 0)

    def _post(self, delivery: Delivery, delay: float) -> None:
        if self.url is None and not delay:
            delivery.state = "kept"
            return
        self._scheduler.after(delay, lambda: self._send(delivery))

    def _send(self, delivery: Delivery) -> None:
        if self.url is None:
            delivery.state = "kept"
            return
        if self.disabled:
            delivery.state = "disabled"
            return
        answer = _deliver(self.url, delivery)
        with self._lock:
            delivery.answers.append(answer)
            if answer.startswith("2"):
                delivery.state = "delivered"
            elif len(delivery.answers) >= self.most_attempts:
                delivery.state = "failed"
                self.disabled = True
            else:
                delivery.state = "failing"
                gap = min(LONGEST_GAP, self.first_gap * 2 ** (len(delivery.answers) - 1))
                self._scheduler.after(gap, lambda: self._send(delivery))


def _copies(faults: dict[str, Fault]) -> int:
    if "webhook.duplicate" not in faults:
        return 0
    return int(faults["webhook.duplicate"].value or 1)


def _deliver(url: str, delivery: Delivery) -> str:
    """One attempt: the status, or the name of what went wrong."""
    address = urlsplit(url)
    kind: Any = (
        http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    )
    connection = kind(address.hostname, address.port, timeout=TIMEOUT)
    try:
        connection.request("POST", address.path or "/", delivery.body, delivery.headers)
        return str(connection.getresponse().status)
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__
    finally:
        connection.close()
