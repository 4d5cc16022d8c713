"""RazorpayX: `/v1/contacts`, `/v1/fund_accounts` and `/v1/payouts`."""

from payments.simulator import validation
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
    "pending": ("queued", "processing", "rejected"),
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
    "processing": "beneficiary_bank_confirmation_pending",
    "processed": "payout_processed",
    "failed": "bank_account_closed",
    "reversed": "beneficiary_bank_offline",
    "rejected": "rejected",
    "cancelled": "cancelled",
}
EVENTS = {"processing": "initiated"}
CLOSED_ACCOUNT = "9999"
"""Payouts to bank accounts that end like this, and to VPAs that begin with `fail`, fail."""


@locked
def create_contact(books: Books, body: Entity) -> Entity:
    """A contact; the same details give the same contact."""
    validation.only(body, ("name", "email", "contact", "type", "reference_id", "notes"))
    details = {
        "name": validation.text(body, "name", least=3, most=50),
        "email": validation.text(body, "email", most=254) or None,
        "contact": validation.text(body, "contact", most=16, pattern=r"\+?[0-9]{8,15}") or None,
        "type": validation.text(body, "type", most=40) or None,
        "reference_id": validation.text(body, "reference_id", most=40) or None,
    }
    known = books.all("contacts", **details)
    if known:
        return public(known[0])
    contact = {
        "id": books.new_id("cont"),
        "entity": "contact",
        **details,
        "batch_id": None,
        "active": True,
        "notes": validation.notes(body),
        "created_at": books.clock.now(),
    }
    return public(books.put("contacts", contact))


@locked
def create_fund_account(books: Books, body: Entity) -> Entity:
    """Where a contact can be paid; the same details give the same fund account."""
    validation.only(body, ("contact_id", "account_type", "bank_account", "vpa"))
    contact_id = validation.text(body, "contact_id", least=1)
    books.get("contacts", contact_id)
    kind = validation.choice(body, "account_type", ("bank_account", "vpa"))
    details = {"contact_id": contact_id, "account_type": kind, kind: _account(body, kind)}
    known = books.all("fund_accounts", **details)
    if known:
        return public(known[0])
    account = {
        "id": books.new_id("fa"),
        "entity": "fund_account",
        **details,
        "batch_id": None,
        "active": True,
        "created_at": books.clock.now(),
    }
    return public(books.put("fund_accounts", account))


def _account(body: Entity, kind: str) -> Entity:
    account = body.get(kind)
    if not isinstance(account, dict):
        raise refuse(f"{kind}: is required.", field=kind)
    if kind == "vpa":
        validation.only(account, ("address",))
        pattern = r"[A-Za-z0-9._-]{2,256}@[A-Za-z]{2,64}"
        return {"address": validation.text(account, "address", least=3, pattern=pattern)}
    validation.only(account, ("name", "ifsc", "account_number"))
    return {
        "name": validation.text(account, "name", least=3, most=120),
        "ifsc": validation.text(
            account, "ifsc", least=11, most=11, pattern=r"[A-Z]{4}0[A-Z0-9]{6}"
        ),
        "account_number": validation.text(
            account, "account_number", least=5, most=35, pattern=r"[A-Za-z0-9]+"
        ),
    }


@locked
def list_fund_accounts(books: Books, query: dict[str, str]) -> Entity:
    having = {"contact_id": query["contact_id"]} if "contact_id" in query else {}
    return paged(books.all("fund_accounts", **having), query)


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
        _move_money(books, payout, payout["amount"] + FEES)
        if books.rules.payout_seconds is not None:
            books.later(books.rules.payout_seconds, lambda: _finish(books, payout["id"]))
    if status == "processed":
        payout["utr"] = books.digits(12)
    if status in ("failed", "reversed"):
        _move_money(books, payout, 0)
    if status == "failed":
        payout.update(fees=0, tax=0)
    books.put("payouts", payout)
    books.emit(f"payout.{EVENTS.get(status, status)}", payout=payout)


def _move_money(books: Books, payout: Entity, debited: int) -> None:
    """Make the payout's share of the account's balance so much, no matter what it was."""
    if books.rules.x_balance is not None:
        books.rules.x_balance -= debited - payout["_debited"]
    payout["_debited"] = debited


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
