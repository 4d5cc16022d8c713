"""A family and a tutor to whom everything happens that the ledger knows, in any order."""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from accounts.models import User
from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from payments.models import Payment, PaymentOrder, Payout, Refund
from payments.rails import Check
from payments.services import (
    cancellations,
    credits,
    disputes,
    earnings,
    external_refunds,
    freezes,
    late_money,
    orders,
    payout_checks,
    payouts,
    refund_decisions,
    refunds,
    settlements,
    wallets,
)
from payments.services.statements import Period
from payments.tests import factories
from tutorhub.core import clock
from tutorhub.core.ids import uuid7

PRICE = 100_003


class Life:
    """Each step is complete in itself: it makes what it needs, and leaves debts to the others."""

    def __init__(self, finance: User, seed: int) -> None:
        self.family, self.tutor, self.finance = FamilyUserFactory(), TutorUserFactory(), finance
        self.chance = random.Random(seed)
        self.method = factories.make_method(self.tutor)

    def live(self, period: Period) -> None:
        """All steps, spread over the period and a bit on either side."""
        steps = [*self.steps(), *self.steps()]
        self.chance.shuffle(steps)
        span = period.end_at - period.start_at + timedelta(days=90)
        for number, step in enumerate(steps):
            at = period.start_at - timedelta(days=45) + span * number / len(steps)
            with clock.at(at):
                step()

    def steps(self) -> Iterator[Callable[[], object]]:
        yield from (self.top_up, self.class_held, self.class_from_wallet, self.mixed_paid)
        yield from (self.mixed_expired, self.late_with_hold, self.late_after_release, self.twice)
        yield from (self.cancelled_late, self.learner_absent, self.tutor_failed, self.reversed)
        yield from (self.frozen, self.refund_processed, self.refund_failed, self.refund_retried)
        yield from (self.topup_refunded, self.outside_from_class, self.outside_from_wallet)
        yield from (self.outside_for_failed, self.bank_takes_class, self.bank_takes_topup)
        yield from (self.bank_takes_credited, self.bank_takes_refunded, self.loss_covered)
        yield from (self.credits, self.paid_out, self.payout_rejected)
        yield from (self.payout_reversed, self.our_own)

    # Paying

    def top_up(self) -> Payment:
        order = orders.start_topup(amount_paise=50_000, by=self.family)
        return factories.pay(factories.open_order(order))

    def paid(self, **values: object) -> PaymentOrder:
        order = factories.make_order(**{"payer": self.family, "amount_paise": PRICE, **values})
        factories.pay(order)
        order.refresh_from_db()
        return order

    def mixed(self) -> PaymentOrder:
        with clock.at(clock.now()):
            factories.fund_wallet(self.family, 10_000, promo_paise=5_001)
        price = wallets.balance(self.family).total_paise + 70_000
        order = factories.make_order(payer=self.family, amount_paise=price, method="mixed")
        assert order.hold == "held"
        return order

    def class_from_wallet(self) -> None:
        factories.fund_wallet(self.family, 40_000)
        factories.make_order(payer=self.family, amount_paise=30_000, method="wallet")

    def mixed_paid(self) -> None:
        order = self.mixed()
        factories.pay(order)
        refunds.refund_order(order, reason="half", amount_paise=order.total_paise // 2)

    def ended(self) -> PaymentOrder:
        order = self.mixed()
        orders.expire_for(purpose="session", purpose_id=order.purpose_id)
        order.refresh_from_db()
        return order

    def mixed_expired(self) -> None:
        wallets.release_hold(self.ended())

    def late_with_hold(self) -> None:
        order = self.ended()
        factories.pay(order)
        (late_money.use if self.chance.random() < 0.5 else late_money.send_back)(order)

    def late_after_release(self) -> None:
        order = self.ended()
        wallets.release_hold(order)
        factories.pay(order)
        late_money.use(order)

    def twice(self) -> None:
        factories.pay(self.paid())

    # Classes

    def class_held(self, gross_paise: int = PRICE) -> UUID:
        order = self.paid(amount_paise=gross_paise)
        terms = {"tutor": self.tutor, "tutor_state": "Kerala", "commission_bps": 1500}
        earnings.recognise(session_id=order.purpose_id, gross_paise=gross_paise, **terms)
        earnings.release(session_id=order.purpose_id, tutor=self.tutor)
        return order.purpose_id

    def cancelled_late(self) -> None:
        terms = {"tutor": self.tutor, "tutor_state": "Kerala"}
        cancellations.cancelled_late(order=self.paid(), refund_bps=5000, fee_bps=1000, **terms)

    def learner_absent(self) -> None:
        terms = {"tutor": self.tutor, "tutor_state": "Kerala", "commission_bps": 1500}
        cancellations.learner_absent(order=self.paid(), due_bps=5000, **terms)

    def tutor_failed(self) -> None:
        """The penalty is more than the tutor has, so that part of it is owed and recovered."""
        paise = earnings.summary(self.tutor).available_paise + 1_234
        terms = {"goodwill_paise": 2_500, "penalty_paise": paise}
        cancellations.tutor_failed(order=self.paid(), tutor=self.tutor, **terms)
        self.class_held()

    def reversed(self) -> None:
        session = self.class_held()
        paise = self.chance.choice([PRICE, 33_333])
        earnings.reverse(session_id=session, gross_paise=paise, cause=f"case:{uuid7()}")

    def frozen(self) -> None:
        session = self.class_held()
        freezes.freeze(session_id=session, cause=f"case:{session}")
        freezes.lift(cause=f"case:{session}")

    # Money that goes back

    def sent_back(self, status: str, **values: object) -> Refund:
        refund = refunds.refund_order(self.paid(), reason="test", **values).gateway_refund
        refunds.record(refund, {"id": factories.rzp_id("rfnd"), "status": status})
        refund.refresh_from_db()
        return refund

    def refund_processed(self) -> None:
        self.sent_back("processed", amount_paise=60_000)

    def refund_failed(self) -> None:
        refund_decisions.to_wallet(self.sent_back("failed"), by=self.family)

    def refund_retried(self) -> None:
        refund_decisions.retry(self.sent_back("failed"), by=self.finance)

    def topup_refunded(self) -> None:
        self.make_solvent(50_000)
        order = self.top_up().order
        refund_decisions.decide(order, by=self.finance, to_wallet=False)

    def outside(self, payment: Payment, resolution: str, paise: int) -> None:
        entity = {"id": factories.rzp_id("rfnd"), "amount": paise}
        with transaction.atomic():
            found = external_refunds.book(Payment.objects.locked().get(pk=payment.pk), entity)
            external_refunds.resolve(found, resolution=resolution, by=self.finance)

    def outside_from_class(self) -> None:
        self.outside(self.paid().payments.get(), "order", 44_000)

    def outside_from_wallet(self) -> None:
        self.make_solvent(44_000)
        self.outside(self.paid().payments.get(), "wallet", 44_000)

    def outside_for_failed(self) -> None:
        """Our refund failed because somebody had sent the money back at Razorpay."""
        refund = self.sent_back("failed")
        self.outside(refund.payment, "order", refund.amount_paise)

    def taken_by_bank(self, payment: Payment) -> None:
        entity = {
            "id": factories.rzp_id("disp"),
            "payment_id": payment.razorpay_payment_id,
            "amount": payment.amount_paise,
            "amount_deducted": payment.amount_paise,
            "status": "lost",
        }
        disputes.apply(entity)

    def bank_takes_class(self) -> None:
        self.taken_by_bank(self.paid().payments.get())

    def bank_takes_topup(self) -> None:
        """After all of it was spent, so that it is owed until the next money comes."""
        payment = self.top_up()
        left = wallets.balance(self.family).total_paise
        factories.make_order(payer=self.family, amount_paise=left, method="wallet")
        self.taken_by_bank(payment)
        factories.fund_wallet(self.family, 60_000)

    def bank_takes_credited(self) -> None:
        """The family took a failed refund as credit, then its bank took the payment back."""
        refund = self.sent_back("failed")
        refund_decisions.to_wallet(refund, by=self.family)
        self.taken_by_bank(refund.payment)

    def bank_takes_refunded(self) -> None:
        """Its bank took the payment back while our refund was on its way, which then failed."""
        refund = self.sent_back("pending")
        self.taken_by_bank(refund.payment)
        entity = {"id": refund.razorpay_refund_id, "status": "failed"}
        refunds.record(refund, entity)

    def loss_covered(self) -> None:
        """We bore a refund from outside, and then the class was called off."""
        order = self.paid()
        self.outside(order.payments.get(), "loss", 44_000)
        orders.return_paid(order)

    def make_solvent(self, paise: int) -> None:
        """Enough in the wallet for what follows, whatever was owed."""
        while wallets.balance(self.family).cash_paise < paise:
            self.top_up()

    # Tutors and we

    def credits(self) -> None:
        factories.give_credits(self.tutor)
        lead = uuid7()
        credits.claim(tutor=self.tutor, lead_id=lead)
        credits.refund(tutor=self.tutor, lead_id=lead)

    def payout(self) -> Payout:
        while earnings.summary(self.tutor).available_paise < 80_000:
            self.class_held()
        return payouts.request(tutor=self.tutor, amount_paise=80_000, by=self.tutor)

    def payout_rejected(self) -> None:
        payouts.reject(self.payout(), by=self.finance, reason="Please check the account.")

    def said_of(self, payout: Payout, status: str) -> None:
        payout.refresh_from_db()
        entity = {"id": payout.razorpay_payout_id or factories.rzp_id("pout"), "amount": 80_000}
        about = {"reference_id": payout.reference, "fees": 590, "tax": 90, "status": status}
        payouts.apply({**entity, **about})

    def paid_out(self) -> Payout:
        factories.fund_float()
        payout = payouts.approve(self.payout(), by=self.finance)
        payout.move_to(Payout.Status.SENDING)
        self.said_of(payout, "processed")
        return payout

    def payout_reversed(self) -> None:
        self.said_of(self.paid_out(), "reversed")

    def our_own(self) -> None:
        """What concerns nobody's statement."""
        factories.fund_float()
        answer = {"is_open": False, "has_failed": False, "is_active": True, "note": ""}
        names = {"account_id": "fa_1", "registered_name": self.method.holder_name}
        check = Check(id=factories.rzp_id("fav"), spent_paise=100, **answer, **names)
        payout_checks.record(self.method.pk, check)
        now = int(clock.now().timestamp())
        settlements.book({"id": factories.rzp_id("setl"), "amount": 1_000, "created_at": now})
