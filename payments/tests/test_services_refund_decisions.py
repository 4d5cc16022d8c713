"""What finance and payers decide about money that goes back."""

import pytest

from accounts.tests.factories import FamilyUserFactory
from notifications.models import Message
from payments.models import CreditLot, ExternalRefund, Payment, PaymentOrder
from payments.queries.payments import refund_view
from payments.services import (
    credits,
    earnings,
    external_refunds,
    freezes,
    ledger,
    orders,
    refund_decisions,
    refunds,
)
from payments.tests import factories
from payments.tests.disputing import dispute_of, end, of_family, topped_up
from payments.tests.paying import dashboard_refund, legs, passed_on
from tutorhub.core.errors import NotAllowed


def test_finance_gives_nothing_back_while_it_is_disputed(paid, finance):
    freezes.freeze(session_id=paid.purpose_id, cause="dispute:x")
    with pytest.raises(freezes.Disputed):
        refund_decisions.decide(paid, by=finance)
    freezes.lift(cause="dispute:x")
    assert refund_decisions.decide(paid, by=finance).amount_paise == 100_000


class TestWhileTheBankMayTakeItBack:
    """Given back before a chargeback is lost, money would go out twice."""

    def test_a_top_up_stays(self, family, finance):
        payment = topped_up(family)
        chargeback = dispute_of(payment)
        with pytest.raises(freezes.Disputed):
            refund_decisions.decide(payment.order, by=finance)
        end(chargeback, "lost")
        assert of_family(family) == (0, 0)
        assert ledger.balance("chargeback_loss") == 0

    def test_a_pack_stays(self, tutor, finance):
        factories.give_credits(tutor)
        lot = CreditLot.objects.select_related("order").get()
        chargeback = dispute_of(Payment.objects.get(order=lot.order))
        with pytest.raises(freezes.Disputed):
            credits.refund_unused(lot, by=finance)
        end(chargeback, "won")
        assert credits.refund_unused(lot, by=finance).amount_paise == lot.order.total_paise

    def test_money_set_aside_stays(self, order, finance):
        orders.expire_for(purpose=order.purpose, purpose_id=order.purpose_id)
        payment = factories.pay(order)
        chargeback = dispute_of(payment)
        with pytest.raises(freezes.Disputed):
            refund_decisions.return_set_aside(payment, by=finance)
        end(chargeback, "lost")
        with pytest.raises(refunds.NothingToRefund):
            refund_decisions.return_set_aside(payment, by=finance)

    def test_a_refund_that_failed_is_not_tried_again(self, paid, failed, finance):
        chargeback = dispute_of(failed.payment)
        with pytest.raises(freezes.Disputed):
            refund_decisions.retry(failed, by=finance)
        end(chargeback, "closed")
        assert refund_decisions.retry(failed, by=finance).amount_paise == 100_000

    def test_a_refund_that_failed_is_not_put_into_the_wallet(self, paid, failed):
        chargeback = dispute_of(failed.payment)
        view = refund_view(failed, paid)
        assert view.waits
        assert not view.can_take_as_credit
        assert "bank questions" in view.steps[-1].text
        with pytest.raises(freezes.Disputed):
            refund_decisions.to_wallet(failed, by=paid.payer)
        end(chargeback, "won")
        assert refund_view(failed, paid).can_take_as_credit
        refund_decisions.to_wallet(failed, by=paid.payer)
        assert of_family(paid.payer) == (100_000, 0)

    def test_its_page_says_that_the_bank_decides_and_not_that_it_failed(self, paid, failed, client):
        client.force_login(paid.payer, backend="accounts.backends.PhoneBackend")
        url = f"/payments/{paid.pk}/"
        assert '<span class="badge danger">Failed</span>' in client.get(url).content.decode()
        dispute_of(failed.payment)
        page = client.get(url).content.decode()
        assert '<span class="badge warn">Your bank decides</span>' in page
        assert "badge danger" not in page


@pytest.fixture
def failed(paid, razorpay_simulator, client, drain):
    """Everything was to go back, and Razorpay could not."""
    razorpay_simulator.settings(refund_status="pending")
    refund = orders.return_paid(paid).gateway_refund
    drain()
    refund.refresh_from_db()
    razorpay_simulator.refund(refund.razorpay_refund_id, "failed")
    razorpay_simulator.deliver(client)
    drain()
    refund.refresh_from_db()
    return refund


