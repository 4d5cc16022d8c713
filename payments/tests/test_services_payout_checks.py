"""The bank is asked whether an account exists, and whose it is."""

from datetime import timedelta

import pytest

from accounts.tests.factories import StaffFactory, TutorUserFactory
from notifications.models import Message
from payments import gateway
from payments.models import PayoutMethod
from payments.services import ledger, payout_checks
from payments.tasks import check_payout_methods
from payments.tests import factories
from tutorhub.core import clock, outbox
from tutorhub.core.errors import Conflict, NotAllowed
from tutorhub.core.models import AuditEvent
from tutorhub.core.tests.threads import run_together

FUNDED = 10_00_000_00


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch):
    monkeypatch.setattr(gateway, "TIMEOUT", (1.0, 0.4))


@pytest.fixture
def funded(db, razorpay_simulator):
    factories.fund_float()
    return razorpay_simulator


def given(**values) -> PayoutMethod:
    return factories.make_method(TutorUserFactory(), is_checked=False, **values)


def upi(vpa="ravi@okbank") -> PayoutMethod:
    return given(kind="upi", account_number="", ifsc="", vpa=vpa)


def fresh(method):
    method.refresh_from_db()
    return method


def drained():
    try:
        outbox.drain()
    except gateway.GatewayError:
        return


def spent():
    return FUNDED - ledger.balance("rzpx_float")


class TestAnswers:
    def test_it_exists_and_is_the_tutors(self, funded):
        method = given()
        assert method.validation == ""
        outbox.drain()
        assert fresh(method).is_valid
        assert (method.registered_name, method.validation_note) == ("Ravi Kumar", "")
        assert method.validated_at
        assert spent() == ledger.balance("payout_fees") == 100
        assert funded.state()["totals"]["checked_paise"] == 100

    def test_a_upi_id_costs_nothing(self, funded):
        method = upi()
        outbox.drain()
        assert fresh(method).is_valid
        assert spent() == 0

    @pytest.mark.parametrize(
        ("number", "note"),
        [
            ("123456780000", "does not know this account"),
            ("123456781111", "under another name: Somebody Else"),
        ],
    )
    def test_no_payout_goes_to_what_the_bank_does_not_confirm(self, funded, number, note):
        method = given(account_number=number)
        outbox.drain()
        assert fresh(method).validation == "failed"
        assert note in method.validation_note
        assert note in Message.objects.filter(template="payout_method_refused")[0].body
        assert spent() == 100

    def test_an_account_without_a_name_is_not_taken_on_trust(self, funded):
        method = upi()
        check = payout_checks.rails.Check(
            *("fav_x", "fa_x"), False, False, True, "", "", spent_paise=0
        )
        payout_checks.record(method.pk, check)
        assert fresh(method).validation == "failed"
        assert "whose account" in method.validation_note

    def test_the_answer_comes_by_webhook(self, funded, client):
        funded.settings(validation_seconds=None)
        method = given()
        outbox.drain()
        assert fresh(method).validation == "pending"
        assert spent() == 0
        funded.validation(method.razorpay_validation_id, "active")
        funded.deliver(client)
        outbox.drain()
        assert fresh(method).is_valid
        assert spent() == 100

    def test_a_lost_webhook_is_made_up_for(self, funded):
        funded.settings(validation_seconds=None)
        method = given()
        outbox.drain()
        funded.validation(fresh(method).razorpay_validation_id, "invalid")
        with clock.at(clock.now() + timedelta(minutes=20)):
            check_payout_methods()
            outbox.drain()
        assert fresh(method).validation == "failed"

    def test_a_question_that_failed_says_nothing_about_the_account(self, funded, client, settings):
        funded.settings(validation_seconds=None)
        method = given()
        outbox.drain()
        for tries in range(1, settings.PAYOUT_CHECK_TRIES + 1):
            funded.validation(fresh(method).razorpay_validation_id, "failed")
            funded.deliver(client)
            outbox.drain()
            assert fresh(method).validation_tries == tries
            with clock.at(clock.now() + timedelta(hours=tries)):
                check_payout_methods()
                outbox.drain()
        assert fresh(method).validation == "failed"
        assert spent() == 0
        assert len(funded.state()["validations"]) == settings.PAYOUT_CHECK_TRIES

    def test_what_is_decided_stays_decided(self, funded, client):
        method = given()
        outbox.drain()
        funded.replay("fund_account.validation.completed", times=3)
        funded.deliver(client)
        outbox.drain()
        assert AuditEvent.objects.filter(action="payout_method.valid").count() == 1
        assert spent() == 100
        check = payout_checks.rails.Check(
            fresh(method).razorpay_validation_id, "", False, False, False, "", "", spent_paise=100
        )
        payout_checks.record(method.pk, check)
        assert fresh(method).is_valid

    def test_a_check_that_is_not_ours(self, db):
        with pytest.raises(payout_checks.UnknownCheck):
            payout_checks.apply({"id": "fav_x", "status": "completed", "amount": 100})


