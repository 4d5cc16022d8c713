"""Razorpay, and nothing else that knows it: orders, payments, refunds, payouts and signatures.

Every call either returns the entity Razorpay answered with, or raises one of two errors. `Refused`
is a definite no: nothing happened. `Unknown` says that nobody knows: the call may have been
performed, so the caller keeps its intent and tries again with the same receipt or idempotency key.
The SDK's own retry stays off, because it repeats every POST after a time-out.

Traps of documents and disputes, which Razorpay's pages and the SDK leave to the reader:

- A document cannot be found again: there is no list, no receipt and no idempotency key. After a
  lost answer the upload is repeated, and the first copy stays at Razorpay, in nobody's dispute.
- `document.create` puts an empty `file` into the dict it was given, and its default dict is shared
  between all calls. Bytes alone go out as a file without a type; a tuple brings name and type.
- The time-out for connecting is also what the sending of the whole body may take.
- The pages name no largest size for evidence. We keep to what their sister API for business
  documents says: 4 MB for a picture, 2 MB for a PDF. WebP is not taken at all.
- Without `action` a contest is a draft, and nobody ever submits a draft by itself.
- A submission needs at least one document; words alone are refused.
- A contest changes the fields that it names and keeps the others, so evidence of an earlier draft
  goes along with a later submission. Whoever submits looks at the draft first.
- A smaller `amount` gives in for the rest. A second submission is refused, and so is everything
  after `respond_by`.
"""

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import razorpay
import requests
from django.conf import settings

from payments.gateway.answers import (
    Entity,
    GatewayError,
    Refused,
    Unknown,
    is_id,
)
from payments.gateway.answers import checked_id as _id
from payments.gateway.answers import entity as _entity
from payments.gateway.answers import items as _items
from payments.gateway.signatures import verify_callback, verify_webhook

__all__ = [
    "Entity",
    "Gateway",
    "GatewayError",
    "Refused",
    "Unknown",
    "client",
    "documents_in",
    "is_id",
    "verify_callback",
    "verify_webhook",
]

TIMEOUT = (2.0, 8.0)
"""Seconds to connect, seconds to wait for bytes."""
UPLOAD_TIMEOUT = (30.0, 30.0)
"""The first also limits the sending of the whole body, which takes its time with a file."""
CAPTURE_MINUTES = 12
"""Razorpay's smallest automatic expiry period."""
LATE_MINUTES = 60
"""How long a late authorisation waits for us to capture it before Razorpay gives it back."""

_UNSURE = frozenset({408, 409, 425, 429})
FIELDS = frozenset(
    {"proof_of_service", "billing_proof", "explanation_letter", "customer_communication"}
)
"""Razorpay's fields of evidence that fit a class; there are more, for goods and downloads."""


def documents_in(dispute: Entity) -> set[str]:
    """The documents that a dispute holds as evidence, in whatever field."""
    evidence = dispute.get("evidence")
    found: set[str] = set()
    for value in evidence.values() if isinstance(evidence, dict) else ():
        for item in value if isinstance(value, list) else ():
            ids = item.get("document_ids") or () if isinstance(item, dict) else (item,)
            found.update(str(known_as) for known_as in ids)
    return found


