"""Where a statement shows each kind of transaction; nowhere (None) if it moves nothing of theirs.

A kind that is missing here fails the tests. PostgreSQL writes what tutors earned (migrations 0005
and 0007), so that half says what those do.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from payments.models import StatementLine
from payments.models.kinds import TxnKind


class PaidKind(models.TextChoices):
    """What a line of a payer's statement is."""

    PAYMENT = "payment", _("Payment")
    REFUND = "refund", _("Refund")
    CREDITED = "credited", _("Refund that your bank did not take")
    CHARGEBACK = "chargeback", _("Taken back by your bank")
    GIFT = "gift", _("A gift from TutorHub")
    CORRECTION = "correction", _("Correction")


Earned = StatementLine.Kind

PAID: dict[str, PaidKind | None] = {
    TxnKind.WALLET_TOPPED_UP: PaidKind.PAYMENT,
    TxnKind.GATEWAY_FEE: None,
    TxnKind.SESSION_PAID: PaidKind.PAYMENT,
    TxnKind.LEAD_PACK_SALE: PaidKind.PAYMENT,
    TxnKind.RECEIPT_UNAPPLIED: PaidKind.PAYMENT,
    TxnKind.LATE_MONEY_APPLIED: PaidKind.PAYMENT,
    TxnKind.WALLET_HELD: None,
    TxnKind.WALLET_RELEASED: None,
    TxnKind.PROMO_GRANTED: PaidKind.GIFT,
    TxnKind.GOODWILL: PaidKind.GIFT,
    TxnKind.SESSION_COMPLETED: None,
    TxnKind.SESSION_CANCELLED_LATE: None,
    TxnKind.SESSION_NO_SHOW: None,
    TxnKind.SESSION_RELEASED: None,
    TxnKind.SESSION_REVERSED: None,
    TxnKind.EARNING_FROZEN: None,
    TxnKind.EARNING_THAWED: None,
    TxnKind.PENALTY: None,
    TxnKind.RECEIVABLE_RECOVERED: None,
    TxnKind.REFUND_INITIATED: PaidKind.REFUND,
    TxnKind.REFUND_PROCESSED: None,
    TxnKind.REFUND_CREDITED: PaidKind.CREDITED,
    TxnKind.REFUND_RETRIED: None,
    TxnKind.REFUND_COVERED: PaidKind.CORRECTION,
    TxnKind.EXTERNAL_REFUND: PaidKind.REFUND,
    TxnKind.EXTERNAL_REFUND_RESOLVED: PaidKind.CORRECTION,
    TxnKind.CHARGEBACK_LOST: PaidKind.CHARGEBACK,
    TxnKind.LOSS_COVERED: None,
    TxnKind.LEAD_CLAIM: None,
    TxnKind.LEAD_REFUND: None,
    TxnKind.PAYOUT_REQUESTED: None,
    TxnKind.PAYOUT_RETURNED: None,
    TxnKind.PAYOUT_PROCESSED: None,
    TxnKind.PAYOUT_FEE: None,
    TxnKind.PAYOUT_REVERSED: None,
    TxnKind.PAYOUT_ACCOUNT_CHECKED: None,
    TxnKind.PAYOUTS_FUNDED: None,
    TxnKind.SETTLEMENT: None,
}
EARNED: dict[str, StatementLine.Kind | None] = {
    TxnKind.WALLET_TOPPED_UP: None,
    TxnKind.GATEWAY_FEE: None,
    TxnKind.SESSION_PAID: None,
    TxnKind.LEAD_PACK_SALE: None,
    TxnKind.RECEIPT_UNAPPLIED: None,
    TxnKind.LATE_MONEY_APPLIED: None,
    TxnKind.WALLET_HELD: None,
    TxnKind.WALLET_RELEASED: None,
    TxnKind.PROMO_GRANTED: None,
    TxnKind.GOODWILL: None,
    TxnKind.SESSION_COMPLETED: Earned.CLASS,
    TxnKind.SESSION_CANCELLED_LATE: Earned.CANCELLATION,
    TxnKind.SESSION_NO_SHOW: Earned.NO_SHOW,
    TxnKind.SESSION_RELEASED: None,
    TxnKind.SESSION_REVERSED: Earned.TAKEN_BACK,
    TxnKind.EARNING_FROZEN: None,
    TxnKind.EARNING_THAWED: None,
    TxnKind.PENALTY: Earned.PENALTY,
    TxnKind.RECEIVABLE_RECOVERED: None,
    TxnKind.REFUND_INITIATED: None,
    TxnKind.REFUND_PROCESSED: None,
    TxnKind.REFUND_CREDITED: None,
    TxnKind.REFUND_RETRIED: None,
    TxnKind.REFUND_COVERED: None,
    TxnKind.EXTERNAL_REFUND: None,
    TxnKind.EXTERNAL_REFUND_RESOLVED: None,
    TxnKind.CHARGEBACK_LOST: None,
    TxnKind.LOSS_COVERED: None,
    TxnKind.LEAD_CLAIM: None,
    TxnKind.LEAD_REFUND: None,
    TxnKind.PAYOUT_REQUESTED: None,
    TxnKind.PAYOUT_RETURNED: None,
    TxnKind.PAYOUT_PROCESSED: Earned.PAYOUT,
    TxnKind.PAYOUT_FEE: None,
    TxnKind.PAYOUT_REVERSED: Earned.PAYOUT_BACK,
    TxnKind.PAYOUT_ACCOUNT_CHECKED: None,
    TxnKind.PAYOUTS_FUNDED: None,
    TxnKind.SETTLEMENT: None,
}
