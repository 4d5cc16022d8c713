"""What the schedule calls. Each writes outbox rows, so that one failure stops nothing else."""

from celery import shared_task

from marketplace.services import bookings, enquiries, leads, sessions


@shared_task(name="marketplace.expire_unpaid")
def expire_unpaid() -> None:
    bookings.queue_unpaid()
    enquiries.queue_stale()


@shared_task(name="marketplace.release_due")
def release_due() -> None:
    sessions.queue_unended()
    sessions.queue_due()
    leads.queue_refunds()
