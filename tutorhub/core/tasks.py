"""What the relay and beat publish."""

from uuid import UUID

from celery import shared_task

from tutorhub.core import audit_seals, idempotency, outbox, sweeping


@shared_task(name="core.deliver")
def deliver(row_id: str) -> None:
    """Attempt one outbox row. A failure is on the row, which the relay brings back."""
    outbox.attempt(UUID(row_id))


@shared_task(name="core.forget_idempotency_keys")
def forget_idempotency_keys() -> None:
    """Delete the keys of requests whose 24 hours are over."""
    idempotency.forget_old()


@shared_task(name="core.sweep_files")
def sweep_files() -> None:
    """Delete uploads that were never taken in, and files that no row knows."""
    sweeping.sweep()


@shared_task(name="core.seal_audit")
def seal_audit() -> None:
    """Put the next seals on the audit trail."""
    audit_seals.seal()
