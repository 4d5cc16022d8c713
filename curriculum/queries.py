"""Finding a board, subject or language by what people call it."""

from typing import TypedDict, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from curriculum.models import GRADES, Board, Language, Subject

M = TypeVar("M", bound=Model)

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


def everything() -> Curriculum:
    """What a form or the app needs to offer a choice."""
    return {
        "boards": Board.objects.all(),
        "subjects": Subject.objects.all(),
        "languages": Language.objects.all(),
        "grades": list(GRADES),
    }


def find_board(text: str) -> Board:
    """By code or name, in any case. Raises ValueError with a sentence for the person."""
    return _find(Board, text, Q(code__iexact=text.strip()), _("There is no board called “%s”."))


def find_subject(text: str) -> Subject:
    """By slug, name or usual short form, in any case. Raises ValueError likewise."""
    slug = "-".join(text.lower().split())
    condition = Q(slug__iexact=SUBJECT_ALIASES.get(slug, slug))
    return _find(Subject, text, condition, _("There is no subject called “%s”."))


def find_language(text: str) -> Language:
    """By ISO code or English name, in any case. Raises ValueError likewise."""
    condition = Q(code__iexact=text.strip())
    return _find(Language, text, condition, _("There is no language called “%s”."))


def _find(model: type[M], text: str, condition: Q, missing: str) -> M:
    is_text = "\x00" not in text  # PostgreSQL refuses to look for it.
    rows = model._default_manager.filter(condition | Q(name__iexact=text.strip()))
    found = rows.first() if is_text else None
    if found is None:
        raise ValueError(missing % text[:60])
    return found