class Gateway:
    """Razorpay's calls as TutorHub makes them. Amounts are integer paise, INR only."""

    def __init__(self, *, base_url: str, key_id: str, key_secret: str) -> None:
        self._sdk = razorpay.Client(
            session=_Session(), auth=(key_id, key_secret), base_url=base_url.rstrip("/")
        )

    # Orders

    def create_order(
        self, *, amount_paise: int, receipt: str, notes: Mapping[str, str], expiry_minutes: int
    ) -> Entity:
        """Create the order of this receipt, or return the one that exists with the same amount.

        Money authorised within `expiry_minutes` is captured by Razorpay at once. Money authorised
        later is not: we see it, and capture it or let Razorpay give it back.
        """
        automatic = max(CAPTURE_MINUTES, expiry_minutes)
        body = {
            "amount": amount_paise,
            "currency": "INR",
            "receipt": receipt,
            "unique_receipt": True,
            "partial_payment": False,
            "notes": dict(notes),
            "payment": {
                "capture": "automatic",
                "capture_options": {
                    "automatic_expiry_period": automatic,
                    "manual_expiry_period": automatic + LATE_MINUTES,
                    "refund_speed": "normal",
                },
            },
        }
        try:
            return _entity(self._sdk.order.create(body))
        except Refused:
            # An account may ignore unique_receipt and refuse the receipt that it already knows.
            order = self.find_order_by_receipt(receipt)
            if order is None or order.get("amount") != amount_paise:
                raise
            return order

    def find_order_by_receipt(self, receipt: str) -> Entity | None:
        """The order with exactly this receipt, if Razorpay has one."""
        found = _items(self._sdk.order.all({"receipt": receipt}))
        return next((order for order in found if order.get("receipt") == receipt), None)

    def fetch_order(self, order_id: str) -> Entity:
        return _entity(self._sdk.order.fetch(_id(order_id)))

    def order_payments(self, order_id: str) -> list[Entity]:
        """Every payment attempt of the order."""
        return _items(self._sdk.order.payments(_id(order_id)))

    # Payments

    def fetch_payment(self, payment_id: str) -> Entity:
        return _entity(self._sdk.payment.fetch(_id(payment_id)))

    def list_payments(self, from_: int, to: int, count: int = 100, skip: int = 0) -> list[Entity]:
        """Payments created between two Unix times, at most 100 at once."""
        window = {"from": from_, "to": to, "count": count, "skip": skip}
        return _items(self._sdk.payment.all(window))

    def capture_payment(self, payment_id: str, amount_paise: int) -> Entity:
        """Take the money of an authorised payment; the amount must be the authorised one."""
        # The SDK adds the amount to the dict it is given, and its default dict is shared.
        answer = self._sdk.payment.capture(_id(payment_id), amount_paise, {"currency": "INR"})
        return _entity(answer)

    # Refunds

    def refund_payment(
        self,
        payment_id: str,
        *,
        amount_paise: int,
        idempotency_key: str,
        notes: Mapping[str, str],
        receipt: str,
    ) -> Entity:
        """Give money back to where it came from. The key has 10 characters or more."""
        body = {
            "amount": amount_paise,
            "speed": "normal",
            "notes": dict(notes),
            "receipt": receipt,
        }
        headers = {"X-Refund-Idempotency": idempotency_key}
        return _entity(self._sdk.payment.refund(_id(payment_id), body, headers=headers))

    def fetch_refund(self, payment_id: str, refund_id: str) -> Entity:
        return _entity(self._sdk.payment.fetch_refund_id(_id(payment_id), _id(refund_id)))

    def payment_refunds(self, payment_id: str) -> list[Entity]:
        return _items(self._sdk.payment.fetch_multiple_refund(_id(payment_id), {"count": 100}))

    # Disputes

    def fetch_dispute(self, dispute_id: str) -> Entity:
        return _entity(self._sdk.dispute.fetch(_id(dispute_id)))

    def list_disputes(self, from_: int, to: int, count: int = 100, skip: int = 0) -> list[Entity]:
        """Disputes that began between two Unix times, at most 100 at once."""
        window = {"from": from_, "to": to, "count": count, "skip": skip}
        return _items(self._sdk.dispute.all(window))

    def accept_dispute(self, dispute_id: str) -> Entity:
        """Give in; Razorpay keeps the disputed amount and pays it back."""
        return _entity(self._sdk.dispute.accept(_id(dispute_id)))

    def contest_dispute(
        self,
        dispute_id: str,
        *,
        amount_paise: int,
        summary: str,
        evidence: Mapping[str, Sequence[str]],
        is_final: bool,
    ) -> Entity:
        """Leave with Razorpay what speaks for us, or send it to the bank, once and for all.

        `summary` has at most 1000 characters. `evidence` maps Razorpay's fields, such as
        `proof_of_service`, to ids of documents; a key that is no field of theirs is a type of our
        own among the `others`. Refused unless the dispute is open.
        """
        fields: Entity = {name: list(ids) for name, ids in evidence.items() if name in FIELDS}
        others = [
            {"type": name, "document_ids": list(ids)}
            for name, ids in evidence.items()
            if name not in FIELDS
        ]
        fields.update({"others": others} if others else {})
        action = "submit" if is_final else "draft"
        body = {"amount": amount_paise, "summary": summary, **fields, "action": action}
        return _entity(self._sdk.dispute.contest(_id(dispute_id), body))

    def create_document(self, *, content: bytes, filename: str, content_type: str) -> Entity:
        """Hand a file of evidence over; the answer's id names it in a contest."""
        body = {"file": (filename, content, content_type), "purpose": "dispute_evidence"}
        return _entity(self._sdk.document.create(body, timeout=UPLOAD_TIMEOUT))

    # Settlements

    def settlement_rows(self, *, year: int, month: int, day: int, skip: int = 0) -> list[Entity]:
        """Razorpay's own books of one day (IST), at most 1000 rows at once."""
        day_of = {"year": year, "month": month, "day": day, "count": 1000, "skip": skip}
        return _items(self._sdk.settlement.report(day_of))

    def fetch_settlement(self, settlement_id: str) -> Entity:
        return _entity(self._sdk.settlement.fetch(_id(settlement_id)))

    # Payouts (RazorpayX, which the SDK does not know)

    def create_contact(self, *, name: str, email: str, phone: str, reference_id: str) -> Entity:
        """The person behind a fund account. Razorpay returns the same contact for the same data."""
        body: Entity = {"name": name, "type": "vendor", "reference_id": reference_id}
        body.update({"email": email} if email else {})
        body.update({"contact": phone} if phone else {})
        return _entity(self._sdk.post("/v1/contacts", body))

    def create_fund_account_bank(
        self, *, contact_id: str, name: str, ifsc: str, account_number: str
    ) -> Entity:
        bank = {"name": name, "ifsc": ifsc, "account_number": account_number}
        body = {"contact_id": contact_id, "account_type": "bank_account", "bank_account": bank}
        return _entity(self._sdk.post("/v1/fund_accounts", body))

    def create_fund_account_vpa(self, *, contact_id: str, address: str) -> Entity:
        body = {"contact_id": contact_id, "account_type": "vpa", "vpa": {"address": address}}
        return _entity(self._sdk.post("/v1/fund_accounts", body))

    def validate_fund_account(
        self,
        *,
        account_number: str,
        fund_account_id: str,
        amount_paise: int | None,
        notes: Mapping[str, str],
    ) -> Entity:
        """Ask the bank whether the account exists; `amount_paise` is sent to it (not to a UPI ID).

        Knows no idempotency key: after an answer that was lost, look for it before asking again.
        """
        body: Entity = {
            "account_number": account_number,
            "fund_account": {"id": fund_account_id},
            "notes": dict(notes),
        }
        if amount_paise is not None:
            body.update({"amount": amount_paise, "currency": "INR"})
        return _entity(self._sdk.post("/v1/fund_accounts/validations", body))

    def fetch_validation(self, validation_id: str) -> Entity:
        return _entity(self._sdk.get(f"/v1/fund_accounts/validations/{_id(validation_id)}", {}))

    def list_validations(self, *, account_number: str, count: int = 100) -> list[Entity]:
        """The newest validations paid from this account of ours."""
        params = {"account_number": account_number, "count": count}
        return _items(self._sdk.get("/v1/fund_accounts/validations", params))

    def create_payout(
        self,
        *,
        account_number: str,
        fund_account_id: str,
        amount_paise: int,
        mode: str,
        reference_id: str,
        narration: str,
        idempotency_key: str,
    ) -> Entity:
        """Send money from our RazorpayX account; the same key returns the payout as it is now.

        `mode` is NEFT, RTGS, IMPS or UPI; the key has 4 to 36 characters.
        """
        body = {
            "account_number": account_number,
            "fund_account_id": fund_account_id,
            "amount": amount_paise,
            "currency": "INR",
            "mode": mode,
            "purpose": "payout",
            "queue_if_low_balance": True,
            "reference_id": reference_id,
            "narration": narration,
        }
        headers = {"X-Payout-Idempotency": idempotency_key}
        return _entity(self._sdk.post("/v1/payouts", body, headers=headers))

    def fetch_payout(self, payout_id: str) -> Entity:
        return _entity(self._sdk.get(f"/v1/payouts/{_id(payout_id)}", {}))

    def list_payouts(
        self, from_: int, to: int, *, account_number: str, count: int = 100, skip: int = 0
    ) -> list[Entity]:
        """Our payouts made between two Unix times, at most 100 at once."""
        window = {"from": from_, "to": to, "count": count, "skip": skip}
        return _items(self._sdk.get("/v1/payouts", {"account_number": account_number, **window}))

    def x_balance(self, account_number: str) -> int | None:
        """What is on our RazorpayX account after its newest transaction; None before the first."""
        params = {"account_number": account_number, "count": 1}
        newest = _items(self._sdk.get("/v1/transactions", params))
        return int(newest[0]["balance"]) if newest else None

    def find_payouts_by_reference(self, reference_id: str, *, account_number: str) -> list[Entity]:
        """Our payouts with this reference, newest first."""
        params = {"account_number": account_number, "reference_id": reference_id}
        found = _items(self._sdk.get("/v1/payouts", params))
        return [payout for payout in found if payout.get("reference_id") == reference_id]


