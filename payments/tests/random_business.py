"""Random business of random people with a gateway that has bad moments, and how it all ends.

Every step is one thing that a person, the gateway, the clock or a worker does. A step may be
refused by a rule or end without an answer; what it must never do is leave the books wrong.
"""

import contextlib
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction

from payments import gateway
from payments.models import (
    CreditPack,
    CreditUse,
    Earning,
    ExternalRefund,
    Payment,
    PaymentOrder,
    Payout,
    Refund,
)
from payments.services import (
    cancellations,
    captures,
    credits,
    earnings,
    external_refunds,
    late_money,
    orders,
    payouts,
    refund_decisions,
    refunds,
)
from payments.services.reconciling import holds, leftovers, tolerance
from payments.services.reconciling import orders as late_orders
from payments.tests.random_chargebacks import Chargebacks
from payments.tests.random_world import REFUSALS, NothingToDo, Order
from tutorhub.core import clock, outbox
from tutorhub.core.ids import uuid7
from tutorhub.core.models import OutboxRow

FAULTS = [
    *("api.lost", "api.reset", "api.409", "api.429", "api.500", "api.500_after", "api.html502"),
    *("webhook.drop", "webhook.duplicate", "webhook.corrupt", "webhook.no_event_id"),
    *("webhook.old_secret", "webhook.unknown_event", "data.fee_null", "data.amount"),
]
SKEW = timedelta(minutes=5)


