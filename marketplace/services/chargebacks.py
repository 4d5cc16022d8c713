"""Our answer to a bank that questions a payment, with what this app knows of the class."""

from collections.abc import Sequence
from uuid import UUID

from accounts.models import User
from marketplace import queries
from payments.models import EvidenceFile, GatewayDispute
from payments.services import disputes, submissions
from payments.services.submissions import Made

Kind = EvidenceFile.Kind


def contest(
    dispute: GatewayDispute,
    *,
    words: str,
    by: User,
    has_ours: bool = False,
    has_statement: bool = False,
    tutor_files: Sequence[str | UUID] = (),
) -> GatewayDispute:
    """Contest with these words and the facts of the class, our papers and files of the tutor.

    Raises what `disputes.contest` raises.
    """
    order = dispute.payment.order
    made = _ours(dispute) if has_ours else []
    if has_statement and dispute.statement:
        made.append(_letter(dispute))
    return disputes.contest(
        dispute,
        summary="\n".join([words, *queries.facts_for_bank(order)]) if words.strip() else "",
        files=[UUID(str(file)) for file in tutor_files],
        made=made,
        by=by,
    )


def _ours(dispute: GatewayDispute) -> list[Made]:
    """What we know of it, and the receipt if one was written."""
    receipt = submissions.receipt_of(dispute.payment.order)
    made = [Made(Kind.CLASS, queries.evidence_of(dispute))]
    return [*made, Made(Kind.RECEIPT, invoice=receipt)] if receipt else made


def _letter(dispute: GatewayDispute) -> Made:
    said = {
        "title": "Statement of the tutor",
        "facts": [("Dispute", dispute.razorpay_dispute_id), ("Given by", _name(dispute))],
        "paragraphs": dispute.statement.splitlines(),
    }
    return Made(Kind.STATEMENT, said)


def _name(dispute: GatewayDispute) -> str:
    return dispute.stated_by.name if dispute.stated_by else ""
