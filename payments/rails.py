"""How money leaves for a tutor, whoever carries it. RazorpayX payouts are the only rail so far.

A rail knows neither our tables nor our ledger. It takes plain values, speaks to its service through
`payments.gateway`, and answers with reports in one shape, so that the services that keep the books
need not know whose words they read. Every call raises `gateway.Refused` for a definite no and
`gateway.Unknown` when nobody knows. What another rail (Route) would need is in docs/payouts.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from django.conf import settings

from payments import gateway

IMPS_LIMIT_PAISE = 5_00_000_00
CHECK_PAISE = 100
"""What is sent to a bank account to see whether it exists."""


class State(Enum):
    """What a status of a rail means for the money."""

    UNDER_WAY = "under way"
    PAID = "paid"
    NOT_PAID = "not paid"
    RETURNED = "returned"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Destination:
    """Where somebody is paid. `reference` names the person; an empty `vpa` means a bank account."""

    reference: str
    name: str
    email: str
    phone: str
    account_number: str
    ifsc: str
    vpa: str

    @property
    def is_upi(self) -> bool:
        return bool(self.vpa)


@dataclass(frozen=True)
class Order:
    """One payout to be made. The same `key` makes it once, however often it is sent."""

    key: str
    reference: str
    account_id: str
    amount_paise: int
    is_upi: bool


@dataclass(frozen=True)
class Report:
    """Where a payout stands. Fees are in paise and contain `tax_paise`."""

    id: str
    reference: str
    amount_paise: int
    status: str
    state: State
    utr: str
    fees_paise: int
    tax_paise: int
    reason: str


@dataclass(frozen=True)
class Check:
    """What became of the question whether an account exists, and whose it is.

    `is_open` while the bank thinks; `has_failed` when the question itself went wrong, which says
    nothing about the account.
    """

    id: str
    account_id: str
    is_open: bool
    has_failed: bool
    is_active: bool
    registered_name: str
    note: str
    spent_paise: int


class Rail(Protocol):
    """What the services ask of whoever carries the money."""

    def person(self, destination: Destination) -> str:
        """The rail's id of the person; the same for the same details."""

    def account(self, destination: Destination, person_id: str) -> str:
        """The rail's id of the account; the same for the same details."""

    def check(self, account_id: str, *, reference: str, is_upi: bool) -> Check:
        """Ask the bank whether the account exists. Asked twice, it is asked twice."""

    def fetch_check(self, check_id: str) -> Check: ...

    def find_check(self, account_id: str) -> Check | None:
        """The newest check of this account that did not go wrong, in case its answer was lost."""

    def send(self, order: Order) -> Report:
        """Make the payout, or report where the one with this key stands."""

    def fetch(self, payout_id: str) -> Report: ...

    def find(self, reference: str) -> Report | None:
        """The payout with our reference, if there is one."""


STATES = {
    **dict.fromkeys(["pending", "queued", "scheduled", "processing"], State.UNDER_WAY),
    "processed": State.PAID,
    **dict.fromkeys(["failed", "rejected", "cancelled"], State.NOT_PAID),
    "reversed": State.RETURNED,
}


class RazorpayX:
    """Payouts from our RazorpayX account (payments.md 1.9)."""

    def person(self, destination: Destination) -> str:
        contact = gateway.client().create_contact(
            name=destination.name,
            email=destination.email,
            phone=destination.phone,
            reference_id=destination.reference,
        )
        return str(contact["id"])

    def account(self, destination: Destination, person_id: str) -> str:
        client = gateway.client()
        if destination.is_upi:
            account = client.create_fund_account_vpa(contact_id=person_id, address=destination.vpa)
        else:
            account = client.create_fund_account_bank(
                contact_id=person_id,
                name=destination.name,
                ifsc=destination.ifsc,
                account_number=destination.account_number,
            )
        return str(account["id"])

    def check(self, account_id: str, *, reference: str, is_upi: bool) -> Check:
        return self.read_check(
            gateway.client().validate_fund_account(
                account_number=settings.RAZORPAYX_ACCOUNT_NUMBER,
                fund_account_id=account_id,
                amount_paise=None if is_upi else CHECK_PAISE,
                notes={"tutorhub_method": reference},
            )
        )

    def fetch_check(self, check_id: str) -> Check:
        return self.read_check(gateway.client().fetch_validation(check_id))

    def find_check(self, account_id: str) -> Check | None:
        found = gateway.client().list_validations(account_number=settings.RAZORPAYX_ACCOUNT_NUMBER)
        checks = [self.read_check(entity) for entity in found]
        mine = [check for check in checks if check.account_id == account_id]
        return next((check for check in mine if not check.has_failed), None)

    def send(self, order: Order) -> Report:
        mode = "IMPS" if order.amount_paise <= IMPS_LIMIT_PAISE else "NEFT"
        return self.read(
            gateway.client().create_payout(
                account_number=settings.RAZORPAYX_ACCOUNT_NUMBER,
                fund_account_id=order.account_id,
                amount_paise=order.amount_paise,
                mode="UPI" if order.is_upi else mode,
                reference_id=order.reference,
                narration="TutorHub earnings",
                idempotency_key=order.key,
            )
        )

    def fetch(self, payout_id: str) -> Report:
        return self.read(gateway.client().fetch_payout(payout_id))

    def find(self, reference: str) -> Report | None:
        found = gateway.client().find_payouts_by_reference(
            reference, account_number=settings.RAZORPAYX_ACCOUNT_NUMBER
        )
        return self.read(found[0]) if found else None

    @staticmethod
    def read(entity: gateway.Entity) -> Report:
        """A payout as RazorpayX shows it, in our words."""
        status = str(entity.get("status") or "")
        return Report(
            id=entity["id"],
            reference=str(entity.get("reference_id") or ""),
            amount_paise=int(entity["amount"]),
            status=status,
            state=STATES.get(status, State.UNKNOWN),
            utr=str(entity.get("utr") or ""),
            fees_paise=int(entity.get("fees") or 0),
            tax_paise=int(entity.get("tax") or 0),
            reason=str(_part(entity, "status_details").get("description") or ""),
        )

    @staticmethod
    def read_check(entity: gateway.Entity) -> Check:
        """A validation as RazorpayX shows it; the results have two names in its documents."""
        results = _part(entity, "results") or _part(entity, "validation_results")
        status = str(entity.get("status") or "")
        return Check(
            id=entity["id"],
            account_id=str(_part(entity, "fund_account").get("id") or ""),
            is_open=status not in {"completed", "failed"},
            has_failed=status == "failed",
            is_active=results.get("account_status") in {"active", "valid"},
            registered_name=str(results.get("registered_name") or ""),
            note=str(_part(entity, "status_details").get("description") or ""),
            spent_paise=int(entity.get("amount") or 0),
        )


def _part(entity: gateway.Entity, name: str) -> Mapping[str, Any]:
    part = entity.get(name)
    return part if isinstance(part, dict) else {}


RAILS: dict[str, Rail] = {"razorpayx": RazorpayX()}


def rail(name: str = "") -> Rail:
    """The rail of this name; without one, the rail that new payouts take."""
    return RAILS[name or settings.PAYOUT_RAIL]
