"""Search finds what looking at everybody finds, in the same order, page by page and back."""

import random
from collections.abc import Iterator

import pytest
from django.db import connection

from curriculum.queries import catalogue
from tests import brute_search
from tutorhub.core.models import Place
from tutorhub.site.demo import scale
from tutors import queries
from tutors.models import FreeHours, TutorProfile
from tutors.queries import Mode, Point, SearchCriteria, Sort

CROWD = 3000
QUESTIONS = 120
LIMIT = 7


@pytest.fixture
def crowd(db: None) -> Iterator[list[TutorProfile]]:
    with connection.cursor() as cursor:
        scale.add_rows(cursor, 0, CROWD - 1)
        cursor.execute("ANALYZE tutors_searchentry")
    yield brute_search.everybody()
    with connection.cursor() as cursor:
        cursor.execute("RESET session_replication_role")


def question(chance: random.Random, spots: list[Point]) -> SearchCriteria:
    offered = catalogue()
    sort = chance.choice(Sort.values)
    has_place = sort == Sort.DISTANCE or chance.random() < 0.7

    def maybe(share: float, value: object) -> object:
        return value if chance.random() < share else None

    return SearchCriteria(
        subject=maybe(0.6, offered.subjects[chance.choice(["maths", "physics", "yoga"])]),
        grade=maybe(0.5, chance.randint(1, 12)),
        board=maybe(0.4, offered.boards[chance.choice(["CBSE", "CBSE", "IB", "KSEAB"])]),
        mode=chance.choice(Mode.values),
        budget_max_paise=maybe(0.3, chance.choice([300_00, 500_00, 900_00])),
        point=chance.choice(spots) if has_place else None,
        within_km=chance.choice([5.0, 30.0, 400.0])
        if has_place and chance.random() < 0.2
        else None,
        gender=chance.choice(["", "", "", "female", "male"]),
        language=maybe(0.15, offered.languages[chance.choice(["hi", "kn"])]),
        min_rating=maybe(0.15, chance.choice([3.5, 4.5])),
        has_trial=chance.random() < 0.1,
        free_hours=FreeHours.between(day=chance.randrange(7), from_hour=17, to_hour=19)
        if chance.random() < 0.15
        else FreeHours(),
        sort=sort,
    )


@pytest.mark.slow
def test_search_equals_looking_at_everybody(crowd: list[TutorProfile]) -> None:
    chance = random.Random(11)
    dense = Place.objects.filter(city="Bengaluru").order_by("pk")[:40:8]
    spots = [Point.of(p) for p in [*dense, Place.objects.get(pk="110001")]]
    spots.append(Point(spots[0].latitude + 0.05, spots[0].longitude - 0.05))
    walked = 0
    for number in range(QUESTIONS):
        criteria = question(chance, spots)
        expected = brute_search.search(crowd, criteria)
        pages, after = [], None
        while len(pages) < 4:
            page = queries.search(criteria, after=after, limit=LIMIT)
            pages.append(page)
            if page.next is None:
                break
            after = page.next
        said = f"question {number}: {criteria}"
        got = [(r.tutor.id, r.rate_paise, r.mode) for page in pages for r in page.results]
        wanted = [
            (found.tutor_id, found.rate, Mode.HOME if found.is_home else Mode.ONLINE)
            for found in expected[: LIMIT * len(pages)]
        ]
        _expect(got == wanted, said)
        _expect((pages[-1].next is None) == (len(expected) <= LIMIT * len(pages)), said)
        walked += len(got)
        _check_the_way_back(criteria, pages, said)
        if criteria.sort == Sort.MATCH:
            scores = [750 - found.key for found in expected[: len(got)]]
            _expect([r.score for page in pages for r in page.results] == scores, said)
        for page in pages:
            assert all(sum(part.points for part in r.parts) == r.score for r in page.results)
    assert walked > 5 * QUESTIONS


def _expect(is_so: bool, said: str) -> None:
    """Without pytest's account of thousands of tutors, which takes longer than the transaction."""
    if not is_so:
        pytest.fail(said)


def _check_the_way_back(criteria: SearchCriteria, pages: list[queries.Page], said: str) -> None:
    page = pages[-1]
    for earlier in pages[-2::-1]:
        assert page.previous is not None
        page = queries.search(criteria, after=page.previous, limit=LIMIT)
        got, before = ([r.tutor.id for r in some.results] for some in (page, earlier))
        _expect(got == before, said)
