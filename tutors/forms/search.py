"""The filters of the search page. Prices are whole rupees here."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from curriculum.models import GRADES, Board
from curriculum.queries import SUBJECT_ALIASES
from tutorhub.core import places
from tutorhub.core.models import Place
from tutors.models import TutorProfile
from tutors.queries import Catalogue, Mode, Point, SearchCriteria, Sort

CARRIED = ("subject", "grade", "board", "mode", "pin_code")


def offer(form: forms.BaseForm, name: str, choices: list[tuple[str, Any]]) -> None:
    """Let the field `name` of this one form take these values."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def board_label(board: Board) -> str:
    return f"{board.state}: {board.name}" if board.state else board.code


class SearchForm(forms.Form):
    """Everything is optional: the page works without a question. `criteria` is what it asks."""

    use_required_attribute = False
    is_search = True
    subject = forms.ChoiceField(label=_("Subject"), required=False)
    grade = forms.TypedChoiceField(
        label=_("Class"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", _("Any class")),
            *((grade, format_lazy("{} {}", _("Class"), grade)) for grade in GRADES),
        ],
    )
    board = forms.ChoiceField(label=_("Board"), required=False)
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
    language = forms.ChoiceField(label=_("Speaks"), required=False)
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
    sort = forms.ChoiceField(required=False, choices=Sort.choices, widget=forms.HiddenInput)

    def __init__(self, data: Any, catalogue: Catalogue) -> None:
        known = {name: data[name] for name in self.base_fields if data.get(name)}
        known.setdefault("mode", Mode.EITHER)
        if known.get("subject"):
            known["subject"] = _subject_slug(known["subject"], catalogue)
        super().__init__(known)
        self.catalogue = catalogue
        self.place: Place | None = None
        subjects = [(key, subject.name) for key, subject in catalogue.subjects.items()]
        boards = [(key, board_label(board)) for key, board in catalogue.boards.items()]
        languages = [(key, language.name) for key, language in catalogue.languages.items()]
        offer(self, "subject", [("", _("Any subject")), *subjects])
        offer(self, "board", [("", _("Any board")), *boards])
        offer(self, "language", [("", _("Any language")), *languages])

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
        asked = self.cleaned_data
        sort = asked["sort"] or Sort.MATCH
        if sort == Sort.DISTANCE and self.place is None:
            sort = Sort.MATCH
        return SearchCriteria(
            subject=self.catalogue.subjects.get(asked["subject"]),
            grade=asked["grade"],
            board=self.catalogue.boards.get(asked["board"]),
            mode=asked["mode"] or Mode.EITHER,
            budget_max_paise=asked["budget"] * 100 if asked["budget"] else None,
            point=Point(self.place.latitude, self.place.longitude) if self.place else None,
            gender=asked["gender"],
            language=self.catalogue.languages.get(asked["language"]),
            min_rating=asked["min_rating"],
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


def _subject_slug(text: str, catalogue: Catalogue) -> str:
    """A slug for what came by link or was typed: slug, name or usual short form."""
    slug = "-".join(text.lower().split())
    slug = SUBJECT_ALIASES.get(slug, slug)
    if slug in catalogue.subjects:
        return slug
    names = {subject.name.lower(): key for key, subject in catalogue.subjects.items()}
    return names.get(text.strip().lower(), text)
