"""What the relay and beat publish."""

from uuid import UUID

from celery import shared_task

from tutorhub.core import audit_seals, outbox, retention


@shared_task(name="core.deliver")
def deliver(row_id: str) -> None:
    """Attempt one outbox row. A failure is on the row, which the relay brings back."""
    outbox.attempt(UUID(row_id))


@shared_task(name="core.seal_audit")
def seal_audit() -> None:
    """Put the next seals on the audit trail."""
    audit_seals.seal()


@shared_task(name="core.clear_out")
def clear_out() -> None:
    """Ask for what is older than its rule allows to be deleted or emptied."""
    retention.ask()
