"""What beat starts."""

from celery import shared_task

from accounts.services import alarms, clearing


@shared_task(name="accounts.clear_out")
def clear_out() -> None:
    """Delete sessions, codes, token families and devices whose time is over."""
    clearing.clear_out()


@shared_task(name="accounts.watch_codes")
def watch_codes() -> None:
    """Tell staff when paid codes stay unused."""
    alarms.watch_codes()
