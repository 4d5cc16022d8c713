"""What a page of results shows of each tutor, by one statement and without model instances.

Prefetching the same through the ORM took longer than the search itself.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.urls import reverse

from tutorhub.core import clock, storage
from tutors.models import Badge
from tutors.models.profiles import average_rating

STATEMENT = """
SELECT t.id, t.slug, u.name, t.headline, t.city, t.languages, t.rating_sum, t.rating_count,
       t.minutes_taught, t.experience_years,
       (SELECT p.public_id FROM tutors_tutorphoto p
         WHERE p.tutor_id = t.id AND p.status = 'SHOWN'), t.trial_minutes,
       (SELECT json_agg(json_build_array(o.subject_id, o.boards, o.grade_min, o.grade_max)
                        ORDER BY o.id)
          FROM tutors_offering o WHERE o.tutor_id = t.id),
       (SELECT json_agg(json_build_array(b.claim, b.checked_on, b.valid_until)
                        ORDER BY b.checked_on, b.id)
          FROM tutors_badge b
         WHERE b.tutor_id = t.id AND (b.valid_until IS NULL OR b.valid_until >= %(today)s))
  FROM tutors_tutorprofile t JOIN accounts_user u ON u.id = t.user_id
 WHERE t.id = ANY(%(ids)s) AND t.status = 'APPROVED' AND u.is_active
   AND t.listed_until >= %(today)s
"""


class Offer(NamedTuple):
    """A subject that is taught to some classes of some boards (slug and codes)."""

    subject: str
    boards: list[str]
    grade_min: int
    grade_max: int

    def teaches(self, *, subject: str = "", grade: int | None = None, board: str = "") -> bool:
        """Whether this is for that subject (slug), class and board (code), where given."""
        return (
            (not subject or self.subject == subject)
            and (grade is None or self.grade_min <= grade <= self.grade_max)
            and (not board or board in self.boards)
        )


class Mark(NamedTuple):
    """A badge in force."""

    claim: str
    checked_on: date
    valid_until: date | None

    @property
    def label(self) -> str:
        return str(Badge.Claim(self.claim).label)


class Card(NamedTuple):
    """A listed tutor as results show one."""

    id: UUID
    slug: str
    name: str
    headline: str
    city: str
    languages: list[str]
    rating_sum: int
    rating_count: int
    minutes_taught: int
    experience_years: int
    photo: UUID | None
    """The public name of the photo on show."""
    trial_minutes: int | None
    offers: list[Offer]
    badges: list[Mark]

    @property
    def rating(self) -> float | None:
        return average_rating(self.rating_sum, self.rating_count)

    @property
    def hours_taught(self) -> int:
        return self.minutes_taught // 60

    @property
    def photo_url(self) -> str | None:
        return storage.public_url(self.photo, "336.jpg") if self.photo else None

    @property
    def has_trial(self) -> bool:
        return self.trial_minutes is not None

    def get_absolute_url(self) -> str:
        return reverse("tutors:tutor-detail", args=[self.slug])


def cards(ids: Sequence[UUID]) -> dict[UUID, Card]:
    """Those of these tutors who are listed."""
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, {"ids": list(ids), "today": clock.today()})
        return {row[0]: _card(row) for row in cursor.fetchall()}


def _card(row: Sequence[Any]) -> Card:
    offers, badges = row[-2:]
    return Card._make(
        [
            *row[:-2],
            [Offer(*offer) for offer in offers or ()],
            [_mark(*mark) for mark in badges or ()],
        ]
    )


def _mark(claim: str, checked_on: str, valid_until: str | None) -> Mark:
    last_day = date.fromisoformat(valid_until) if valid_until else None
    return Mark(claim, date.fromisoformat(checked_on), last_day)
