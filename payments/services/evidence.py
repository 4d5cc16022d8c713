"""What a tutor hands in about a chargeback: words, and files on their way into private storage.

Who the tutor of a payment is, the app above knows: `marketplace.services.evidence` asks it before
it calls anything here. Files are handled outside transactions: the intent is committed, then
storage is asked, then the outcome is committed.
"""

from collections.abc import Sequence
from pathlib import PurePath

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from payments.models import EvidenceFile, GatewayDispute
from payments.policies import (
    EVIDENCE_FILES,
    EVIDENCE_MAX_BYTES,
    EVIDENCE_WORDS,
    check_is_finance,
    check_owns_evidence,
    check_takes_evidence,
)
from tutorhub.core import audit, clock, storage, sweeping, uploads
from tutorhub.core.errors import Conflict, DomainError

Kind = EvidenceFile.Kind
Status = EvidenceFile.Status
EXTENSIONS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


class TooManyFiles(Conflict):
    code = "too_many_files"
    message = _("These are all the files that we can take. Delete one to make room.")


class WrongKind(DomainError):
    code = "wrong_kind"
    message = _("Banks take PDF, JPEG and PNG files only.")


class TooLong(DomainError):
    code = "too_long"
    message = _("Please say it in 2,000 characters.")


@transaction.atomic
def state(dispute: GatewayDispute, *, text: str, by: User) -> GatewayDispute:
    """Keep what the tutor says, in place of what was said before. Raises EvidenceClosed, TooLong.

    No text takes the words back.
    """
    text = text.strip()
    if len(text) > EVIDENCE_WORDS:
        raise TooLong
    dispute = GatewayDispute.objects.locked().get(pk=dispute.pk)
    check_takes_evidence(dispute)
    dispute.statement = text
    dispute.stated_by, dispute.stated_at = (by, clock.now()) if text else (None, None)
    dispute.save(update_fields=["statement", "stated_by", "stated_at"])
    audit.record("dispute.stated", dispute, by=by, length=len(text))
    return dispute


@transaction.atomic
def announce(
    dispute: GatewayDispute, *, content_type: str, by: User, size: int | None = None
) -> EvidenceFile:
    """Note a file that is about to be uploaded. `size` in bytes, None when not known yet.

    Raises EvidenceClosed, TooManyFiles, WrongKind. The lock of the dispute counts the files.
    """
    if content_type not in EXTENSIONS:
        raise WrongKind
    dispute = GatewayDispute.objects.locked().get(pk=dispute.pk)
    check_takes_evidence(dispute)
    files = dispute.evidence.from_tutors()
    if files.count() >= EVIDENCE_FILES:
        raise TooManyFiles
    file = EvidenceFile.objects.create(
        dispute=dispute,
        kind=Kind.TUTOR,
        giver=by,
        # A name of ours: what the phone calls the file may hold personal data.
        filename=f"from-the-tutor-{clock.now():%H%M%S}.{EXTENSIONS[content_type]}",
        content_type=content_type,
        size=size,
        upload_key=storage.new_key(),
    )
    audit.record("evidence.announced", file, by=by, dispute=str(dispute.pk))
    return file


def upload_form(file: EvidenceFile, *, redirect_to: str = "") -> storage.Upload:
    """A fresh signed form for a file that has not arrived."""
    check_takes_evidence(file.dispute)
    if file.status != Status.UPLOADING:
        raise Conflict(_("This file has already arrived."), code="already_uploaded")
    return storage.start_upload(
        key=file.upload_key or "",
        content_type=file.content_type,
        size=file.size,
        max_size=EVIDENCE_MAX_BYTES[file.content_type],
        redirect_to=redirect_to,
    )


def complete(file: EvidenceFile, *, by: User) -> EvidenceFile:
    """Look at what arrived and take it in. Done twice, it changes nothing.

    Raises EvidenceClosed, and what `uploads.take_in` raises; then the form may be filled again.
    """
    check_owns_evidence(file, by)
    if file.status != Status.UPLOADING:
        return file
    check_takes_evidence(file.dispute)
    accepted = uploads.take_in(
        file.upload_key or "",
        content_type=file.content_type,
        size=file.size,
        max_sizes=EVIDENCE_MAX_BYTES,
    )
    received, is_ours = _receive(file, by, accepted)
    if not is_ours:
        storage.delete(accepted.key)
    check_takes_evidence(received.dispute)
    return received


@transaction.atomic
def _receive(file: EvidenceFile, by: User, accepted: uploads.Accepted) -> tuple[EvidenceFile, bool]:
    """Write down an accepted file; False if another request or our answer was faster."""
    dispute = GatewayDispute.objects.locked().get(pk=file.dispute_id)
    file = EvidenceFile.objects.locked().get(pk=file.pk)
    file.dispute = dispute
    if file.status != Status.UPLOADING or not dispute.takes_evidence:
        return file, False
    file.move_to(
        Status.RECEIVED,
        stored_key=accepted.key,
        sha256=accepted.sha256,
        size=accepted.size,
        content_type=accepted.content_type,
        filename=f"{PurePath(file.filename).stem}.{EXTENSIONS[accepted.content_type]}",
        received_at=clock.now(),
    )
    audit.record("evidence.received", file, by=by, size=accepted.size)
    return file, True


@transaction.atomic
def withdraw(file: EvidenceFile, *, by: User) -> None:
    """Take a file back while our answer is still to be given. Raises EvidenceClosed."""
    dispute = GatewayDispute.objects.locked().get(pk=file.dispute_id)
    file = EvidenceFile.objects.locked().get(pk=file.pk)
    check_owns_evidence(file, by)
    check_takes_evidence(dispute)
    if file.sent_at or file.razorpay_document_id:
        raise Conflict(_("This file has been sent already."), code="evidence_sent")
    audit.record("evidence.withdrawn", file, by=by, dispute=str(dispute.pk))
    sweeping.delete_later(file.stored_key)
    sweeping.delete_later(file.upload_key or "", is_upload=True)
    file.delete()


def known_keys(keys: Sequence[str]) -> set[str]:
    """Which of these keys belong to a file for a bank."""
    found = EvidenceFile.objects.filter(stored_key__in=keys)
    return set(found.values_list("stored_key", flat=True))


def open_file(file: EvidenceFile, *, by: User) -> str:
    """A link that downloads a tutor's file within a minute. Finance only; every look is audited."""
    check_is_finance(by)
    if not file.stored_key:
        raise storage.MissingFile
    with transaction.atomic():
        audit.record("evidence.opened", file, by=by)
    return storage.signed_get_url(
        file.stored_key, filename=file.filename, content_type=file.content_type
    )
