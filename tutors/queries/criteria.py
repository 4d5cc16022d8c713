"""What somebody looks for."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from curriculum.models import Board, Language, Subject
from tutors.models import FreeHours

ANY_HOUR = FreeHours()


class Mode(models.TextChoices):
    ONLINE = "online", _("online")
    HOME = "home", _("at home")
    EITHER = "either", _("online or at home")


class Sort(models.TextChoices):
    MATCH = "match", _("Best match")
    PRICE = "price", _("Price")
    RATING = "rating", _("Rating")
    DISTANCE = "distance", _("Distance")


class Located(Protocol):
    """What has a point: a place, a city."""

    @property
    def latitude(self) -> float: ...

    @property
    def longitude(self) -> float: ...


class Point(NamedTuple):
    latitude: float
    longitude: float

    @classmethod
    def of(cls, located: Located) -> "Point":
        return cls(located.latitude, located.longitude)


Groups = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Names:
    """Of each group of words a tutor has one. `tutors` are all who do, or None if many do.

    `instead_of` is what was typed if other spellings stand for it.
    """

    groups: Groups
    tutors: tuple[UUID, ...] | None
    instead_of: str = ""

    @property
    def text(self) -> str:
        """The first spelling of each word."""
        return " ".join(group[0] for group in self.groups)


@dataclass(frozen=True)
class SearchCriteria:
    """Filters that are None or empty do not filter. Amounts in paise per hour, distances in km.

    Of `free_hours` one is enough. With a `point`, a home visit counts only where it lies inside the
    tutor's own radius.
    """

    subject: Subject | None = None
    grade: int | None = None
    board: Board | None = None
    mode: str = Mode.EITHER
    budget_max_paise: int | None = None
    point: Point | None = None
    within_km: float | None = None
    gender: str = ""
    language: Language | None = None
    min_rating: float | None = None
    has_trial: bool = False
    free_hours: FreeHours = ANY_HOUR
    names: Names | None = None
    sort: str = Sort.MATCH


def free_hours(*, day: int | None, first: int | None, last: int | None) -> FreeHours:
    """The hours from `first` up to `last` on a day of the week, or any hour if nothing is said."""
    if day is None and first is None and last is None:
        return ANY_HOUR
    return FreeHours.between(day=day, from_hour=first or 0, to_hour=24 if last is None else last)
