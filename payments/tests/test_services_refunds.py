"""Money goes back (scenarios 12 to 14)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from notifications.models import Message
from payments import gateway
from payments.models import ExternalRefund, LedgerTxn, Payment, Refund
from payments.services import (
    external_refunds,
    ledger,
    orders,
    refund_decisions,
    refunds,
)
from payments.tasks import reconcile_money_out
from payments.tests import factories
from payments.tests.paying import callback, dashboard_refund, legs, opened
from tutorhub.core import clock, outbox
from tutorhub.core.errors import NotAllowed
from tutorhub.core.tests.threads import run_together


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
        refund = orders.return_paid(paid).gateway_refund
        assert ledger.balance("refund_payable", refund.pk) == 100_000
        drain()
        refund.refresh_from_db()
        assert refund.status == "PROCESSED"
        assert ledger.balance("refund_payable", refund.pk) == 0
        assert LedgerTxn.objects.filter(idem_key=f"rzp:refund:{refund.razorpay_refund_id}").exists()

    @pytest.mark.scenario(12)
    @pytest.mark.parametrize("fault", ["api.lost", "api.500_after", "api.409", "api.429"])
    def test_no_answer_never_refunds_twice(self, paid, razorpay_simulator, fault):
        """Scenario 12: the refund is unknown, not failed, until Razorpay says what it did."""
        refund = orders.return_paid(paid).gateway_refund
        razorpay_simulator.faults(fault, method="POST", path="/refund")
        drained()
        refund.refresh_from_db()
        assert refund.status == "UNKNOWN"
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
        refund = orders.return_paid(paid).gateway_refund
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
        refund = orders.return_paid(paid).gateway_refund
        drain()
        refund.refresh_from_db()
        razorpay_simulator.refund(refund.razorpay_refund_id, "failed")
        razorpay_simulator.deliver(client)
        drain()
        refund.refresh_from_db()
        assert refund.status == "FAILED"
        assert ledger.balance("refund_payable", refund.pk) == 100_000
        razorpay_simulator.settings(refund_status="processed")
        again = refund_decisions.retry(refund, by=finance)
        with pytest.raises(refunds.NothingToRefund):
            refund_decisions.retry(refund, by=finance)
        drain()
        again.refresh_from_db()
        assert again.status == "PROCESSED"
        assert ledger.balance("refund_payable", refund.pk) == 0
        assert ledger.balance("refund_payable", again.pk) == 0

    def test_a_lost_refund_webhook_is_made_up_for(self, paid, razorpay_simulator, drain):
        razorpay_simulator.settings(refund_status="pending")
        refund = orders.return_paid(paid).gateway_refund
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
        refund = orders.return_paid(paid).gateway_refund
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
        dashboard_refund(40_000)
        razorpay_simulator.deliver(client)
        drain()
        assert ledger.balance("external_refund_suspense") == 40_000
        assert "not started here" in caplog.text

    @pytest.mark.scenario(14)
    def test_the_return_of_a_payment_never_captured_books_nothing(self, paid):
        """Scenario 14."""
        before = LedgerTxn.objects.count()
        payment = factories.payment_entity(paid, status="refunded", captured=False)
        entity = {
            "id": "rfnd_1",
            "payment_id": payment["id"],
            "amount": 100_000,
            "status": "processed",
            "receipt": None,
        }
        for _ in range(2):
            assert "never captured" in refunds.apply(entity, payment)
        assert LedgerTxn.objects.count() == before
        assert Payment.objects.get(razorpay_payment_id=payment["id"]).status == "failed"
        told = Message.objects.filter(template="payment_given_back", user_id=paid.payer_id)
        assert told.values("channel").distinct().count() == told.count() > 0

    def test_a_refund_of_another_stands_for_ours_only_if_nothing_is_left_for_ours(
        self, paid, razorpay_simulator, client, drain
    ):
        """40 % from the dashboard and 40 % from us are two refunds, whichever is heard of first."""
        decision = refunds.refund_order(paid, amount_paise=40_000, reason="test")
        dashboard_refund(40_000)
        razorpay_simulator.deliver(client)
        drain()
        decision.gateway_refund.refresh_from_db()
        assert decision.gateway_refund.status == "PROCESSED"
        assert ExternalRefund.objects.get().amount_paise == 40_000
        assert len(sent(razorpay_simulator)) == 2
        assert ledger.balance("refund_payable", decision.gateway_refund.pk) == 0
        assert Payment.objects.get().refund_reserved_paise == 80_000

    @pytest.mark.parametrize(
        ("resolution", "bearer", "left"),
        [
            ("order", "session_escrow", 60_000),
            ("wallet", "student_wallet", 100_000),
            ("loss", "write_off", 60_000),
        ],
    )
    def test_finance_says_who_bears_it(
        self, paid, razorpay_simulator, client, drain, finance, resolution, bearer, left
    ):
        """Kind 34 and its resolution; `left` is what can still be given back of the order."""
        factories.fund_wallet(paid.payer, 50_000)
        dashboard_refund(40_000)
        razorpay_simulator.deliver(client)
        drain()
        external = ExternalRefund.objects.get()
        with pytest.raises(NotAllowed):
            external_refunds.resolve(external, resolution=resolution, by=paid.payer)
        external_refunds.resolve(external, resolution=resolution, by=finance, note="seen")
        owner = {"session_escrow": paid.purpose_id, "student_wallet": paid.payer_id}.get(bearer, "")
        assert legs(f"external_refund:{external.pk}:resolve") == {
            (bearer, str(owner)): 40_000,
            ("external_refund_suspense", ""): -40_000,
        }
        with pytest.raises(external_refunds.AlreadyResolved):
            external_refunds.resolve(external, resolution=resolution, by=finance)
        paid.refresh_from_db()
        assert paid.total_paise - paid.refunded_paise == left
        parts = refunds.allocate(paid)
        assert (parts.gateway_paise, parts.own_paise) == (left, 0)

    def test_what_razorpay_paid_back_already_goes_into_the_wallet(
        self, paid, razorpay_simulator, client, drain, finance
    ):
        """Paid back outside, taken from the wallet for it, and then the class is cancelled."""
        factories.fund_wallet(paid.payer, 50_000)
        dashboard_refund(40_000)
        razorpay_simulator.deliver(client)
        drain()
        external_refunds.resolve(ExternalRefund.objects.get(), resolution="wallet", by=finance)
        decision = refunds.refund_order(paid, reason="cancelled")
        assert legs(f"refund:{decision.pk}:initiate") == {
            ("session_escrow", str(paid.purpose_id)): 100_000,
            ("refund_payable", str(decision.gateway_refund.pk)): -60_000,
            ("student_wallet", str(paid.payer_id)): -40_000,
        }

    def test_money_set_aside_and_paid_back_outside_is_settled(
        self, order, razorpay_simulator, client, drain, finance
    ):
        razorpay_simulator.faults("data.amount")
        callback(razorpay_simulator.pay(order.razorpay_order_id))
        payment = Payment.objects.get()
        assert payment.place == "unapplied"
        dashboard_refund(payment.amount_paise)
        razorpay_simulator.deliver(client)
        drain()
        external_refunds.resolve(ExternalRefund.objects.get(), resolution="order", by=finance)
        payment.refresh_from_db()
        assert (payment.place, payment.status) == ("returned", "refunded")
        assert ledger.balance("unapplied", payment.pk) == 0

    def test_what_was_paid_back_outside_is_no_longer_owed(
        self, order, razorpay_simulator, client, drain, finance
    ):
        """Ours for all of it is refused because part went back outside; then the rest is sent."""
        razorpay_simulator.faults("data.amount")
        callback(razorpay_simulator.pay(order.razorpay_order_id))
        payment = Payment.objects.get()
        ours = refund_decisions.return_set_aside(payment, by=finance)
        dashboard_refund(40_000)
        drain()
        razorpay_simulator.deliver(client)
        drain()
        ours.refresh_from_db()
        assert ours.status == Refund.Status.FAILED
        external = ExternalRefund.objects.get()
        with pytest.raises(external_refunds.StillOwed):
            external_refunds.resolve(external, resolution="loss", by=finance)
        external_refunds.resolve(external, resolution="order", by=finance)
        assert legs(f"external_refund:{external.pk}:resolve") == {
            ("refund_payable", str(ours.pk)): 40_000,
            ("external_refund_suspense", ""): -40_000,
        }
        rest = refund_decisions.retry(ours, by=finance)
        assert rest.amount_paise == payment.amount_paise - 40_000
        drain()
        rest.refresh_from_db()
        assert rest.status == Refund.Status.PROCESSED
        for account in (ours.pk, rest.pk):
            assert ledger.balance("refund_payable", account) == 0

    def test_it_waits_for_a_refund_of_ours_that_has_not_ended(
        self, order, razorpay_simulator, client, drain, finance
    ):
        razorpay_simulator.faults("data.amount")
        callback(razorpay_simulator.pay(order.razorpay_order_id))
        dashboard_refund(40_000)
        payment = Payment.objects.get()
        refund_decisions.return_set_aside(payment, by=finance)
        external = external_refunds.book(
            payment, {"id": "rfnd_Outside0000001", "amount": 40_000, "status": "processed"}
        )
        with pytest.raises(external_refunds.StillOwed):
            external_refunds.resolve(external, resolution="order", by=finance)


class TestLimits:
    @pytest.mark.scenario(13)
    def test_refunds_never_pass_what_was_captured(self, paid):
        payment = Payment.objects.get()
        with pytest.raises(IntegrityError), transaction.atomic():
            Payment.objects.filter(pk=payment.pk).update(refund_reserved_paise=100_001)

    def test_a_stale_answer_changes_nothing(self, paid, drain):
        refund = orders.return_paid(paid).gateway_refund
        drain()
        refund.refresh_from_db()
        for status in ("pending", "failed", "processed"):
            refunds.record(refund, {"id": refund.razorpay_refund_id, "status": status})
        refund.refresh_from_db()
        assert refund.status == "PROCESSED"


@pytest.mark.scenario(13)
@pytest.mark.django_db(transaction=True)
def test_paying_back_from_eight_sides_pays_once(razorpay_simulator):
    """Scenario 13, as far as there are whole refunds only."""
    order = opened()
    factories.pay(order)
    results = run_together(8, lambda n: orders.return_paid(order))
    assert len({result.pk for result in results}) == 1, results
    assert Refund.objects.count() == 1
