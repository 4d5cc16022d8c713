"""What every private storage can do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from tutorhub.core.access.files import PREFIXES
from tutorhub.core.errors import DomainError, NotAllowed

UPLOAD_SECONDS = 300
UUID_WORD = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# Below `public/` lies what everybody may see; all else goes out by signed links only.
PUBLIC = "public/"
KEY = re.compile(
    rf"(?:{'|'.join(sorted(PREFIXES.keys() - {'public'}))})/{UUID_WORD}"
    rf"|{PUBLIC}{UUID_WORD}-[a-z0-9]{{1,10}}\.(?:webp|jpg)"
)
FOREVER = "public, max-age=31536000, immutable"


class MissingFile(DomainError):
    code = "file_missing"
    message = _("The file has not arrived. Please upload it again.")


class UploadRefused(NotAllowed):
    code = "upload_refused"
    message = _("This upload form is not valid any more. Please start again.")


@dataclass(frozen=True)
class Upload:
    """A form to post as multipart/form-data: all `fields` first, then the file as `file`."""

    url: str
    fields: dict[str, str]
    method: str = "POST"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Head:
    size: int
    content_type: str


class Storage(Protocol):
    def start_upload(
        self, *, key: str, content_type: str, min_size: int, max_size: int, redirect_to: str
    ) -> Upload: ...

    def head(self, key: str) -> Head: ...

    def put(self, key: str, data: bytes, *, content_type: str) -> None: ...

    def old_keys(self, prefix: str, *, before: datetime, after: str) -> Iterator[str]: ...

    def read(self, key: str) -> bytes: ...

    def delete(self, key: str) -> None: ...

    def signed_get_url(
        self, key: str, *, filename: str, content_type: str, seconds: int
    ) -> str: ...


def check_key(key: str) -> str:
    """The key itself, if it is one of ours; anything else never reaches a disk or bucket."""
    if not KEY.fullmatch(key):
        raise ValueError("not a storage key")
    return key
