"""Every state machine covers its enum, starts where it may, and its constraint lists the values."""

import pytest
from django.db import IntegrityError, connection, transaction

from payments.models import (
    Earning,
    GatewayDispute,
    GatewayEvent,
    Payment,
    PaymentOrder,
    Payout,
    Refund,
)
from payments.tests import factories
from tutorhub.core.errors import InvalidTransition

MACHINES = [PaymentOrder, Payment, Refund, Payout, Earning, GatewayEvent, GatewayDispute]


@pytest.mark.parametrize("machine", MACHINES)
def test_the_edges_cover_the_enum(machine):
    known = set(machine.Status)
    assert set(machine.TRANSITIONS) == known
    assert set().union(*machine.TRANSITIONS.values()) <= known


@pytest.mark.parametrize("machine", MACHINES)
def test_the_database_lists_the_values(machine, db):
    names = {"paymentorder": "order", "gatewayevent": "event", "gatewaydispute": "dispute"}
    name = names.get(machine._meta.model_name, machine._meta.model_name)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s",
            [f"{name}_status_valid"],
        )
        (definition,) = cursor.fetchone()
    assert all(f"'{value}'" in definition for value in machine.Status.values)


def test_an_edge_that_does_not_exist_is_refused(db):
    order = factories.make_order()
    with pytest.raises(InvalidTransition):
        order.move_to(PaymentOrder.Status.PAID_LATE)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentOrder.objects.filter(pk=order.pk).update(status="GONE")


EDGES = {
    PaymentOrder: {
        "CREATING": "OPEN PAID EXPIRED CANCELLED",
        "OPEN": "PAID EXPIRED CANCELLED",
        "EXPIRED": "PAID_LATE",
        "CANCELLED": "PAID_LATE",
    },
    Payment: {
        "created": "authorized captured failed",
        "authorized": "captured failed",
        "failed": "authorized captured",
        "captured": "refunded",
    },
    Refund: {
        "INITIATED": "UNKNOWN PENDING PROCESSED FAILED",
        "UNKNOWN": "PENDING PROCESSED FAILED",
        "PENDING": "PROCESSED FAILED",
        "FAILED": "CREDITED",
    },
    Payout: {
        "REQUESTED": "APPROVED REJECTED CANCELLED",
        "APPROVED": "SENDING",
        "SENDING": "PROCESSED FAILED REVERSED",
        "PROCESSED": "REVERSED",
        "FAILED": "REVERSED",
    },
    GatewayDispute: {
        "open": "under_review won lost closed",
        "under_review": "open won lost closed",
    },
}
"""Everything that is not named here is an end."""


@pytest.mark.parametrize("machine", EDGES)
def test_the_edges_are_those_of_the_contract(machine):
    """A new edge is a decision about money; make it here too."""
    ways = {str(status): set(targets) for status, targets in machine.TRANSITIONS.items()}
    named = {status: set(EDGES[machine].get(status, "").split()) for status in ways}
    assert ways == named
