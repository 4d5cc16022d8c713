"""Papers on their way in: the signed form, the check of what arrived, the look of a moderator.

Files are handled outside transactions: the intent is committed, then storage is asked, then the
outcome is committed. What arrived is opened by `check_document`, which runs as work for later: a
file that takes long, or breaks the reader, holds no request up.
"""

import hashlib
from collections.abc import Callable, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tutorhub.core import audit, clock, contents, outbox, scanning, storage, sweeping, uploads
from tutorhub.core.errors import Conflict, TooMany
from tutors.models import Decision, TutorDocument, TutorProfile
from tutors.policies import (
    DOCUMENT_MAX_BYTES,
    DOCUMENTS_PER_DAY,
    UPLOAD_FORGOTTEN_AFTER,
    check_can_edit,
    check_can_verify,
)
from tutors.services import arrivals, desk, viewing

CHECK = "tutors.check_document"
ANNOUNCED = "tutor_document.announced"
FORGET_BATCH = 200
Status = TutorDocument.Status


class ProfileMissing(Conflict):
    code = "profile_missing"
    message = _("Save your profile first.")


class TooManyDocuments(TooMany):
    code = "too_many_documents"
    message = _("That is enough uploads for one day. Please go on tomorrow.")


class AlreadyReviewed(Conflict):
    code = "already_reviewed"
    message = _("This document was already looked at.")


@transaction.atomic
def announce(
    *, by: User, kind: str, filename: str, content_type: str, size: int | None = None
) -> TutorDocument:
    """Note a document that is about to be uploaded. `size` in bytes, None when not known yet.

    Raises ProfileMissing, TooManyDocuments, or contents.AadhaarNumber for a name that holds one.
    """
    contents.check_name(filename)
    tutor = TutorProfile.objects.locked().filter(user=by).first()
    if tutor is None:
        raise ProfileMissing
    check_can_edit(tutor, by)
    if arrivals.announced_today(by, ANNOUNCED) >= DOCUMENTS_PER_DAY:
        raise TooManyDocuments
    document = TutorDocument.objects.create(
        tutor=tutor,
        kind=kind,
        filename=filename,
        content_type=content_type,
        size=size,
        upload_key=storage.new_key(),
    )
    audit.record(ANNOUNCED, document, by=by, kind=kind)
    return document


def upload_form(document: TutorDocument, *, redirect_to: str = "") -> storage.Upload:
    """A fresh signed form for a document that has not arrived."""
    if document.status != Status.UPLOADING:
        raise Conflict(_("This document has already arrived."), code="already_uploaded")
    return storage.start_upload(
        key=document.upload_key,
        content_type=document.content_type,
        size=document.size,
        max_size=DOCUMENT_MAX_BYTES,
        redirect_to=redirect_to,
    )


def complete(document: TutorDocument, *, by: User) -> TutorDocument:
    """Say that the file was uploaded; it is opened and looked at soon after. Twice is once.

    Raises storage.MissingFile, or uploads.WrongFile: then the same form may be filled again.
    """
    if document.status != Status.UPLOADING:
        return document
    check_can_edit(document.tutor, by)
    uploads.check_arrived(
        document.upload_key,
        size=document.size,
        content_type=document.content_type,
        max_size=DOCUMENT_MAX_BYTES,
    )
    return _begin_check(document, by)


@transaction.atomic
def _begin_check(document: TutorDocument, by: User) -> TutorDocument:
    document = TutorDocument.objects.locked().select_related("tutor").get(pk=document.pk)
    if document.status != Status.UPLOADING:
        return document
    check_can_edit(document.tutor, by)
    document.move_to(Status.CHECKING)
    document.stored_key = storage.private_key("papers")
    document.save(update_fields=["status", "stored_key"])
    outbox.later(CHECK, {"document_id": document.pk, "key": document.stored_key})
    return document


@outbox.call(CHECK)
def check_document(payload: outbox.Payload, done: Callable[[], None]) -> None:
    """Open what arrived, and keep what we made of it under the key that was written down for it.

    Stopped anywhere, it starts again and writes to the same key.
    """
    key = payload["key"]
    document = TutorDocument.objects.filter(pk=payload["document_id"], stored_key=key).first()
    if document is None:
        storage.delete(key)  # withdrawn or spoilt, perhaps while another try was writing
        return done()
    if document.status != Status.CHECKING:
        return done()
    try:
        data = storage.read(document.upload_key)
        clean = contents.clean(data, document.content_type)
        scanning.scan(data)
    except (contents.RefusedContent, storage.MissingFile) as refusal:
        return _spoil(document, refusal.code, done)
    storage.put(key, clean.data, content_type=clean.content_type)
    if not _receive(document, clean, done):
        storage.delete(key)
        done()
    return None


