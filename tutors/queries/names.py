"""Tutors by the words of their names and headlines.

How a page is read depends on how common the words are. Of a few tutors all are fetched by
`tutors_searchname`'s index and put in order; if there are more than `MANY`, the usual way of
reading meets one of them soon, and asks of each entry whether its tutor has the words.
"""

from collections.abc import Sequence
from math import prod

from django.db import connection

from tutorhub.core import memo
from tutors.queries.criteria import Groups, Names
from tutors.queries.understanding import Word

MANY = 5000

# What ANALYZE has counted: the most common words, and of how many tutors.
COMMON = """
SELECT s.most_common_elems::text::text[], s.most_common_elem_freqs, greatest(c.reltuples, 0)
  FROM pg_stats s JOIN pg_class c ON c.relname = s.tablename
 WHERE s.schemaname = current_schema() AND c.relnamespace = current_schema()::regnamespace
   AND s.tablename = 'tutors_searchname' AND s.attname = 'words'
"""


def named(words: Sequence[Word]) -> Names | None:
    """The tutors with these words; if nobody has all of them, those with the words most like them.

    None for no words at all.
    """
    if not words:
        return None
    exact = tuple((word.text,) for word in words)
    found = _find(exact) if all(word.is_known for word in words) else Names(exact, ())
    if found.tutors == ():
        typed = " ".join(word.text for word in words)
        wider = tuple((*[word.text] * word.is_known, *word.near) or (word.text,) for word in words)
        if wider != exact:
            found = _find(wider, instead_of=typed)
    return found if found.tutors != () else Names(exact, ())


def _find(groups: Groups, *, instead_of: str = "") -> Names:
    if _expected(groups) > MANY:
        return Names(groups, None, instead_of)
    conditions = " AND ".join(["words && %s::text[]"] * len(groups))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT tutor_id FROM tutors_searchname WHERE {conditions} LIMIT {MANY + 1}",  # noqa: S608
            [list(group) for group in groups],
        )
        tutors = tuple(row[0] for row in cursor.fetchall())
    return Names(groups, tutors if len(tutors) <= MANY else None, instead_of)


def _expected(groups: Groups) -> float:
    """About how many tutors have a word of each group, as if words were chosen by lot."""
    shares, tutors = _common()
    return tutors * prod(sum(shares.get(word, 0.0) for word in group) for group in groups)


@memo.for_a_minute(size=1)
def _common() -> tuple[dict[str, float], float]:
    with connection.cursor() as cursor:
        cursor.execute(COMMON)
        row = cursor.fetchone()
    if row is None or row[0] is None:
        return {}, 0.0
    words, shares, tutors = row
    return dict(zip(words, shares, strict=False)), tutors
