"""Disputes: `/v1/disputes`, and what the card networks decide."""

from payments.simulator import validation
from payments.simulator.books import Books, Entity, locked, paged, public
from payments.simulator.errors import refuse

PHASES = ("fraud", "retrieval", "chargeback", "pre_arbitration", "arbitration")
NEXT = {
    "open": ("under_review", "action_required", "won", "lost", "closed"),
    "under_review": ("action_required", "won", "lost", "closed"),
}
PROOFS = (
    *("shipping_proof", "billing_proof", "cancellation_proof", "customer_communication"),
    *("proof_of_service", "explanation_letter", "refund_confirmation", "access_activity_log"),
    *("refund_cancellation_policy", "term_and_conditions"),
)
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
        "respond_by": now + int(body.get("respond_in") or WEEK),
        "status": "open",
        "phase": validation.choice(body, "phase", PHASES, default="chargeback"),
        "evidence": {
            "amount": amount,
            "summary": None,
            "others": None,
            "submitted_at": None,
            **dict.fromkeys(PROOFS),
        },
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


@locked
def accept(books: Books, dispute_id: str) -> Entity:
    """`POST /v1/disputes/{id}/accept`: we give in."""
    _check_is_open(books, books.get("disputes", dispute_id))
    return move(books, dispute_id, "lost")


@locked
def contest(books: Books, dispute_id: str, body: Entity) -> Entity:
    """`PATCH /v1/disputes/{id}/contest`: a draft, or with `action: submit` our evidence.

    What the body does not name stays as an earlier draft left it.
    """
    dispute = books.get("disputes", dispute_id)
    _check_is_open(books, dispute)
    validation.only(body, {"amount", "summary", "others", "action", *PROOFS})
    action = validation.choice(body, "action", ("draft", "submit"), default="draft")
    if body.get("amount") is not None and body["amount"] > dispute["amount"]:
        raise refuse("contest amount cannot be greater than dispute amount.", field="amount")
    if len(body.get("summary") or "") > 1000:
        raise refuse("The summary may not be greater than 1000 characters.", field="summary")
    evidence = {**dispute["evidence"], **_without_action(body)}
    named = _documents(evidence)
    if not named <= set(books.tables["documents"]):
        raise refuse(
            "Invalid file id provided or merchant is unauthorized to access the fileId(s) provided"
        )
    if action == "submit" and not named:
        raise refuse("At least one document is needed to contest a dispute.")
    dispute["evidence"] = evidence
    if action == "draft":
        return public(books.put("disputes", dispute))
    dispute["evidence"]["submitted_at"] = books.clock.now()
    return move(books, dispute_id, "under_review")


def _without_action(body: Entity) -> Entity:
    return {name: value for name, value in body.items() if name != "action"}


def _documents(evidence: Entity) -> set[str]:
    """Every document that the evidence names."""
    found = [known_as for name in PROOFS for known_as in evidence.get(name) or ()]
    for other in evidence.get("others") or ():
        found += other.get("document_ids") or ()
    return set(found)


def _check_is_open(books: Books, dispute: Entity) -> None:
    if dispute["status"] != "open":
        raise refuse(f"Action not allowed when dispute is in {dispute['status']} status.")
    if books.clock.now() > dispute["respond_by"]:
        raise refuse("Action not allowed as deadline to respond has elapsed.")


@locked
def fetch(books: Books, dispute_id: str) -> Entity:
    return public(books.get("disputes", dispute_id))


@locked
def list_all(books: Books, query: dict[str, str]) -> Entity:
    return paged(books.all("disputes"), query)
