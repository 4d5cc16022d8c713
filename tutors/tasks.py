"""What beat starts."""

from celery import shared_task

from tutors.services import badges, documents, photos, saved, spellings


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


@shared_task(name="tutors.tell_saved_searches")
def tell_saved_searches() -> None:
    """Once a day; a beat that was down asks later, and once."""
    saved.ask_for_all()


@shared_task(name="tutors.forget_search_words")
def forget_search_words() -> None:
    """Words of names that nobody has any more."""
    spellings.forget_unused()
