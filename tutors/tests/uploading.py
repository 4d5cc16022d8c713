"""A tutor who uploads, as tests need one."""

from typing import Any

from tutorhub.core import outbox, storage
from tutorhub.core.tests import files
from tutorhub.core.tests.storages import World
from tutors.models import TutorDocument, TutorProfile
from tutors.services import documents

PDF = files.pdf("M.Sc. Physics")


def announced(tutor: TutorProfile, data: bytes = PDF, **changes: Any) -> TutorDocument:
    values = {"content_type": "application/pdf", "size": len(data), **changes}
    return documents.announce(by=tutor.user, kind="degree", filename="a.pdf", **values)


def sent(
    world: World, tutor: TutorProfile, data: bytes = PDF, **changes: Any
) -> tuple[TutorDocument, storage.Upload]:
    document = announced(tutor, data, **changes)
    form = documents.upload_form(document)
    assert world.post(form, data).status == 204
    return document, form


def received(world: World, tutor: TutorProfile, data: bytes = PDF) -> TutorDocument:
    document, _ = sent(world, tutor, data)
    documents.complete(document, by=tutor.user)
    outbox.drain()
    document.refresh_from_db()
    return document
