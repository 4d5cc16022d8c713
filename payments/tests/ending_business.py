"""How random business ends: no more faults, and everything that was begun is brought to its end."""

import contextlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from payments.models import (
    Earning,
    ExternalRefund,
    GatewayDispute,
    LedgerAccount,
    Payment,
    PaymentOrder,
    Payout,
    Refund,
)
from payments.services import (
    captures,
    earnings,
    external_refunds,
    late_money,
    ledger,
    orders,
    payouts,
    refund_decisions,
    refunds,
)
from payments.services.reconciling import holds, leftovers, outgoing, sweep, tolerance
from payments.services.reconciling import orders as late_orders
from payments.services.reconciling import settlements as settlement_report
from payments.simulator.payments import return_uncaptured
from payments.tests.random_business import Business
from payments.tests.random_chargebacks import ENDS
from payments.tests.random_world import REFUSALS, Order
from tutorhub.core import clock, outbox
from tutorhub.core.models import OutboxRow


class EndingBusiness(Business):
    """Random business that can come to rest."""

    def quiesce(self) -> None:
        """No more faults: everything that was begun is brought to its end, as time would."""
        self.simulator.simulator.faults.clear()
        for refund in self.books.all("refunds", status="pending"):
            self.simulator.refund(refund["id"], "processed")
        while live := self.live_disputes():
            self.decide(live[0], ENDS)
        self.simulator.settle()
        # The settlement report of a day is read when the day is over.
        ended = self.now
        for hours in range(48, 96, 4):
            self._set_clock(ended + timedelta(hours=hours))
            with clock.at(self.now):
                self._bring_to_end()
                if self._is_at_rest():
                    return
        raise AssertionError(f"no rest: {self._left()}; {self._stuck()}; refused: {self.refused}")

    def _bring_to_end(self) -> None:
        self.fetch()
        while self.waiting:
            self.post(self.waiting.pop())
        with contextlib.suppress(*REFUSALS):
            outbox.drain(50)
        for order in PaymentOrder.objects.live():
            late_orders.check(order.pk)
        for order in PaymentOrder.objects.live():
            close = orders.expire_for
            close(purpose=order.purpose, purpose_id=order.purpose_id)
        for payment in self.simulator.simulator.books.all("payments", status="authorized"):
            return_uncaptured(self.simulator.simulator.books, payment)
        holds.reconcile()
        sweep.reconcile()
        outgoing.reconcile()
        tolerance.each(leftovers.stuck_events(), leftovers.check_event)
        tolerance.each(leftovers.payments_without_fee(), captures.apply_capture)
        settlement_report.reconcile()
        for act in self._endings():
            act()

    def _endings(self) -> Iterator[Callable[[], object]]:
        """What a person still has to do, one thing after the other."""
        yield from self._end_incoming()
        yield from self._end_refunds()
        yield from self._end_payouts()
        for session in self.sessions:
            if held := ledger.balance("session_escrow", session):
                yield self._tried(self._empty_escrow, session, held)
        for earning in Earning.objects.filter(status=Earning.Status.HELD):
            yield self._tried(earnings.release, session_id=earning.session_id, tutor=earning.tutor)

    def _end_incoming(self) -> Iterator[Callable[[], object]]:
        for order in PaymentOrder.objects.filter(status=Order.PAID_LATE):
            yield self._tried(late_money.send_back, order)
        for payment in Payment.objects.filter(place=Payment.Place.UNAPPLIED):
            yield self._tried(refund_decisions.return_set_aside, payment, by=self.finance)

    def _end_refunds(self) -> Iterator[Callable[[], object]]:
        by = self.finance
        for external in ExternalRefund.objects.filter(resolution=""):
            yield self._tried(external_refunds.resolve, external, resolution="order", by=by)
            yield self._tried(external_refunds.resolve, external, resolution="loss", by=by)
        for refund in Refund.objects.filter(status=Refund.Status.PENDING):
            yield self._tried(self.simulator.refund, refund.razorpay_refund_id, "processed")
        for refund in Refund.objects.filter(status=Refund.Status.FAILED, retried_by=None):
            payer = refund.payment.order.payer
            yield self._tried(refund_decisions.to_wallet, refund, by=payer)
            yield self._tried(refund_decisions.retry, refund, by=by)

    def _end_payouts(self) -> Iterator[Callable[[], object]]:
        for payout in Payout.objects.filter(status=Payout.Status.REQUESTED):
            yield self._tried(payouts.approve, payout, by=self.finance)
        for payout in Payout.objects.filter(razorpay_payout_id__isnull=False).in_flight():
            yield self._tried(self.simulator.payout, payout.razorpay_payout_id, "processed")

    def _empty_escrow(self, session: UUID, held: int) -> None:
        """What is still held for a class goes back, as far as it did not go back outside.

        The rest was our loss to bear, and is the tutor's for the class.
        """
        order = self.order_of(session)
        left = min(held, order.total_paise - order.refunded_paise)
        if left:
            refunds.refund_order(order, amount_paise=left, reason="the end", by=self.finance)
        if held > left:
            tutor = self.sessions[session][1]
            earnings.recognise(
                session_id=session,
                tutor=tutor,
                tutor_state="Kerala",
                gross_paise=held - left,
                commission_bps=1500,
            )

    def _is_at_rest(self) -> bool:
        return not self._left()

    def _left(self) -> dict[str, int]:
        holds = [
            *("session_escrow", "wallet_hold", "promo_hold", "payout_pending", "refund_payable"),
            *("unapplied", "external_refund_suspense", "tutor_held"),
        ]
        self.fetch()
        counts = {
            code: LedgerAccount.objects.filter(code=code).exclude(balance=0).count()
            for code in holds
        }
        counts["outbox"] = OutboxRow.objects.filter(done_at__isnull=True).count()
        counts["webhooks"] = len(self.waiting)
        counts["disputes"] = GatewayDispute.objects.live().count()
        return {name: count for name, count in counts.items() if count}

    @staticmethod
    def _stuck() -> list[str]:
        """The refunds that have not ended and the work that was not done, for whoever looks."""
        ended = [Refund.Status.PROCESSED, Refund.Status.CREDITED]
        refunds_left = Refund.objects.exclude(status__in=ended).filter(retried_by=None)
        return [
            *(
                f"refund {refund.status} of {refund.amount_paise} after {refund.retries_id},"
                f" payment {refund.payment.place} {refund.payment.status}"
                for refund in refunds_left.select_related("payment")
            ),
            *(
                f"{row.handler} tried {row.tries}, dead {row.dead_at}: {row.last_error}"
                for row in OutboxRow.objects.filter(done_at__isnull=True)
            ),
        ]

    @staticmethod
    def _tried(act: Callable[..., object], *args: Any, **kwargs: Any) -> Callable[[], object]:
        def attempt() -> None:
            with contextlib.suppress(*REFUSALS):
                act(*args, **kwargs)

        return attempt
