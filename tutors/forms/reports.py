from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from tutors.models import TutorReport
from tutors.models.reports import LONGEST


class ReportForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("What is wrong?"),
        choices=[(value, capfirst(label)) for value, label in TutorReport.Reason.choices],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("What happened?"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Please name no child here. We ask if we need to know more."),
    )
