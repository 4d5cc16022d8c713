from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from curriculum.forms import SubjectField
from marketplace.models import Enquiry, Mode
from marketplace.policies import LONGEST, SHORTEST
from payments.models import GatewayDispute
from payments.policies import EVIDENCE_WORDS
from students.models import Learner
from tutors.models import TutorProfile

TIMES = [
    ("Weekday mornings", _("Weekday mornings")),
    ("Weekday afternoons", _("Weekday afternoons")),
    ("Weekday evenings", _("Weekday evenings")),
    ("Saturdays", _("Saturdays")),
    ("Sundays", _("Sundays")),
]


class StatementForm(forms.Form):
    """What a tutor says about a class whose payment is questioned."""

    text = forms.CharField(
        label=_("What happened in the class?"),
        max_length=EVIDENCE_WORDS,
        required=False,
        help_text=_("When you met, what you taught, what the family said. Facts count."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class EvidenceFileForm(forms.Form):
    """What kind of file is going to be uploaded; the file itself goes straight to the storage."""

    content_type = forms.ChoiceField(
        label=_("What kind of file is it?"),
        choices=[
            ("image/jpeg", _("Photo (JPEG)")),
            ("application/pdf", _("PDF")),
            ("image/png", _("PNG")),
        ],
        widget=forms.RadioSelect,
        initial="image/jpeg",
    )


class ContestForm(forms.Form):
    """What finance tells the bank, and what goes with it."""

    words = forms.CharField(
        label="What the bank is to know (the facts below are added)",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 80}),
    )
    has_ours = forms.BooleanField(
        label="Our own evidence: what we know of it as a PDF, and the receipt",
        required=False,
        initial=True,
    )
    has_statement = forms.BooleanField(label="The tutor's words, as a letter", required=False)
    tutor_files = forms.MultipleChoiceField(
        label="Files from the tutor", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, dispute: GatewayDispute, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = dispute.evidence.from_tutors().received().order_by("pk")
        self.fields["tutor_files"].choices = [(str(file.pk), file.filename) for file in there]
        if not there:
            del self.fields["tutor_files"]
        if not dispute.statement:
            del self.fields["has_statement"]


class EnquiryForm(forms.Form):
    """What a family looks for. The price is in whole rupees."""

    learner = forms.ModelChoiceField(Learner.objects.none(), label=_("For whom?"), empty_label=None)
    subject = SubjectField()
    mode = forms.ChoiceField(
        label=_("Where?"), choices=Mode.choices, widget=forms.RadioSelect, initial=Mode.EITHER
    )
    budget_max = forms.IntegerField(
        label=_("Price per hour up to (₹)"), min_value=50, max_value=100_000
    )
    pin_code = forms.CharField(
        label=_("PIN code"),
        max_length=7,
        help_text=_("Tutors see the area, never your address."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code"}),
    )
    preferred_times = forms.MultipleChoiceField(
        label=_("When would suit you?"),
        choices=TIMES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(
        label=_("What should the tutor know?"),
        max_length=1000,
        required=False,
        help_text=_("Phone numbers are left out until you have paid for a first class."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    tutor = forms.ModelChoiceField(
        TutorProfile.objects.none(), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["learner"].queryset = Learner.objects.of(user)
        self.fields["tutor"].queryset = TutorProfile.objects.listed()

    def arguments(self) -> dict[str, Any]:
        """The arguments of the service, from a valid form."""
        data = dict(self.cleaned_data)
        data["budget_max_paise"] = data.pop("budget_max") * 100
        return data


class AcceptForm(forms.Form):
    """A tutor's offer. The price is in whole rupees an hour, the time Indian."""

    start_at = forms.DateTimeField(
        label=_("First class"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    duration_min = forms.IntegerField(
        label=_("Minutes"),
        min_value=SHORTEST,
        max_value=LONGEST,
        initial=60,
        widget=forms.NumberInput(attrs={"step": 15}),
    )
    rate = forms.IntegerField(label=_("Your price per hour (₹)"), min_value=50, max_value=100_000)
    mode = forms.ChoiceField(
        label=_("Where?"),
        choices=[(mode.value, mode.label) for mode in (Mode.ONLINE, Mode.HOME)],
        widget=forms.RadioSelect,
        required=False,
    )
    message = forms.CharField(
        label=_("A word to the family"),
        max_length=1000,
        required=False,
        help_text=_("Phone numbers and e-mail addresses are left out until the class is paid."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, enquiry: Enquiry, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if enquiry.mode != Mode.EITHER:
            del self.fields["mode"]

    def arguments(self) -> dict[str, Any]:
        """The arguments of the service, from a valid form."""
        data = dict(self.cleaned_data)
        data["rate_paise"] = data.pop("rate") * 100
        return data


class DeclineForm(forms.Form):
    reason = forms.CharField(label=_("Why not?"), max_length=300, required=False)


class CodeForm(forms.Form):
    """The family's code at the door; none for a class online."""

    code = forms.CharField(
        label=_("Code on the family's phone"),
        max_length=4,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def __init__(self, *args: Any, is_at_home: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = is_at_home


class ReviewForm(forms.Form):
    stars = forms.TypedChoiceField(
        label=_("Stars"),
        choices=[(stars, f"{stars} {'★' * stars}") for stars in (5, 4, 3, 2, 1)],
        coerce=int,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("In your words"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