class TestAsking:
    def test_nothing_is_asked_while_our_account_is_empty(self, db, razorpay_simulator):
        method = given()
        outbox.drain()
        assert fresh(method).validation == ""
        assert razorpay_simulator.state()["validations"] == []
        factories.fund_float()
        with clock.at(clock.now() + timedelta(minutes=20)):
            check_payout_methods()
            outbox.drain()
        assert fresh(method).is_valid

    def test_an_account_that_was_replaced_is_not_asked_about(self, funded):
        method = given()
        factories.make_method(method.tutor, account_number="999988887777", is_checked=False)
        outbox.drain()
        assert fresh(method).validation == ""
        assert len(funded.state()["validations"]) == 1

    @pytest.mark.parametrize(
        "fault", ["api.lost", "api.timeout", "api.500_after", "api.reset", "api.429", "api.html502"]
    )
    def test_a_lost_answer_is_looked_for_before_asking_again(self, funded, fault):
        """There is no idempotency key for this question, and it costs a rupee."""
        method = given()
        funded.faults(fault, method="POST", path="validations$", seconds=0.8)
        drained()
        assert fresh(method).validation == "pending"
        with clock.at(clock.now() + timedelta(hours=1)):
            outbox.drain()
        assert fresh(method).is_valid
        assert len(funded.state()["validations"]) == 1
        assert spent() == 100

    def test_a_refusal_leaves_it_open(self, funded):
        """Our RazorpayX account is empty although our books say otherwise."""
        funded.settings(x_balance=50)
        method = given()
        drained()
        assert fresh(method).validation == "pending"
        funded.settings(x_balance=None)
        with clock.at(clock.now() + timedelta(hours=1)):
            outbox.drain()
        assert fresh(method).is_valid


class TestByHand:
    def test_finance_may_confirm_what_the_bank_did_not(self, funded, finance):
        method = given(account_number="123456781111")
        outbox.drain()
        payout_checks.confirm(method, by=finance, reason="Cheque seen: maiden name")
        assert fresh(method).is_valid
        event = AuditEvent.objects.get(action="payout_method.confirmed")
        assert (event.actor_id, event.data["reason"]) == (finance.pk, "Cheque seen: maiden name")

    def test_with_a_reason_once_and_nobody_else(self, funded, finance):
        method = given()
        with pytest.raises(payout_checks.NoReason):
            payout_checks.confirm(method, by=finance, reason=" ")
        with pytest.raises(NotAllowed):
            payout_checks.confirm(method, by=StaffFactory(), reason="x")
        payout_checks.confirm(method, by=finance, reason="x")
        with pytest.raises(Conflict):
            payout_checks.confirm(method, by=finance, reason="x")


class TestNames:
    @pytest.mark.parametrize(
        ("given", "registered"),
        [
            ("Ravi Kumar", "RAVI KUMAR"),
            ("Ravi Kumar", "Mr. Ravi  Kumar"),
            ("Ravi Kumar", "KUMAR RAVI"),
            ("Meera Iyer", "MEERA R IYER"),
            ("Meera Ramesh Iyer", "Meera R Iyer"),
            ("M R Iyer", "Meera Ramesh Iyer"),
            ("Anjali Devi", "Smt Anjali"),
            ("José Fernandes", "JOSE FERNANDES"),
            ("Rama Krishnan", "RAMAKRISHNAN"),
        ],
    )
    def test_the_same_person(self, given, registered):
        assert payout_checks.is_same_person(given, registered)

    @pytest.mark.parametrize(
        ("given", "registered"),
        [
            ("Ravi Kumar", "Somebody Else"),
            ("Ravi Kumar", "Ravi Sharma"),
            ("Ravi Kumar", "R K"),
            ("R K", "R K S"),
            ("Ravi Kumar", ""),
            ("Dr", "Mr"),
            ("Meera Iyer", "Meera Iyengar"),
        ],
    )
    def test_somebody_else(self, given, registered):
        assert not payout_checks.is_same_person(given, registered)


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_many_answers_are_one_cost_and_one_verdict(self, razorpay_simulator):
        factories.fund_float()
        method = given()
        outbox.drain()
        entity = gateway.client().fetch_validation(fresh(method).razorpay_validation_id)
        PayoutMethod.objects.update(validation="pending", validated_at=None)
        AuditEvent.objects.all().delete()
        results = run_together(8, lambda n: payout_checks.apply(entity))
        assert results == [None] * 8
        assert spent() == 100
        assert AuditEvent.objects.filter(action="payout_method.valid").count() == 1
