"""Private files: they come in by a signed form, are checked, and go out by a link that expires.

A browser or app posts the file straight to the storage, to a key below `quarantine/` that we chose.
The server then looks at what arrived and keeps it under a key that no client ever knew, so nothing
that is sent later with the same form can change it: what was made again of it by `put()`, or the
file itself by `accept()`.

A key is chosen and written to the database before anything is put under it, so there is no file
without a row; `tutorhub.core.sweeping` looks after what is left all the same.

Every function speaks to a disk or to S3 (`settings.PRIVATE_STORAGE`): call none of them inside a
transaction. Raises Unavailable when the storage does not answer.
"""

import uuid
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from tutorhub.core.storage.base import (
    PUBLIC,
    UPLOAD_SECONDS,
    Head,
    MissingFile,
    Storage,
    Upload,
    UploadRefused,
    check_key,
)
from tutorhub.core.storage.disk import DiskStorage
from tutorhub.core.storage.s3 import S3Storage

__all__ = [
    "PUBLIC",
    "UPLOAD_SECONDS",
    "Head",
    "MissingFile",
    "Upload",
    "UploadRefused",
    "accept",
    "current",
    "delete",
    "head",
    "new_key",
    "old_keys",
    "private_key",
    "public_key",
    "public_url",
    "put",
    "read",
    "signed_get_url",
    "start_upload",
]

QUARANTINE = "quarantine/"
BACKENDS: dict[str, type[Storage]] = {"disk": DiskStorage, "s3": S3Storage}


def current() -> Storage:
    return BACKENDS[settings.PRIVATE_STORAGE]()


def new_key() -> str:
    """A key to upload to, which nobody can guess."""
    return f"{QUARANTINE}{uuid.uuid4()}"


def private_key(kind: str) -> str:
    """A key for a file that we made; `kind` is a prefix of `core.access.files`."""
    return check_key(f"{kind}/{uuid.uuid4()}")


def public_key(name: uuid.UUID, variant: str) -> str:
    """The key of a file that everybody may see, such as variant `168.webp` of picture `name`."""
    return check_key(f"{PUBLIC}{name}-{variant}")


def public_url(name: uuid.UUID, variant: str) -> str:
    """Where everybody fetches it. The same address always shows the same picture."""
    return f"{settings.PHOTO_ORIGIN}{reverse('core:picture', args=[f'{name}-{variant}'])}"


def put(key: str, data: bytes, *, content_type: str) -> None:
    """Write a file that we made, whole or not at all; the same again is fine."""
    if key.startswith(QUARANTINE):
        raise ValueError("only clients write there")
    current().put(key, data, content_type=content_type)


def old_keys(prefix: str, *, before: datetime, after: str = "") -> Iterator[str]:
    """Keys below `prefix/` last written before that time, in order; only those after `after`."""
    return current().old_keys(prefix, before=before, after=after)


def start_upload(
    *, key: str, content_type: str, size: int | None, max_size: int, redirect_to: str = ""
) -> Upload:
    """The form that uploads one file to `key`, good for five minutes.

    The file must have exactly `size` bytes, or 1 to `max_size` where the size is not known yet.
    After the upload the storage sends a browser to `redirect_to` (absolute), if that is given.
    """
    return current().start_upload(
        key=key,
        content_type=content_type,
        min_size=size or 1,
        max_size=size or max_size,
        redirect_to=redirect_to,
    )


def head(key: str) -> Head:
    """Size and content type of what lies at `key`. Raises MissingFile."""
    return current().head(key)


def read(key: str) -> bytes:
    """All of a (small) file. Raises MissingFile."""
    return current().read(key)


def delete(key: str) -> None:
    """Remove a file; one that is not there is fine."""
    current().delete(key)


def signed_get_url(key: str, *, filename: str, content_type: str, seconds: int = 60) -> str:
    """A link that downloads the file as `filename` and dies after `seconds`."""
    return current().signed_get_url(
        key, filename=filename, content_type=content_type, seconds=seconds
    )
