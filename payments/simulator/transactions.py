"""What moved on the RazorpayX account: `/v1/transactions`, newest first."""

from payments.simulator.books import Books, Entity, collection, locked
from payments.simulator.errors import refuse


@locked
def list_all(books: Books, query: dict[str, str]) -> Entity:
    """The newest transaction, with the balance after it; none while the balance is boundless."""
    if not query.get("account_number"):
        raise refuse("account_number: is required.", field="account_number")
    balance = books.rules.x_balance
    if balance is None:
        return collection([])
    payouts = [payout for payout in books.all("payouts") if payout["_debited"]]
    debit = payouts[-1]["_debited"] if payouts else 0
    newest = {
        "id": f"txn_{payouts[-1]['id'].removeprefix('pout_')}" if payouts else "txn_SimFunded00001",
        "entity": "transaction",
        "account_number": query["account_number"],
        "amount": debit or balance,
        "currency": "INR",
        "credit": 0 if debit else balance,
        "debit": debit,
        "balance": balance,
        "source": payouts[-1] if payouts else {"entity": "bank_transfer"},
        "created_at": payouts[-1]["created_at"] if payouts else books.clock.now(),
    }
    return collection([newest])
