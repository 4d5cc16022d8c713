"""Private files on this machine's disk, with our own signed upload and download addresses."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tutorhub.core import clock
from tutorhub.core.errors import Conflict, DomainError, NotAllowed
from tutorhub.core.storage.base import (
    KEY,
    UPLOAD_SECONDS,
    Head,
    MissingFile,
    Upload,
    UploadRefused,
    check_key,
)

UPLOAD_SALT = "tutorhub.core.storage.upload"
DOWNLOAD_SALT = "tutorhub.core.storage.download"
TYPE_ENDING = ".type"


class WrongSize(DomainError):
    code = "wrong_size"
    message = _("The file is empty, too large, or not the one that was announced.")


class AlreadyUploaded(Conflict):
    code = "already_uploaded"
    message = _("A file was already uploaded with this form.")


class LinkExpired(NotAllowed):
    code = "link_expired"
    message = _("This link has expired.")


@dataclass(frozen=True)
class UploadGrant:
    """What the holder of a signed upload address may send, and until when (Unix time)."""

    key: str
    content_type: str
    min_size: int
    max_size: int
    redirect_to: str
    until: float

    def fields(self) -> dict[str, str]:
        """The form fields that have to come back unchanged, named as S3 names them."""
        answer = (
            {"success_action_redirect": self.redirect_to}
            if self.redirect_to
            else {"success_action_status": "204"}
        )
        return {"key": self.key, "Content-Type": self.content_type, **answer}


@dataclass(frozen=True)
class DownloadGrant:
    key: str
    filename: str
    content_type: str
    until: float


class DiskStorage:
    def start_upload(
        self, *, key: str, content_type: str, min_size: int, max_size: int, redirect_to: str
    ) -> Upload:
        grant = UploadGrant(
            key=check_key(key),
            content_type=content_type,
            min_size=min_size,
            max_size=max_size,
            redirect_to=redirect_to,
            until=clock.now().timestamp() + UPLOAD_SECONDS,
        )
        token = signing.dumps(asdict(grant), salt=UPLOAD_SALT, compress=True)
        return Upload(url=reverse("core:upload", args=[token]), fields=grant.fields())

    def head(self, key: str) -> Head:
        path = self._present(key)
        return Head(size=path.stat().st_size, content_type=_type_file(path).read_text())

    def put(self, key: str, data: bytes, *, content_type: str) -> None:
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        _type_file(path).write_text(content_type)
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(temporary, path)

    def old_keys(self, prefix: str, *, before: datetime, after: str) -> Iterator[str]:
        for path in sorted((Path(settings.PRIVATE_ROOT) / prefix).glob("*")):
            key = f"{prefix}/{path.name}"
            if key <= after:
                continue
            is_old = path.stat().st_mtime < before.timestamp()
            if is_old and KEY.fullmatch(key):
                yield key
            elif is_old and not path.name.endswith(TYPE_ENDING):
                path.unlink()  # the rest of a write that was cut off

    def read(self, key: str) -> bytes:
        return self._present(key).read_bytes()

    def delete(self, key: str) -> None:
        path = self._path(key)
        path.unlink(missing_ok=True)
        _type_file(path).unlink(missing_ok=True)

    def signed_get_url(self, key: str, *, filename: str, content_type: str, seconds: int) -> str:
        until = clock.now().timestamp() + seconds
        grant = DownloadGrant(check_key(key), filename, content_type, until)
        token = signing.dumps(asdict(grant), salt=DOWNLOAD_SALT, compress=True)
        return reverse("core:download", args=[token])

    def receive(self, grant: UploadGrant, chunks: Iterable[bytes]) -> None:
        """Write an upload, whole or not at all. A second one to the same key is refused."""
        path = self._path(grant.key)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in chunks:
                    file.write(chunk)
            try:
                os.link(temporary, path)
            except FileExistsError as error:
                raise AlreadyUploaded from error
            _type_file(path).write_text(grant.content_type)
        finally:
            os.unlink(temporary)

    def open(self, key: str) -> Any:
        return self._present(key).open("rb")

    def _path(self, key: str) -> Path:
        return Path(settings.PRIVATE_ROOT) / check_key(key)

    def _present(self, key: str) -> Path:
        path = self._path(key)
        if not path.exists() or not _type_file(path).exists():
            raise MissingFile
        return path


def upload_grant(token: str) -> UploadGrant:
    """What a signed upload address allows. Raises UploadRefused."""
    return UploadGrant(**_open_token(token, UPLOAD_SALT, UploadRefused))


def download_grant(token: str) -> DownloadGrant:
    """What a signed download address shows. Raises LinkExpired."""
    return DownloadGrant(**_open_token(token, DOWNLOAD_SALT, LinkExpired))


def _open_token(token: str, salt: str, refusal: type[DomainError]) -> dict[str, Any]:
    try:
        values: dict[str, Any] = signing.loads(token, salt=salt)
    except signing.BadSignature as error:
        raise refusal from error
    if values["until"] < clock.now().timestamp():
        raise refusal
    return values


def _type_file(path: Path) -> Path:
    return path.with_name(path.name + TYPE_ENDING)
