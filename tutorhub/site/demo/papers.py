"""Papers for demo tutors to show: one page that says what it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from unittest import mock

from tutorhub.core import contents


@contextmanager
def opened_once() -> Iterator[None]:
    """All papers of a kind are the same file here: what was made of the first serves for all."""
    with mock.patch.object(contents, "clean", cache(contents.clean)):
        yield


def page(*lines: str) -> bytes:
    """A PDF of one A5 page with these lines of ASCII text."""
    text = b" ".join(
        b"BT /F1 16 Tf 40 %d Td (%s) Tj ET" % (520 - 30 * number, line.encode("ascii", "replace"))
        for number, line in enumerate(lines)
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 595] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return body + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (len(offsets) + 1, table, len(offsets) + 1, len(body))
    )
