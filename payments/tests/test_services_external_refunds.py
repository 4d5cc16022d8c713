"""Refunds from outside that are for more than we owe, or for what a refund of ours was for."""

import pytest

from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from payments.models import ExternalRefund, Payment, PaymentOrder, Refund
from payments.services import (
    cancellations,
    earnings,
    external_refunds,
    late_money,
    ledger,
    orders,
    refund_decisions,
    refunds,
)
from payments.tests import factories
from payments.tests.paying import callback, dashboard_refund, legs, opened


@pytest.fixture
def hear(razorpay_simulator, client, drain):
    def bring_in() -> None:
        drain()
        razorpay_simulator.deliver(client)
        drain()

    return bring_in


@pytest.fixture
def set_aside(db, razorpay_simulator) -> Payment:
    """Money of another amount than the order's."""
    order = opened()
    razorpay_simulator.faults("data.amount")
    callback(razorpay_simulator.pay(order.razorpay_order_id))
    return Payment.objects.get()


@pytest.fixture
def overpaid_outside(set_aside, razorpay_simulator, hear) -> ExternalRefund:
    """A chargeback took all but 2,000 paise of it, and then 5,000 went back at the dashboard."""
    factories.fund_wallet(set_aside.order.payer, 50_000)
    taken = set_aside.amount_paise - 2_000
    dispute = razorpay_simulator.dispute(set_aside.razorpay_payment_id, amount=taken)
    hear()
    razorpay_simulator.decide(dispute["id"], "lost")
    hear()
    assert ledger.balance("unapplied", set_aside.pk) == 2_000
    dashboard_refund(5_000)
    hear()
    return ExternalRefund.objects.get()


@pytest.mark.parametrize(
    ("resolution", "bearer"), [("loss", "write_off"), ("wallet", "student_wallet")]
)
def test_what_we_owe_comes_first_and_only_the_rest_is_borne(
    overpaid_outside, set_aside, finance, resolution, bearer
):
    external_refunds.resolve(overpaid_outside, resolution=resolution, by=finance)
    owner = str(set_aside.order.payer_id) if bearer == "student_wallet" else ""
    assert legs(f"external_refund:{overpaid_outside.pk}:resolve") == {
        ("unapplied", str(set_aside.pk)): 2_000,
        (bearer, owner): 3_000,
        ("external_refund_suspense", ""): -5_000,
    }
    set_aside.refresh_from_db()
    assert set_aside.place == Payment.Place.RETURNED


def test_an_order_that_never_had_the_rest_cannot_bear_it(overpaid_outside, set_aside, finance):
    with pytest.raises(ledger.Overdraft):
        external_refunds.resolve(overpaid_outside, resolution="order", by=finance)
    assert ledger.balance("unapplied", set_aside.pk) == 2_000


def test_it_is_counted_once_when_a_refund_of_ours_failed_because_of_it(
    razorpay_simulator, hear, finance
):
    """60,000 of 100,000 fail for 45,000 outside; 40,000 can still be given back afterwards."""
    order = opened()
    callback(razorpay_simulator.pay(order.razorpay_order_id))
    ours = refunds.refund_order(order, amount_paise=60_000, reason="test").gateway_refund
    dashboard_refund(45_000)
    hear()
    ours.refresh_from_db()
    assert ours.status == Refund.Status.FAILED
    external_refunds.resolve(ExternalRefund.objects.get(), resolution="order", by=finance)
    order.refresh_from_db()
    assert order.total_paise - order.refunded_paise == 40_000
    assert refund_decisions.retry(ours, by=finance).amount_paise == 15_000


@pytest.mark.parametrize("paise", [100_000, 40_000])
def test_a_class_that_we_bore_and_that_is_then_called_off(razorpay_simulator, hear, finance, paise):
    """What went back at the dashboard is not given twice, and what we bore is ours again."""
    order = opened()
    callback(razorpay_simulator.pay(order.razorpay_order_id))
    dashboard_refund(paise)
    hear()
    external_refunds.resolve(ExternalRefund.objects.get(), resolution="loss", by=finance)
    assert ledger.balance("session_escrow", order.purpose_id) == 100_000
    for _ in range(2):
        decision = orders.return_paid(order)
        assert (decision.amount_paise if decision else 0) == 100_000 - paise
        assert ledger.balance("session_escrow", order.purpose_id) == 0
        assert ledger.balance("write_off") == 0
    hear()
    assert razorpay_simulator.state()["totals"]["refunded_paise"] == 100_000


