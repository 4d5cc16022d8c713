"""Chargebacks in random business: every way that one can go, also twice for one payment."""

from typing import Any

from payments.models import GatewayDispute, Payment
from payments.services import disputes
from payments.tests.random_world import World

ENDS = ["won", "lost", "lost in part", "closed"]
OUTCOMES = ["under_review", "action_required", *ENDS]
LIVE = ("open", "under_review")


class Chargebacks(World):
    """What payers' banks do, and finance's answers."""

    def dispute(self) -> None:
        payment = self.any(Payment.objects.filter(status=Payment.Status.CAPTURED))
        self.simulator.dispute(
            payment.razorpay_payment_id,
            amount=self.chance.randint(100, payment.amount_paise),
            phase=self.chance.choice(["fraud", "retrieval", "chargeback"]),
        )

    def dispute_again(self) -> None:
        """A bank does not accept that it lost: pre-arbitration, with an id of its own."""
        lost = self.one_of(self.books.all("disputes", status="won"))
        self.simulator.dispute(lost["payment_id"], amount=lost["amount"], phase="pre_arbitration")
        self.done["dispute: pre-arbitration after won"] += 1

    def decide_dispute(self) -> None:
        """The bank decides, whether we have heard of the dispute or not."""
        self.decide(self.one_of(self.live_disputes()), OUTCOMES)

    def answer_dispute(self) -> None:
        dispute = self.any(GatewayDispute.objects.filter(status=GatewayDispute.Status.OPEN))
        if self.chance.random() < 0.3:
            disputes.accept(dispute, by=self.finance)
        else:
            disputes.contest(dispute, summary="The class was held.", by=self.finance)

    def decide(self, dispute: dict[str, Any], outcomes: list[str]) -> None:
        outcome = self.chance.choice(outcomes)
        if outcome == "lost in part":
            part = self.chance.randint(1, dispute["amount"] - 1)
            self.simulator.decide(dispute["id"], "lost", amount_deducted=part)
        else:
            self.simulator.decide(dispute["id"], outcome)
        self.done[f"dispute: {outcome}"] += 1

    def live_disputes(self) -> list[dict[str, Any]]:
        return [found for found in self.books.all("disputes") if found["status"] in LIVE]
