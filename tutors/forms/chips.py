"""The wishes of a search as chips: what each is, and the question without it."""

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from tutors.forms.search import DAYS, PARTS_OF_A_DAY, SearchForm, board_label
from tutors.models import TutorProfile
from tutors.queries import Mode, SearchCriteria


class Chip(NamedTuple):
    """`is_text` for the words that are looked for in names."""

    label: str
    query: str
    is_text: bool = False


def chips(form: SearchForm, criteria: SearchCriteria) -> list[Chip]:
    """For a valid form with these criteria."""
    return [
        Chip(str(label), _without(form, *names), names == ("q",))
        for label, names in _wishes(form, criteria)
    ]


def _without(form: SearchForm, *names: str) -> str:
    return urlencode({name: value for name, value in form.data.items() if name not in names})


def _wishes(form: SearchForm, criteria: SearchCriteria) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """What to call each wish, and the fields that hold it."""
    asked = form.cleaned_data
    if asked["q"]:
        yield f"“{asked['q']}”", ("q",)
    if criteria.subject:
        yield criteria.subject.name, ("subject",)
    if criteria.grade:
        yield _("Class %(grade)s") % {"grade": criteria.grade}, ("grade",)
    if criteria.board:
        yield board_label(criteria.board), ("board",)
    if criteria.mode != Mode.EITHER:
        yield Mode(criteria.mode).label, ("mode",)
    if criteria.point:
        yield _("near %(place)s") % {"place": form.place_name}, ("pin_code", "lat", "lon", "city")
    if asked["budget"]:
        yield _("up to ₹%(rupees)s") % {"rupees": asked["budget"]}, ("budget",)
    yield from _of_tutor(criteria)
    if asked["day"] is not None or asked["time"]:
        said = [dict(DAYS).get(asked["day"], ""), dict(PARTS_OF_A_DAY).get(asked["time"], "")]
        yield " ".join(str(part) for part in said if part), ("day", "time")


def _of_tutor(criteria: SearchCriteria) -> Iterator[tuple[Any, tuple[str, ...]]]:
    if criteria.gender:
        yield TutorProfile.Gender(criteria.gender).label, ("gender",)
    if criteria.language:
        yield _("speaks %(language)s") % {"language": criteria.language.name}, ("language",)
    if criteria.min_rating:
        yield f"★ {criteria.min_rating:g}+", ("min_rating",)
    if criteria.has_trial:
        yield _("Trial class"), ("trial",)
