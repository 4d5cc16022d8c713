"""What beat starts."""

from celery import shared_task

from accounts.services import alarms, erasures


@shared_task(name="accounts.watch_codes")
def watch_codes() -> None:
    """Tell staff when paid codes stay unused."""
    alarms.watch_codes()


@shared_task(name="accounts.watch_requests")
def watch_requests() -> None:
    """Tell staff when an erasure, a copy or a complaint is overdue."""
    erasures.watch()
