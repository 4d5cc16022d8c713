from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.forms import PhoneField
from accounts.models import ConsentNotice, Relation
from accounts.services import notices
from curriculum.forms import BoardField, GradeField, LanguagesField, SubjectsField
from students.models import Learner, Mode
from students.services.agreements import ConsentAnswer
from students.services.learners import GuardianDetails, LearnerDetails

DETAIL_FIELDS = [
    "name",
    "grade",
    "board",
    "subjects",
    "mode",
    "pin_code",
    "languages",
    "goals",
]


def notice_shown() -> ConsentNotice:
    """The notice that a page shows now, in the reader's language or else in English."""
    return notices.in_force(get_language() or "en")


def yes() -> ConsentAnswer:
    """The answer of somebody who ticked under the notice that the page shows."""
    notice = notice_shown()
    return ConsentAnswer(accepted=True, notice_version=notice.version, language=notice.language)


class LearnerForm(forms.Form):
    """A child, its guardian and the guardian's consent, on one page. Prices are whole rupees.

    With `has_consent` the box may stay empty: what was agreed to holds for the same guardian.
    """

    name = forms.CharField(label=_("Child's name"), max_length=80)
    grade = GradeField()
    board = BoardField(initial="CBSE")
    subjects = SubjectsField(widget=forms.CheckboxSelectMultiple)
    mode = forms.ChoiceField(
        label=_("Where should the classes be?"),
        choices=Mode.choices,
        widget=forms.RadioSelect,
        initial=Mode.EITHER,
    )
    pin_code = forms.CharField(
        label=_("PIN code"),
        max_length=7,
        help_text=_("Tutors see the area, never your address."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code"}),
    )
    budget_min = forms.IntegerField(
        label=_("Price per hour from (₹)"), min_value=0, max_value=100_000, initial=300
    )
    budget_max = forms.IntegerField(
        label=_("Price per hour up to (₹)"), min_value=1, max_value=100_000, initial=800
    )
    languages = LanguagesField(
        label=_("Languages for the class"), required=False, widget=forms.CheckboxSelectMultiple
    )
    goals = forms.CharField(
        label=_("What should get better?"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    guardian_name = forms.CharField(label=_("Your name"), max_length=120)
    guardian_phone = forms.CharField(
        label=_("Your mobile number"),
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    guardian_relation = forms.ChoiceField(
        label=_("You are the child's"), choices=Relation.choices, initial=Relation.PARENT
    )
    consent = forms.BooleanField(
        label=_("I am the parent or legal guardian and I agree"),
        error_messages={
            "required": _(
                "A parent or guardian has to agree before we keep anything about a child."
            )
        },
    )

    def __init__(self, *args: Any, has_consent: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consent"].required = not has_consent

    @staticmethod
    def initial_of(learner: Learner) -> dict[str, Any]:
        """The form's values for a learner that exists."""
        return {
            "name": learner.name,
            "grade": learner.grade,
            "board": learner.board_id,
            "subjects": list(learner.subjects.all()),
            "mode": learner.mode,
            "pin_code": learner.place_id,
            "budget_min": learner.budget_min_paise // 100,
            "budget_max": learner.budget_max_paise // 100,
            "languages": learner.languages,
            "goals": learner.goals,
            "guardian_name": learner.guardian.name,
            "guardian_phone": learner.guardian.phone,
            "guardian_relation": learner.guardian.relation,
        }

    def parts(self) -> dict[str, Any]:
        """The arguments of the service, from a valid form."""
        data = self.cleaned_data
        return {
            "details": LearnerDetails(
                budget_min_paise=data["budget_min"] * 100,
                budget_max_paise=data["budget_max"] * 100,
                **{name: data[name] for name in DETAIL_FIELDS},
            ),
            "guardian": GuardianDetails(
                data["guardian_name"], data["guardian_phone"], data["guardian_relation"]
            ),
            "consent": yes() if data["consent"] else None,
        }


class GuardianCodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=12,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "code"}
        ),
    )


class InviteForm(forms.Form):
    phone = PhoneField(
        label=_("Mobile number of the other guardian"),
        help_text=_("They get a message and join by signing in with this number."),
    )
    relation = forms.ChoiceField(
        label=_("They are the child's"), choices=Relation.choices, initial=Relation.PARENT
    )
