"""What the relay publishes."""

from uuid import UUID

from celery import shared_task

from tutorhub.core import outbox


@shared_task(name="core.deliver")
def deliver(row_id: str) -> None:
    """Attempt one outbox row. A failure is on the row, which the relay brings back."""
    outbox.attempt(UUID(row_id))
