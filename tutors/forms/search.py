"""The filters of the search page. Prices are whole rupees here."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from curriculum.models import GRADES, Board
from curriculum.queries import catalogue, find_subject
from tutorhub.core import memo, places
from tutorhub.core.cities import City, UnknownCity, find_city
from tutorhub.core.models import Place
from tutors import queries
from tutors.models import TutorProfile
from tutors.queries import Mode, Point, SearchCriteria, Sort, Understood
from tutors.queries.criteria import free_hours
from tutors.queries.understanding import LONGEST_QUESTION

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


lazy_html = lazy(format_html, SafeString)
COUNT = '{}<span class="n" id="n-{}-{}"></span>'


def _counted(name: str, choices: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """With a place behind each label for the number of tutors, which comes later."""
    return [
        (str(value), lazy_html(COUNT, label, name, str(value).replace(".", "-")))
        for value, label in choices
    ]


class Filter(forms.BoundField):
    """One filter, drawn once for each language and choice; with what somebody typed, each time."""

    def as_field_group(self) -> SafeString:
        value = self.value() or ""
        is_typed = value and isinstance(self.field.widget, forms.TextInput)
        if is_typed or self.errors:
            return super().as_field_group()
        return _drawn(get_language(), self.name, value)


@memo.for_a_minute(size=512)
def _drawn(_language: str | None, name: str, value: str) -> SafeString:
    """A filter with a valid value, as the page in the current language shows it."""
    return super(Filter, SearchForm({name: value})[name]).as_field_group()


class SearchForm(forms.Form):
    """Everything is optional: the page works without a question. `criteria` is what it asks."""

    use_required_attribute = False
    is_search = True
    bound_field_class = Filter
    q = forms.CharField(
        label=_("Name, subject or place"),
        required=False,
        max_length=LONGEST_QUESTION,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "form": "filters",
                "placeholder": _("Physics, Meera Iyer, Pune…"),
                "enterkeyhint": "search",
            }
        ),
    )
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
        choices=[
            (Mode.EITHER, _("Either")),
            *_counted("mode", [(Mode.HOME, _("At home")), (Mode.ONLINE, _("Online"))]),
        ],
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
    city = forms.CharField(required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    budget = forms.IntegerField(
        label=_("Up to, per hour"), required=False, min_value=1, max_value=100_000
    )
    budget.prefix_text = "₹"
    gender = forms.ChoiceField(
        label=_("Tutor is a"),
        required=False,
        choices=[
            ("", _("Anyone")),
            *_counted("gender", TutorProfile.Gender.choices),
        ],
        widget=forms.RadioSelect,
    )
    language = forms.ChoiceField(label=_("Speaks"), required=False, choices=_languages)
    min_rating = forms.TypedChoiceField(
        label=_("Rating"),
        required=False,
        coerce=float,
        empty_value=None,
        choices=[
            ("", _("Any")),
            *_counted("min_rating", [("4", "4.0+"), ("4.5", "4.5+"), ("4.8", "4.8+")]),
        ],
        widget=forms.RadioSelect,
    )
    trial = forms.BooleanField(
        label=lazy_html('{}<span class="n" id="n-trial"></span>', _("Gives a trial class")),
        required=False,
    )
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
        self.understood = Understood()
        if known.get("q") and len(known["q"]) <= LONGEST_QUESTION:
            self.understood = queries.understand(known["q"])
            known = self.understood.over({**known, "q": self.understood.text})
        super().__init__(_with_one_place(known))
        self.place: Place | None = None
        self.in_city: City | None = None

    @property
    def point(self) -> Point | None:
        """Where home visits are wanted, of a valid form."""
        if self.cleaned_data.get("lat") is not None:
            return Point(self.cleaned_data["lat"], self.cleaned_data["lon"])
        if self.place:
            return Point.of(self.place)
        return Point.of(self.in_city) if self.in_city else None

    @property
    def place_name(self) -> str:
        """What to call that place."""
        if self.place is None:
            return self.in_city.name if self.in_city else ""
        return self.place.area if self.cleaned_data.get("lat") is not None else self.place.pin_code

    def clean_city(self) -> str:
        """A city that we do not know is no wish: only addresses name one."""
        slug: str = self.cleaned_data["city"]
        self.in_city = _city(slug)
        return self.in_city.slug if self.in_city else ""

    def clean(self) -> dict[str, Any]:
        """A point from the browser has the name of the nearest PIN code's area."""
        asked: dict[str, Any] = self.cleaned_data
        if asked.get("lat") is not None and asked.get("lon") is not None:
            self.place = places.nearest(asked["lat"], asked["lon"])
        return asked

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
        point = self.point
        if sort == Sort.DISTANCE and point is None:
            sort = Sort.MATCH
        return SearchCriteria(
            subject=offered.subjects.get(asked["subject"]),
            grade=asked["grade"],
            board=offered.boards.get(asked["board"]),
            mode=asked["mode"] or Mode.EITHER,
            budget_max_paise=asked["budget"] * 100 if asked["budget"] else None,
            point=point,
            gender=asked["gender"],
            language=offered.languages.get(asked["language"]),
            min_rating=asked["min_rating"],
            has_trial=asked["trial"],
            free_hours=free_hours(
                day=asked["day"], **HOURS_OF.get(asked["time"], {"first": None, "last": None})
            ),
            names=queries.named(self.understood.rest),
            sort=sort,
        )

    def hidden_wishes(self) -> list[tuple[str, str]]:
        """What the form keeps without showing it."""
        return [
            (name, self.data[name])
            for name in ("city", "lat", "lon", "sort")
            if self.data.get(name)
        ]

    @property
    def query(self) -> str:
        """The whole question as an address."""
        return urlencode(self.data)

    def asked(self) -> list[tuple[str, str]]:
        """The whole question, for a form that carries it on."""
        return [(name, value) for name, value in self.data.items() if name not in {"q", "sort"}]

    def carried(self) -> dict[str, str]:
        """What the tutor's page and the enquiry should know of this search.

        "Online or at home" says nothing, and the learner's own wish should stand then.
        """
        known = {name: self.data[name] for name in CARRIED if self.data.get(name)}
        if known.get("mode") == Mode.EITHER:
            del known["mode"]
        if self.data.get("lat") and self.place is not None:
            known["pin_code"] = self.place.pin_code
        return known


def _with_one_place(known: dict[str, Any]) -> dict[str, Any]:
    """A PIN code that was typed goes before a point from the browser, and that before a city."""
    if known.get("pin_code"):
        others = {"lat", "lon", "city"}
    elif known.get("lat") and known.get("lon"):
        others = {"city"}
    else:
        others = {"lat", "lon"}
    return {name: value for name, value in known.items() if value and name not in others}


def _subject_slug(text: str) -> str:
    """A slug for what came by link or was typed: slug, name or usual short form."""
    try:
        return find_subject(text).pk
    except ValueError:
        return text


def _city(slug: str) -> City | None:
    try:
        return find_city(slug) if slug else None
    except UnknownCity:
        return None
