"""Refunds that were decided, and not sent yet, when the payer's bank disputed the payment."""

import pytest

from notifications.models import Message
from payments.models import Refund
from payments.queries.payments import refund_view
from payments.services import ledger, orders, refunds
from payments.services.reconciling import outgoing
from payments.tests.disputing import assert_adds_up, dispute_of, end
from payments.tests.paying import at_gateway, callback, opened

pytestmark = pytest.mark.django_db

PRICE = 100_000


@pytest.fixture
def promised(razorpay_simulator) -> Refund:
    """Everything goes back, and Razorpay has not been asked yet."""
    order = opened()
    callback(razorpay_simulator.pay(order.razorpay_order_id))
    return orders.return_paid(order).gateway_refund


@pytest.fixture
def put_off(promised, drain):
    """The refund and its chargeback."""
    chargeback = dispute_of(promised.payment)
    drain()
    promised.refresh_from_db()
    return promised, chargeback


def test_it_is_not_sent(put_off, razorpay_simulator):
    refund, _chargeback = put_off
    assert (refund.status, refund.note) == ("FAILED", refunds.PUT_OFF)
    assert at_gateway(refund.payment) == []
    assert not Message.objects.filter(template="refund_failed").exists()
    view = refund_view(refund, refund.payment.order)
    assert [step.state for step in view.steps] == ["done", "now"]
    assert "bank questions" in view.steps[-1].text


@pytest.mark.parametrize(
    ("ends", "deducted", "sent"),
    [("won", 0, [PRICE]), ("closed", 0, [PRICE]), ("lost", 30_000, [70_000]), ("lost", PRICE, [])],
)
def test_what_the_bank_leaves_is_sent_by_itself(put_off, drain, ends, deducted, sent):
    refund, chargeback = put_off
    end(chargeback, ends, deducted)
    drain()
    assert at_gateway(refund.payment) == sent
    assert ledger.balance("chargeback_loss") == 0
    left = [ledger.balance("refund_payable", each.pk) for each in Refund.objects.all()]
    assert sum(left) == 0
    assert_adds_up()


def test_with_two_complaints_it_waits_for_the_last(promised, drain):
    first, second = (dispute_of(promised.payment, amount=PRICE // 2) for _ in range(2))
    drain()
    end(first, "won")
    drain()
    assert at_gateway(promised.payment) == []
    end(second, "won")
    drain()
    assert at_gateway(promised.payment) == [PRICE]


def test_a_bank_that_decides_at_that_moment_leaves_it_to_the_reconciler(promised, monkeypatch):
    chargeback, ask = dispute_of(promised.payment), refunds._ask

    def slow_ask(refund):
        answer = ask(refund)
        end(chargeback, "won")
        return answer

    monkeypatch.setattr(refunds, "_ask", slow_ask)
    refunds.send(promised.pk, lambda: None)
    promised.refresh_from_db()
    assert promised.status == "INITIATED"
    monkeypatch.setattr(refunds, "_ask", ask)
    assert outgoing.check_refund(promised.pk)
    assert at_gateway(promised.payment) == [PRICE]


def test_one_that_was_sent_before_a_crash_is_not_taken_for_put_off(promised, razorpay_simulator):
    refunds._ask(promised)
    chargeback = dispute_of(promised.payment)
    refunds.send(promised.pk, lambda: None)
    promised.refresh_from_db()
    assert promised.status == "PROCESSED"
    end(chargeback, "won")
    assert Refund.objects.count() == 1
