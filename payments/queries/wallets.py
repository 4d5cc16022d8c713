"""What pages and API show of a family's wallet: the ledger's own entries, one row a transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from payments.models import LedgerAccount, LedgerEntry, PaymentOrder, RefundPreference

PAGE = 20
ACCOUNTS = ("student_wallet", "student_promo")

# What a transaction means to the family, when money comes and when it goes.
IN: dict[str, str | Promise] = {
    "wallet_topped_up": _("Added by you"),
    "wallet_released": _("Given back: the payment was not made"),
    "refund_initiated": _("Refund"),
    "refund_credited": _("Refund that your bank did not take"),
    "promo_granted": _("A gift from TutorHub"),
}
OUT: dict[str, str | Promise] = {
    "session_paid": _("Class paid"),
    "wallet_held": _("Set aside for a payment"),
    "late_money_applied": _("Class paid"),
    "refund_initiated": _("Sent back to where you paid from"),
    "external_refund_resolved": _("Was paid back to you by Razorpay already"),
}
OTHER_IN, OTHER_OUT = _("Added by TutorHub"), _("Taken back by TutorHub")


class WalletBalance(NamedTuple):
    """What can be spent, in paise."""

    cash_paise: int
    promo_paise: int

    @property
    def total_paise(self) -> int:
        return self.cash_paise + self.promo_paise


@dataclass(frozen=True)
class WalletRow:
    """One transaction: what it moved and what was there after it, in paise."""

    id: UUID
    at: datetime
    title: str
    description: str
    order_id: UUID | None
    cash_paise: int
    promo_paise: int
    balance: WalletBalance

    @property
    def change_paise(self) -> int:
        return self.cash_paise + self.promo_paise


@dataclass(frozen=True)
class WalletPage:
    balance: WalletBalance
    held: list[PaymentOrder]
    topup_min_paise: int
    topup_max_paise: int
    refunds_to_wallet: bool
    rows: list[WalletRow]
    next_before: UUID | None

    @property
    def held_paise(self) -> int:
        return sum(order.own_paise for order in self.held)


def wallet_page(user: User, *, before: UUID | None = None) -> WalletPage:
    """The balance, what unpaid orders hold, and the history, newest first, from `before` on."""
    accounts = {
        account.code: account
        for account in LedgerAccount.objects.filter(code__in=ACCOUNTS, owner_key=str(user.pk))
    }
    balance = _balance({code: account.balance for code, account in accounts.items()})
    held = list(PaymentOrder.objects.filter(payer=user, hold=PaymentOrder.Hold.HELD).order_by("pk"))
    used = balance.cash_paise + sum(order.wallet_paise for order in held)
    least, most = topup_limits(used)
    rows = _history(list(accounts.values()), before)
    return WalletPage(
        balance=balance,
        held=held,
        topup_min_paise=least,
        topup_max_paise=most,
        refunds_to_wallet=wants_refunds(user),
        rows=rows[:PAGE],
        next_before=rows[PAGE - 1].id if len(rows) > PAGE else None,
    )


def wants_refunds(user: User) -> bool:
    """Whether the family wants its refunds in the wallet and not where it paid from."""
    return RefundPreference.objects.filter(user=user, is_to_wallet=True).exists()


def topup_limits(used_paise: int) -> tuple[int, int]:
    """The smallest and the largest top-up of a wallet with so much in it, in paise; or (0, 0).

    What orders hold is in it too.
    """
    least = settings.WALLET_TOPUP_MINIMUM_PAISE
    most = settings.WALLET_MAXIMUM_PAISE - used_paise
    return (least, most) if settings.WALLET_TOPUPS and most >= least else (0, 0)


def _history(accounts: list[LedgerAccount], before: UUID | None) -> list[WalletRow]:
    """One row more than a page has, if there are so many."""
    entries = LedgerEntry.objects.filter(account__in=accounts)
    if before is not None:
        entries = entries.filter(txn_id__lt=before)
    # A transaction has at most one entry on each of the two accounts.
    newest = list(entries.select_related("txn", "account").order_by("-txn_id")[: 2 * PAGE + 2])
    after = _balance_at(accounts, newest[0].txn_id) if newest else {}
    by_txn: dict[UUID, list[LedgerEntry]] = {}
    for entry in newest:
        by_txn.setdefault(entry.txn_id, []).append(entry)
    orders = _orders(newest)
    rows = []
    for parts in list(by_txn.values())[: PAGE + 1]:
        rows.append(_row(parts, after, orders))
        for entry in parts:
            after[entry.account.code] -= entry.credit - entry.debit
    return rows


def _balance_at(accounts: list[LedgerAccount], txn_id: UUID) -> dict[str, int]:
    """The balances right after a transaction."""
    last = (
        LedgerEntry.objects.filter(account__in=accounts, txn_id__lte=txn_id)
        .order_by("account_id", "-account_version")
        .distinct("account_id")
        .select_related("account")
    )
    return {entry.account.code: int(entry.balance_after or 0) for entry in last}


def _row(
    parts: list[LedgerEntry], after: dict[str, int], orders: dict[str, PaymentOrder]
) -> WalletRow:
    txn = parts[0].txn
    moved = {entry.account.code: entry.credit - entry.debit for entry in parts}
    cash, promo = (moved.get(code, 0) for code in ACCOUNTS)
    order = orders.get(str(txn.refs.get("order")))
    titles, other = (IN, OTHER_IN) if cash + promo > 0 else (OUT, OTHER_OUT)
    return WalletRow(
        id=txn.pk,
        at=txn.effective_at,
        title=str(titles.get(txn.kind, other)),
        description=order.description if order else "",
        order_id=order.pk if order else None,
        cash_paise=cash,
        promo_paise=promo,
        balance=_balance(after),
    )


def _orders(entries: Iterable[LedgerEntry]) -> dict[str, PaymentOrder]:
    named = {entry.txn.refs["order"] for entry in entries if "order" in entry.txn.refs}
    return {str(order.pk): order for order in PaymentOrder.objects.filter(pk__in=named)}


def _balance(paise: dict[str, int]) -> WalletBalance:
    return WalletBalance(*(paise.get(code, 0) for code in ACCOUNTS))
