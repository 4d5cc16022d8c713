"""What somebody means by a free question: `fisics tuter bangalor` is a subject and a city.

Words are first tried as subject, board, language, city, class, gender or way of teaching; those
become filters. The rest are looked for in the names and headlines of tutors (`names`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any, NamedTuple

from django.db import connection

from curriculum.models import GRADES
from tutorhub.core import memo
from tutors.queries.vocabulary import Term, Vocabulary, vocabulary

LONGEST_TERM = 4
MOST_WORDS = 10
LONGEST_QUESTION = 200
NEAR = 5
PLACES = ("pin_code", "city", "lat", "lon")

NUMBER = re.compile(r"^(\d{1,2})(?:st|nd|rd|th)?$")
PIN_CODE = re.compile(r"^[1-9]\d{5}$")

# For each word: how it sounds, whether a tutor has it, and which words of tutors are most like it.
LOOKED_UP = """
SELECT typed.word, search_sound(typed.word), known.word IS NOT NULL,
       ARRAY(SELECT near.word
               FROM (SELECT word, levenshtein(word, typed.word) AS away
                       FROM ((SELECT word FROM tutors_searchword
                               WHERE sound = search_sound(typed.word) AND sound <> '' LIMIT 300)
                             UNION
                             (SELECT word FROM tutors_searchword WHERE word %% typed.word LIMIT 300)
                            ) AS candidate) AS near
              WHERE near.away BETWEEN 1 AND CASE WHEN length(typed.word) < 4 THEN 1
                                                 WHEN length(typed.word) < 6 THEN 2 ELSE 3 END
              ORDER BY near.away, near.word LIMIT %(near)s)
  FROM unnest(search_words(%(said)s)) WITH ORDINALITY AS typed (word, nr)
  LEFT JOIN tutors_searchword known ON known.word = typed.word
 ORDER BY nr LIMIT %(most)s
"""


class Word(NamedTuple):
    """A word as typed; `near` are words of tutors that it may stand for, nearest first."""

    text: str
    sound: str
    is_known: bool
    near: tuple[str, ...]


@dataclass(frozen=True)
class Understood:
    """Values of filters by name, and the words that are left for names."""

    filters: dict[str, str] = field(default_factory=dict)
    rest: tuple[Word, ...] = ()

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.rest)

    def over(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The filters that were asked for otherwise, with these in their stead.

        Of the ways to name a place only one stays.
        """
        has_place = not self.filters.keys().isdisjoint(PLACES)
        kept = {key: asked[key] for key in asked if not (has_place and key in PLACES)}
        return {**kept, **self.filters}


def understand(question: str) -> Understood:
    """Filters and the words that are left of at most `LONGEST_QUESTION` characters."""
    words = _looked_up(question[:LONGEST_QUESTION])
    known = vocabulary() if words else None
    filters: dict[str, str] = {}
    rest: list[Word] = []
    place = 0
    while known is not None and place < len(words):
        taken = _number(words, place, filters) or _term(words[place:], filters, known)
        if not taken:
            rest.append(words[place])
        place += taken or 1
    return Understood(filters, tuple(rest))


def _looked_up(question: str) -> list[Word]:
    if not question.strip():
        return []
    with connection.cursor() as cursor:
        cursor.execute(LOOKED_UP, {"said": question, "near": NEAR, "most": MOST_WORDS})
        return [
            Word(text, sound, known, tuple(near)) for text, sound, known, near in cursor.fetchall()
        ]


def _number(words: list[Word], place: int, filters: dict[str, str]) -> int:
    """How many words were a class or a PIN code: 0 or 1."""
    text = words[place].text
    if PIN_CODE.match(text):
        filters.setdefault("pin_code", text)
        return 1
    number = NUMBER.match(text)
    if number and int(number[1]) in GRADES:
        filters.setdefault("grade", str(int(number[1])))
        return 1
    return 0


def _term(words: list[Word], filters: dict[str, str], known: Vocabulary) -> int:
    """How many words from the first on were a term, the longest that there is; 0 for none."""
    for length in range(min(LONGEST_TERM, len(words)), 0, -1):
        for is_exact in (True, False):
            for term in _terms(words[:length], known, is_exact=is_exact):
                if _take(term, filters):
                    return length
    return 0


def _terms(words: list[Word], known: Vocabulary, *, is_exact: bool) -> Iterator[Term]:
    if is_exact:
        yield from known.terms.get(tuple(word.text for word in words), ())
    elif not all(word.is_known for word in words):
        meant = [_alike(word.text, word.sound) for word in words]
        for combination in product(*meant):
            yield from known.terms.get(combination, ())


@memo.for_a_minute(size=2000)
def _alike(word: str, sound: str) -> list[str]:
    return sorted(vocabulary().alike(word, sound))


def _take(term: Term, filters: dict[str, str]) -> bool:
    """Put a term among the filters unless it has its value. A second subject is no second filter.

    After a subject the name of a language is the language of the lessons: `maths in hindi`.
    """
    if term.kind == "filler":
        return True
    if term.kind in filters:
        return filters[term.kind] == term.key
    filters[term.kind] = term.key
    return True
