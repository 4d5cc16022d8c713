"""What a file really is, by its first bytes, whatever its name and sender say."""

import re

from django.utils.translation import gettext_lazy as _

from tutorhub.core.errors import DomainError

# Where the mark stands and how it reads.
MARKS: dict[str, list[tuple[int, bytes]]] = {
    "image/jpeg": [(0, b"\xff\xd8\xff")],
    "image/png": [(0, b"\x89PNG\r\n\x1a\n")],
    "image/webp": [(0, b"RIFF"), (8, b"WEBP")],
    "application/pdf": [(0, b"%PDF-")],
}
ALLOWED_TYPES = tuple(MARKS)

# Scripts, programs and attachments inside a PDF (ISO 32000 names), which no certificate needs.
ACTIVE_PDF = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia)(?![A-Za-z])")


class WrongContent(DomainError):
    code = "wrong_content"
    message = _("This is not a JPEG, PNG, WebP or PDF file, or not the kind that was announced.")


class ActiveContent(DomainError):
    code = "active_content"
    message = _("This PDF holds a script or another file. Please print it to a new PDF first.")


def sniff(data: bytes) -> str | None:
    """The content type that the first bytes speak for, if it is one we take."""
    for content_type, marks in MARKS.items():
        if all(data[start : start + len(mark)] == mark for start, mark in marks):
            return content_type
    return None


def check(data: bytes, content_type: str) -> None:
    """Raises WrongContent or ActiveContent unless `data` is a harmless file of that type."""
    if sniff(data) != content_type:
        raise WrongContent
    if content_type == "application/pdf" and ACTIVE_PDF.search(data):
        raise ActiveContent
