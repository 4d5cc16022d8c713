"""What a tutor came to owe when money was taken back, and how it came in again."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from payments.models import LedgerEntry

SHOWN = 20


@dataclass(frozen=True)
class DebtRow:
    """One step: what was added to the debt, or came off it (below zero), and what was left."""

    at: datetime
    title: str
    paise: int
    left_paise: int
    session_id: UUID | None


def of_tutor(tutor: User, limit: int = SHOWN) -> list[DebtRow]:
    """Newest first."""
    entries = LedgerEntry.objects.filter(
        account__code="tutor_receivable", account__owner_key=str(tutor.pk)
    )
    newest = entries.select_related("txn").order_by("-account_version")[:limit]
    return [_row(entry) for entry in newest]


def _row(entry: LedgerEntry) -> DebtRow:
    paise = entry.debit - entry.credit
    session = entry.txn.refs.get("session")
    words = _("Taken back; you had been paid it"), _("Came off what you earned")
    return DebtRow(
        at=entry.txn.effective_at,
        title=words[paise <= 0],
        paise=paise,
        left_paise=int(entry.balance_after or 0),
        session_id=UUID(session) if session else None,
    )
