"""Evidence on its way to the payer's bank: chosen by finance, uploaded one by one, drafted, sent.

Each step can be repeated after a crash or a lost answer. A file that has an id at Razorpay is not
uploaded again, a draft may be written any number of times, and Razorpay takes one submission.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from payments import gateway
from payments.models import CreditLot, EvidenceFile, GatewayDispute, Invoice, PaymentOrder
from payments.services import papers
from tutorhub.core import clock, storage
from tutorhub.core.errors import DomainError

Kind = EvidenceFile.Kind

FIELDS = {
    Kind.CLASS: "proof_of_service",
    Kind.RECEIPT: "billing_proof",
    Kind.STATEMENT: "explanation_letter",
    # One of our own types, among the others.
    Kind.TUTOR: "files_of_the_service_provider",
}


class NoEvidence(DomainError):
    code = "evidence_missing"
    message = _("The bank wants at least one document: choose one.")


@dataclass(frozen=True)
class Made:
    """A paper that we make ourselves: what it says, or the receipt that it is."""

    kind: str
    content: dict[str, Any] = field(default_factory=dict)
    invoice: Invoice | None = None


def choose(
    dispute: GatewayDispute, *, files: Iterable[UUID], made: Sequence[Made], by: User
) -> None:
    """Note what goes with our answer, instead of what was chosen before. Raises NoEvidence.

    The caller has locked the dispute. What our papers say is fixed here, and is the same at every
    try of sending it.
    """
    there = dispute.evidence.from_tutors().received().filter(pk__in=list(files))
    chosen = list(there.values_list("pk", flat=True))
    if not chosen and not made:
        raise NoEvidence
    dispute.evidence.update(is_chosen=False)
    EvidenceFile.objects.filter(pk__in=chosen).update(is_chosen=True)
    now = clock.now()
    EvidenceFile.objects.bulk_create(
        EvidenceFile(
            dispute=dispute,
            kind=paper.kind,
            status=EvidenceFile.Status.RECEIVED,
            giver=by,
            filename=f"{paper.kind}-{dispute.razorpay_dispute_id}.pdf",
            content_type="application/pdf",
            content=paper.content,
            invoice=paper.invoice,
            is_chosen=True,
            created_at=now,
            received_at=now,
        )
        for paper in made
    )


def receipt_of(order: PaymentOrder) -> Invoice | None:
    """What the payer was given for the payment: a receipt, or the tax invoice of credits."""
    lots = CreditLot.objects.filter(order=order).values("pk")
    about = Q(about=order.purpose, about_id=order.pk)
    return (
        Invoice.objects.exclude(series=Invoice.Series.CREDIT_NOTE)
        .filter(about | Q(about="credit_pack", about_id__in=lots))
        .first()
    )


def send(dispute: GatewayDispute) -> tuple[gateway.Entity, str]:
    """Contest with what was chosen: the dispute as it is then, and what speaks against sending it.

    Speaks to the network. A submission cannot be taken back, so everything goes as a draft first,
    and is sent if the draft holds just that. Raises gateway.Refused, gateway.Unknown and
    storage.MissingFile.
    """
    files = list(dispute.evidence.chosen().select_related("invoice__corrects").order_by("pk"))
    for file in files:
        if file.razorpay_document_id is None:
            _upload(file)
    draft = _contest(dispute, files, is_final=False)
    oddity = _oddity(dispute, files, draft)
    if oddity:
        return draft, oddity
    return _contest(dispute, files, is_final=True), ""


def note_sent(dispute: GatewayDispute, entity: gateway.Entity) -> None:
    """Write down which files the bank has, as Razorpay says."""
    evidence = entity.get("evidence") or {}
    if evidence.get("submitted_at"):
        dispute.evidence.filter(
            razorpay_document_id__in=gateway.documents_in(entity), sent_at__isnull=True
        ).update(sent_at=clock.now())


def content_of(file: EvidenceFile) -> bytes:
    """The file itself: from storage, or made anew, the same bytes each time."""
    if file.kind == Kind.TUTOR:
        return storage.read(file.stored_key)
    if file.invoice is not None:
        return papers.invoice_pdf(file.invoice)
    return papers.evidence_pdf(file.content, dated=file.created_at)


def _upload(file: EvidenceFile) -> None:
    """Keep the id the moment it is known. If its answer is lost, a copy stays that nobody uses."""
    document = gateway.client().create_document(
        content=content_of(file), filename=file.filename, content_type=file.content_type
    )
    # A second worker may have been faster; then its copy is the one.
    EvidenceFile.objects.filter(pk=file.pk, razorpay_document_id__isnull=True).update(
        razorpay_document_id=document["id"]
    )
    file.refresh_from_db(fields=["razorpay_document_id"])


def _contest(
    dispute: GatewayDispute, files: Sequence[EvidenceFile], *, is_final: bool
) -> gateway.Entity:
    evidence: dict[str, list[str]] = {}
    for file in files:
        evidence.setdefault(FIELDS[Kind(file.kind)], []).append(str(file.razorpay_document_id))
    return gateway.client().contest_dispute(
        dispute.razorpay_dispute_id,
        amount_paise=dispute.amount_paise,
        summary=dispute.summary,
        evidence=evidence,
        is_final=is_final,
    )


def _oddity(dispute: GatewayDispute, files: Sequence[EvidenceFile], draft: gateway.Entity) -> str:
    """Why a draft is not what finance chose: something is missing, or something else is in it.

    What the bank has from an earlier answer may be in it again.
    """
    there = gateway.documents_in(draft)
    wanted = {str(file.razorpay_document_id) for file in files}
    sent = dispute.evidence.filter(sent_at__isnull=False)
    known = wanted | set(sent.values_list("razorpay_document_id", flat=True))
    if wanted - there:
        return "Razorpay's draft lacks a document. Nothing was sent."
    if there - known:
        return "Razorpay's draft holds a document that was not chosen. Send it in the dashboard."
    return ""
