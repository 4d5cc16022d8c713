"""The wishes of a search in the shape in which they are kept: plain values that JSON knows.

Amounts are paise, places PIN codes or cities; a point from a browser is kept as the PIN code
nearest to it. Words for names are not kept: whoever looks for one person does not wait for others.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from curriculum.queries import catalogue
from tutorhub.core.cities import cities
from tutorhub.core.models import Place
from tutors.models import TutorProfile
from tutors.queries.criteria import Mode, Names, Point, SearchCriteria, Sort, free_hours
from tutors.queries.search import find_rows

KEPT = (
    "subject",
    "grade",
    "board",
    "mode",
    "budget_max_paise",
    "pin_code",
    "city",
    "within_km",
    "gender",
    "language",
    "min_rating",
    "trial",
    "day",
    "free_from",
    "free_to",
)
MOST_NEW = 500

Wishes = Mapping[str, Any]


def cleaned(asked: Wishes) -> dict[str, Any]:
    """Of checked values those that are kept: models by their keys, and none that says nothing."""
    plain = {name: getattr(value, "pk", value) for name, value in asked.items() if name in KEPT}
    # Not `in`, for which 0 is False: Monday and midnight are wishes.
    wishes = {
        name: value
        for name, value in plain.items()
        if value is not None and value is not False and value != ""
    }
    if wishes.get("mode") == Mode.EITHER:
        del wishes["mode"]
    if "pin_code" in wishes:
        wishes.pop("city", None)
    return wishes


def criteria_of(wishes: Wishes) -> SearchCriteria:
    """What to look for; a wish for something that is not in the catalogue any more is none."""
    offered, point = catalogue(), _point(wishes)
    return SearchCriteria(
        subject=offered.subjects.get(wishes.get("subject", "")),
        grade=wishes.get("grade"),
        board=offered.boards.get(wishes.get("board", "")),
        mode=wishes.get("mode", Mode.EITHER),
        budget_max_paise=wishes.get("budget_max_paise"),
        point=point,
        within_km=wishes.get("within_km") if point else None,
        gender=wishes.get("gender", ""),
        language=offered.languages.get(wishes.get("language", "")),
        min_rating=wishes.get("min_rating"),
        has_trial=wishes.get("trial", False),
        free_hours=free_hours(
            day=wishes.get("day"), first=wishes.get("free_from"), last=wishes.get("free_to")
        ),
        sort=Sort.MATCH,
    )


def newly_listed(wishes: Wishes, *, after: datetime, until: datetime) -> int:
    """How many tutors fit who were approved after one moment and up to another.

    Of more than `MOST_NEW` in that time only the latest are looked at.
    """
    new = (
        TutorProfile.objects.listed()
        .filter(approved_at__gt=after, approved_at__lte=until)
        .order_by("-approved_at")
        .values_list("pk", flat=True)[:MOST_NEW]
    )
    ids = tuple(new)
    if not ids:
        return 0
    criteria = replace(criteria_of(wishes), names=Names((), ids))
    return len(find_rows(criteria, after=None, limit=MOST_NEW))


def _point(wishes: Wishes) -> Point | None:
    if "pin_code" in wishes:
        place = Place.objects.filter(pin_code=wishes["pin_code"]).first()
        return Point.of(place) if place else None
    city = cities().get(wishes.get("city", ""))
    return Point.of(city) if city else None
