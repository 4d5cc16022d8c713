"""Names among many tutors: found as looking at everybody would, however common they are."""

from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import connection

from curriculum.models import Subject
from tests import brute_search
from tutorhub.site.demo import scale
from tutors import queries
from tutors.models import SearchName, SearchWord, TutorProfile
from tutors.queries import Mode, Point, SearchCriteria, Sort, names
from tutors.queries.statements import compose

pytestmark = pytest.mark.django_db

KORAMANGALA = Point(12.9343, 77.6211)


@pytest.fixture
def crowd(db: None) -> Iterator[list[TutorProfile]]:
    with connection.cursor() as cursor:
        scale.add_rows(cursor, 0, 799)
        cursor.execute("ANALYZE tutors_searchentry, tutors_searchname")
    yield brute_search.everybody()
    with connection.cursor() as cursor:
        cursor.execute("RESET session_replication_role")


@pytest.fixture
def surname(crowd: list[TutorProfile]) -> str:
    """The one that most of them bear."""
    (name, _bearers), *_ = Counter(t.user.name.split()[-1].lower() for t in crowd).most_common(1)
    return name


@pytest.mark.parametrize("many", [2000, 0], ids=["gather", "walk"])
def test_common_and_rare_names_are_found_in_order(
    crowd: list[TutorProfile], surname: str, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both ways of reading give what looking at everybody gives."""
    monkeypatch.setattr(names, "MANY", many)
    called = [t for t in crowd if surname in t.user.name.lower().split()]
    assert len(called) > 5
    questions = [
        {},
        {"sort": Sort.PRICE},
        {"sort": Sort.RATING, "mode": Mode.ONLINE},
        {"point": KORAMANGALA},
        {"point": KORAMANGALA, "sort": Sort.DISTANCE},
        {"point": KORAMANGALA, "mode": Mode.HOME, "sort": Sort.PRICE},
        {"subject": Subject.objects.get(pk="maths"), "grade": 8},
    ]
    for asked in questions:
        words = queries.understand(surname).rest
        criteria = SearchCriteria(**asked, names=queries.named(words))
        assert criteria.names is not None
        assert (criteria.names.tutors is None) == (many == 0)
        expected = [f.tutor_id for f in brute_search.search(called, criteria)][:10]
        got = queries.search(criteria, limit=5)
        ids = [result.tutor.id for result in got.results]
        if got.next:
            more = queries.search(criteria, limit=5, after=got.next)
            ids += [result.tutor.id for result in more.results]
        assert ids == expected, asked


def test_many_tutors_have_their_words(crowd: list[TutorProfile]) -> None:
    assert SearchName.objects.count() == sum(
        t.listed_until is not None and t.is_approved for t in crowd
    )
    called = {t.user.name.split()[0].lower() for t in crowd if t.is_approved}
    assert called <= set(SearchWord.objects.values_list("word", flat=True))


def test_a_name_is_looked_up_in_its_index(crowd: list[TutorProfile]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT tutor_id FROM tutors_searchname WHERE words && ARRAY['iyer'] LIMIT 9"
        )
        assert "name_words" in "".join(row[0] for row in cursor.fetchall())
        criteria = SearchCriteria(names=queries.Names((("iyer",),), None))
        statement, values = compose(criteria, after=None, limit=5)
        cursor.execute("EXPLAIN " + statement, values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    # Asked of one entry after the other in the order of the page, never a join with everybody.
    assert "SubPlan" in plan
    assert "tutors_searchname_pkey" in plan
    assert "entry_quality" in plan
    assert "Hash" not in plan


@pytest.mark.usefixtures("crowd")
def test_common_words_are_known_from_the_statistics(surname: str) -> None:
    called = SearchName.objects.filter(words__contains=[surname]).count()
    assert abs(names._expected(((surname,),)) - called) <= 1
    assert names._expected(((surname,), (surname,))) < called
    assert names._expected((("nobody",),)) == 0
