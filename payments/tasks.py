"""What beat starts."""

from celery import shared_task

from payments.services import captures, payout_checks, payouts, reconciling
from tutorhub.core import clock


@shared_task(name="payments.reconcile_orders")
def reconcile_orders() -> None:
    """R1: orders that no webhook told us about."""
    reconciling.each(reconciling.due_orders(), reconciling.check_order)


@shared_task(name="payments.process_gateway_events")
def process_gateway_events() -> None:
    """Events that the outbox has not got through with."""
    reconciling.each(reconciling.stuck_events(), reconciling.check_event)


@shared_task(name="payments.reconcile_money_out")
def reconcile_money_out() -> None:
    """R3: refunds and payouts without an answer."""
    reconciling.each(reconciling.unsettled_refunds(), reconciling.check_refund)
    reconciling.each(reconciling.unsettled_payouts(), reconciling.check_payout)


@shared_task(name="payments.book_fees")
def book_fees() -> None:
    """Fees that were not known when the money came."""
    reconciling.each(reconciling.payments_without_fee(), captures.apply_capture)


@shared_task(name="payments.plan_weekly_payouts")
def plan_weekly_payouts() -> None:
    """On Mondays, a payout for every tutor who wants one each week."""
    payouts.plan_weekly(clock.today())


@shared_task(name="payments.check_payout_methods")
def check_payout_methods() -> None:
    """Accounts that the bank has not said anything about."""
    payout_checks.ask_again()
