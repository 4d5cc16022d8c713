from django import forms
from django.utils.translation import gettext_lazy as _

from tutors.models import TutorDocument

EXTENSIONS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
}


class DocumentForm(forms.Form):
    """What is going to be uploaded; the file itself goes straight to the storage."""

    kind = forms.ChoiceField(label=_("What does it prove?"), choices=TutorDocument.Kind.choices)
    content_type = forms.ChoiceField(
        label=_("What kind of file is it?"),
        choices=[
            ("image/jpeg", _("Photo (JPEG)")),
            ("application/pdf", _("PDF")),
            ("image/png", _("PNG")),
            ("image/webp", _("WebP")),
        ],
        widget=forms.RadioSelect,
        initial="image/jpeg",
    )

    def filename(self) -> str:
        """A name of ours: what the phone calls the file may hold personal data."""
        asked = self.cleaned_data
        return f"{asked['kind']}.{EXTENSIONS[asked['content_type']]}"
