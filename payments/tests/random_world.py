"""The people and the machines of random business, one clock and one source of chance.

Nothing here depends on the real time or on another thread: the clock moves by what chance says,
the gateway's stands where ours does, and ids are made from the seed. So a seed is one course.
"""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import User
from accounts.tests.factories import FamilyUserFactory, StaffFactory, TutorUserFactory
from payments import gateway
from payments.models import Earning, OrderRefund, PaymentOrder
from payments.policies import FINANCE
from payments.simulator.books import Books
from payments.tests.factories import fund_float, make_method
from payments.tests.simulator import RazorpaySimulator, SimulatorError
from tutorhub.core import clock
from tutorhub.core.errors import DomainError

REFUSALS = (DomainError, gateway.GatewayError, SimulatorError)
BEGINS = datetime(2026, 3, 31, 11, 30, tzinfo=UTC)
"""Five in the afternoon in India, seven hours before a new financial year."""
LONGEST_STEP = 40
"""Seconds between two steps, at most; 2,500 of them take about fourteen hours."""
FUNDED = 100_00_00_000_00

Order = PaymentOrder.Status


class NothingToDo(Exception):
    """The step needs something that is not there now."""


class SeededIds:
    """Stands in for `uuid_utils`: ids in order of time, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._number = 0

    def uuid7(self) -> UUID:
        self._number += 1
        first = int(BEGINS.timestamp() * 1000) + self._number
        rest = self._chance.getrandbits(62)
        return UUID(int=first << 80 | 7 << 76 | 2 << 62 | rest)


class StandingClock:
    """Stands in for `time`: a pass of a reconciler is never out of time on a slow machine."""

    @staticmethod
    def monotonic() -> float:
        return 0.0


class World:
    """Who takes part, and what they know."""

    def __init__(self, simulator: RazorpaySimulator, seed: int) -> None:
        self.chance = random.Random(seed)
        self.simulator = simulator
        self.now = BEGINS
        self._set_clock(BEGINS)
        with clock.at(BEGINS):
            self.finance = StaffFactory()
            self.finance.groups.add(Group.objects.get_or_create(name=FINANCE)[0])
            self.families = [FamilyUserFactory() for _ in range(6)]
            self.tutors = [TutorUserFactory() for _ in range(4)]
            for tutor in self.tutors:
                make_method(tutor)
            fund_float(FUNDED)
        self.sessions: dict[UUID, tuple[User, User]] = {}
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.trace: list[str] = []
        self.client = Client()
        self.waiting: list[Any] = []
        self._sent = 0

    @property
    def books(self) -> Books:
        """What the gateway knows."""
        return self.simulator.simulator.books

    def _set_clock(self, moment: datetime) -> None:
        """Our clock, and the gateway's, which never goes back."""
        self.now = moment
        self.books.clock.frozen = int(moment.timestamp())

    def pass_time(self) -> None:
        self._set_clock(self.now + timedelta(seconds=self.chance.randint(0, LONGEST_STEP)))

    # Chance

    def any(self, found: Any) -> Any:
        """A random row of a query."""
        return self.one_of(list(found.order_by("-pk")[:30]))

    def one_of(self, things: list[Any]) -> Any:
        if not things:
            raise NothingToDo
        return self.chance.choice(things)

    def rupees(self, low: int, high: int) -> int:
        return self.chance.randint(low * 100, high * 100)

    # Classes

    def order_of(self, session: UUID) -> PaymentOrder:
        """The order that paid for a class."""
        paid = PaymentOrder.objects.for_purpose("session", session)
        return paid.get(status__in=[Order.PAID, Order.PAID_LATE])

    def class_order(self) -> tuple[PaymentOrder, User]:
        """A paid class that nothing was booked for yet."""
        order = self.any(
            PaymentOrder.objects.filter(purpose="session", status=Order.PAID)
            .exclude(purpose_id__in=Earning.objects.values("session_id"))
            .exclude(pk__in=OrderRefund.objects.values("order"))
        )
        return order, self.sessions[order.purpose_id][1]

    def class_terms(self) -> dict[str, Any]:
        order, tutor = self.class_order()
        return {"order": order, "tutor": tutor, "tutor_state": "Karnataka"}

    def paid_class(self) -> tuple[UUID, User, int]:
        order, tutor = self.class_order()
        return order.purpose_id, tutor, order.total_paise

    # Webhooks

    def fetch(self) -> None:
        """What the gateway has sent since the last time waits to be delivered."""
        log = self.simulator.simulator.sender._log
        new, self._sent = log[self._sent :], len(log)
        self.waiting += [delivery for delivery in new if delivery.state == "kept"]

    def post(self, delivery: Any) -> None:
        headers = dict(delivery.headers)
        self.client.post(
            "/webhooks/razorpay",
            data=delivery.body,
            content_type="application/json",
            headers=headers,
        )
