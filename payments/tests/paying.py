"""Orders that the simulator knows, and what became of them."""

from datetime import timedelta

from accounts.models import User
from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from payments import gateway
from payments.models import LedgerEntry, LedgerTxn, Payment, PaymentOrder
from payments.services import captures, earnings, ledger, orders
from tutorhub.core import clock
from tutorhub.core.ids import uuid7


def opened(**values) -> PaymentOrder:
    """An order for a class that the simulator knows."""
    order = orders.create(
        purpose="session",
        purpose_id=values.pop("purpose_id", None) or uuid7(),
        payer=values.pop("payer", None) or FamilyUserFactory(),
        amount_paise=100_000,
        expires_at=clock.now() + timedelta(hours=1),
        description="Maths, 1 h",
        method=values.pop("method", "razorpay"),
    )
    return orders.open_at_gateway(order)


def captures_booked() -> int:
    return LedgerTxn.objects.filter(idem_key__startswith="rzp:capture:").count()


def in_escrow(order: PaymentOrder) -> int:
    return ledger.balance("session_escrow", order.purpose_id)


def at_gateway(payment: Payment) -> list[int]:
    """The refunds of a payment that Razorpay knows of, in paise."""
    known = gateway.client().payment_refunds(payment.razorpay_payment_id)
    return [int(entity["amount"]) for entity in known]


def callback(handed: dict) -> PaymentOrder:
    return captures.verify_callback(**handed)


def status_of(order: PaymentOrder) -> str:
    order.refresh_from_db()
    return order.status


def legs(key: str) -> dict[tuple[str, str], int]:
    """What was booked under a key: account and owner, and its debit (or, below zero, credit)."""
    entries = LedgerEntry.objects.filter(txn__idem_key=key).select_related("account")
    return {(e.account.code, e.account.owner_key): e.debit - e.credit for e in entries}


def dashboard_refund(amount_paise: int, purpose: str = "session") -> None:
    """Somebody in Razorpay's dashboard gives back a part of the family's only payment."""
    gateway.client().refund_payment(
        Payment.objects.get(order__purpose=purpose).razorpay_payment_id,
        amount_paise=amount_paise,
        idempotency_key="somebody-in-the-dashboard",
        notes={},
        receipt="theirs",
    )


def passed_on(order: PaymentOrder) -> User:
    """The class was given, and its money is held for the tutor, who is returned."""
    tutor = TutorUserFactory()
    earnings.recognise(
        session_id=order.purpose_id,
        tutor=tutor,
        tutor_state="Karnataka",
        gross_paise=order.total_paise,
        commission_bps=1500,
    )
    return tutor
