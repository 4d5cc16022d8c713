"""Stars and words after a class."""

from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts.models import User
from marketplace import policies
from marketplace.models import Review, SessionEvent, Side, TutoringSession
from tutorhub.core import audit, clock, outbox
from tutors.services import stats

PUBLISH_JOB = "marketplace.publish_review"


@transaction.atomic
def write(session: TutoringSession, *, by: User, stars: int, text: str = "") -> Review:
    """Rate a released class, once per side. It is shown when both have written, or after a week.

    Raises policies.ReviewRefused or AlreadyReviewed.
    """
    session = TutoringSession.objects.locked().select_related("tutor").get(pk=session.pk)
    policies.check_can_review(session, by)
    review = Review.objects.create(
        session=session,
        tutor=session.tutor,
        side=Side.of(by),
        written_by=by,
        stars=stars,
        text=policies.hide_contacts(text),
    )
    SessionEvent.objects.create(
        session=session, kind=SessionEvent.Kind.REVIEWED, by=by, data={"side": review.side}
    )
    audit.record("review.written", review, by=by)
    both = Review.objects.locked().filter(session=session)
    if len(both) == len(Side) or not settings.REVIEW_HIDDEN_FOR:
        for each in both:
            _show(each)
    else:
        due_at = clock.now() + settings.REVIEW_HIDDEN_FOR
        outbox.later(PUBLISH_JOB, {"review": review.pk}, due_at=due_at, key=f"review:{review.pk}")
    return review


@transaction.atomic
def publish(review_id: UUID) -> None:
    """Show a review whose time of hiding is over. Doing it twice changes nothing."""
    _show(Review.objects.locked().select_related("tutor").get(pk=review_id))


def _show(review: Review) -> None:
    if review.published_at is not None:
        return
    review.published_at = clock.now()
    review.save(update_fields=["published_at"])
    if review.side == Side.FAMILY:
        stats.add_rating(review.tutor, review.stars)
