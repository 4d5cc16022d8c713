"""People who top up, pay by every tender, decline, teach, refund, buy credits and withdraw.

A person who gets no answer asks again with the same Idempotency-Key, as the app does. What was
answered with success goes into the history: it must be in the books afterwards, once.
"""

import random
import threading
import time
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connections

from accounts.models import User
from benchmarks.chaos.asking import Mouth, Refused, Stopped, ask
from benchmarks.chaos.history import TO_SOURCE, TO_WALLET, History, Story
from benchmarks.chaos.world import PRICE, People
from marketplace.models import TutoringSession
from payments.models import Payout
from payments.services import payouts
from payments.simulator.server import Simulator
from tutorhub.core.errors import DomainError

TENDERS = {"razorpay": 4, "wallet": 3, "mixed": 4}
TOPUPS = {"wallet": PRICE + 100_00, "mixed": 300_00}
PART = 400_00
PAYOUT = 500_00
ORDERS = "/admin/payments/paymentorder/"
KINDS = (
    *("topped up", "bought credits", "declined with a hold", "paid too late"),
    *(f"paid by {tender}" for tender in TENDERS),
    *("completed", "confirmed", "withdrawn"),
    *(
        f"{way.replace('_', ' ')}{part}"
        for way in (TO_SOURCE, TO_WALLET)
        for part in ("", " (a part)")
    ),
)
"""What a drill of some length has to have seen."""


class Crowd:
    """Threads that do business until they are told to stop."""

    def __init__(
        self, people: People, port: int, simulator: Simulator, *, seed: float, size: int = 6
    ) -> None:
        self.people = people
        self.simulator = simulator
        self.history = History()
        self.mouth = Mouth(port, desk=people.desk, count=self.history.count)
        self._chance = random.Random(seed)
        self._todo = list(people.sessions)
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._person, daemon=True) for _ in range(size)]
        self._threads.append(threading.Thread(target=self._finance, daemon=True))

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self.mouth.stop.set()
        for thread in self._threads:
            thread.join()

    def summary(self) -> str:
        return ", ".join(f"{count} {name}" for name, count in self.history.counts.most_common())

    def never_done(self) -> list[str]:
        """What nobody could do: a drill without it proves nothing about it."""
        return [kind for kind in KINDS if not self.history.counts[kind]]

    def _person(self) -> None:
        while not self.mouth.stop.is_set():
            with self._lock:
                session = self._todo.pop() if self._todo else None
            if session is None:
                return
            try:
                self._one_class(session)
            except Refused as refusal:
                self.history.count(f"refused ({refusal})")
            except Stopped:
                return
        connections.close_all()

    # One class from the first rupee to the payout

    def _one_class(self, session: TutoringSession) -> None:
        family, tutor = session.learner.family.user, session.tutor.user
        if self._happens(0.3):
            self._buy_credits(tutor)
        tender = self._chance.choices(list(TENDERS), weights=list(TENDERS.values()))[0]
        story = self.history.begin(Story(session.pk, family.pk, tender))
        if tender in TOPUPS:
            self._top_up(story, family, TOPUPS[tender])
        if self._pay_for(story, family):
            self._hold(story, family, tutor)
        story.is_over = True

    def _top_up(self, story: Story, family: User, paise: int) -> None:
        order = self.mouth.post(family, "/students/wallet/topup", {"amount_paise": paise})
        story.topped[self._checkout(family, order)] = paise
        self.history.count("topped up")

        def is_there(wallet: dict[str, Any]) -> bool:
            return bool(wallet["balance_paise"] >= paise)

        self.mouth.until(family, "/students/wallet", is_there, "in the wallet")

    def _pay_for(self, story: Story, family: User) -> bool:
        """Pay by the tender; False if the family has declined with a part of it held."""
        path = f"/sessions/{story.session}"
        order = self.mouth.post(family, f"{path}/pay", {"method": story.tender})
        story.order = UUID(order["order"])
        story.wallet_paise, story.gateway_paise = order["wallet_paise"], order["amount_paise"]
        if story.tender == "mixed" and self._happens(0.3):
            self._decline(story, family, order)
            return False
        if story.gateway_paise:
            story.payment = self._checkout(family, order)
        self.history.count(f"paid by {story.tender}")
        self.mouth.until(family, path, lambda found: found["status"] != "PENDING_PAYMENT", "booked")
        self.history.booked.add(story.session)
        return True

    def _decline(self, story: Story, family: User, order: dict[str, Any]) -> None:
        """The wallet's part is held; it comes back, and so does what is paid afterwards."""
        self.mouth.post(family, f"/sessions/{story.session}/cancel", {}, done={409, 422})
        story.is_declined = True
        self.history.count("declined with a hold")
        if self._happens(0.5):
            story.late_payment = self._checkout(family, order)
            self.history.count("paid too late")

    def _hold(self, story: Story, family: User, tutor: User) -> None:
        """The class takes place, unless finance gives all of its money back before."""
        if self._happens(0.4):
            self._give_back(story, family)
            if story.is_undone:
                return
        path = f"/sessions/{story.session}"
        self.mouth.post(tutor, f"{path}/start", {}, done={409, 422})
        self.mouth.post(tutor, f"{path}/complete", {}, done={409, 422})
        story.is_completed = True
        self.history.completed.add(story.session)
        self.history.count("completed")
        self.mouth.post(family, f"{path}/confirm", {}, done={409, 422})
        self.history.confirmed.add(story.session)
        self.history.count("confirmed")
        if not story.refund_paise:
            payout = self.mouth.post(tutor, "/tutors/payouts", {"amount_paise": PAYOUT})
            self.history.withdrawn[UUID(payout["id"])] = PAYOUT
            self.history.count("withdrawn")

    def _give_back(self, story: Story, family: User) -> None:
        """Finance decides in the back office; the family looks whether it is so."""
        way = self._chance.choice([TO_SOURCE, TO_WALLET])
        paise = PRICE if self._happens(0.6) else PART
        rupees = "" if paise == PRICE else str(PART // 100)
        values = {"action": way, "_selected_action": str(story.order), "rupees": rupees}
        self.mouth.click(ORDERS, values)
        said = self.mouth.get(family, f"/payments/{story.order}")
        if said["payment"]["refunded_paise"] == 0:
            raise Refused("no refund")
        story.refund_paise, story.refund_way = paise, way
        self.history.count(f"{way.replace('_', ' ')}{'' if paise == PRICE else ' (a part)'}")

    # Small things

    def _buy_credits(self, tutor: User) -> None:
        order = self.mouth.post(tutor, "/tutors/wallet/topup", {"pack": "pack-5"})
        self.history.bought[self._checkout(tutor, order)] = tutor.pk
        self.history.count("bought credits")

    def _checkout(self, user: User, order: dict[str, Any]) -> str:
        """Pay at the gateway, and perhaps come back from it; the payment's id."""
        url = f"{self.simulator.url}/_sim/orders/{order['razorpay_order_id']}/pay"
        handed = ask(url, {"outcome": "success"}, {})
        if self._happens(0.5):
            self.mouth.post(user, "/payments/verify", handed)
        return str(handed["razorpay_payment_id"])

    def _happens(self, share: float) -> bool:
        with self._lock:
            return self._chance.random() < share

    def _finance(self) -> None:
        """Somebody else approves what the tutors ask for."""
        while not self.mouth.stop.is_set():
            try:
                for payout in Payout.objects.filter(status=Payout.Status.REQUESTED)[:5]:
                    payouts.approve(payout, by=self.people.finance)
            except (DatabaseError, DomainError):
                connections.close_all()
            time.sleep(0.5)
        connections.close_all()
