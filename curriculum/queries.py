"""The curriculum as a whole, and finding a board, subject or language by what people call it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypedDict, TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from curriculum.models import GRADES, Board, Language, Subject
from tutorhub.core import memo

Named = TypeVar("Named", Board, Subject, Language)

SUBJECT_ALIASES = {
    "math": "maths",
    "mathematics": "maths",
    "bio": "biology",
    "chem": "chemistry",
    "phy": "physics",
    "computers": "computer-science",
    "computer": "computer-science",
    "cs": "computer-science",
    "sst": "social-science",
    "social-studies": "social-science",
    "accounts": "accountancy",
    "civics": "political-science",
    "programming": "coding",
    "environmental-studies": "evs",
}


class Curriculum(TypedDict):
    boards: QuerySet[Board]
    subjects: QuerySet[Subject]
    languages: QuerySet[Language]
    grades: list[int]


@dataclass(frozen=True)
class Catalogue:
    """Boards, subjects and languages by code or slug, in their usual order."""

    boards: dict[str, Board]
    subjects: dict[str, Subject]
    languages: dict[str, Language]


def everything() -> Curriculum:
    """What a form or the app needs to offer a choice."""
    return {
        "boards": Board.objects.all(),
        "subjects": Subject.objects.all(),
        "languages": Language.objects.all(),
        "grades": list(GRADES),
    }


@memo.for_a_minute(size=1)
def catalogue() -> Catalogue:
    """Everything. Only migrations change it, so a process keeps it for a while."""
    return Catalogue(
        boards={board.pk: board for board in Board.objects.all()},
        subjects={subject.pk: subject for subject in Subject.objects.all()},
        languages={language.pk: language for language in Language.objects.all()},
    )


def find_board(text: str) -> Board:
    """By code or name, in any case. Raises ValueError with a sentence for the person."""
    return _find(catalogue().boards, text, text, _("There is no board called “%s”."))


def find_subject(text: str) -> Subject:
    """By slug, name or usual short form, in any case. Raises ValueError likewise."""
    slug = "-".join(text.lower().split())
    key = SUBJECT_ALIASES.get(slug, slug)
    return _find(catalogue().subjects, key, text, _("There is no subject called “%s”."))


def find_language(text: str) -> Language:
    """By ISO code or English name, in any case. Raises ValueError likewise."""
    return _find(catalogue().languages, text, text, _("There is no language called “%s”."))


def _find(rows: Mapping[str, Named], key: str, text: str, missing: str) -> Named:
    """The first row with this key or, as a name, this text."""
    key, name = key.strip().casefold(), text.strip().casefold()
    for row_key, row in rows.items():
        if row_key.casefold() == key or row.name.casefold() == name:
            return row
    raise ValueError(missing % text[:60])


def language_names(codes: Iterable[str]) -> list[str]:
    """What the languages with these codes are called; one that is gone is left out."""
    languages = catalogue().languages
    return [languages[code].name for code in codes if code in languages]