@transaction.atomic
def _receive(document: TutorDocument, clean: contents.Clean, done: Callable[[], None]) -> bool:
    """Write down a file that is in place; False if it is not wanted any more."""
    found = TutorDocument.objects.locked().filter(pk=document.pk, status=Status.CHECKING).first()
    if found is None:
        return TutorDocument.objects.filter(stored_key=document.stored_key).exists()
    found.move_to(Status.RECEIVED)
    found.content_type, found.pages = clean.content_type, clean.pages
    found.sha256, found.size = hashlib.sha256(clean.data).hexdigest(), len(clean.data)
    found.received_at = clock.now()
    found.save(update_fields=["status", "content_type", "pages", "sha256", "size", "received_at"])
    audit.record("tutor_document.received", found, kind=found.kind, size=found.size)
    sweeping.delete_later(found.upload_key, is_upload=True)
    done()
    return True


@transaction.atomic
def _spoil(document: TutorDocument, code: str, done: Callable[[], None]) -> None:
    """Write down why the file cannot be used; it is deleted, and another one can be uploaded."""
    done()
    found = TutorDocument.objects.locked().filter(pk=document.pk, status=Status.CHECKING).first()
    if found is None:
        return
    found.move_to(Status.SPOILT)
    sweeping.delete_later(found.stored_key)
    found.problem, found.stored_key = code, ""
    found.save(update_fields=["status", "problem", "stored_key"])
    audit.record("tutor_document.spoilt", found, kind=found.kind, problem=code)
    sweeping.delete_later(found.upload_key, is_upload=True)


@transaction.atomic
def withdraw(document: TutorDocument, *, by: User) -> None:
    """Take a document back before a moderator has decided on it; its file is deleted."""
    document = TutorDocument.objects.locked().select_related("tutor").get(pk=document.pk)
    check_can_edit(document.tutor, by)
    if document.status in {Status.VERIFIED, Status.REFUSED}:
        raise AlreadyReviewed
    is_pending = document.tutor.status == TutorProfile.Status.PENDING
    if is_pending and document.status == Status.RECEIVED:
        raise Conflict(_("Your papers are being checked now."), code="under_review")
    audit.record("tutor_document.withdrawn", document, by=by, kind=document.kind)
    _forget(document)


@transaction.atomic
def forget_abandoned() -> int:
    """Delete rows of uploads that were announced and never came. Returns how many."""
    old = TutorDocument.objects.filter(
        status=Status.UPLOADING, created_at__lt=clock.now() - UPLOAD_FORGOTTEN_AFTER
    )
    rows = list(old.select_for_update(skip_locked=True, of=("self",))[:FORGET_BATCH])
    for document in rows:
        audit.record("tutor_document.forgotten", document, kind=document.kind)
        _forget(document)
    return len(rows)


def _forget(document: TutorDocument) -> None:
    sweeping.delete_later(document.stored_key)
    sweeping.delete_later(document.upload_key, is_upload=True)
    document.delete()


def forget(document: TutorDocument) -> None:
    """Delete a locked document with its file. A row that was decided on stays, and says so."""
    if not Decision.objects.filter(document=document).exists():
        _forget(document)
        return
    if document.status == Status.ERASED:
        return
    sweeping.delete_later(document.stored_key)
    document.move_to(Status.ERASED)
    document.filename = document.stored_key = document.sha256 = document.notes = ""
    document.save(update_fields=["status", "filename", "stored_key", "sha256", "notes"])
    audit.record("tutor_document.erased", document, kind=document.kind)


def known_keys(keys: Sequence[str]) -> set[str]:
    """Which of these keys belong to a document."""
    found = TutorDocument.objects.filter(stored_key__in=keys)
    return set(found.values_list("stored_key", flat=True))


def open_for_review(document: TutorDocument, *, by: User) -> str:
    """A link that downloads the file within a minute, for the own case; every look is audited.

    Raises NotModerator or ClaimMissing.
    """
    check_can_verify(by)
    if document.received_at is None:
        raise storage.MissingFile
    with transaction.atomic():
        desk.hold(TutorProfile.objects.locked().get(pk=document.tutor_id), by=by)
        audit.record(viewing.DOWNLOADED, document, by=by, kind=document.kind)
        viewing.watch(by)
    return storage.signed_get_url(
        document.stored_key, filename=document.own_name, content_type=document.content_type
    )
