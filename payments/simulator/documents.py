"""Documents: `/v1/documents`, the files that go with a contested dispute."""

import hashlib
from email.parser import BytesParser
from email.policy import HTTP

from notifications.simulator.http import Request
from payments.simulator.books import Books, Entity, locked, public
from payments.simulator.errors import refuse

MARKS = {
    "application/pdf": b"%PDF-",
    "image/jpeg": b"\xff\xd8\xff",
    "image/jpg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
}
MEGABYTE = 1024 * 1024
LARGEST = {"application/pdf": 2 * MEGABYTE}
"""Razorpay names no limit here; these are those of its sister API for business documents."""
LARGEST_IMAGE = 4 * MEGABYTE
PURPOSES = ("dispute_evidence",)


def create(books: Books, request: Request) -> Entity:
    """`POST /v1/documents`: multipart with `file` and `purpose`. Every call makes a new one."""
    fields, file = _parts(request)
    if file is None:
        raise refuse("The file field is required.", field="file")
    if "purpose" not in fields:
        raise refuse("The purpose field is required.", field="purpose")
    if fields["purpose"] not in PURPOSES:
        description = f"invalid document upload purpose:{fields['purpose']}"
        raise refuse(description, field="purpose")
    _check(*file[1:])
    return _keep(books, *file)


@locked
def fetch(books: Books, document_id: str) -> Entity:
    return public(books.get("documents", document_id))


@locked
def _keep(books: Books, name: str, mime_type: str, content: bytes) -> Entity:
    document = {
        "id": books.new_id("doc"),
        "entity": "document",
        "purpose": "dispute_evidence",
        "name": name,
        "mime_type": mime_type,
        "size": len(content),
        "created_at": books.clock.now(),
        "_sha256": hashlib.sha256(content).hexdigest(),
    }
    return public(books.put("documents", document))


def _check(mime_type: str, content: bytes) -> None:
    if mime_type not in MARKS or not content.startswith(MARKS[mime_type]):
        raise refuse("The file must be a file of type: jpg, jpeg, png, pdf.", field="file")
    if len(content) > LARGEST.get(mime_type, LARGEST_IMAGE):
        raise refuse("The file may not be greater than the largest size.", field="file")


def _parts(request: Request) -> tuple[dict[str, str], tuple[str, str, bytes] | None]:
    """The fields of a form, and its file: name, type and content."""
    kind = request.headers.get("content-type", "")
    fields: dict[str, str] = {}
    file = None
    if not kind.startswith("multipart/form-data"):
        return fields, file
    head = f"Content-Type: {kind}\r\n\r\n".encode()
    for part in BytesParser(policy=HTTP).parsebytes(head + request.body).iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True) or b""
        if name == "file" and part.get_filename() and isinstance(content, bytes):
            file = (str(part.get_filename()), part.get_content_type(), content)
        elif isinstance(content, bytes):
            fields[str(name)] = content.decode(errors="replace")
    return fields, file
