"""Why a file is not taken, in words for the person who sent it."""

from django.utils.translation import gettext_lazy as _

from tutorhub.core.errors import DomainError


class RefusedContent(DomainError):
    """The file is at fault; trying the same one again does not help."""

    code = "unreadable_file"
    message = _("We cannot read this file. Please take a new photo or scan.")


class WrongContent(RefusedContent):
    code = "wrong_content"
    message = _("This is not a JPEG, PNG, WebP or PDF file, or not the kind that was announced.")


class ActiveContent(RefusedContent):
    code = "active_content"
    message = _("This PDF holds a script or another file. Please print it to a new PDF first.")


class TooManyPixels(RefusedContent):
    code = "too_many_pixels"
    message = _("This picture has more than 40 megapixels. Please send a smaller one.")


class TooSmall(RefusedContent):
    code = "too_small"
    message = _("This picture is too small. Please send one of at least 240 by 240 pixels.")


class TooManyPages(RefusedContent):
    code = "too_many_pages"
    message = _("This PDF has more than 20 pages. Please send only the pages that matter.")


class LockedFile(RefusedContent):
    code = "locked_file"
    message = _("This PDF asks for a password. Please print it to a new PDF first.")


class TooComplex(RefusedContent):
    code = "too_complex"
    message = _("This file takes too long to open. Please take a photo or scan instead.")


class AadhaarNumber(RefusedContent):
    code = "aadhaar_number"
    message = _(
        "This shows a whole Aadhaar number, which we may not keep. Please send another proof, or a "
        "masked Aadhaar."
    )


class NoSuchPage(RefusedContent):
    code = "no_such_page"
    message = _("This file has no such page.")


class Infected(RefusedContent):
    code = "infected"
    message = _("A virus scanner objects to this file. Please send another one.")


KINDS: tuple[type[RefusedContent], ...] = (
    RefusedContent,
    WrongContent,
    ActiveContent,
    TooManyPixels,
    TooSmall,
    TooManyPages,
    LockedFile,
    TooComplex,
    AadhaarNumber,
    NoSuchPage,
    Infected,
)
BY_CODE = {kind.code: kind for kind in KINDS}


def words(code: str) -> str:
    """What to tell somebody whose file was refused with that code."""
    return str(BY_CODE.get(code, RefusedContent).message)
