"""Money goes back (scenarios 12 to 14)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from payments import gateway
from payments.models import LedgerTxn, Payment, Refund
from payments.services import ledger, orders, refunds
from payments.tasks import reconcile_money_out
from payments.tests import factories
from payments.tests.paying import callback, opened
from payments.tests.threads import run_together
from tutorhub.core import clock, outbox


@pytest.fixture
def paid(db, razorpay_simulator):
    order = opened()
    callback(razorpay_simulator.pay(order.razorpay_order_id))
    order.refresh_from_db()
    return order


def drained() -> None:
    """Everything the outbox holds, failures too."""
    try:
        outbox.drain()
    except gateway.GatewayError:
        return


def sent(razorpay_simulator) -> list:
    return list(razorpay_simulator.state()["refunds"])


class TestSending:
    def test_the_legs(self, paid, drain):
        """Kinds 8 and 9."""
        refund = orders.return_paid(paid)
        assert ledger.balance("refund_payable", refund.pk) == 100_000
        drain()
        refund.refresh_from_db()
        assert refund.status == "PROCESSED"
        assert ledger.balance("refund_payable", refund.pk) == 0
        assert LedgerTxn.objects.filter(idem_key=f"rzp:refund:{refund.razorpay_refund_id}").exists()

    @pytest.mark.parametrize("fault", ["api.lost", "api.500_after", "api.409", "api.429"])
    def test_no_answer_never_refunds_twice(self, paid, razorpay_simulator, fault):
        """Scenario 12."""
        refund = orders.return_paid(paid)
        razorpay_simulator.faults(fault, method="POST", path="/refund")
        drained()
        refund.refresh_from_db()
        assert refund.status == "INITIATED"
        assert ledger.balance("refund_payable", refund.pk) == 100_000
        with clock.at(clock.now() + timedelta(hours=2)):
            reconcile_money_out()
            reconcile_money_out()
        refund.refresh_from_db()
        assert refund.status == "PROCESSED"
        assert len(sent(razorpay_simulator)) == 1
        assert ledger.balance("refund_payable", refund.pk) == 0

    def test_a_pending_refund_is_closed_by_its_webhook(
        self, paid, razorpay_simulator, client, drain
    ):
        razorpay_simulator.settings(refund_status="pending")
        refund = orders.return_paid(paid)
        drain()
        refund.refresh_from_db()
        assert refund.status == "PENDING"
        razorpay_simulator.refund(refund.razorpay_refund_id, "processed")
        razorpay_simulator.deliver(client)
        drain()
        refund.refresh_from_db()
        assert refund.status == "PROCESSED"
        assert Payment.objects.get().status == "refunded"

    def test_a_failed_refund_waits_for_an_operator(
        self, paid, razorpay_simulator, client, drain, finance
    ):
        razorpay_simulator.settings(refund_status="pending")
        refund = orders.return_paid(paid)
        drain()
        refund.refresh_from_db()
        razorpay_simulator.refund(refund.razorpay_refund_id, "failed")
        razorpay_simulator.deliver(client)
        drain()
        refund.refresh_from_db()
        assert refund.status == "FAILED"
        assert ledger.balance("refund_payable", refund.pk) == 100_000
        razorpay_simulator.settings(refund_status="processed")
        again = refunds.retry(refund, by=finance)
        with pytest.raises(refunds.NothingToRefund):
            refunds.retry(refund, by=finance)
        drain()
        again.refresh_from_db()
        assert again.status == "PROCESSED"
        assert ledger.balance("refund_payable", refund.pk) == 0
        assert ledger.balance("refund_payable", again.pk) == 0

    def test_a_lost_refund_webhook_is_made_up_for(self, paid, razorpay_simulator, drain):
        razorpay_simulator.settings(refund_status="pending")
        refund = orders.return_paid(paid)
        drain()
        refund.refresh_from_db()
        razorpay_simulator.refund(refund.razorpay_refund_id, "processed")
        with clock.at(clock.now() + timedelta(hours=2)):
            reconcile_money_out()
        refund.refresh_from_db()
        assert refund.status == "PROCESSED"


class TestNotStartedHere:
    def test_razorpays_own_refund_closes_ours(self, paid, razorpay_simulator, drain):
        """Both want to give the money back; it goes once."""
        payment = Payment.objects.get()
        refund = orders.return_paid(paid)
        gateway.client().refund_payment(
            payment.razorpay_payment_id,
            amount_paise=100_000,
            idempotency_key="somebody-else",
            notes={},
            receipt="theirs",
        )
        drain()
        refund.refresh_from_db()
        assert refund.status == "PROCESSED"
        assert len(sent(razorpay_simulator)) == 1
        assert ledger.balance("refund_payable", refund.pk) == 0

    def test_a_refund_from_the_dashboard_is_booked_in_suspense(
        self, paid, razorpay_simulator, client, drain, caplog
    ):
        """Kind 34."""
        gateway.client().refund_payment(
            Payment.objects.get().razorpay_payment_id,
            amount_paise=40_000,
            idempotency_key="dashboard-1",
            notes={},
            receipt="theirs",
        )
        razorpay_simulator.deliver(client)
        drain()
        assert ledger.balance("external_refund_suspense") == 40_000
        assert "not started here" in caplog.text

    def test_the_return_of_a_payment_never_captured_books_nothing(self, paid):
        """Scenario 14."""
        before = LedgerTxn.objects.count()
        entity = {
            "id": "rfnd_1",
            "payment_id": "pay_1",
            "amount": 100_000,
            "status": "processed",
            "receipt": None,
        }
        note = refunds.apply(entity, factories.payment_entity(paid, captured=False))
        assert "never captured" in note
        assert LedgerTxn.objects.count() == before


class TestLimits:
    def test_refunds_never_pass_what_was_captured(self, paid):
        payment = Payment.objects.get()
        with pytest.raises(IntegrityError), transaction.atomic():
            Payment.objects.filter(pk=payment.pk).update(refund_reserved_paise=100_001)

    def test_a_stale_answer_changes_nothing(self, paid, drain):
        refund = orders.return_paid(paid)
        drain()
        refund.refresh_from_db()
        for status in ("pending", "failed", "processed"):
            refunds.record(refund, {"id": refund.razorpay_refund_id, "status": status})
        refund.refresh_from_db()
        assert refund.status == "PROCESSED"


@pytest.mark.django_db(transaction=True)
def test_paying_back_from_eight_sides_pays_once(razorpay_simulator):
    """Scenario 13, as far as there are whole refunds only."""
    order = opened()
    factories.pay(order)
    results = run_together(8, lambda n: orders.return_paid(order))
    assert len({result.pk for result in results}) == 1, results
    assert Refund.objects.count() == 1
