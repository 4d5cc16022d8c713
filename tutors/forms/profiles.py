"""The tutor's own profile with one row per subject. Prices are whole rupees here."""

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
from tutors.models.profiles import RADIUS_MAX_KM, RATE_MAX_PAISE, RATE_MIN_PAISE
from tutors.services.profiles import OfferingDetails, ProfileDetails

MAX_ROWS = 20
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


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"), max_length=120, help_text=_("As in your proof of identity.")
    )
    headline = forms.CharField(
        label=_("One line about what you teach"),
        max_length=120,
        required=False,
        help_text=_("For instance: Physics for classes 9 to 12, CBSE and ICSE."),
    )
    bio = forms.CharField(
        label=_("How you teach"),
        max_length=3000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Please write no phone numbers, e-mail addresses or links here."),
    )
    gender = forms.ChoiceField(
        label=_("You are a"),
        required=False,
        choices=[("", _("I do not say")), *TutorProfile.Gender.choices],
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages you teach in"), required=False, widget=forms.CheckboxSelectMultiple
    )
    experience_years = forms.IntegerField(
        label=_("Years of teaching"), min_value=0, max_value=60, initial=0
    )
    qualifications = forms.CharField(
        label=_("Degrees and certificates"),
        required=False,
        max_length=1200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One per line."),
    )
    video_url = forms.URLField(
        label=_("Link to a short video of you"), required=False, assume_scheme="https"
    )
    pin_code = forms.CharField(
        label=_("PIN code"),
        max_length=7,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code"}),
        help_text=_("Families see the city and how far away you are, never your address."),
    )
    radius_km = forms.IntegerField(
        label=_("Km you travel for classes at a home"),
        min_value=0,
        max_value=RADIUS_MAX_KM,
        initial=5,
    )

    def __init__(self, *args: Any, catalogue: Catalogue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.catalogue = catalogue
        offer(
            self,
            "languages",
            [(key, language.name) for key, language in catalogue.languages.items()],
        )

    def clean_qualifications(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["qualifications"].splitlines()]
        kept = [line for line in lines if line]
        if len(kept) > 10 or any(len(line) > 120 for line in kept):
            raise forms.ValidationError(_("At most 10 lines of 120 letters each."))
        return kept


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


class ProfileForms:
    """The profile form and its rows, bound to what was sent or filled with what is stored."""

    def __init__(self, profile: ProfileForm, rows: BaseFormSet) -> None:
        self.profile = profile
        self.rows = rows

    @classmethod
    def stored(cls, tutor: TutorProfile | None, catalogue: Catalogue, name: str) -> Self:
        """Filled with the profile as it is, with one empty row when there is none yet."""
        if tutor is None:
            return cls._filled({"name": name}, [], catalogue)
        first = {
            field: getattr(tutor, field)
            for field in ProfileForm.base_fields
            if field not in {"pin_code", "qualifications"}
        }
        first |= {
            "pin_code": tutor.place_id or "",
            "qualifications": "\n".join(tutor.qualifications),
        }
        rows = [_row(offering, catalogue) for offering in tutor.offerings.all()]
        return cls._filled(first, rows, catalogue)

    @classmethod
    def sent(cls, data: QueryDict, catalogue: Catalogue) -> Self:
        kwargs = {"catalogue": catalogue}
        return cls(
            ProfileForm(data, catalogue=catalogue),
            _formset(0)(data, prefix="offerings", form_kwargs=kwargs),
        )

    @classmethod
    def with_one_more_row(cls, data: QueryDict, catalogue: Catalogue) -> Self:
        """Everything as it was typed, unchecked, and one more empty row."""
        rows = []
        for number in range(min(_count(data), MAX_ROWS)):
            prefix = f"offerings-{number}-"
            if not data.get(f"{prefix}DELETE"):
                rows.append(_typed(data, OfferingForm, prefix))
        return cls._filled(_typed(data, ProfileForm, ""), rows, catalogue, extra=1)

    @classmethod
    def _filled(
        cls,
        first: dict[str, Any],
        rows: list[dict[str, Any]],
        catalogue: Catalogue,
        extra: int | None = None,
    ) -> Self:
        count = (0 if rows else 1) if extra is None else extra
        return cls(
            ProfileForm(initial=first, catalogue=catalogue),
            _formset(count)(initial=rows, prefix="offerings", form_kwargs={"catalogue": catalogue}),
        )

    def is_valid(self) -> bool:
        return all([self.profile.is_valid(), self.rows.is_valid()])

    def details(self) -> ProfileDetails:
        """What a valid pair says; rows that were left empty or ticked off are left out."""
        asked, catalogue = dict(self.profile.cleaned_data), self.profile.catalogue
        languages = [catalogue.languages[key] for key in asked.pop("languages")]
        kept = [
            form.details()
            for form in self.rows.forms
            if form.has_changed() and not form.cleaned_data.get("DELETE")
        ]
        return ProfileDetails(**asked, languages=languages, offerings=kept)


def _formset(extra: int) -> type[BaseFormSet]:
    return formset_factory(
        OfferingForm, extra=extra, can_delete=True, max_num=MAX_ROWS, absolute_max=MAX_ROWS
    )


def _count(data: QueryDict) -> int:
    text = data.get("offerings-TOTAL_FORMS") or ""
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
