"""Orders, paid classes and tutors with money, made through the services."""

import itertools
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import User
from accounts.tests.factories import FamilyUserFactory, StaffFactory, TutorUserFactory
from payments.models import (
    CreditPack,
    Payment,
    PaymentOrder,
    Payout,
    PayoutMethod,
    Refund,
)
from payments.services import (
    captures,
    credits,
    earnings,
    ledger,
    orders,
    payout_methods,
    payouts,
    promos,
    refunds,
)
from payments.services.ledger import credit, debit
from tutorhub.core import clock
from tutorhub.core.ids import uuid7

_numbers = itertools.count(1)


def rzp_id(prefix: str) -> str:
    """An id like Razorpay's, never given out twice."""
    return f"{prefix}_Test{next(_numbers):010d}"


def make_order(
    *, amount_paise: int = 100_000, payer: User | None = None, **values: Any
) -> PaymentOrder:
    """An order for a class, open at the gateway."""
    order = orders.create(
        purpose="session",
        purpose_id=values.pop("purpose_id", None) or uuid7(),
        payer=payer or FamilyUserFactory(),
        amount_paise=amount_paise,
        expires_at=values.pop("expires_at", clock.now() + timedelta(hours=1)),
        description="Maths, 1 h",
        method=values.pop("method", "razorpay"),
    )
    return order if order.is_paid else open_order(order)


def make_topup(tutor: User, code: str = "pack-10") -> PaymentOrder:
    return open_order(credits.start_topup(pack=CreditPack.objects.get(code=code), by=tutor))


def open_order(order: PaymentOrder) -> PaymentOrder:
    """As if the gateway had answered."""
    order.razorpay_order_id = rzp_id("order")
    order.status = PaymentOrder.Status.OPEN
    order.check_at = clock.now() + orders.FIRST_CHECK
    order.save()
    return order


def payment_entity(order: PaymentOrder, **values: Any) -> dict[str, Any]:
    """A payment as Razorpay answers it: captured and of the right amount, unless told otherwise."""
    status = values.get("status", "captured")
    return {
        "id": rzp_id("pay"),
        "entity": "payment",
        "amount": order.amount_paise,
        "currency": "INR",
        "base_amount": order.amount_paise,
        "status": status,
        "order_id": order.razorpay_order_id,
        "method": "upi",
        "amount_refunded": 0,
        "captured": status in {"captured", "refunded"},
        "fee": 2360 if status == "captured" else None,
        "tax": 360 if status == "captured" else None,
        "notes": [],
        **values,
    }


def pay(order: PaymentOrder, **values: Any) -> Payment:
    entity = payment_entity(order, **values)
    return captures.apply_capture(entity["id"], fetched=entity)


def give_credits(tutor: User, code: str = "pack-10") -> None:
    """Credits that were bought and paid."""
    pay(make_topup(tutor, code))


def fund_wallet(family: User, amount_paise: int = 30_000, *, promo_paise: int = 0) -> None:
    """Money in a family's wallet: topped up, and given as promotional balance."""
    if amount_paise:
        pay(open_order(orders.start_topup(amount_paise=amount_paise, by=family)))
    if promo_paise:
        asks, gives = StaffFactory(group="finance"), StaffFactory(group="finance")
        grant = promos.ask(user=family, amount_paise=promo_paise, reason="Welcome", by=asks)
        promos.approve(grant, by=gives)


def failed_refund(family: User) -> Refund:
    """Money that the family's bank did not take back."""
    order = make_order(payer=family)
    pay(order)
    refund = refunds.refund_order(order, reason="test").gateway_refund
    refunds.record(refund, {"id": rzp_id("rfnd"), "status": "failed"})
    refund.refresh_from_db()
    return refund


def make_method(tutor: User, *, is_checked: bool = True, **values: Any) -> PayoutMethod:
    """Where the tutor is paid; the bank has confirmed it unless told otherwise."""
    method = payout_methods.save(
        tutor=tutor,
        **{
            "kind": "bank",
            "holder_name": "Ravi Kumar",
            "account_number": "123456789012",
            "ifsc": "HDFC0001234",
            "pan": "ABCDE1234F",
            **values,
        },
    )
    if is_checked and not method.is_valid:
        method.validation = PayoutMethod.Validation.VALID
        method.registered_name = method.holder_name
        method.validated_at = clock.now()
        method.save()
    return method


def earn(tutor: User, gross_paise: int = 100_000, *, is_released: bool = True) -> UUID:
    """A paid and completed class; with money that can be withdrawn if it is released."""
    order = make_order(amount_paise=gross_paise)
    pay(order)
    earnings.recognise(
        session_id=order.purpose_id,
        tutor=tutor,
        tutor_state="Karnataka",
        gross_paise=gross_paise,
        commission_bps=1500,
    )
    if is_released:
        earnings.release(session_id=order.purpose_id, tutor=tutor)
    return order.purpose_id


def fund_float(amount_paise: int = 10_00_000_00) -> None:
    """Money in the RazorpayX account."""
    ledger.post(
        kind="payouts_funded",
        key=f"treasury:fund:{rzp_id('test')}",
        legs=[debit("rzpx_float", amount_paise), credit("bank", amount_paise)],
    )


def rich_tutor(gross_paise: int = 200_000, **values: Any) -> User:
    """A tutor with released earnings and a payout method."""
    tutor = TutorUserFactory(**values)
    make_method(tutor)
    earn(tutor, gross_paise)
    return tutor


def payouts_request(tutor: User, amount_paise: int = 50_000) -> Payout:
    return payouts.request(tutor=tutor, amount_paise=amount_paise, by=tutor)


def settle() -> None:
    """Let PostgreSQL do now what it does at the end of a transaction."""
    connection.check_constraints()
