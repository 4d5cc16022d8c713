"""RazorpayX: `/v1/payouts`."""

from payments.simulator import statement, validation
from payments.simulator.books import Books, Entity, locked, paged, public
from payments.simulator.errors import refuse
from payments.simulator.keys import once

MODES = ("NEFT", "RTGS", "IMPS", "UPI")
PAYOUT_FIELDS = (
    "account_number",
    "fund_account_id",
    "amount",
    "currency",
    "mode",
    "purpose",
    "queue_if_low_balance",
    "reference_id",
    "narration",
    "notes",
)
FEES, TAX = 590, 90
NEXT = {
    "pending": ("queued", "scheduled", "processing", "rejected"),
    "scheduled": ("queued", "processing", "cancelled"),
    "queued": ("processing", "cancelled"),
    "processing": ("processed", "failed", "reversed"),
    "processed": ("reversed",),
    "failed": ("reversed",),
    "reversed": ("failed",),
    "rejected": (),
    "cancelled": (),
}
REASONS = {
    "pending": "pending_approval",
    "queued": "low_balance",
    "scheduled": "scheduled",
    "processing": "beneficiary_bank_confirmation_pending",
    "processed": "payout_processed",
    "failed": "bank_account_closed",
    "reversed": "beneficiary_bank_offline",
    "rejected": "rejected",
    "cancelled": "cancelled",
}
EVENTS = {"processing": "initiated"}
SILENT = {"scheduled", "cancelled"}
"""There is no webhook for these."""
CLOSED_ACCOUNT = "9999"
"""Payouts to bank accounts that end like this, and to VPAs that begin with `fail`, fail."""


def create(books: Books, body: Entity, key: str) -> Entity:
    """A payout; the idempotency header is mandatory."""
    if not 4 <= len(key) <= 36:
        raise refuse(
            "The X-Payout-Idempotency header must be between 4 and 36 characters.",
            field="idempotency_key",
            reason="idempotency_key_missing" if not key else "input_validation_failed",
        )
    return once(books, "payouts", key, body, lambda: _create(books, body))


@locked
def _create(books: Books, body: Entity) -> Entity:
    validation.only(body, PAYOUT_FIELDS)
    validation.text(body, "account_number", least=5, most=35)
    payout: Entity = {
        "id": books.new_id("pout"),
        "entity": "payout",
        "fund_account_id": validation.text(body, "fund_account_id", least=1),
        "amount": validation.amount(body),
        "currency": validation.currency(body),
        "notes": validation.notes(body),
        "fees": 0,
        "tax": 0,
        "status": "processing",
        "purpose": validation.text(body, "purpose", least=1, most=30),
        "utr": None,
        "mode": validation.choice(body, "mode", MODES),
        "reference_id": validation.text(body, "reference_id", most=40) or None,
        "narration": validation.text(body, "narration", most=30, pattern=r"[A-Za-z0-9 ]*") or None,
        "batch_id": None,
        "status_details": None,
        "fee_type": "",
        "created_at": books.clock.now(),
        "_debited": 0,
    }
    account = books.get("fund_accounts", payout["fund_account_id"])
    if (account["account_type"] == "vpa") != (payout["mode"] == "UPI"):
        raise refuse("The mode does not fit the fund account.", field="mode")
    if not _is_covered(books, payout) and not body.get("queue_if_low_balance"):
        raise refuse("Your account does not have enough balance to carry out the payout operation.")
    _enter(books, payout, _first_status(books, payout))
    return payout


def _first_status(books: Books, payout: Entity) -> str:
    if books.rules.payouts_need_approval:
        return "pending"
    return "processing" if _is_covered(books, payout) else "queued"


def _is_covered(books: Books, payout: Entity) -> bool:
    balance = books.rules.x_balance
    return balance is None or balance >= payout["amount"] + FEES


def _enter(books: Books, payout: Entity, status: str, reason: str = "") -> None:
    """Put the payout into the status, with its money, and tell about it."""
    reason = reason or REASONS[status]
    payout["status"] = status
    payout["status_details"] = {
        "description": reason.replace("_", " "),
        "source": "beneficiary_bank",
        "reason": reason,
    }
    if status == "processing":
        payout.update(fees=FEES, tax=TAX)
        statement.move(books, payout, payout["amount"] + FEES)
        if books.rules.payout_seconds is not None:
            books.later(books.rules.payout_seconds, lambda: _finish(books, payout["id"]))
    if status == "processed":
        payout["utr"] = books.digits(12)
    if status in ("failed", "reversed"):
        statement.move(books, payout, 0)
    if status == "failed":
        payout.update(fees=0, tax=0)
    books.put("payouts", payout)
    if status not in SILENT:
        books.emit(f"payout.{EVENTS.get(status, status)}", payout=payout)


@locked
def _finish(books: Books, payout_id: str) -> None:
    payout = books.tables["payouts"].get(payout_id)
    if payout is not None and payout["status"] == "processing":
        account = books.get("fund_accounts", payout["fund_account_id"])
        _enter(books, payout, "failed" if _is_closed(account) else "processed")


def _is_closed(account: Entity) -> bool:
    if account["account_type"] == "vpa":
        return bool(account["vpa"]["address"].startswith("fail"))
    return bool(account["bank_account"]["account_number"].endswith(CLOSED_ACCOUNT))


@locked
def resume(books: Books) -> None:
    """After a restart, let the payouts go on that were processing."""
    for payout in books.all("payouts", status="processing"):
        if books.rules.payout_seconds is not None:
            books.later(
                books.rules.payout_seconds,
                lambda payout_id=payout["id"]: _finish(books, payout_id),  # type: ignore[misc]
            )


@locked
def move(books: Books, payout_id: str, status: str, reason: str = "") -> Entity:
    """What the bank or the account's owner does to a payout; `updated` is only a new UTR."""
    payout = books.get("payouts", payout_id)
    if status == "updated":
        payout["utr"] = books.digits(12)
        books.put("payouts", payout)
        books.emit("payout.updated", payout=payout)
        return public(payout)
    if status not in NEXT[payout["status"]]:
        raise refuse(f"A {payout['status']} payout cannot become {status}.")
    _enter(books, payout, status, reason)
    return public(payout)


@locked
def cancel(books: Books, payout_id: str) -> Entity:
    payout = books.get("payouts", payout_id)
    if payout["status"] != "queued":
        raise refuse("Payout cannot be cancelled in the current status.")
    _enter(books, payout, "cancelled")
    return public(payout)


@locked
def fetch(books: Books, payout_id: str) -> Entity:
    return public(books.get("payouts", payout_id))


@locked
def list_all(books: Books, query: dict[str, str]) -> Entity:
    if not query.get("account_number"):
        raise refuse("account_number: is required.", field="account_number")
    names = ("reference_id", "fund_account_id", "mode", "status")
    having = {name: query[name] for name in names if name in query}
    return paged(books.all("payouts", **having), query)
