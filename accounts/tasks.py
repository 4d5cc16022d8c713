"""What beat starts."""

from datetime import timedelta

from celery import shared_task

from accounts.services import alarms, erasures
from tutorhub.core import audit_seals, clock, retention

CHECKED_BACK = timedelta(days=3)
"""Every night; `manage.py verify_audit` goes through all of it."""


@shared_task(name="accounts.watch_codes")
def watch_codes() -> None:
    """Tell staff when paid codes stay unused."""
    alarms.watch_codes()


@shared_task(name="accounts.check_audit")
def check_audit() -> None:
    """Compare the audit trail of the last days with its seals, and ring if a row was changed."""
    if any(audit_seals.broken(since=clock.now() - CHECKED_BACK)):
        alarms.ring("audit_trail")


@shared_task(name="accounts.watch_chores")
def watch_chores() -> None:
    """Tell staff when what beat does for the whole site falls behind."""
    if audit_seals.is_behind():
        alarms.ring("audit_unsealed")
    if retention.late():
        alarms.ring("clearing_late")


@shared_task(name="accounts.watch_requests")
def watch_requests() -> None:
    """Tell staff when an erasure, a copy or a complaint is overdue."""
    erasures.watch()
