"""A copy of everything that is held about somebody, as a file that only they can fetch.

It is made by work for later and lies in private storage for some days (`exports` in the data map).
"""

import io
import json
import zipfile
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts import messages
from accounts.models import DataRequest, User
from accounts.services import holdings
from tutorhub.core import audit, clock, datamap, outbox, storage
from tutorhub.core.datamap import KEPT, SECTIONS
from tutorhub.core.errors import Conflict

MAKE = "accounts.make_export"
TYPE = "application/zip"
Kind, Status = DataRequest.Kind, DataRequest.Status


class NotReady(Conflict):
    code = "not_ready"
    message = _("The copy is not ready yet, or is deleted already.")


@transaction.atomic
def ask(user: User) -> DataRequest:
    """Have a copy made; one that was asked for lately and is still there is that copy."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    known = latest(user)
    if known is not None and known.asked_at > clock.now() - settings.EXPORT_DUE:
        return known
    request = DataRequest.objects.create(
        user=user, kind=Kind.EXPORT, due_at=clock.now() + settings.EXPORT_DUE
    )
    outbox.later(MAKE, {"request": request.pk})
    audit.record("export.asked", request, by=user)
    return request


def latest(user: User) -> DataRequest | None:
    """The newest copy that is being made or can be fetched."""
    asked = DataRequest.objects.filter(user=user, kind=Kind.EXPORT)
    return asked.filter(status__in=[Status.ASKED, Status.READY]).order_by("-pk").first()


def make(request_id: UUID, done: Callable[[], None]) -> None:
    """The outbox call: read everything, write the file, and say that it is there."""
    request = _begin(request_id)
    if request is None:
        return done()
    data = archive(request.user)
    storage.put(request.file_key, data, content_type=TYPE)
    if not _ready(request, len(data), done):
        storage.delete(request.file_key)
        done()
    return None


def link(request: DataRequest, *, by: User) -> str:
    """A link that fetches the file within a minute. Raises NotReady."""
    if request.status != Status.READY:
        raise NotReady
    with transaction.atomic():
        audit.record("export.fetched", request, by=by)
    return storage.signed_get_url(request.file_key, filename="tutorhub.zip", content_type=TYPE)


def known_keys(keys: Sequence[str]) -> set[str]:
    """Which of these keys belong to a copy."""
    found = DataRequest.objects.filter(file_key__in=keys)
    return set(found.values_list("file_key", flat=True))


def archive(user: User) -> bytes:
    """A ZIP with a JSON file for each section, and a page to read it all with."""
    with translation.override(user.language):
        sections = [_section(name, tables, user) for name, tables in datamap.sections()]
        page = render_to_string(
            "accounts/export.html",
            {"sections": sections, "at": clock.now(), "language": user.language},
        )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("index.html", page)
        for section in sections:
            text = json.dumps(section, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
            packed.writestr(f"{section['name']}.json", text)
    return file.getvalue()


def _section(name: str, tables: list[datamap.Table], user: User) -> dict[str, Any]:
    found = [
        {
            "table": table.label,
            "title": str(table.title),
            "purpose": str(table.purpose),
            "until": str(KEPT[table.kept or "records"]),
            "rows": list(holdings.rows(table, user)),
        }
        for table in tables
    ]
    return {"name": name, "title": str(SECTIONS[name]), "tables": found}


@transaction.atomic
def _begin(request_id: UUID) -> DataRequest | None:
    """The request with the key of its file, which is written down before the file is."""
    request = DataRequest.objects.locked().select_related("user").get(pk=request_id)
    if request.status != Status.ASKED or not request.user.is_active:
        return None
    request.file_key = request.file_key or storage.private_key("exports")
    request.save(update_fields=["file_key"])
    return request


@transaction.atomic
def _ready(request: DataRequest, size: int, done: Callable[[], None]) -> bool:
    """False if nobody is there any more to fetch it."""
    found = DataRequest.objects.locked().select_related("user").get(pk=request.pk)
    if found.status != Status.ASKED or not found.user.is_active:
        return False
    found.move_to(Status.READY, size=size)
    audit.record("export.ready", found, size=size)
    messages.copy_ready(found.user)
    done()
    return True
