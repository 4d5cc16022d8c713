"""Private files: they come in by a signed form, are checked, and go out by a link that expires.

A browser or app posts the file straight to the storage, to a key below `quarantine/` that we chose.
The server then looks at what arrived and has it copied by `accept()` to a key that no client ever
knew, so nothing that is sent later with the same form can change it.

Every function speaks to a disk or to S3 (`settings.PRIVATE_STORAGE`): call none of them inside a
transaction. Raises Unavailable when the storage does not answer.
"""

import uuid

from django.conf import settings

from tutorhub.core.storage.base import (
    UPLOAD_SECONDS,
    Head,
    MissingFile,
    Storage,
    Upload,
    UploadRefused,
)
from tutorhub.core.storage.disk import DiskStorage
from tutorhub.core.storage.s3 import S3Storage

__all__ = [
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
    "read",
    "signed_get_url",
    "start_upload",
]

BACKENDS: dict[str, type[Storage]] = {"disk": DiskStorage, "s3": S3Storage}


def current() -> Storage:
    return BACKENDS[settings.PRIVATE_STORAGE]()


def new_key() -> str:
    """A key to upload to, which nobody can guess."""
    return f"quarantine/{uuid.uuid4()}"


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


def accept(key: str) -> str:
    """Move a file out of quarantine and return its final key. Raises MissingFile."""
    return current().accept(key, final_key=f"accepted/{uuid.uuid4()}")


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
