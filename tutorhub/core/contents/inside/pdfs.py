"""PDFs: nothing that acts, a bounded number of pages, and only what is reachable written anew."""

from io import BytesIO
from typing import Any

import pikepdf
import pypdfium2

from . import aadhaar
from .images import MAX_PIXELS
from .jpegs import without_metadata
from .refusal import RefusedFile

MAX_PAGES = 20
MAX_OBJECTS = 20_000
MAX_DEPTH = 60
PROOF_LONGEST = 500
DRAWN_LONGEST = 1600

# ISO 32000: what runs, opens, plays, sends or carries another file.
ACTIVE_KEYS = frozenset(
    {"/JS", "/JavaScript", "/AA", "/EF", "/EmbeddedFiles", "/XFA", "/RichMedia"}
)
ACTIVE_NAMES = {
    "/S": frozenset(
        {
            "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR",
            "/Rendition", "/Movie", "/Sound", "/RichMediaExecute", "/GoTo3DView",
        }
    ),
    "/Type": frozenset({"/EmbeddedFile"}),
    "/Subtype": frozenset({"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}),
}  # fmt: skip
PRIVATE_KEYS = ("/Metadata", "/PieceInfo", "/LastModified")


def clean(data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """The same pages in a file of our own making."""
    with _opened(data) as pdf:
        pages = _count(pdf)
        for found in pdf.objects:
            _inspect(found, 0)
        for found in pdf.objects:
            _bare(found)
        words = " ".join(str(value) for value in pdf.docinfo.values())
        del pdf.docinfo
        out = BytesIO()
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, encryption=False)
    if aadhaar.is_shown(words + "\n" + _proof(out.getvalue())):
        raise RefusedFile("aadhaar_number")
    return {"content_type": "application/pdf", "pages": pages}, [out.getvalue()]


def draw(data: bytes, number: int) -> tuple[dict[str, Any], list[bytes]]:
    """Page `number`, counted from 1, as a JPEG."""
    document = pypdfium2.PdfDocument(data)
    if not 1 <= number <= len(document):
        raise RefusedFile("no_such_page")
    image = _drawn(document[number - 1], DRAWN_LONGEST).convert("RGB")
    out = BytesIO()
    image.save(out, "JPEG", quality=85)
    report = {"content_type": "image/jpeg", "pages": len(document), "size": image.size}
    return report, [out.getvalue()]


def _opened(data: bytes) -> pikepdf.Pdf:
    try:
        return pikepdf.open(BytesIO(data))
    except pikepdf.PasswordError as error:
        raise RefusedFile("locked_file") from error
    except pikepdf.PdfError as error:
        raise RefusedFile("unreadable_file") from error


def _count(pdf: pikepdf.Pdf) -> int:
    try:
        pages = len(pdf.pages)
    except pikepdf.PdfError as error:
        raise RefusedFile("unreadable_file") from error
    if not pages:
        raise RefusedFile("unreadable_file")
    if pages > MAX_PAGES:
        raise RefusedFile("too_many_pages")
    if len(pdf.objects) > MAX_OBJECTS:
        raise RefusedFile("too_complex")
    return pages


def _inspect(found: Any, depth: int) -> None:
    """Refuse what acts, wherever in a thing it is; references are looked at by themselves."""
    if depth > MAX_DEPTH:
        raise RefusedFile("too_complex")
    if isinstance(found, pikepdf.Array):
        for item in found.as_list():
            _inspect_part(item, depth)
    elif isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
        _inspect_keys(found)
        for part in found.values():
            _inspect_part(part, depth)


def _inspect_part(part: Any, depth: int) -> None:
    if isinstance(part, pikepdf.Object) and not part.is_indirect:
        _inspect(part, depth + 1)


def _inspect_keys(found: Any) -> None:
    if not ACTIVE_KEYS.isdisjoint(found.keys()):
        raise RefusedFile("active_content")
    for key, names in ACTIVE_NAMES.items():
        if str(found.get(key, "")) in names:
            raise RefusedFile("active_content")
    if found.get("/Subtype") == "/Image":
        width, height = found.get("/Width", 0), found.get("/Height", 0)
        if not isinstance(width, int) or not isinstance(height, int) or width * height > MAX_PIXELS:
            raise RefusedFile("too_many_pixels")


def _bare(found: Any) -> None:
    """Take away what tells of the maker; a photo inside loses place and camera."""
    if not isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
        return
    for key in PRIVATE_KEYS:
        if key in found:
            del found[key]
    if isinstance(found, pikepdf.Stream) and found.get("/Filter") == "/DCTDecode":
        found.write(without_metadata(found.read_raw_bytes()), filter=pikepdf.Name.DCTDecode)


def _proof(data: bytes) -> str:
    """Draw every page once, small, so that what cannot be shown is not taken; returns the words."""
    document = pypdfium2.PdfDocument(data)
    words = []
    for page in document:
        _drawn(page, PROOF_LONGEST)
        words.append(page.get_textpage().get_text_bounded())
    return "\n".join(words)


def _drawn(page: Any, longest: int) -> Any:
    return page.render(scale=longest / max(*page.get_size(), 1)).to_pil()
