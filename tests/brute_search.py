"""Search as one would write it without a database that is large: look at everybody, sort, cut."""

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from tutorhub.core import clock, places
from tutors.models import Offering, TutorProfile
from tutors.queries import Mode, SearchCriteria, Sort, score


class Found(NamedTuple):
    key: int
    tutor_id: UUID
    rate: int
    is_home: bool


def everybody() -> list[TutorProfile]:
    tutors = TutorProfile.objects.order_by("pk")
    return list(tutors.select_related("user").prefetch_related("offerings"))


def search(tutors: list[TutorProfile], criteria: SearchCriteria) -> list[Found]:
    """The best offering of every tutor who fits, in order."""
    found = []
    for tutor in tutors:
        if not _fits(tutor, criteria):
            continue
        km = (
            places.distance_km(*criteria.point, tutor.latitude, tutor.longitude)
            if criteria.point
            else None
        )
        if km is not None and criteria.within_km and km > criteria.within_km:
            continue
        offers = [
            (_key(tutor, rate, is_home, km, criteria), rate, offering.pk, is_home)
            for offering in tutor.offerings.all()
            if _teaches(offering, criteria)
            for is_home, rate in _rates(tutor, offering, km, criteria)
        ]
        if offers:
            key, rate, _, is_home = min(offers)
            found.append(Found(key, tutor.pk, rate, is_home))
    return sorted(found)


def _fits(tutor: TutorProfile, criteria: SearchCriteria) -> bool:
    average = (
        tutor.rating_sum * 1000 // tutor.rating_count
        if tutor.rating_count >= settings.REVIEWS_FOR_AVERAGE
        else 0
    )
    return all(
        [
            tutor.status == TutorProfile.Status.APPROVED and tutor.user.is_active,
            tutor.listed_until is not None and tutor.listed_until >= clock.today(),
            criteria.gender in {"", tutor.gender},
            criteria.language is None or criteria.language.pk in tutor.languages,
            criteria.min_rating is None or average >= round(criteria.min_rating * 1000),
            not criteria.has_trial or tutor.trial_minutes is not None,
            not criteria.free_hours or bool(criteria.free_hours & tutor.free_hours),
        ]
    )


def _teaches(offering: Offering, criteria: SearchCriteria) -> bool:
    return all(
        [
            criteria.subject is None or offering.subject_id == criteria.subject.pk,
            criteria.grade is None or offering.grade_min <= criteria.grade <= offering.grade_max,
            criteria.board is None or criteria.board.pk in offering.boards,
        ]
    )


def _rates(
    tutor: TutorProfile, offering: Offering, km: float | None, criteria: SearchCriteria
) -> Iterator[tuple[bool, int]]:
    comes = tutor.radius_km > 0 and (km is None or km <= tutor.radius_km)
    for is_home, rate in ((False, offering.online_rate_paise), (True, offering.home_rate_paise)):
        wanted = {Mode.ONLINE: not is_home, Mode.HOME: is_home, Mode.EITHER: True}
        if rate is None or not wanted[Mode(criteria.mode)] or (is_home and not comes):
            continue
        if criteria.budget_max_paise is None or rate <= criteria.budget_max_paise:
            yield is_home, rate


def _key(
    tutor: TutorProfile, rate: int, is_home: bool, km: float | None, criteria: SearchCriteria
) -> int:
    if criteria.sort == Sort.PRICE:
        return rate
    if criteria.sort == Sort.RATING:
        proven = tutor.rating_count >= settings.REVIEWS_FOR_AVERAGE
        return 5000 - (tutor.rating_sum * 1000 // tutor.rating_count if proven else 0)
    if criteria.sort == Sort.DISTANCE:
        assert km is not None
        return round(km * 1_000_000)
    points = (
        score.rating_points(tutor.rating_sum, tutor.rating_count)
        + score.hours_points(tutor.minutes_taught)
        + score.years_points(tutor.experience_years)
        + score.price_points(rate)
    )
    if km is not None:
        points += score.near_points(km) if is_home else score.ONLINE_POINTS
    return 750 - points
