"""What beat starts."""

from celery import shared_task

from tutors.services import badges, documents, photos


@shared_task(name="tutors.forget_uploads")
def forget_uploads() -> None:
    """Uploads that were announced a day ago and never came."""
    documents.forget_abandoned()
    photos.forget_abandoned()


@shared_task(name="tutors.watch_badges")
def watch_badges() -> None:
    """Badges that come to their last day, and those that are past it."""
    badges.queue_reminders()
    badges.queue_lapsed()
