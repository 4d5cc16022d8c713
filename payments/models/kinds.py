"""Every kind of fact that the ledger books, with its number in the design where it has one."""

from enum import StrEnum


class TxnKind(StrEnum):
    """A test compares this with what the services post; statements place each of these."""

    # Money that comes in.
    WALLET_TOPPED_UP = "wallet_topped_up"  # 1
    GATEWAY_FEE = "gateway_fee"  # 2
    SESSION_PAID = "session_paid"  # 3, 4, 5b
    LEAD_PACK_SALE = "lead_pack_sale"  # 17
    RECEIPT_UNAPPLIED = "receipt_unapplied"  # 32
    LATE_MONEY_APPLIED = "late_money_applied"
    # Wallets.
    WALLET_HELD = "wallet_held"  # 5a
    WALLET_RELEASED = "wallet_released"  # 5c
    PROMO_GRANTED = "promo_granted"  # 38
    GOODWILL = "goodwill"  # 13
    # What a class earns.
    SESSION_COMPLETED = "session_completed"  # 6
    SESSION_CANCELLED_LATE = "session_cancelled_late"  # 11
    SESSION_NO_SHOW = "session_no_show"  # 12
    SESSION_RELEASED = "session_released"  # 7
    SESSION_REVERSED = "session_reversed"  # 15
    EARNING_FROZEN = "earning_frozen"  # 14
    EARNING_THAWED = "earning_thawed"
    PENALTY = "penalty"  # 13
    RECEIVABLE_RECOVERED = "receivable_recovered"  # 37
    # Money that goes back.
    REFUND_INITIATED = "refund_initiated"  # 8, 20, 33
    REFUND_PROCESSED = "refund_processed"  # 9
    REFUND_CREDITED = "refund_credited"  # 10
    REFUND_RETRIED = "refund_retried"
    REFUND_COVERED = "refund_covered"
    EXTERNAL_REFUND = "external_refund"  # 34
    EXTERNAL_REFUND_RESOLVED = "external_refund_resolved"
    CHARGEBACK_LOST = "chargeback_lost"  # 16
    LOSS_COVERED = "loss_covered"
    # Lead credits.
    LEAD_CLAIM = "lead_claim"  # 18
    LEAD_REFUND = "lead_refund"  # 19
    # Payouts and our own accounts.
    PAYOUT_REQUESTED = "payout_requested"  # 25
    PAYOUT_RETURNED = "payout_returned"  # 27
    PAYOUT_PROCESSED = "payout_processed"  # 28
    PAYOUT_FEE = "payout_fee"
    PAYOUT_REVERSED = "payout_reversed"  # 29
    PAYOUT_ACCOUNT_CHECKED = "payout_account_checked"
    PAYOUTS_FUNDED = "payouts_funded"  # 36
    SETTLEMENT = "settlement"  # 35
