"""What the relay and beat publish."""

from uuid import UUID

from celery import shared_task

from tutorhub.core import outbox, retention


@shared_task(name="core.deliver")
def deliver(row_id: str) -> None:
    """Attempt one outbox row. A failure is on the row, which the relay brings back."""
    outbox.attempt(UUID(row_id))


@shared_task(name="core.clear_out")
def clear_out() -> None:
    """Delete or empty what is older than its rule allows."""
    retention.clear_all()