@pytest.mark.parametrize("paise", [100_000, 40_000])
@pytest.mark.parametrize("how", ["tutor", "late", "absent"])
def test_a_class_that_we_bore_and_that_did_not_happen(
    razorpay_simulator, hear, finance, paise, how
):
    order = opened()
    callback(razorpay_simulator.pay(order.razorpay_order_id))
    dashboard_refund(paise)
    hear()
    external_refunds.resolve(ExternalRefund.objects.get(), resolution="loss", by=finance)
    order.refresh_from_db()
    tutor = TutorUserFactory()
    if how == "tutor":
        cancellations.tutor_failed(order=order, tutor=tutor)
        kept = 0
    elif how == "late":
        terms = {"tutor": tutor, "tutor_state": "Kerala", "refund_bps": 5000, "fee_bps": 1000}
        cancellations.cancelled_late(order=order, **terms)
        kept = 50_000
    else:
        terms = {"tutor": tutor, "tutor_state": "Kerala", "commission_bps": 1500}
        cancellations.learner_absent(order=order, due_bps=5000, **terms)
        kept = 50_000
    hear()
    back = razorpay_simulator.state()["totals"]["refunded_paise"]
    assert back == max(paise, 100_000 - kept)
    assert ledger.balance("session_escrow", order.purpose_id) == 0
    # We bear what the family has had beyond what it was to have.
    assert ledger.balance("write_off") == back + kept - 100_000


def test_what_we_bore_is_covered_in_two_steps(razorpay_simulator, hear, finance):
    """Half when the class is cancelled late, the rest when what it earned is taken back."""
    order = opened()
    callback(razorpay_simulator.pay(order.razorpay_order_id))
    dashboard_refund(100_000)
    hear()
    external_refunds.resolve(ExternalRefund.objects.get(), resolution="loss", by=finance)
    terms = {"tutor": TutorUserFactory(), "tutor_state": "Kerala"}
    order.refresh_from_db()
    cancellations.cancelled_late(order=order, refund_bps=5000, fee_bps=1000, **terms)
    earnings.reverse(session_id=order.purpose_id, gross_paise=50_000, cause="case:1", by=finance)
    for _ in range(2):
        orders.return_paid(order)
        assert ledger.balance("session_escrow", order.purpose_id) == 0
        assert ledger.balance("write_off") == 0


class TestLateMoney:
    """What came late goes back once, by us or without us."""

    @pytest.fixture
    def late(self, db, razorpay_simulator) -> Payment:
        order = opened()
        orders.expire_for(purpose=order.purpose, purpose_id=order.purpose_id)
        callback(razorpay_simulator.pay(order.razorpay_order_id))
        payment = Payment.objects.select_related("order").get()
        assert (payment.order.status, payment.place) == ("PAID_LATE", "unapplied")
        return payment

    def test_what_went_back_without_us_is_not_sent_again(self, late, hear, finance):
        dashboard_refund(late.amount_paise)
        hear()
        external_refunds.resolve(ExternalRefund.objects.get(), resolution="order", by=finance)
        assert late_money.send_back(late.order) is None
        assert not Refund.objects.exists()
        assert ledger.balance("unapplied", late.pk) == 0

    def test_a_second_time_answers_the_first(self, late):
        first = late_money.send_back(late.order)
        assert late_money.send_back(late.order).pk == first.pk
        assert Refund.objects.count() == 1


@pytest.fixture
def topup(db, razorpay_simulator) -> PaymentOrder:
    """100,000 paise that a family has put into its wallet."""
    order = orders.start_topup(amount_paise=100_000, by=FamilyUserFactory())
    order = orders.open_at_gateway(order)
    callback(razorpay_simulator.pay(order.razorpay_order_id))
    return order


def test_a_top_up_gives_back_no_more_than_razorpay_can_send(topup, hear, finance):
    """What went back at the dashboard is not taken from the wallet and put in again."""
    dashboard_refund(40_000, "wallet_topup")
    hear()
    with pytest.raises(refunds.RefundTooLarge):
        refund_decisions.decide(topup, by=finance, amount_paise=60_001)
    assert refund_decisions.decide(topup, by=finance).gateway_refund.amount_paise == 60_000
    assert ledger.balance("student_wallet", topup.payer_id) == 40_000
    with pytest.raises(refunds.NothingToRefund):
        refund_decisions.decide(topup, by=finance)


def test_no_tutor_bears_a_top_up_that_went_back_outside(topup, hear, finance):
    dashboard_refund(40_000, "wallet_topup")
    hear()
    with pytest.raises(earnings.MoreThanEarned):
        external_refunds.resolve(ExternalRefund.objects.get(), resolution="tutor", by=finance)


@pytest.mark.parametrize("resolution", ["wallet", "order"])
def test_a_top_up_that_went_back_outside_is_counted(topup, hear, finance, resolution):
    """Its wallet is what it paid for, whichever of the two finance says."""
    dashboard_refund(40_000, "wallet_topup")
    hear()
    external_refunds.resolve(ExternalRefund.objects.get(), resolution=resolution, by=finance)
    topup.refresh_from_db()
    assert topup.refunded_gateway_paise == 40_000
    assert ledger.balance("student_wallet", topup.payer_id) == 60_000
