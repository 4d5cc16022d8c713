"""People who pay, teach, confirm, buy credits and withdraw, and note what they were told.

A person who gets no answer asks again with the same Idempotency-Key, as the app does. What was
answered with success goes into the history: it must be in the books afterwards, once.
"""

import http.client
import json
import random
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.db import DatabaseError, connections

from accounts.clients import Client
from accounts.models import User
from accounts.services import tokens
from benchmarks.chaos.world import People
from payments.models import Payout
from payments.services import payouts
from payments.simulator.server import Simulator
from tutorhub.core.errors import DomainError

PATIENCE = 90.0
"""Seconds somebody asks again for."""
TOKEN_SECONDS = 200
NO_ANSWER = (OSError, ValueError, http.client.HTTPException)
"""Whoever should have answered died, perhaps in the middle of it."""


class Refused(Exception):
    """A clear no (4xx); nothing happened, and asking again would not help."""


class Stopped(Exception):
    """The load is over."""


@dataclass
class History:
    """What people were told had happened."""

    paid: dict[str, UUID] = field(default_factory=dict)
    """Payment id at the gateway to the session it pays for; said by the gateway."""
    bought: dict[str, UUID] = field(default_factory=dict)
    """Payment id at the gateway to the tutor who bought credits by it."""
    completed: set[UUID] = field(default_factory=set)
    confirmed: set[UUID] = field(default_factory=set)
    withdrawn: dict[UUID, int] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, name: str) -> None:
        with self.lock:
            self.counts[name] += 1


class Crowd:
    """Threads that do business until they are told to stop."""

    def __init__(
        self, people: People, port: int, simulator: Simulator, *, seed: float, size: int = 6
    ) -> None:
        self.people = people
        self.site = f"http://127.0.0.1:{port}/api/v1"
        self.simulator = simulator
        self.history = History()
        self._chance = random.Random(seed)
        self._todo = list(people.sessions)
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._tokens: dict[UUID, tuple[str, float]] = {}
        self._threads = [threading.Thread(target=self._person, daemon=True) for _ in range(size)]
        self._threads.append(threading.Thread(target=self._finance, daemon=True))

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def summary(self) -> str:
        return ", ".join(f"{count} {name}" for name, count in self.history.counts.most_common())

    # One class from payment to payout

    def _person(self) -> None:
        while not self._stop.is_set():
            with self._lock:
                session = self._todo.pop() if self._todo else None
            if session is None:
                return
            try:
                self._one_class(session.pk, session.learner.family.user, session.tutor.user)
            except Refused as refusal:
                self.history.count(f"refused ({refusal})")
            except Stopped:
                return
        connections.close_all()

    def _one_class(self, session: UUID, family: User, tutor: User) -> None:
        if self._chance.random() < 0.3:
            self._buy_credits(tutor)
        order = self._post(family, f"/sessions/{session}/pay", {"method": "razorpay"})
        handed = self._pay(order["razorpay_order_id"])
        self.history.paid[handed["razorpay_payment_id"]] = session
        self.history.count("paid")
        if self._chance.random() < 0.5:
            self._post(family, "/payments/verify", handed)
        self._until_booked(family, session)
        self._post(tutor, f"/sessions/{session}/start", {}, done={409, 422})
        self._post(tutor, f"/sessions/{session}/complete", {}, done={409, 422})
        self.history.completed.add(session)
        self.history.count("completed")
        self._post(family, f"/sessions/{session}/confirm", {}, done={409, 422})
        self.history.confirmed.add(session)
        self.history.count("confirmed")
        amount = 500_00
        payout = self._post(tutor, "/tutors/payouts", {"amount_paise": amount})
        self.history.withdrawn[UUID(payout["id"])] = amount
        self.history.count("withdrawn")

    def _buy_credits(self, tutor: User) -> None:
        order = self._post(tutor, "/tutors/wallet/topup", {"pack": "pack-5"})
        handed = self._pay(order["razorpay_order_id"])
        self.history.bought[handed["razorpay_payment_id"]] = tutor.pk
        self.history.count("bought")
        if self._chance.random() < 0.5:
            self._post(tutor, "/payments/verify", handed)

    def _pay(self, order_id: str) -> dict[str, Any]:
        """What the person does in Checkout, at the gateway."""
        return _ask(f"{self.simulator.url}/_sim/orders/{order_id}/pay", {"outcome": "success"}, {})

    def _until_booked(self, family: User, session: UUID) -> None:
        deadline = time.monotonic() + PATIENCE
        while self._ask(family, f"/sessions/{session}")["status"] == "PENDING_PAYMENT":
            if self._stop.is_set():
                raise Stopped
            if time.monotonic() > deadline:
                raise Refused("not booked in time")
            time.sleep(0.3)

    def _finance(self) -> None:
        """Somebody else approves what the tutors ask for."""
        while not self._stop.is_set():
            try:
                for payout in Payout.objects.filter(status=Payout.Status.REQUESTED)[:5]:
                    payouts.approve(payout, by=self.people.finance)
            except (DatabaseError, DomainError):
                connections.close_all()
            time.sleep(0.5)
        connections.close_all()

    # Asking until there is an answer

    def _post(
        self, user: User, path: str, body: dict[str, Any], *, done: set[int] | None = None
    ) -> dict[str, Any]:
        """POST until something definite comes back. A repeat's refusal in `done` means: it is so.

        A first refusal is a refusal all the same; only after an unknown answer can it mean that.
        """
        key = uuid4().hex
        deadline = time.monotonic() + PATIENCE
        is_repeat = False
        while time.monotonic() < deadline:
            try:
                return self._ask(user, path, body, key)
            except urllib.error.HTTPError as error:
                with error:
                    said = error.read()[:300]
                if is_repeat and error.code in (done or set()):
                    return {}
                if error.code < 500 and b"idempotency_in_progress" not in said:
                    raise Refused(f"{path.rsplit('/', 1)[1]}: {error.code} {said!r}") from None
            except NO_ANSWER:
                self.history.count("no answer")
            is_repeat = True
            time.sleep(0.3)
        raise Refused(f"{path}: no answer in {PATIENCE} s")

    def _ask(
        self, user: User, path: str, body: dict[str, Any] | None = None, key: str = ""
    ) -> dict[str, Any]:
        if body is not None:
            headers = {"Authorization": f"Bearer {self._token(user)}", "Idempotency-Key": key}
            return _ask(self.site + path, body, headers)
        while True:
            try:
                return _ask(
                    self.site + path, None, {"Authorization": f"Bearer {self._token(user)}"}
                )
            except NO_ANSWER:
                if self._stop.is_set():
                    raise Stopped from None
                time.sleep(0.3)

    def _token(self, user: User) -> str:
        known, until = self._tokens.get(user.pk, ("", 0.0))
        if time.monotonic() < until:
            return known
        while True:
            try:
                fresh = tokens.issue(user=user, client=Client(user_agent="chaos")).access
                break
            except DatabaseError:
                connections.close_all()
                time.sleep(0.3)
        self._tokens[user.pk] = (fresh, time.monotonic() + TOKEN_SECONDS)
        return fresh


def _ask(url: str, body: dict[str, Any] | None, headers: dict[str, str]) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        url, data=data, headers={"Content-Type": "application/json", **headers}
    )
    with urllib.request.urlopen(request, timeout=15) as answer:
        found: dict[str, Any] = json.load(answer)
        return found
