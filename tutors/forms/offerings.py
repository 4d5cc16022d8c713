"""What a tutor teaches: one row per subject. Prices are whole rupees here."""

from typing import Any, Self

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from curriculum.models import GRADES
from curriculum.queries import Catalogue
from tutors.forms.search import board_label
from tutors.models import Offering, TutorProfile
from tutors.models.profiles import RATE_MAX_PAISE, RATE_MIN_PAISE
from tutors.services.profiles import OfferingDetails, ProfileDetails

MAX_ROWS = 20
PREFIX = "offerings"
CLASSES = [("", _("Choose")), *((n, format_lazy("{} {}", _("Class"), n)) for n in GRADES)]


def _rate(label: Any) -> forms.IntegerField:
    field = forms.IntegerField(
        label=label,
        required=False,
        min_value=RATE_MIN_PAISE // 100,
        max_value=RATE_MAX_PAISE // 100,
    )
    field.prefix_text = "₹"
    return field


def offer(form: forms.BaseForm, name: str, choices: list[tuple[str, Any]]) -> None:
    """Let the field `name` of this one form take these values."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class OfferingForm(forms.Form):
    subject = forms.ChoiceField(label=_("Subject"))
    grade_min = forms.TypedChoiceField(label=_("From"), coerce=int, choices=CLASSES)
    grade_max = forms.TypedChoiceField(label=_("To"), coerce=int, choices=CLASSES)
    boards = forms.MultipleChoiceField(
        label=_("Boards"), required=False, widget=forms.CheckboxSelectMultiple
    )
    state_boards = forms.MultipleChoiceField(label=_("State boards"), required=False)
    online_rate = _rate(_("Online, per hour"))
    home_rate = _rate(_("At a home, per hour"))

    def __init__(self, *args: Any, catalogue: Catalogue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.catalogue = catalogue
        subjects = [(key, subject.name) for key, subject in catalogue.subjects.items()]
        boards = catalogue.boards.items()
        offer(self, "subject", [("", _("Choose")), *subjects])
        offer(
            self, "boards", [(key, board_label(board)) for key, board in boards if not board.state]
        )
        offer(
            self,
            "state_boards",
            [(key, board_label(board)) for key, board in boards if board.state],
        )
        self.fields["state_boards"].widget.attrs["size"] = 4

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        low, high = asked.get("grade_min"), asked.get("grade_max")
        if low and high and low > high:
            self.add_error("grade_max", _("This is below the first class."))
        if not self.errors and not (asked.get("online_rate") or asked.get("home_rate")):
            self.add_error("online_rate", _("Give a price for online, for at home, or both."))
        if not self.errors and not (asked.get("boards") or asked.get("state_boards")):
            self.add_error("boards", _("Choose at least one board."))
        return asked

    def details(self) -> OfferingDetails:
        asked, catalogue = self.cleaned_data, self.catalogue
        online, home = asked["online_rate"], asked["home_rate"]
        return OfferingDetails(
            subject=catalogue.subjects[asked["subject"]],
            boards=[catalogue.boards[key] for key in asked["boards"] + asked["state_boards"]],
            grade_min=asked["grade_min"],
            grade_max=asked["grade_max"],
            online_rate_paise=online * 100 if online else None,
            home_rate_paise=home * 100 if home else None,
        )


class SubjectRows:
    """The rows, bound to what was sent or filled with what is stored. Used like a form."""

    def __init__(self, rows: BaseFormSet, catalogue: Catalogue) -> None:
        self.rows = rows
        self.catalogue = catalogue
        self.refusal = ""
        """What the service said about all of them."""

    @classmethod
    def stored(cls, tutor: TutorProfile | None, catalogue: Catalogue) -> Self:
        """As they are, or one empty row where there are none yet."""
        rows = [_row(offering, catalogue) for offering in tutor.offerings.all()] if tutor else []
        return cls._filled(rows, catalogue, extra=0 if rows else 1)

    @classmethod
    def sent(cls, data: QueryDict, catalogue: Catalogue) -> Self:
        rows = _formset(0)(data, prefix=PREFIX, form_kwargs={"catalogue": catalogue})
        return cls(rows, catalogue)

    @classmethod
    def with_one_more_row(cls, data: QueryDict, catalogue: Catalogue) -> Self:
        """Everything as it was typed, unchecked, and one more empty row."""
        rows = []
        for number in range(min(_count(data), MAX_ROWS)):
            prefix = f"{PREFIX}-{number}-"
            if not data.get(f"{prefix}DELETE"):
                rows.append(_typed(data, OfferingForm, prefix))
        return cls._filled(rows, catalogue, extra=1)

    @classmethod
    def _filled(cls, rows: list[dict[str, Any]], catalogue: Catalogue, extra: int) -> Self:
        formset = _formset(extra)
        return cls(
            formset(initial=rows, prefix=PREFIX, form_kwargs={"catalogue": catalogue}), catalogue
        )

    @property
    def is_bound(self) -> bool:
        return self.rows.is_bound

    def is_valid(self) -> bool:
        return self.rows.is_valid()

    def add_error(self, _field: str | None, words: str) -> None:
        self.refusal = words

    def details(self) -> ProfileDetails:
        """What valid rows say; those that were left empty or ticked off are left out."""
        kept = [
            form.details()
            for form in self.rows.forms
            if form.has_changed() and not form.cleaned_data.get("DELETE")
        ]
        return ProfileDetails(offerings=kept)


def _formset(extra: int) -> type[BaseFormSet]:
    return formset_factory(
        OfferingForm, extra=extra, can_delete=True, max_num=MAX_ROWS, absolute_max=MAX_ROWS
    )


def _count(data: QueryDict) -> int:
    text = data.get(f"{PREFIX}-TOTAL_FORMS") or ""
    return int(text) if text.isascii() and text.isdigit() else 0


def _typed(data: QueryDict, form: type[forms.Form], prefix: str) -> dict[str, Any]:
    many = {
        name
        for name, field in form.base_fields.items()
        if isinstance(field, forms.MultipleChoiceField)
    }
    return {
        name: data.getlist(prefix + name) if name in many else data.get(prefix + name, "")
        for name in form.base_fields
    }


def _row(offering: Offering, catalogue: Catalogue) -> dict[str, Any]:
    of_states = {key for key, board in catalogue.boards.items() if board.state}
    online, home = offering.online_rate_paise, offering.home_rate_paise
    return {
        "subject": offering.subject_id,
        "grade_min": offering.grade_min,
        "grade_max": offering.grade_max,
        "boards": [key for key in offering.boards if key not in of_states],
        "state_boards": [key for key in offering.boards if key in of_states],
        "online_rate": online // 100 if online else None,
        "home_rate": home // 100 if home else None,
    }
