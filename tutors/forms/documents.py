from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from tutorhub.core.contents import EXTENSIONS
from tutors.models import TutorDocument
from tutors.policies import DOCUMENT_MAX_BYTES, PHOTO_MAX_BYTES

PICTURES = [
    ("image/jpeg", _("Photo (JPEG)")),
    ("image/png", _("PNG")),
    ("image/webp", _("WebP")),
]


class FileForm(forms.Form):
    """What is going to be uploaded; the file itself goes straight to the storage.

    `size` comes from a script, which knows the file already.
    """

    max_bytes: int
    size = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def clean_size(self) -> int | None:
        size: int | None = self.cleaned_data["size"]
        if size is not None and size > self.max_bytes:
            raise forms.ValidationError(_("This file is larger than 10 MB."))
        return size

    def details(self) -> dict[str, Any]:
        return dict(self.cleaned_data)

    def first_error(self) -> str:
        return next(str(errors[0]) for errors in self.errors.values())


class DocumentForm(FileForm):
    max_bytes = DOCUMENT_MAX_BYTES
    kind = forms.ChoiceField(
        label=_("What does it prove?"),
        choices=[(value, capfirst(label)) for value, label in TutorDocument.Kind.choices],
        widget=forms.RadioSelect,
        initial=TutorDocument.Kind.IDENTITY,
    )
    content_type = forms.ChoiceField(
        label=_("What kind of file is it?"),
        choices=[PICTURES[0], ("application/pdf", _("PDF")), *PICTURES[1:]],
        widget=forms.RadioSelect,
        initial="image/jpeg",
        error_messages={"invalid_choice": _("Please take a PDF, JPEG, PNG or WebP file.")},
    )

    def details(self) -> dict[str, Any]:
        """With a name of ours: what the phone calls the file may hold personal data."""
        asked = self.cleaned_data
        return {**asked, "filename": f"{asked['kind']}.{EXTENSIONS[asked['content_type']]}"}


class PhotoForm(FileForm):
    max_bytes = PHOTO_MAX_BYTES
    content_type = forms.ChoiceField(
        label=_("What kind of file is it?"),
        choices=PICTURES,
        widget=forms.RadioSelect,
        initial="image/jpeg",
        error_messages={"invalid_choice": _("Please take a JPEG, PNG or WebP file.")},
    )
