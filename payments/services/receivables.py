"""What people owe us after money was taken back from them, and how it comes in again."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from payments.services import ledger
from payments.services.ledger import Leg, credit, debit

TUTOR = ("tutor_earnings", "tutor_receivable")
FAMILY = ("student_wallet", "student_receivable")


def owed_paise(receivable: str, owner: UUID) -> int:
    """What somebody owes; `receivable` is tutor_receivable or student_receivable."""
    return ledger.balance(receivable, owner)


def take(accounts: tuple[str, str], owner: UUID, paise: int) -> Sequence[Leg]:
    """Legs that take so much of somebody's money, and note the rest as owed.

    Both accounts are locked from here on; the posting touches no other tracked account.
    """
    there, _owed = ledger.locked_balances(*((code, owner) for code in accounts))
    found = min(paise, there)
    return [debit(accounts[0], found, owner), debit(accounts[1], paise - found, owner)]


def locked_debt(tutor_id: UUID) -> int:
    """What a tutor owes; if anything, all accounts of the tutor are locked from here on."""
    if not owed_paise("tutor_receivable", tutor_id):
        return 0
    codes = ("tutor_held", "tutor_earnings", "tutor_receivable")
    return ledger.locked_balances(*((code, tutor_id) for code in codes))[2]


def recover_from_tutor(
    tutor_id: UUID, *, paise: int, key: str, refs: Mapping[str, Any] | None = None
) -> int:
    """Pay off what a tutor owes out of the available earnings (kind 37), once under this key.

    `paise` is at most what is owed and available; the caller has locked both. `refs` name what was
    earned.
    """
    return _recover(TUTOR, tutor_id, paise, key, refs)


def recover_from_family(user_id: UUID, *, came_in_paise: int, key: str) -> int:
    """Pay off what a family owes out of money that has just come into the wallet (kind 37).

    Call it after the posting that filled the wallet, in the same transaction. Returns the paise.
    """
    if not owed_paise("student_receivable", user_id):
        return 0
    there, owed = ledger.locked_balances(*((code, user_id) for code in FAMILY))
    return _recover(FAMILY, user_id, min(came_in_paise, there, owed), key, None)


def _recover(
    accounts: tuple[str, str], owner: UUID, paise: int, key: str, refs: Mapping[str, Any] | None
) -> int:
    if paise > 0:
        ledger.post(
            kind="receivable_recovered",
            key=key,
            legs=[debit(accounts[0], paise, owner), credit(accounts[1], paise, owner)],
            refs=refs,
        )
    return paise
