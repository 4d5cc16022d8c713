"""The chart of accounts: every code the ledger knows, and how its account behaves."""

from dataclasses import dataclass

DEBIT, CREDIT = 1, -1
RUPEES, CREDITS = "INR", "LEAD"


@dataclass(frozen=True)
class AccountKind:
    """How the accounts of one code behave.

    `normal` is the side that makes the balance grow. A tracked account keeps a running balance that
    cannot go below zero, and its row is locked by every posting; an untracked one belongs to the
    platform, is never locked, and its balance is a sum. `owner` says what `owner_key` names.
    """

    normal: int
    is_tracked: bool
    owner: str = ""
    unit: str = RUPEES


def _platform(normal: int, unit: str = RUPEES) -> AccountKind:
    return AccountKind(normal, is_tracked=False, unit=unit)


def _owned(normal: int, owner: str, unit: str = RUPEES) -> AccountKind:
    return AccountKind(normal, is_tracked=True, owner=owner, unit=unit)


CHART: dict[str, AccountKind] = {
    # What we have.
    "rzp_clearing": _platform(DEBIT),
    "bank": _platform(DEBIT),
    "rzpx_float": AccountKind(DEBIT, is_tracked=True),
    "gst_input": _platform(DEBIT),
    "tutor_receivable": _owned(DEBIT, "tutor"),
    "student_receivable": _owned(DEBIT, "student"),
    "external_refund_suspense": AccountKind(DEBIT, is_tracked=True),
    # What we hold for others. Every hold is its own account, so that an old balance shows.
    "student_wallet": _owned(CREDIT, "student"),
    "student_promo": _owned(CREDIT, "student"),
    "wallet_hold": _owned(CREDIT, "order"),
    "promo_hold": _owned(CREDIT, "order"),
    "session_escrow": _owned(CREDIT, "session"),
    "batch_escrow": _owned(CREDIT, "enrolment"),
    "course_escrow": _owned(CREDIT, "purchase"),
    "tutor_held": _owned(CREDIT, "tutor"),
    "tutor_earnings": _owned(CREDIT, "tutor"),
    "payout_pending": _owned(CREDIT, "payout"),
    "refund_payable": _owned(CREDIT, "refund"),
    "unapplied": _owned(CREDIT, "payment"),
    "lead_deferred": _owned(CREDIT, "tutor"),
    "ads_prepaid": _owned(CREDIT, "tutor"),
    # What we owe the state.
    "gst_output_cgst": _platform(CREDIT),
    "gst_output_sgst": _platform(CREDIT),
    "gst_output_igst": _platform(CREDIT),
    "tds_payable": _platform(CREDIT),
    "tcs_payable": _platform(CREDIT),
    # Income.
    "commission_session": _platform(CREDIT),
    "commission_course": _platform(CREDIT),
    "commission_batch": _platform(CREDIT),
    "cancellation_fee": _platform(CREDIT),
    "lead_revenue": _platform(CREDIT),
    "lead_breakage": _platform(CREDIT),
    "ads_revenue": _platform(CREDIT),
    "penalty_income": _platform(CREDIT),
    # Expense.
    "gateway_fees": _platform(DEBIT),
    "payout_fees": _platform(DEBIT),
    "chargeback_loss": _platform(DEBIT),
    "goodwill": _platform(DEBIT),
    "promo_expense": _platform(DEBIT),
    "write_off": _platform(DEBIT),
    "owner_capital": _platform(CREDIT),
    # Lead credits, counted and not valued.
    "lead_issued": _platform(DEBIT, CREDITS),
    "lead_credits": _owned(CREDIT, "tutor", CREDITS),
}
