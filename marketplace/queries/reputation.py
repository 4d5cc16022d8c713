"""What families say about a tutor, and how fast the tutor answers them."""

from dataclasses import dataclass
from statistics import median
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from marketplace.models import Lead, Review

ANSWERS = 20
FEWEST_ANSWERS = 5


@dataclass(frozen=True)
class Stars:
    """How many reviews gave this many stars, and their share in percent."""

    stars: int
    count: int
    percent: int


def reviews_about(tutor_id: UUID, *, after: Review | None = None) -> QuerySet[Review]:
    """What families say about a tutor in public, newest first, without names of children."""
    reviews = (
        Review.objects.shown()
        .about_tutors()
        .filter(tutor_id=tutor_id)
        .select_related("session__subject")
        .order_by("-published_at", "-pk")
    )
    if after is None:
        return reviews
    return reviews.filter(
        Q(published_at__lt=after.published_at) | Q(published_at=after.published_at, pk__lt=after.pk)
    )


def spread_of_stars(tutor_id: UUID) -> list[Stars]:
    """From five stars down to one."""
    shown = Review.objects.shown().about_tutors().filter(tutor_id=tutor_id).order_by()
    counts = dict(shown.values_list("stars").annotate(Count("pk")))
    total = sum(counts.values())
    return [
        Stars(stars, counts.get(stars, 0), 100 * counts.get(stars, 0) // total if total else 0)
        for stars in range(5, 0, -1)
    ]


def usual_response(tutor_id: UUID) -> int | None:
    """Minutes in the middle of the last answers of a tutor, or None while there are too few.

    An answer is a yes or a no; what was never answered has no time.
    """
    answered = Lead.objects.filter(tutor_id=tutor_id, answered_at__isnull=False)
    times = answered.order_by("-answered_at").values_list("created_at", "answered_at")[:ANSWERS]
    waits = [(answer - asked).total_seconds() / 60 for asked, answer in times if answer]
    return max(1, round(median(waits))) if len(waits) >= FEWEST_ANSWERS else None
