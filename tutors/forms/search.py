"""The filters of the search page. Prices are whole rupees here."""

from typing import Any

from django import forms
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from curriculum.models import GRADES, Board
from curriculum.queries import catalogue, find_subject
from tutorhub.core import memo, places
from tutorhub.core.models import Place
from tutors.models import TutorProfile
from tutors.queries import Mode, Point, SearchCriteria, Sort
from tutors.queries.criteria import free_hours

DAYS = [
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
]
PARTS_OF_A_DAY = [
    ("morning", _("before noon")),
    ("afternoon", _("12 to 4 in the afternoon")),
    ("evening", _("from 4 in the afternoon")),
]
HOURS_OF = {
    "morning": {"first": 0, "last": 12},
    "afternoon": {"first": 12, "last": 16},
    "evening": {"first": 16, "last": 24},
}
CARRIED = ("subject", "grade", "board", "mode", "pin_code")


def board_label(board: Board) -> str:
    return f"{board.state}: {board.name}" if board.state else board.code


def _subjects() -> list[tuple[str, Any]]:
    rows = catalogue().subjects.items()
    return [("", _("Any subject")), *((key, subject.name) for key, subject in rows)]


def _boards() -> list[tuple[str, Any]]:
    rows = catalogue().boards.items()
    return [("", _("Any board")), *((key, board_label(board)) for key, board in rows)]


def _languages() -> list[tuple[str, Any]]:
    rows = catalogue().languages.items()
    return [("", _("Any language")), *((key, language.name) for key, language in rows)]


def _grades() -> list[tuple[Any, Any]]:
    grades = [(grade, format_lazy("{} {}", _("Class"), grade)) for grade in GRADES]
    return [("", _("Any class")), *grades]


class Filter(forms.BoundField):
    """One filter. A list of choices is drawn once for each of its values and languages."""

    def as_field_group(self) -> SafeString:
        if self.errors or not isinstance(self.field, forms.ChoiceField):
            return super().as_field_group()
        return _drawn(get_language(), self.name, self.value() or "")


@memo.for_a_minute(size=512)
def _drawn(_language: str | None, name: str, value: str) -> SafeString:
    """A filter with a valid value, as the page in the current language shows it."""
    return super(Filter, SearchForm({name: value})[name]).as_field_group()


class SearchForm(forms.Form):
    """Everything is optional: the page works without a question. `criteria` is what it asks."""

    use_required_attribute = False
    is_search = True
    bound_field_class = Filter
    subject = forms.ChoiceField(label=_("Subject"), required=False, choices=_subjects)
    grade = forms.TypedChoiceField(
        label=_("Class"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=_grades,
    )
    board = forms.ChoiceField(label=_("Board"), required=False, choices=_boards)
    mode = forms.ChoiceField(
        label=_("Where"),
        required=False,
        choices=[(Mode.EITHER, _("Either")), (Mode.HOME, _("At home")), (Mode.ONLINE, _("Online"))],
        widget=forms.RadioSelect,
    )
    pin_code = forms.CharField(
        label=_("PIN code"),
        required=False,
        max_length=7,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "placeholder": "560034", "autocomplete": "postal-code"}
        ),
    )
    budget = forms.IntegerField(
        label=_("Up to, per hour"), required=False, min_value=1, max_value=100_000
    )
    budget.prefix_text = "₹"
    gender = forms.ChoiceField(
        label=_("Tutor is a"),
        required=False,
        choices=[("", _("Anyone")), *TutorProfile.Gender.choices],
    )
    language = forms.ChoiceField(label=_("Speaks"), required=False, choices=_languages)
    min_rating = forms.TypedChoiceField(
        label=_("Rating"),
        required=False,
        coerce=float,
        empty_value=None,
        choices=[
            ("", _("Any rating")),
            ("4", _("4.0 and more")),
            ("4.5", _("4.5 and more")),
            ("4.8", _("4.8 and more")),
        ],
    )
    trial = forms.BooleanField(label=_("Gives a trial class"), required=False)
    day = forms.TypedChoiceField(
        label=_("Free on"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("Any day")), *DAYS],
    )
    time = forms.ChoiceField(
        label=_("Time"), required=False, choices=[("", _("Any time")), *PARTS_OF_A_DAY]
    )
    sort = forms.ChoiceField(required=False, choices=Sort.choices, widget=forms.HiddenInput)

    def __init__(self, data: Any) -> None:
        known = {name: data[name] for name in self.base_fields if data.get(name)}
        known.setdefault("mode", Mode.EITHER)
        if known.get("subject"):
            known["subject"] = _subject_slug(known["subject"])
        super().__init__(known)
        self.place: Place | None = None

    def clean_pin_code(self) -> str:
        pin_code: str = self.cleaned_data["pin_code"]
        if pin_code:
            try:
                self.place = places.find(pin_code)
            except places.UnknownPinCode as error:
                raise forms.ValidationError(str(error)) from error
        return pin_code

    def criteria(self) -> SearchCriteria:
        """What a valid form asks for; by distance only from a place."""
        asked, offered = self.cleaned_data, catalogue()
        sort = asked["sort"] or Sort.MATCH
        if sort == Sort.DISTANCE and self.place is None:
            sort = Sort.MATCH
        return SearchCriteria(
            subject=offered.subjects.get(asked["subject"]),
            grade=asked["grade"],
            board=offered.boards.get(asked["board"]),
            mode=asked["mode"] or Mode.EITHER,
            budget_max_paise=asked["budget"] * 100 if asked["budget"] else None,
            point=Point(self.place.latitude, self.place.longitude) if self.place else None,
            gender=asked["gender"],
            language=offered.languages.get(asked["language"]),
            min_rating=asked["min_rating"],
            has_trial=asked["trial"],
            free_hours=free_hours(
                day=asked["day"], **HOURS_OF.get(asked["time"], {"first": None, "last": None})
            ),
            sort=sort,
        )

    def carried(self) -> dict[str, str]:
        """What the tutor's page and the enquiry should know of this search.

        "Online or at home" says nothing, and the learner's own wish should stand then.
        """
        known = {name: self.data[name] for name in CARRIED if self.data.get(name)}
        if known.get("mode") == Mode.EITHER:
            del known["mode"]
        return known


def _subject_slug(text: str) -> str:
    """A slug for what came by link or was typed: slug, name or usual short form."""
    try:
        return find_subject(text).pk
    except ValueError:
        return text
