"""The wishes of a search as conditions on entries, and the values they take.

Sets are bits: grades, boards, languages and hours. A condition of the form `(bits & wish) <> 0` is
one that PostgreSQL expects to hold for nearly every row, so that it reads an index in the order
wanted and stops early, instead of fetching everything and sorting.
"""

from typing import Any

from tutorhub.core import clock
from tutors.models.hours import HOURS_A_WEEK
from tutors.models.profiles import TutorProfile
from tutors.queries.criteria import Mode, Point, SearchCriteria
from tutors.queries.score import ONLINE_POINTS

GENDERS = {
    TutorProfile.Gender.FEMALE: 1,
    TutorProfile.Gender.MALE: 2,
    TutorProfile.Gender.OTHER: 3,
}
NOBODY = f"B'{'0' * HOURS_A_WEEK}'"


def of_offering(criteria: SearchCriteria, entry: str) -> str:
    """What one offering has to fit, for the entry of that name in the statement."""
    return _joined(
        (criteria.subject, f"{entry}.subject = %(subject)s"),
        (criteria.grade, f"({entry}.grades & %(grade)s) <> 0"),
        (criteria.board, f"({entry}.boards & %(board)s) <> 0"),
        (criteria.budget_max_paise, f"{entry}.rate <= %(budget)s"),
    )


def of_tutor(criteria: SearchCriteria, entry: str) -> str:
    """What holds for all entries of a tutor or for none."""
    return " AND ".join(
        [
            f"{entry}.listed_until >= %(today)s",
            _joined(
                (criteria.gender, f"{entry}.gender = %(gender)s"),
                (criteria.language, f"({entry}.languages & %(language)s) <> 0"),
                (criteria.min_rating, f"{entry}.rating_gap <= %(rating_gap)s"),
                (criteria.has_trial, f"{entry}.has_trial"),
                (criteria.names, _named(criteria, entry)),
                (criteria.free_hours, f"({entry}.free_hours & %(hours)s::bit(168)) <> {NOBODY}"),
            ),
        ]
    )


def _named(criteria: SearchCriteria, entry: str) -> str:
    """The words of the tutor: by the list of those who have them, or asked of each."""
    if criteria.names is None or criteria.names.tutors is not None:
        return f"{entry}.tutor_id = ANY(%(named)s::uuid[])"
    words = " AND ".join(
        [f"n.words && %(words_{nr})s::text[]" for nr, _ in enumerate(criteria.names.groups)]
    )
    # Not EXISTS, of which PostgreSQL might make a join that reads everybody with the words.
    return f"(SELECT {words} FROM tutors_searchname n WHERE n.tutor_id = {entry}.tutor_id)"  # noqa: S608


def _joined(*wishes: tuple[Any, str]) -> str:
    return " AND ".join([condition for wanted, condition in wishes if wanted] or ["true"])


def values(criteria: SearchCriteria) -> dict[str, Any]:
    """A value for each name that the conditions and statements may use."""
    point, names = criteria.point or Point(0, 0), criteria.names
    return {
        "named": list(names.tutors or ()) if names else [],
        **{f"words_{nr}": list(group) for nr, group in enumerate(names.groups if names else ())},
        "today": clock.today(),
        "subject": criteria.subject.number if criteria.subject else None,
        "grade": 1 << criteria.grade if criteria.grade else None,
        "board": 1 << criteria.board.number if criteria.board else None,
        "budget": criteria.budget_max_paise,
        "gender": GENDERS.get(TutorProfile.Gender(criteria.gender)) if criteria.gender else None,
        "language": 1 << criteria.language.number if criteria.language else None,
        "rating_gap": 5000 - round(criteria.min_rating * 1000) if criteria.min_rating else None,
        "hours": criteria.free_hours.bits(),
        "latitude": point.latitude,
        "longitude": point.longitude,
        "within": criteria.within_km,
        "online_points": ONLINE_POINTS if criteria.point else 0,
    }


def of_mode(criteria: SearchCriteria, entry: str) -> str:
    return {
        Mode.ONLINE: f"NOT {entry}.is_home",
        Mode.HOME: f"{entry}.is_home",
        Mode.EITHER: "true",
    }[Mode(criteria.mode)]
