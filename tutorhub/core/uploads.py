"""Files that somebody has posted to the private storage: whether they are what was announced."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from tutorhub.core import contents, scanning, storage
from tutorhub.core.errors import DomainError


class WrongFile(DomainError):
    code = "wrong_file"
    message = _("The file that arrived is not the one that was announced. Please upload it again.")


@dataclass(frozen=True)
class Accepted:
    """A file under a key that no client ever knew."""

    key: str
    sha256: str
    size: int
    content_type: str


def check_arrived(key: str, *, size: int | None, content_type: str, max_size: int) -> None:
    """Raises storage.MissingFile, or WrongFile for another file than was announced."""
    head = storage.head(key)
    if head.size > max_size or (head.size, head.content_type) != (size or head.size, content_type):
        storage.delete(key)
        raise WrongFile


def take_in(
    upload_key: str, *, content_type: str, size: int | None, max_sizes: Mapping[str, int]
) -> Accepted:
    """Open what arrived at `upload_key`, and keep what we make of it, out of quarantine.

    What is kept is a JPEG or a PDF, whatever was sent; `max_sizes` are bytes by content type, of
    both. Speaks to the storage, so call it outside transactions. Raises storage.MissingFile,
    WrongFile, contents.RefusedContent or scanning.ScannerSilent; a file that is refused is deleted,
    and the same form may be filled again.
    """
    check_arrived(
        upload_key, size=size, content_type=content_type, max_size=max_sizes[content_type]
    )
    data = storage.read(upload_key)
    try:
        clean = contents.clean(data, content_type)
        scanning.scan(data)
        if len(clean.data) > max_sizes[clean.content_type]:
            raise WrongFile(_("The file is too large. A photo or scan with less detail will do."))
    except DomainError:
        storage.delete(upload_key)
        raise
    key = storage.private_key("accepted")
    storage.put(key, clean.data, content_type=clean.content_type)
    storage.delete(upload_key)
    digest = hashlib.sha256(clean.data).hexdigest()
    return Accepted(key, digest, len(clean.data), clean.content_type)