class Business(Chargebacks):
    """The steps people, the gateway and machines take."""

    # One step

    def step(self) -> None:
        """Do one random thing at a clock that is up to five minutes off."""
        steps = self.steps()
        name, (_, act) = self.chance.choices(
            list(steps.items()), weights=[weight for weight, _ in steps.values()]
        )[0]
        self.pass_time()
        outcome = "done"
        try:
            with clock.at(self.now + SKEW * self.chance.uniform(-1, 1)):
                act()
        except NothingToDo:
            outcome = "nothing to do"
        except REFUSALS as error:
            outcome = type(error).__name__
        self.trace.append(f"{name}: {outcome}")
        if outcome == "done":
            self.done[name] += 1
        else:
            self.refused[f"{name}: {outcome}"] += 1

    def steps(self) -> dict[str, tuple[int, Callable[[], object]]]:
        return {
            "top up": (6, self.top_up),
            "book": (14, self.book),
            "pay at the gateway": (22, self.pay),
            "come back from checkout": (4, self.call_back),
            "deliver webhooks": (22, self.deliver),
            "work": (22, self.work),
            "expire an order": (2, self.expire),
            "handle late money": (4, self.handle_late),
            "complete": (10, self.complete),
            "release": (8, self.release),
            "refund": (4, self.refund),
            "cancel late": (1, self.cancel_late),
            "learner absent": (1, self.learner_absent),
            "tutor absent": (1, self.tutor_absent),
            "reverse": (1, self.reverse),
            "dispute": (2, self.dispute),
            "dispute again": (1, self.dispute_again),
            "answer a dispute": (1, self.answer_dispute),
            "decide a dispute": (3, self.decide_dispute),
            "refund at the dashboard": (2, self.refund_outside),
            "resolve a refund from outside": (2, self.resolve_outside),
            "buy credits": (3, self.buy_credits),
            "claim": (6, self.claim),
            "give a credit back": (1, self.give_credit_back),
            "ask for a payout": (3, self.ask_payout),
            "decide a payout": (3, self.decide_payout),
            "move a payout": (4, self.move_payout),
            "refund into the wallet": (1, self.failed_to_wallet),
            "settle a refund": (3, self.move_refund),
            "settle": (1, self.simulator.settle),
            "reconcile": (2, self.reconcile),
            "fault": (6, self.fault),
        }

    # Families

    def top_up(self) -> None:
        family = self.chance.choice(self.families)
        order = orders.start_topup(amount_paise=self.rupees(100, 3000), by=family)
        orders.open_at_gateway(order)

    def book(self) -> None:
        family, tutor = self.chance.choice(self.families), self.chance.choice(self.tutors)
        session = uuid7()
        self.sessions[session] = (family, tutor)
        order = orders.create(
            purpose="session",
            purpose_id=session,
            payer=family,
            amount_paise=self.rupees(200, 2000),
            expires_at=clock.now() + timedelta(hours=1),
            description="Maths, 1 h",
            method=self.chance.choice(["razorpay", "wallet", "mixed"]),
        )
        if order.amount_paise:
            orders.open_at_gateway(order)

    def pay(self) -> None:
        """Somebody pays at the gateway, whatever the order has become meanwhile."""
        order = self.any(PaymentOrder.objects.filter(razorpay_order_id__isnull=False, paid_at=None))
        outcome = self.chance.choices(["success", "fail", "authorize", "late"], [12, 2, 1, 1])[0]
        self.simulator.pay(order.razorpay_order_id, outcome, capture=True)

    def call_back(self) -> None:
        order = self.any(PaymentOrder.objects.filter(status=Order.OPEN))
        handed = self.simulator.pay(order.razorpay_order_id)
        captures.verify_callback(**handed)

    def expire(self) -> None:
        order = self.any(PaymentOrder.objects.live().filter(purpose="session"))
        orders.expire_for(purpose="session", purpose_id=order.purpose_id)

    def handle_late(self) -> None:
        order = self.any(PaymentOrder.objects.filter(status=Order.PAID_LATE))
        (late_money.use if self.chance.random() < 0.5 else late_money.send_back)(order)

    # Classes

    def complete(self) -> None:
        session, tutor, gross = self.paid_class()
        earnings.recognise(
            session_id=session,
            tutor=tutor,
            tutor_state=self.chance.choice(["Karnataka", "Kerala"]),
            gross_paise=gross,
            commission_bps=1500,
        )

    def release(self) -> None:
        earning = self.any(Earning.objects.filter(status=Earning.Status.HELD))
        earnings.release(session_id=earning.session_id, tutor=earning.tutor)

    def refund(self) -> None:
        """Finance gives back all or part of a class, or of a top-up."""
        order = self.any(PaymentOrder.objects.filter(status__in=[Order.PAID, Order.PAID_LATE]))
        part = self.chance.choice([None, self.chance.randint(1, order.total_paise)])
        refund_decisions.decide(
            order, amount_paise=part, to_wallet=self.chance.random() < 0.3, by=self.finance
        )

    def cancel_late(self) -> None:
        terms = {"refund_bps": 5000, "fee_bps": 1000}
        cancellations.cancelled_late(**self.class_terms(), **terms)

    def learner_absent(self) -> None:
        due = self.chance.choice([10_000, 5_000])
        cancellations.learner_absent(**self.class_terms(), commission_bps=1500, due_bps=due)

    def tutor_absent(self) -> None:
        terms = self.class_terms()
        del terms["tutor_state"]
        cancellations.tutor_failed(
            **terms, goodwill_paise=self.rupees(0, 50), penalty_paise=self.rupees(0, 80)
        )

    def reverse(self) -> None:
        """A complaint about a class that was held is right: the tutor's part goes to the family."""
        earning = self.any(Earning.objects.exclude(status=Earning.Status.REVERSED))
        gross = self.chance.randint(1, earning.gross_paise)
        order = self.order_of(earning.session_id)
        with transaction.atomic():
            earnings.reverse(
                session_id=earning.session_id, gross_paise=gross, cause=f"case:{uuid7()}"
            )
            refunds.refund_order(order, amount_paise=gross, reason="complaint", by=self.finance)

    # Refunds that start elsewhere

    def refund_outside(self) -> None:
        payment = self.any(Payment.objects.filter(status=Payment.Status.CAPTURED))
        refund = gateway.client().refund_payment(
            payment.razorpay_payment_id,
            amount_paise=self.chance.randint(100, payment.amount_paise),
            idempotency_key=f"dashboard-{uuid7()}",
            notes={},
            receipt="dashboard",
        )
        self.simulator.refund(refund["id"], "processed")

    def resolve_outside(self) -> None:
        external = self.any(ExternalRefund.objects.filter(resolution=""))
        kind = self.chance.choice(["order", "order", "wallet", "loss"])
        external_refunds.resolve(external, resolution=kind, by=self.finance)

    def move_refund(self) -> None:
        refund = self.any(Refund.objects.filter(status=Refund.Status.PENDING))
        status = self.chance.choices(["processed", "failed"], [5, 1])[0]
        self.simulator.refund(refund.razorpay_refund_id, status)

    def failed_to_wallet(self) -> None:
        refund = self.any(Refund.objects.filter(status=Refund.Status.FAILED))
        if self.chance.random() < 0.5:
            refund_decisions.retry(refund, by=self.finance)
        else:
            refund_decisions.to_wallet(refund, by=refund.payment.order.payer)

    # Tutors

    def buy_credits(self) -> None:
        tutor = self.chance.choice(self.tutors)
        pack = self.chance.choice(list(CreditPack.objects.on_sale()))
        orders.open_at_gateway(credits.start_topup(pack=pack, by=tutor))

    def claim(self) -> None:
        tutor, lead = self.chance.choice(self.tutors), uuid7()
        credits.claim(tutor=tutor, lead_id=lead)

    def give_credit_back(self) -> None:
        use = self.any(CreditUse.objects.all())
        credits.refund(tutor=use.tutor, lead_id=use.lead_id)

    def ask_payout(self) -> None:
        tutor = self.chance.choice(self.tutors)
        payouts.request(tutor=tutor, amount_paise=self.rupees(500, 4000), by=tutor)

    def decide_payout(self) -> None:
        payout = self.any(Payout.objects.filter(status=Payout.Status.REQUESTED))
        choice = self.chance.random()
        if choice < 0.7:
            payouts.approve(payout, by=self.finance)
        elif choice < 0.85:
            payouts.reject(payout, by=self.finance, reason="Please check the account.")
        else:
            payouts.cancel(payout, by=payout.tutor)

    def move_payout(self) -> None:
        payout = self.any(Payout.objects.filter(razorpay_payout_id__isnull=False))
        status = self.chance.choices(["processed", "failed", "reversed"], [6, 1, 1])[0]
        self.simulator.payout(payout.razorpay_payout_id, status)

    # Machines

    def deliver(self) -> None:
        """Some of the waiting webhooks arrive, in any order, some of them twice."""
        self.fetch()
        self.chance.shuffle(self.waiting)
        for _ in range(self.chance.randint(1, 6)):
            if not self.waiting:
                return
            delivery = self.waiting.pop()
            self.post(delivery)
            if self.chance.random() < 0.2:
                self.waiting.append(delivery)

    def work(self) -> None:
        """A worker takes some of what is due, in any order."""
        due = OutboxRow.objects.filter(
            done_at__isnull=True, dead_at__isnull=True, due_at__lte=clock.now()
        )
        ids = list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:40])
        self.chance.shuffle(ids)
        for row in ids[:8]:
            with contextlib.suppress(*REFUSALS):
                outbox.attempt(row)

    def reconcile(self) -> None:
        with clock.at(clock.now() + timedelta(minutes=20)):
            late_orders.reconcile()
            holds.reconcile()
        tolerance.each(leftovers.stuck_events(), leftovers.check_event)

    def fault(self) -> None:
        kind = self.chance.choice(FAULTS)
        self.simulator.simulator.faults.add({"kind": kind, "path": "/v1/"})
