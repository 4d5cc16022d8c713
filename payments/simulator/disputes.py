"""Disputes: `/v1/disputes`, and what the card networks decide."""

from payments.simulator import validation
from payments.simulator.books import Books, Entity, locked, paged, public
from payments.simulator.errors import refuse

PHASES = ("fraud", "retrieval", "chargeback", "pre_arbitration", "arbitration")
NEXT = {
    "open": ("under_review", "action_required", "won", "lost", "closed"),
    "under_review": ("action_required", "won", "lost", "closed"),
}
WEEK = 7 * 24 * 3600


@locked
def create(books: Books, payment_id: str, body: Entity) -> Entity:
    """A person's bank disputes a captured payment, in whole or in part."""
    payment = books.get("payments", payment_id)
    amount = validation.amount({"amount": payment["amount"], **body})
    if not payment["captured"] or amount > payment["amount"]:
        raise refuse("Only captured money can be disputed.", field="amount")
    now = books.clock.now()
    dispute = {
        "id": books.new_id("disp"),
        "entity": "dispute",
        "payment_id": payment_id,
        "amount": amount,
        "currency": payment["currency"],
        "amount_deducted": 0,
        "gateway_dispute_id": books.digits(9),
        "reason_code": body.get(
            "reason_code", "goods_or_services_not_received_or_partially_received"
        ),
        "respond_by": now + WEEK,
        "status": "open",
        "phase": validation.choice(body, "phase", PHASES, default="chargeback"),
        "evidence": {"amount": amount, "summary": None, "submitted_at": None},
        "created_at": now,
        "_settled": None,
    }
    books.put("disputes", dispute)
    books.emit("payment.dispute.created", payment=payment, dispute=dispute)
    return public(dispute)


@locked
def move(books: Books, dispute_id: str, status: str, deducted: int | None = None) -> Entity:
    """`under_review`, `action_required`, `won`, `lost` or `closed`; only `lost` takes money.

    That is all of the disputed amount, or `deducted` paise of it.
    """
    dispute = books.get("disputes", dispute_id)
    if status not in NEXT.get(dispute["status"], ()):
        raise refuse(f"A dispute that is {dispute['status']} cannot become {status}.")
    dispute["status"] = "open" if status == "action_required" else status
    if status == "lost":
        amount = dispute["amount"] if deducted is None else deducted
        if not 0 <= amount <= dispute["amount"]:
            raise refuse("No more can be deducted than is disputed.", field="amount_deducted")
        dispute["amount_deducted"] = amount
    books.put("disputes", dispute)
    payment = books.get("payments", dispute["payment_id"])
    books.emit(f"payment.dispute.{status}", payment=payment, dispute=dispute)
    return public(dispute)


def accept(books: Books, dispute_id: str) -> Entity:
    """`POST /v1/disputes/{id}/accept`: we give in."""
    return move(books, dispute_id, "lost")


@locked
def contest(books: Books, dispute_id: str, body: Entity) -> Entity:
    """`PATCH /v1/disputes/{id}/contest`: a draft, or with `action: submit` our evidence."""
    dispute = books.get("disputes", dispute_id)
    if dispute["status"] != "open":
        raise refuse("The dispute cannot be contested in its current state.")
    if len(body.get("summary") or "") > 1000:
        raise refuse("The summary may not be greater than 1000 characters.", field="summary")
    dispute["evidence"].update(
        {key: value for key, value in body.items() if key not in ("action", "submitted_at")}
    )
    if body.get("action") != "submit":
        return public(books.put("disputes", dispute))
    dispute["evidence"]["submitted_at"] = books.clock.now()
    return move(books, dispute_id, "under_review")


@locked
def fetch(books: Books, dispute_id: str) -> Entity:
    return public(books.get("disputes", dispute_id))


@locked
def list_all(books: Books, query: dict[str, str]) -> Entity:
    return paged(books.all("disputes"), query)
