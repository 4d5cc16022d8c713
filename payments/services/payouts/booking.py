"""What the ledger, the audit trail and the news hear of a payout."""

from collections.abc import Mapping

from accounts.models import User
from payments import news
from payments.models import Payout
from payments.services import ledger
from payments.services.ledger import credit, debit
from tutorhub.core import audit, outbox


def reserve(payout: Payout, *, by: User) -> None:
    """Set the money aside (kind 25)."""
    ledger.post(
        kind="payout_requested",
        key=f"payout:{payout.pk}:request",
        legs=[
            debit("tutor_earnings", payout.amount_paise, payout.tutor_id),
            credit("payout_pending", payout.amount_paise, payout.pk),
        ],
        actor=by,
        refs={"payout": payout.pk},
    )


def give_back(payout: Payout, *, by: User | None = None) -> None:
    """Return the reserved money to the earnings (kind 27)."""
    ledger.post(
        kind="payout_returned",
        key=f"payout:{payout.pk}:return",
        legs=[
            debit("payout_pending", payout.amount_paise, payout.pk),
            credit("tutor_earnings", payout.amount_paise, payout.tutor_id),
        ],
        actor=by,
        refs={"payout": payout.pk},
    )


def pay(payout: Payout) -> None:
    """The money has left our account (kind 28)."""
    ledger.post(
        kind="payout_processed",
        key=f"rzpx:payout:{payout.razorpay_payout_id}:processed",
        legs=[
            debit("payout_pending", payout.amount_paise, payout.pk),
            credit("rzpx_float", payout.amount_paise),
        ],
        refs={"payout": payout.pk},
    )


def charge(payout: Payout) -> None:
    """What the bank took for it (kind 28b); the fee contains its GST."""
    ledger.post(
        kind="payout_fee",
        key=f"rzpx:payout:{payout.razorpay_payout_id}:fee",
        legs=[
            debit("payout_fees", payout.fees_paise - payout.tax_paise),
            debit("gst_input", payout.tax_paise),
            credit("rzpx_float", payout.fees_paise),
        ],
        refs={"payout": payout.pk},
    )


def take_back(payout: Payout) -> None:
    """The bank returned what it had paid, with its fee (kind 29)."""
    ledger.post(
        kind="payout_reversed",
        key=f"rzpx:payout:{payout.razorpay_payout_id}:reversed",
        legs=[
            debit("rzpx_float", payout.amount_paise + payout.fees_paise),
            credit("tutor_earnings", payout.amount_paise, payout.tutor_id),
            credit("payout_fees", payout.fees_paise - payout.tax_paise),
            credit("gst_input", payout.tax_paise),
        ],
        refs={"payout": payout.pk},
    )


def tell(
    payout: Payout, verb: str, *, by: User | None = None, said: Mapping[str, str] | None = None
) -> None:
    audit.record(f"payout.{verb}", payout, by=by, amount_paise=payout.amount_paise, **(said or {}))
    outbox.announce(news.PAYOUT_CHANGED, payout_id=payout.pk)
