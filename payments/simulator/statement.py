"""The RazorpayX account itself: its balance, and a `transaction.created` for each movement."""

from payments.simulator.books import Books, Entity, public


def move(books: Books, source: Entity, debited: int) -> None:
    """Make the share of the balance that `source` has taken so much, no matter what it was."""
    change = debited - source["_debited"]
    if not change:
        return
    if books.rules.x_balance is not None:
        books.rules.x_balance -= change
    source["_debited"] = debited
    transaction = {
        "id": books.new_id("txn"),
        "entity": "transaction",
        "account_number": "2323230000000001",
        "amount": abs(change),
        "currency": "INR",
        "credit": max(0, -change),
        "debit": max(0, change),
        "balance": books.rules.x_balance,
        "source": public(source) if change > 0 else _reversal(books, source, -change),
        "created_at": books.clock.now(),
    }
    books.put("transactions", transaction)
    books.emit("transaction.created", transaction=transaction)


def _reversal(books: Books, source: Entity, amount: int) -> Entity:
    return {
        "id": books.new_id("rvrsl"),
        "entity": "reversal",
        "payout_id": source["id"] if source["entity"] == "payout" else None,
        "amount": amount,
        "created_at": books.clock.now(),
    }
