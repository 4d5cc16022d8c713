"""Chargebacks as Razorpay tells of them, and where the money of a class can be."""

from django.db.models import Sum

from payments.models import (
    GatewayDispute,
    LedgerEntry,
    LedgerTxn,
    Payment,
)
from payments.services import (
    disputes,
    ledger,
    orders,
    wallets,
)
from payments.services.ledger import credit, debit
from payments.tests import factories
from tutorhub.core import clock
from tutorhub.core.ids import uuid7


def entity(payment: Payment, status: str = "open", **values) -> dict:
    """A dispute as Razorpay answers it."""
    amount = values.get("amount", payment.amount_paise)
    return {
        "id": factories.rzp_id("disp"),
        "entity": "dispute",
        "payment_id": payment.razorpay_payment_id,
        "amount": amount,
        "currency": "INR",
        "amount_deducted": amount if status == "lost" else 0,
        "reason_code": "services_not_received",
        "respond_by": int(clock.now().timestamp()) + 7 * 86400,
        "status": status,
        "phase": "chargeback",
        **values,
    }


def dispute_of(payment, **values) -> dict:
    """A dispute that was opened and applied."""
    opened_ = entity(payment, **values)
    disputes.apply(opened_)
    return opened_


def end(opened_: dict, status: str, deducted: int | None = None) -> GatewayDispute:
    deducted = opened_["amount"] if deducted is None else deducted
    disputes.apply(
        {**opened_, "status": status, "amount_deducted": deducted if status == "lost" else 0}
    )
    return GatewayDispute.objects.get(razorpay_dispute_id=opened_["id"])


def assert_adds_up() -> None:
    """Trial balance: the rupees of all accounts together are nothing."""
    sums = LedgerEntry.objects.filter(unit="INR").aggregate(d=Sum("debit"), c=Sum("credit"))
    assert sums["d"] == sums["c"]


def topped_up(family) -> Payment:
    """The payment of a top-up."""
    order = orders.start_topup(amount_paise=100_000, by=family)
    return factories.pay(factories.open_order(order))


def of_family(family) -> tuple:
    """What is in the wallet, and what is owed."""
    return (wallets.balance(family).cash_paise, ledger.balance("student_receivable", family.pk))


def payment_of(session_id) -> Payment:
    return Payment.objects.get(order__purpose_id=session_id, place=Payment.Place.PURPOSE)


def class_in(place: str, tutor) -> tuple:
    """A class of 1,000 rupees whose money is at `place`; the class and its payment."""
    if place == "escrow":
        order = factories.make_order()
        factories.pay(order)
        return order.purpose_id, payment_of(order.purpose_id)
    session = factories.earn(tutor, is_released=place != "held")
    if place == "paid_out":
        spend(tutor, 82_300)
    return session, payment_of(session)


def spend(tutor, paise) -> None:
    """Earnings that left, as a payout would take them."""
    ledger.post(
        kind="payout_requested",
        key=f"payout:{uuid7()}:request",
        legs=[debit("tutor_earnings", paise, tutor.pk), credit("payout_pending", paise, uuid7())],
    )


def of_tutor(tutor) -> dict:
    codes = {"held": "tutor_held", "available": "tutor_earnings", "owed": "tutor_receivable"}
    return {name: ledger.balance(code, tutor.pk) for name, code in codes.items()}


# Where the money of the class is -> what a loss of everything, and of 40,000, takes from whom.
# The tutor's part of 100,000 is 82,300, of 40,000 it is 32,920.
def give_back(session, paise) -> None:
    """As a refund takes money out of escrow."""
    ledger.post(
        kind="refund_initiated",
        key=f"refund:{uuid7()}:initiate",
        legs=[debit("session_escrow", paise, session), credit("refund_payable", paise, uuid7())],
    )


def legs_of(key):
    txn = LedgerTxn.objects.get(idem_key=key)
    return {
        (entry.account.code, entry.debit, entry.credit)
        for entry in txn.entries.select_related("account")
    }
