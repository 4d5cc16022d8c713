"""Orders: `/v1/orders`."""

from payments.simulator import validation
from payments.simulator.books import Books, Entity, collection, locked, paged, public
from payments.simulator.errors import refuse

FIELDS = (
    "amount",
    "currency",
    "receipt",
    "notes",
    "partial_payment",
    "first_payment_min_amount",
    "payment",
    "unique_receipt",
)
CAPTURE_FIELDS = ("automatic_expiry_period", "manual_expiry_period", "refund_speed")
THREE_DAYS = 3 * 24 * 60


@locked
def create(books: Books, body: Entity) -> Entity:
    """A new order, or the old one of the same receipt when `unique_receipt` says so."""
    validation.only(body, FIELDS)
    amount = validation.amount(body, step="order_creation")
    receipt = validation.text(body, "receipt", most=40) or None
    entity = {
        "id": "",
        "entity": "order",
        "amount": amount,
        "amount_paid": 0,
        "amount_due": amount,
        "currency": validation.currency(body),
        "receipt": receipt,
        "offer_id": None,
        "status": "created",
        "attempts": 0,
        "notes": validation.notes(body),
        "created_at": books.clock.now(),
        "_capture": _capture(books, body),
    }
    known = books.all("orders", receipt=receipt) if receipt else []
    if known and body.get("unique_receipt"):
        return public(_same(known[0], entity))
    if known and books.rules.unique_receipts:
        raise refuse("Order receipt should be unique.", field="receipt", step="order_creation")
    entity["id"] = books.new_id("order")
    return public(books.put("orders", entity))


def _same(known: Entity, entity: Entity) -> Entity:
    if known["amount"] != entity["amount"]:
        raise refuse("Order receipt should be unique.", field="receipt", step="order_creation")
    return known


def _capture(books: Books, body: Entity) -> Entity:
    """The order's capture settings, or the account's."""
    settings = body.get("payment") or {"capture": books.rules.capture}
    validation.only(settings, ("capture", "capture_options"))
    options = settings.get("capture_options") or {}
    validation.only(options, CAPTURE_FIELDS)
    automatic = options.get("automatic_expiry_period", THREE_DAYS)
    manual = options.get("manual_expiry_period", max(automatic, THREE_DAYS))
    if automatic < 12:
        raise refuse(
            "The automatic expiry period must be at least 12.", field="automatic_expiry_period"
        )
    if manual < automatic:
        raise refuse(
            "The manual expiry period must not be less than the automatic expiry period.",
            field="manual_expiry_period",
        )
    return {
        "mode": validation.choice(settings, "capture", ("automatic", "manual")),
        "automatic": automatic,
        "manual": manual,
    }


@locked
def fetch(books: Books, order_id: str) -> Entity:
    return public(books.get("orders", order_id))


@locked
def list_all(books: Books, query: dict[str, str]) -> Entity:
    having = {"receipt": query["receipt"]} if "receipt" in query else {}
    return paged(books.all("orders", **having), query)


@locked
def list_payments(books: Books, order_id: str) -> Entity:
    """Every attempt on the order, also those that a fault has given another order id."""
    books.get("orders", order_id)
    return collection(books.all("payments", _order=order_id))


@locked
def edit(books: Books, order_id: str, body: Entity) -> Entity:
    """Only the notes can change."""
    validation.only(body, ("notes",))
    order = books.get("orders", order_id)
    order["notes"] = validation.notes(body)
    return public(books.put("orders", order))
