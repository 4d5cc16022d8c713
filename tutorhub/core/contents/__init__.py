"""What a file really is, whatever its name and sender say, and what we keep of it.

`check` is a first look at the bytes, cheap enough for a request. `clean` opens the file in a child
process and makes it again: what is kept is never what was sent. Both raise RefusedContent.
"""

import re
from dataclasses import dataclass

from tutorhub.core.contents import sandbox
from tutorhub.core.contents.errors import (
    AadhaarNumber,
    ActiveContent,
    Infected,
    RefusedContent,
    WrongContent,
    words,
)
from tutorhub.core.contents.inside import aadhaar

__all__ = [
    "ALLOWED_TYPES",
    "EXTENSIONS",
    "FACES",
    "AadhaarNumber",
    "ActiveContent",
    "Clean",
    "Infected",
    "RefusedContent",
    "WrongContent",
    "check",
    "check_name",
    "clean",
    "clean_portrait",
    "make_faces",
    "render_page",
    "sniff",
    "words",
]

# Where the mark stands and how it reads.
MARKS: dict[str, list[tuple[int, bytes]]] = {
    "image/jpeg": [(0, b"\xff\xd8\xff")],
    "image/png": [(0, b"\x89PNG\r\n\x1a\n")],
    "image/webp": [(0, b"RIFF"), (8, b"WEBP")],
    "application/pdf": [(0, b"%PDF-")],
}
ALLOWED_TYPES = tuple(MARKS)
EXTENSIONS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
}

# The files that `make_faces` makes.
FACES = ("168.webp", "168.jpg", "336.webp", "336.jpg")

# Scripts, programs and attachments inside a PDF (ISO 32000 names), which no certificate needs.
ACTIVE_PDF = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia)(?![A-Za-z])")


@dataclass(frozen=True)
class Clean:
    """A file that we made: a JPEG or a PDF."""

    data: bytes
    content_type: str
    pages: int


def sniff(data: bytes) -> str | None:
    """The content type that the first bytes speak for, if it is one we take."""
    for content_type, marks in MARKS.items():
        if all(data[start : start + len(mark)] == mark for start, mark in marks):
            return content_type
    return None


def check(data: bytes, content_type: str) -> None:
    """Raises WrongContent or ActiveContent unless `data` looks like a file of that type."""
    if sniff(data) != content_type:
        raise WrongContent
    if content_type == "application/pdf" and ACTIVE_PDF.search(data):
        raise ActiveContent


def check_name(filename: str) -> None:
    """Raises AadhaarNumber where the very name of a file gives one away."""
    if aadhaar.numbers(filename.replace("_", " ")):
        raise AadhaarNumber


def clean(data: bytes, content_type: str) -> Clean:
    """The paper made again: upright, without metadata, scripts and anything appended."""
    check(data, content_type)
    return _clean(sandbox.run("clean", data, content_type=content_type))


def clean_portrait(data: bytes, content_type: str) -> Clean:
    """The photo of a person made again as a JPEG of at most 1600 pixels."""
    check(data, content_type)
    return _clean(sandbox.run("portrait", data, content_type=content_type))


def make_faces(portrait: bytes) -> dict[str, bytes]:
    """File name -> picture: each size as WebP and JPEG."""
    made = sandbox.run("faces", portrait)
    return dict(zip(made.report["names"], made.blobs, strict=True))


def render_page(data: bytes, content_type: str, number: int = 1, *, mark: str = "") -> Clean:
    """Page `number` of a paper as a JPEG of at most 1600 pixels, for the eyes of a moderator.

    `mark` is written all over it, in ASCII.
    """
    return _clean(sandbox.run("page", data, content_type=content_type, number=number, mark=mark))


def _clean(made: sandbox.Made) -> Clean:
    return Clean(made.blobs[0], made.report["content_type"], made.report["pages"])
