from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from curriculum.forms import BoardField, GradeField, LanguagesField, SubjectsField
from students.models import Learner, Mode
from students.models.families import Relation
from students.services.learners import ConsentAnswer, GuardianDetails, LearnerDetails

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


class LearnerForm(forms.Form):
    """A child, its guardian and the guardian's consent, on one page. Prices are whole rupees."""

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
            "consent": ConsentAnswer(
                accepted=data["consent"],
                notice_version=settings.CONSENT_NOTICE_VERSION,
                language=get_language() or "en",
            ),
        }
