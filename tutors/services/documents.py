"""Papers on their way in: the signed form, the check of what arrived, the look of a moderator.

Files are handled outside transactions: the intent is committed, then storage is asked, then the
outcome is committed.
"""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tutorhub.core import audit, clock, storage, uploads
from tutorhub.core.errors import Conflict, TooMany
from tutors.models import TutorDocument, TutorProfile
from tutors.policies import (
    DOCUMENT_MAX_BYTES,
    DOCUMENTS_PER_DAY,
    check_can_edit,
    check_can_verify,
)

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
    """Note a document that is about to be uploaded. `size` in bytes, None when not known yet."""
    tutor = TutorProfile.objects.locked().filter(user=by).first()
    if tutor is None:
        raise ProfileMissing
    check_can_edit(tutor, by)
    since = clock.now() - timedelta(days=1)
    if tutor.documents.filter(created_at__gt=since).count() >= DOCUMENTS_PER_DAY:
        raise TooManyDocuments
    document = TutorDocument.objects.create(
        tutor=tutor,
        kind=kind,
        filename=filename,
        content_type=content_type,
        size=size,
        upload_key=storage.new_key(),
    )
    audit.record("tutor_document.announced", document, by=by, kind=kind)
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
    """Look at what arrived and take it in. Done twice, it changes nothing.

    Raises what `uploads.take_in` raises; then the same form may be filled again.
    """
    if document.status != Status.UPLOADING:
        return document
    check_can_edit(document.tutor, by)
    accepted = uploads.take_in(
        document.upload_key,
        content_type=document.content_type,
        size=document.size,
        max_size=DOCUMENT_MAX_BYTES,
    )
    received, is_ours = _receive(document, by, accepted)
    if not is_ours:
        storage.delete(accepted.key)
    return received


@transaction.atomic
def _receive(
    document: TutorDocument, by: User, accepted: uploads.Accepted
) -> tuple[TutorDocument, bool]:
    """Write down an accepted file; False if another request was faster."""
    document = TutorDocument.objects.locked().select_related("tutor__user").get(pk=document.pk)
    if document.status != Status.UPLOADING:
        return document, False
    document.move_to(Status.RECEIVED)
    document.stored_key, document.sha256 = accepted.key, accepted.sha256
    document.size = accepted.size
    document.received_at = clock.now()
    document.save(update_fields=["status", "stored_key", "sha256", "size", "received_at"])
    audit.record("tutor_document.received", document, by=by, kind=document.kind, size=document.size)
    return document, True


def withdraw(document: TutorDocument, *, by: User) -> None:
    """Take a document back before a moderator has decided on it; its file is deleted."""
    key = _remove(document, by)
    storage.delete(key)


@transaction.atomic
def _remove(document: TutorDocument, by: User) -> str:
    document = TutorDocument.objects.locked().select_related("tutor").get(pk=document.pk)
    check_can_edit(document.tutor, by)
    if document.status not in {Status.UPLOADING, Status.RECEIVED}:
        raise AlreadyReviewed
    if document.tutor.status == TutorProfile.Status.PENDING and document.stored_key:
        raise Conflict(_("Your papers are being checked now."), code="under_review")
    audit.record("tutor_document.withdrawn", document, by=by, kind=document.kind)
    key = document.stored_key or document.upload_key
    document.delete()
    return key


def open_for_review(document: TutorDocument, *, by: User) -> str:
    """A link that downloads the file within a minute. Moderators only; every look is audited."""
    check_can_verify(by)
    if not document.stored_key:
        raise storage.MissingFile
    with transaction.atomic():
        audit.record("tutor_document.opened", document, by=by, kind=document.kind)
    return storage.signed_get_url(
        document.stored_key, filename=document.filename, content_type=document.content_type
    )
