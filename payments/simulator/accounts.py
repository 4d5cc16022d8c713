"""RazorpayX: `/v1/contacts`, `/v1/fund_accounts` and their validations."""

from payments.simulator import statement, validation
from payments.simulator.books import Books, Entity, locked, paged, public
from payments.simulator.errors import refuse

RESULTS = ("active", "invalid", "mismatch", "failed")
STRANGER = "Somebody Else"


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


@locked
def validate(books: Books, body: Entity) -> Entity:
    """Ask whether a fund account exists. There is no idempotency: asked twice, it costs twice."""
    validation.only(body, ("account_number", "fund_account", "amount", "currency", "notes"))
    validation.text(body, "account_number", least=5, most=35)
    named = body.get("fund_account")
    if not isinstance(named, dict):
        raise refuse("fund_account: is required.", field="fund_account")
    account = books.get("fund_accounts", validation.text(named, "id", least=1))
    is_upi = account["account_type"] == "vpa"
    amount = 0 if is_upi and "amount" not in body else validation.amount(body)
    if books.rules.x_balance is not None and books.rules.x_balance < amount:
        raise refuse("Your account does not have enough balance to carry out the validation.")
    asked: Entity = {
        "id": books.new_id("fav"),
        "entity": "fund_account.validation",
        "fund_account": public(account),
        "status": "created",
        "amount": amount,
        "currency": "INR",
        "notes": validation.notes(body),
        "results": {"account_status": None, "registered_name": None},
        "created_at": books.clock.now(),
        "utr": None,
        "_debited": 0,
    }
    statement.move(books, asked, amount)
    books.put("validations", asked)
    seconds = books.rules.validation_seconds
    if seconds == 0:
        return answer(books, asked["id"], usual_result(account))
    if seconds is not None:
        books.later(seconds, lambda: _answer_later(books, asked["id"]))
    return public(asked)


def usual_result(account: Entity) -> str:
    """Bank accounts ending in 0000 and UPI IDs beginning with `invalid` do not exist; those ending
    in 1111 and beginning with `other` are somebody else's."""
    number = account.get("bank_account", {}).get("account_number", "")
    address = account.get("vpa", {}).get("address", "")
    if number.endswith("0000") or address.startswith("invalid"):
        return "invalid"
    return "mismatch" if number.endswith("1111") or address.startswith("other") else "active"


@locked
def _answer_later(books: Books, validation_id: str) -> None:
    asked = books.tables["validations"].get(validation_id)
    if asked is not None and asked["status"] == "created":
        answer(books, validation_id, usual_result(asked["fund_account"]))


@locked
def answer(books: Books, validation_id: str, result: str) -> Entity:
    """What the bank says. `failed` is a technical error and costs nothing."""
    asked = books.get("validations", validation_id)
    if asked["status"] != "created" or result not in RESULTS:
        raise refuse(f"A {asked['status']} validation cannot become {result}.")
    if result == "failed":
        asked["status"] = "failed"
        statement.move(books, asked, 0)
    else:
        asked["status"] = "completed"
        asked["utr"] = books.digits(12)
        asked["results"] = {
            "account_status": "invalid" if result == "invalid" else "active",
            "registered_name": _holder(books, asked, result),
        }
    books.put("validations", asked)
    books.emit(f"fund_account.validation.{asked['status']}", **{asked["entity"]: asked})
    return public(asked)


def _holder(books: Books, asked: Entity, result: str) -> str | None:
    if result == "invalid":
        return None
    if result == "mismatch":
        return STRANGER
    contact = books.get("contacts", asked["fund_account"]["contact_id"])
    return str(contact["name"])


@locked
def fetch_validation(books: Books, validation_id: str) -> Entity:
    return public(books.get("validations", validation_id))


@locked
def list_validations(books: Books, query: dict[str, str]) -> Entity:
    if not query.get("account_number"):
        raise refuse("account_number: is required.", field="account_number")
    return paged(books.all("validations"), query)


@locked
def resume(books: Books) -> None:
    """After a restart, let the validations go on that the bank was thinking about."""
    for asked in books.all("validations", status="created"):
        if books.rules.validation_seconds is not None:
            books.later(
                books.rules.validation_seconds,
                lambda validation_id=asked["id"]: _answer_later(  # type: ignore[misc]
                    books, validation_id
                ),
            )
