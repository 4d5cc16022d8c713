"""Why a tutor was found, in words, and what each part of the score gave, in points."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from curriculum.queries import catalogue
from tutorhub.core import memo
from tutorhub.core.money import rupees
from tutors.queries import score
from tutors.queries.cards import Card, Offer
from tutors.queries.criteria import SearchCriteria

HOURS_WORTH_SAYING = 100
YEARS_WORTH_SAYING = 3
SAME_AREA_KM = 0.5


def reasons(tutor: Card, criteria: SearchCriteria, *, distance_km: float | None) -> list[str]:
    """Phrases to put between commas. `distance_km` is said only where the criteria have a point."""
    said = [
        _teaches(tutor, criteria),
        _away(distance_km) if criteria.point and distance_km is not None else "",
        _("within your budget") if criteria.budget_max_paise else "",
        _("speaks %(language)s") % {"language": criteria.language.name}
        if criteria.language
        else "",
        _record(tutor),
    ]
    return [phrase for phrase in said if phrase]


@dataclass(frozen=True)
class Part:
    """One part of the score; `text` says what the points are for."""

    code: str
    points: int
    most: int
    text: str


def score_parts(
    tutor: Card, criteria: SearchCriteria, *, is_home: bool, rate_paise: int, km: float | None
) -> list[Part]:
    """The parts that add up to the score, largest possible first."""
    parts = [
        _rating_part(tutor.rating, tutor.rating_sum, tutor.rating_count),
        _price_part(rate_paise),
        _hours_part(tutor.minutes_taught),
        _years_part(tutor.experience_years),
    ]
    if criteria.point is None:
        return parts
    if is_home and km is not None:
        near = Part("near", score.near_points(km), score.MAX_NEAR_POINTS, _away(round(km, 1)))
    else:
        near = _online_part()
    return [parts[0], near, *parts[1:]]


@memo.in_each_language(size=4096)
def _rating_part(rating: float | None, stars: int, reviews: int) -> Part:
    if rating is None:
        text = _("too few reviews for an average, counted as 4.2")
    else:
        text = _stars(rating, reviews)
    return Part("rating", score.rating_points(stars, reviews), 350, text)


@memo.in_each_language(size=4096)
def _price_part(rate_paise: int) -> Part:
    text = _("%(price)s an hour") % {"price": rupees(rate_paise)}
    return Part("price", score.price_points(rate_paise), 150, text)


@memo.in_each_language(size=4096)
def _hours_part(minutes: int) -> Part:
    hours = minutes // 60
    text = ngettext("%(count)d hour taught", "%(count)d hours taught", hours) % {"count": hours}
    return Part("hours", score.hours_points(minutes), 150, text)


@memo.in_each_language(size=128)
def _years_part(years: int) -> Part:
    text = ngettext("%(count)d year of experience", "%(count)d years of experience", years)
    return Part("years", score.years_points(years), 100, text % {"count": years})


@memo.in_each_language(size=8)
def _online_part() -> Part:
    text = _("online, so no way to go")
    return Part("near", score.ONLINE_POINTS, score.MAX_NEAR_POINTS, text)


@memo.in_each_language(size=4096)
def _stars(rating: float, reviews: int) -> str:
    return ngettext(
        "%(rating).1f from %(count)d review", "%(rating).1f from %(count)d reviews", reviews
    ) % {"rating": rating, "count": reviews}


def _teaches(tutor: Card, criteria: SearchCriteria) -> str:
    fitting = [
        offer
        for offer in tutor.offers
        if offer.teaches(
            subject=criteria.subject.pk if criteria.subject else "",
            grade=criteria.grade,
            board=criteria.board.pk if criteria.board else "",
        )
    ]
    if not fitting:
        return ""
    return _taught(
        criteria.subject.name if criteria.subject else _names(fitting),
        criteria.grade,
        criteria.board.code if criteria.board else None,
        min(offer.grade_min for offer in fitting),
        max(offer.grade_max for offer in fitting),
    )


@memo.in_each_language(size=4096)
def _taught(subjects: str, grade: int | None, board: str | None, low: int, high: int) -> str:
    words = {"subject": subjects, "grade": grade, "board": board}
    if board and grade:
        return _("teaches %(board)s class %(grade)s %(subject)s") % words
    if grade:
        return _("teaches class %(grade)s %(subject)s") % words
    if board:
        return _("teaches %(board)s %(subject)s") % words
    return _("teaches %(subject)s to %(classes)s") % {**words, "classes": _classes(low, high)}


def _names(offers: list[Offer]) -> str:
    subjects = catalogue().subjects
    names = list(dict.fromkeys(subjects[offer.subject].name for offer in offers))
    if len(names) <= 2:
        return _(" and ").join(names)
    return _("%(first)s and %(count)d more subjects") % {"first": names[0], "count": len(names) - 1}


def _classes(low: int, high: int) -> str:
    if low == high:
        return _("class %(grade)d") % {"grade": low}
    return _("classes %(low)d-%(high)d") % {"low": low, "high": high}


@memo.in_each_language(size=1024)
def _away(distance_km: float) -> str:
    """Distances are between the middles of PIN codes, so under half a km only the area is sure."""
    if distance_km < SAME_AREA_KM:
        return _("in your area")
    return _("%(km).1f km from you") % {"km": distance_km}


def _record(tutor: Card) -> str:
    """What speaks for the tutor: the stars if there are enough, else hours, else years."""
    if (rating := tutor.rating) is not None:
        return _stars(rating, tutor.rating_count)
    if tutor.hours_taught >= HOURS_WORTH_SAYING:
        return _("%(hours)d hours taught") % {"hours": tutor.hours_taught}
    if tutor.experience_years >= YEARS_WORTH_SAYING:
        return _("%(years)d years of experience") % {"years": tutor.experience_years}
    return ""
