"""Stars and words after a class."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from marketplace import messages, policies
from marketplace.models import Review, SessionEvent, Side, TutoringSession
from tutorhub.core import audit, clock, outbox
from tutorhub.core.errors import Conflict, DomainError
from tutors.services import stats

PUBLISH_JOB = "marketplace.publish_review"
TAKEN_DOWN = ["taken_down_at", "taken_down_by", "taken_down_for"]


class ReasonMissing(DomainError):
    code = "reason_missing"
    message = _("Give a reason: it is kept, and whoever wrote the review is told.")


class AlreadyDown(Conflict):
    code = "already_down"
    message = _("This review is taken down already.")


class NotDown(Conflict):
    code = "not_down"
    message = _("This review is not taken down.")


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


@transaction.atomic
def take_down(review: Review, *, by: User, reason: str) -> Review:
    """Show it no more, and count its stars no more; whoever wrote it is told why.

    Raises NotAllowed, ReasonMissing, or AlreadyDown.
    """
    policies.check_can_moderate(by)
    review = _found(review)
    if review.taken_down_at is not None:
        raise AlreadyDown
    if not reason.strip():
        raise ReasonMissing
    if review.is_shown and review.side == Side.FAMILY:
        stats.remove_rating(review.tutor, review.stars)
    review.taken_down_at, review.taken_down_by = clock.now(), by
    review.taken_down_for = reason.strip()
    review.save(update_fields=TAKEN_DOWN)
    audit.record("review.taken_down", review, by=by, reason=review.taken_down_for)
    messages.review_taken_down(review)
    return review


@transaction.atomic
def put_back(review: Review, *, by: User, reason: str) -> Review:
    """Show it again. Raises NotAllowed, ReasonMissing, or NotDown."""
    policies.check_can_moderate(by)
    review = _found(review)
    if review.taken_down_at is None:
        raise NotDown
    if not reason.strip():
        raise ReasonMissing
    review.taken_down_at = review.taken_down_by = None
    review.taken_down_for = ""
    review.save(update_fields=TAKEN_DOWN)
    if review.is_shown and review.side == Side.FAMILY:
        stats.add_rating(review.tutor, review.stars)
    audit.record("review.put_back", review, by=by, reason=reason.strip())
    return review


def _found(review: Review) -> Review:
    return Review.objects.locked().select_related("tutor", "written_by").get(pk=review.pk)


def _show(review: Review) -> None:
    if review.published_at is not None:
        return
    review.published_at = clock.now()
    review.save(update_fields=["published_at"])
    if review.is_shown and review.side == Side.FAMILY:
        stats.add_rating(review.tutor, review.stars)
