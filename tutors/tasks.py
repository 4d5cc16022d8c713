"""What beat starts."""

from celery import shared_task

from tutors.services import documents, photos


@shared_task(name="tutors.forget_uploads")
def forget_uploads() -> None:
    """Uploads that were announced a day ago and never came."""
    documents.forget_abandoned()
    photos.forget_abandoned()
