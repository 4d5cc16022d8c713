"""The search box of the home page, and the form the styleguide shows."""

from django import forms
from django.utils.translation import gettext_lazy as _

from curriculum.forms import GradeField, SubjectField


class TutorSearchForm(forms.Form):
    """The search of the home page; the search page itself has the long form."""

    use_required_attribute = False
    is_search = True
    subject = SubjectField(empty_label=_("Any subject"))
    grade = GradeField(required=False)
    pin_code = forms.CharField(
        label=_("PIN code"),
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "placeholder": "560034", "autocomplete": "postal-code"}
        ),
    )


class SampleForm(forms.Form):
    """Every kind of field once."""

    name = forms.CharField(label="Learner's name", max_length=80)
    phone = forms.CharField(label="Phone", help_text="We send a code by WhatsApp or SMS.")
    board = forms.ChoiceField(label="Board", choices=[("", "Choose"), ("CBSE", "CBSE")])
    rate = forms.IntegerField(label="Up to, per hour", required=False, min_value=100)
    rate.prefix_text = "₹"
    mode = forms.ChoiceField(
        label="Where",
        widget=forms.RadioSelect,
        choices=[("home", "At home"), ("online", "Online"), ("either", "Either")],
    )
    subjects = forms.MultipleChoiceField(
        label="Subjects",
        widget=forms.CheckboxSelectMultiple,
        choices=[("physics", "Physics"), ("maths", "Mathematics"), ("english", "English")],
    )
    paper = forms.FileField(label="Degree certificate", help_text="PDF, JPEG or PNG, up to 10 MB.")
    note = forms.CharField(label="Note", widget=forms.Textarea, required=False)
    consent = forms.BooleanField(label="I am the parent or guardian, and I agree.")