class _Session(requests.Session):
    """Time-outs on every call, no proxies, no redirects, and our two errors instead of the SDK's.

    The SDK's errors carry the description alone, so the answer is judged here, where the status
    and the body are still at hand.
    """

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs.setdefault("timeout", TIMEOUT)
        kwargs["allow_redirects"] = False
        try:
            response = super().request(method, url, *args, **kwargs)
        except requests.RequestException as error:
            raise Unknown(f"{type(error).__name__} from Razorpay") from error
        _judge(response)
        return response


def _judge(response: requests.Response) -> None:
    status = response.status_code
    try:
        body = response.json()
    except ValueError as error:
        raise Unknown(f"{status} from Razorpay, and no JSON") from error
    if status // 100 == 2:
        return
    refusal = body.get("error") if isinstance(body, dict) else None
    is_definite = 400 <= status < 500 and status not in _UNSURE
    if is_definite and isinstance(refusal, dict) and refusal.get("code") != "SERVER_ERROR":
        raise Refused(status, refusal)
    raise Unknown(f"{status} from Razorpay")


_local = threading.local()


def client() -> Gateway:
    """This thread's gateway for the account in the settings."""
    account = {
        "base_url": settings.RAZORPAY_BASE_URL,
        "key_id": settings.RAZORPAY_KEY_ID,
        "key_secret": settings.RAZORPAY_KEY_SECRET,
    }
    if getattr(_local, "account", None) != account:
        _local.account, _local.gateway = account, Gateway(**account)
    gateway: Gateway = _local.gateway
    return gateway