class TestFailedForGood:
    def test_the_family_is_told_and_takes_it_as_credit(self, paid, failed):
        """Kind 10."""
        assert Message.objects.filter(template="refund_failed", user_id=paid.payer_id).exists()
        refund_decisions.to_wallet(failed, by=paid.payer)
        assert legs(f"refund:{failed.pk}:to_wallet") == {
            ("refund_payable", str(failed.pk)): 100_000,
            ("student_wallet", str(paid.payer_id)): -100_000,
        }
        failed.refresh_from_db()
        assert failed.status == "CREDITED"
        with pytest.raises(refunds.NothingToRefund):
            refund_decisions.to_wallet(failed, by=paid.payer)

    def test_credit_and_another_try_exclude_each_other(self, paid, failed, finance):
        refund_decisions.retry(failed, by=finance)
        with pytest.raises(refunds.NothingToRefund):
            refund_decisions.to_wallet(failed, by=paid.payer)
        assert ledger.balance("student_wallet", paid.payer_id) == 0

    def test_nobody_else_takes_it(self, failed):
        with pytest.raises(NotAllowed):
            refund_decisions.to_wallet(failed, by=FamilyUserFactory())

    def test_not_while_a_refund_from_outside_is_unexplained(self, paid, failed):
        ExternalRefund.objects.create(
            payment=failed.payment, razorpay_refund_id="rfnd_x", amount_paise=1
        )
        with pytest.raises(refunds.NothingToRefund):
            refund_decisions.to_wallet(failed, by=paid.payer)

    def test_a_refund_on_its_way_cannot_be_taken_as_credit(self, paid):
        refund = orders.return_paid(paid).gateway_refund
        with pytest.raises(refunds.NothingToRefund):
            refund_decisions.to_wallet(refund, by=paid.payer)


class TestDeciding:
    def test_finance_pays_a_part_back(self, paid, finance, drain):
        with pytest.raises(NotAllowed):
            refund_decisions.decide(paid, by=paid.payer, amount_paise=1)
        decision = refund_decisions.decide(paid, by=finance, amount_paise=33_333)
        drain()
        payment = Payment.objects.get()
        assert (payment.place, payment.status) == ("purpose", "captured")
        assert decision.gateway_paise == 33_333
        with pytest.raises(refunds.RefundTooLarge):
            refund_decisions.decide(paid, by=finance, amount_paise=66_668)
        refund_decisions.decide(paid, by=finance)
        drain()
        payment.refresh_from_db()
        assert (payment.place, payment.status) == ("returned", "refunded")
        with pytest.raises(refunds.NothingToRefund):
            refund_decisions.decide(paid, by=finance)

    def test_into_the_wallet_nothing_is_sent(self, paid, finance, razorpay_simulator, drain):
        decision = refund_decisions.decide(paid, by=finance, to_wallet=True)
        drain()
        assert legs(f"refund:{decision.pk}:initiate") == {
            ("session_escrow", str(paid.purpose_id)): 100_000,
            ("student_wallet", str(paid.payer_id)): -100_000,
        }
        assert list(razorpay_simulator.state()["refunds"]) == []
        with pytest.raises(refunds.NothingToRefund):
            refund_decisions.decide(paid, by=finance)

    def test_not_when_the_tutor_has_the_money(self, paid, finance):
        passed_on(paid)
        with pytest.raises(refund_decisions.PassedOn):
            refund_decisions.decide(paid, by=finance)
        decision = refund_decisions.decide(
            paid, by=finance, amount_paise=40_000, from_tutor=True, to_wallet=True
        )
        assert decision.amount_paise == 40_000
        assert earnings.left_gross_paise(paid.purpose_id) == 60_000
        assert ledger.balance("student_wallet", paid.payer_id) == 40_000
        assert ledger.balance("session_escrow", paid.purpose_id) == 0

    def test_a_tutor_who_has_earned_nothing_gives_nothing(self, order, finance):
        """Nor does a top-up, which no tutor has earned."""
        expired = {"purpose": order.purpose, "purpose_id": order.purpose_id}
        orders.expire_for(**expired)
        factories.pay(order)
        with pytest.raises(earnings.MoreThanEarned):
            refund_decisions.decide(order, by=finance, from_tutor=True)
        topup = topped_up(FamilyUserFactory()).order
        with pytest.raises(refunds.NothingToRefund):
            refund_decisions.decide(topup, by=finance, from_tutor=True)

    def test_a_refund_from_outside_at_the_tutors_cost(
        self, paid, razorpay_simulator, client, drain, finance
    ):
        tutor = passed_on(paid)
        held = ledger.balance("tutor_held", tutor.pk)
        dashboard_refund(100_000)
        razorpay_simulator.deliver(client)
        drain()
        external_refunds.resolve(ExternalRefund.objects.get(), resolution="tutor", by=finance)
        assert held > 0
        assert ledger.balance("tutor_held", tutor.pk) == 0
        assert ledger.balance("external_refund_suspense") == 0
        assert ledger.balance("session_escrow", paid.purpose_id) == 0

    def test_a_top_up_goes_back_out_of_the_wallet(self, finance, razorpay_simulator, drain):
        family = FamilyUserFactory()
        factories.fund_wallet(family, 50_000)
        topup = PaymentOrder.objects.get(purpose="wallet_topup")
        decision = refund_decisions.decide(topup, by=finance, amount_paise=20_000)
        assert legs(f"refund:{decision.pk}:initiate") == {
            ("student_wallet", str(family.pk)): 20_000,
            ("refund_payable", str(decision.gateway_refund.pk)): -20_000,
        }
