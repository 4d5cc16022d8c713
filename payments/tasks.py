"""What beat starts."""

from celery import shared_task

from payments.services import captures, payout_checks, payouts
from payments.services.reconciling import (
    books,
    holds,
    leftovers,
    orders,
    outgoing,
    settlements,
    silence,
    sweep,
    tolerance,
)
from tutorhub.core import clock


@shared_task(name="payments.reconcile_orders")
def reconcile_orders() -> None:
    """R1: orders that no webhook told us about."""
    orders.reconcile()


@shared_task(name="payments.sweep_payments")
def sweep_payments() -> None:
    """R2: every payment at Razorpay."""
    sweep.reconcile()


@shared_task(name="payments.reconcile_money_out")
def reconcile_money_out() -> None:
    """R3: refunds and payouts without an answer, and chargebacks."""
    outgoing.reconcile()


@shared_task(name="payments.reconcile_settlements")
def reconcile_settlements() -> None:
    """R4: the settlement report against our books."""
    settlements.reconcile()


@shared_task(name="payments.release_holds")
def release_holds() -> None:
    """R5: wallet holds past their time."""
    holds.reconcile()


@shared_task(name="payments.check_books")
def check_books() -> None:
    """R6: trial balance and ageing."""
    books.reconcile()


@shared_task(name="payments.notice_silence")
def notice_silence() -> None:
    """R7: no webhook for too long."""
    silence.reconcile()


@shared_task(name="payments.process_gateway_events")
def process_gateway_events() -> None:
    """Events that the outbox has not got through with."""
    tolerance.each(leftovers.stuck_events(), leftovers.check_event)


@shared_task(name="payments.book_fees")
def book_fees() -> None:
    """Fees that were not known when the money came."""
    tolerance.each(leftovers.payments_without_fee(), captures.apply_capture)


@shared_task(name="payments.plan_weekly_payouts")
def plan_weekly_payouts() -> None:
    """On Mondays, a payout for every tutor who wants one each week."""
    payouts.plan_weekly(clock.today())


@shared_task(name="payments.check_payout_methods")
def check_payout_methods() -> None:
    """Accounts that the bank has not said anything about."""
    payout_checks.ask_again()
