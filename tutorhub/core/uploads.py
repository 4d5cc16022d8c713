"""Files that somebody has posted to the private storage: whether they are what was announced."""

import hashlib
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


def check_arrived(key: str, *, size: int | None, content_type: str, max_size: int) -> None:
    """Raises storage.MissingFile, or WrongFile for another file than was announced."""
    head = storage.head(key)
    if head.size > max_size or (head.size, head.content_type) != (size or head.size, content_type):
        storage.delete(key)
        raise WrongFile


def take_in(upload_key: str, *, content_type: str, size: int | None, max_size: int) -> Accepted:
    """Look at what arrived at `upload_key`, by its content, and move it out of quarantine.

    Speaks to the storage, so call it outside transactions. Raises storage.MissingFile, WrongFile,
    contents.RefusedContent or scanning.ScannerSilent; a file that is refused is deleted, and the
    same form may be filled again.
    """
    check_arrived(upload_key, size=size, content_type=content_type, max_size=max_size)
    key = storage.accept(upload_key)
    data = storage.read(key)
    try:
        contents.check(data, content_type)
        scanning.scan(data)
    except DomainError:
        storage.delete(key)
        raise
    return Accepted(key, hashlib.sha256(data).hexdigest(), len(data))
