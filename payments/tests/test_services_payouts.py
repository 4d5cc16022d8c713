"""Money goes out to tutors (scenario 25 and the life of a payout)."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.services import erasures, users
from accounts.tests.factories import StaffFactory, TutorUserFactory
from notifications.models import Message
from payments import gateway
from payments.models import LedgerAccount, LedgerTxn, Payout, PayoutMethod
from payments.services import earnings, ledger, payouts
from payments.services.payouts import deciding, sending
from payments.tasks import reconcile_money_out
from payments.tests import factories
from tutorhub.core import clock, outbox
from tutorhub.core.errors import InvalidTransition, NotAllowed
from tutorhub.core.tests.threads import run_together

AMOUNT = 80_000


@pytest.fixture(autouse=True)
def _no_wait(settings):
    settings.PAYOUT_FIRST_WAIT = timedelta(0)


@pytest.fixture
def tutor(db):
    return factories.rich_tutor(200_000)


@pytest.fixture
def approved(tutor, finance, razorpay_simulator):
    factories.fund_float()
    payout = payouts.request(tutor=tutor, amount_paise=AMOUNT, by=tutor)
    return payouts.approve(payout, by=finance)


def ask(tutor, amount=AMOUNT):
    return payouts.request(tutor=tutor, amount_paise=amount, by=tutor)


def available(tutor):
    return earnings.summary(tutor).available_paise


def fresh(payout):
    payout.refresh_from_db()
    return payout


class TestRequest:
    def test_the_money_is_reserved(self, tutor):
        """Kind 25."""
        payout = ask(tutor)
        assert ledger.balance("payout_pending", payout.pk) == AMOUNT
        summary = earnings.summary(tutor)
        assert (summary.available_paise, summary.pending_paise) == (164_600 - AMOUNT, AMOUNT)

    @pytest.mark.scenario(25)
    def test_more_than_there_is_conflicts(self, tutor):
        with pytest.raises(ledger.Overdraft), transaction.atomic():
            ask(tutor, 200_000)
        assert Payout.objects.count() == 0

    def test_less_than_the_minimum(self, tutor):
        with pytest.raises(payouts.TooSmall):
            ask(tutor, 49_999)

    def test_without_an_account(self, db):
        with pytest.raises(payouts.NoMethod):
            ask(TutorUserFactory())

    def test_an_account_that_the_bank_refused(self, tutor):
        PayoutMethod.objects.update(validation="failed")
        with pytest.raises(payouts.AccountRefused):
            ask(tutor)

    def test_first_earnings_wait(self, tutor, settings):
        settings.PAYOUT_FIRST_WAIT = timedelta(days=7)
        with pytest.raises(payouts.NotYet):
            ask(tutor)


class TestDecision:
    @pytest.mark.scenario(25)
    def test_nobody_approves_what_he_asked_for(self, tutor, finance):
        factories.fund_float()
        boss = StaffFactory(glass=True)
        payout = payouts.request(tutor=tutor, amount_paise=AMOUNT, by=boss)
        with pytest.raises(NotAllowed):
            payouts.approve(payout, by=boss)
        with pytest.raises(NotAllowed):
            payouts.approve(payout, by=tutor)
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            Payout.objects.filter(pk=payout.pk).update(approved_by=boss)
        assert caught.value.__cause__.diag.constraint_name == "payout_maker_not_checker"
        assert payouts.approve(payout, by=finance).status == "APPROVED"

    def test_only_finance_decides(self, tutor):
        payout, moderator = ask(tutor), StaffFactory()
        with pytest.raises(NotAllowed):
            payouts.approve(payout, by=moderator)
        with pytest.raises(NotAllowed):
            payouts.reject(payout, by=moderator, reason="no")

    def test_an_account_that_holds_too_little_is_noticed_before(self, tutor, finance):
        with pytest.raises(payouts.FloatTooLow):
            payouts.approve(ask(tutor), by=finance)

    def test_a_rejected_payout_gives_the_money_back(self, tutor, finance):
        """Kind 27."""
        payout = payouts.reject(ask(tutor), by=finance, reason="The name differs.")
        assert (payout.status, available(tutor)) == ("REJECTED", 164_600)
        assert "The name differs." in Message.objects.get(template="payout_explained").body

    def test_the_tutor_takes_it_back(self, tutor):
        payout = payouts.cancel(ask(tutor), by=tutor)
        assert (payout.status, available(tutor)) == ("CANCELLED", 164_600)
        with pytest.raises(InvalidTransition):
            payouts.cancel(payout, by=tutor)

    def test_an_account_that_the_bank_has_not_confirmed_waits(self, tutor, finance):
        factories.fund_float()
        PayoutMethod.objects.update(validation="pending", validated_at=None)
        payout = ask(tutor)
        with pytest.raises(payouts.NotChecked):
            payouts.approve(payout, by=finance)
        PayoutMethod.objects.update(validation="valid", validated_at=clock.now())
        assert payouts.approve(payout, by=finance).status == "APPROVED"

    def test_another_tutor_does_not(self, tutor):
        with pytest.raises(NotAllowed):
            payouts.cancel(ask(tutor), by=TutorUserFactory())

    def test_nothing_is_approved_for_a_suspended_account(self, tutor, finance):
        factories.fund_float()
        payout = ask(tutor)
        users.suspend(tutor, by=StaffFactory(), reason="Complaints")
        with pytest.raises(payouts.TutorSuspended):
            payouts.approve(payout, by=finance)
        users.restore(tutor, by=StaffFactory(), reason="Cleared up")
        assert payouts.approve(payout, by=finance).status == "APPROVED"


class TestSending:
    def test_suspension_after_approval_holds_the_money_until_it_is_lifted(
        self, approved, tutor, razorpay_simulator
    ):
        users.suspend(tutor, by=StaffFactory(), reason="Complaints")
        with pytest.raises(payouts.TutorSuspended):
            outbox.drain()
        assert fresh(approved).status == "APPROVED"
        assert razorpay_simulator.state()["payouts"] == []
        users.restore(tutor, by=StaffFactory(), reason="Cleared up")
        with clock.at(clock.now() + timedelta(hours=2)):
            outbox.drain()
        assert fresh(approved).status == "SENDING"

    def test_what_an_erased_tutor_asked_for_is_still_paid(
        self, approved, tutor, razorpay_simulator, drain
    ):
        erasures.erase(tutor, by=tutor)
        payouts.send(approved.pk, lambda: None)
        assert fresh(approved).status == "SENDING"

    def test_the_whole_way(self, approved, tutor, razorpay_simulator, client, drain):
        drain()
        assert fresh(approved).status == "SENDING"
        razorpay_simulator.payout(approved.razorpay_payout_id, "processed")
        razorpay_simulator.deliver(client)
        drain()
        assert fresh(approved).status == "PROCESSED"
        assert approved.utr
        assert ledger.balance("payout_pending", approved.pk) == 0
        fee = approved.fees_paise
        assert ledger.balance("rzpx_float") == 10_00_000_00 - AMOUNT - fee
        assert ledger.balance("payout_fees") + ledger.balance("gst_input") >= fee
        factories.settle()
        assert earnings.summary(tutor).paid_paise == AMOUNT

    def test_upi_is_sent_as_upi(self, db, finance, razorpay_simulator, drain):
        tutor = factories.rich_tutor(200_000)
        factories.make_method(tutor, kind="upi", account_number="", ifsc="", vpa="ravi@okbank")
        PayoutMethod.objects.update(usable_at=clock.now())
        factories.fund_float()
        payout = payouts.approve(ask(tutor), by=finance)
        drain()
        sent = gateway.client().fetch_payout(fresh(payout).razorpay_payout_id)
        assert (sent["mode"], sent["amount"]) == ("UPI", AMOUNT)

    def test_a_refusal_gives_the_money_back(self, approved, tutor, drain, settings):
        settings.RAZORPAYX_ACCOUNT_NUMBER = "0"
        PayoutMethod.objects.update(
            razorpay_contact_id="cont_x", razorpay_fund_account_id="fa_doesnotexist"
        )
        drain()
        assert fresh(approved).status == "FAILED"
        assert available(tutor) == 164_600

    def test_a_refused_repeat_of_a_payout_that_is_on_its_way_gives_nothing_back(
        self, approved, tutor, razorpay_simulator
    ):
        """The first request was performed; one that differs from it is refused under its key."""
        razorpay_simulator.faults("api.lost", method="POST", path="payouts")
        with pytest.raises(gateway.Unknown):
            outbox.drain()
        bank = PayoutMethod.objects.get(tutor=tutor)
        other = gateway.client().create_fund_account_bank(
            contact_id=bank.razorpay_contact_id,
            name="Somebody Else",
            ifsc="HDFC0001234",
            account_number="1234567890",
        )
        PayoutMethod.objects.update(razorpay_fund_account_id=other["id"])
        payouts.send(approved.pk, lambda: None)
        assert fresh(approved).status == "SENDING"
        assert available(tutor) == 164_600 - AMOUNT
        assert [sent["id"] for sent in razorpay_simulator.state()["payouts"]] == [
            approved.razorpay_payout_id
        ]

    def test_stale_and_repeated_news_change_nothing(
        self, approved, razorpay_simulator, client, drain
    ):
        drain()
        razorpay_simulator.payout(fresh(approved).razorpay_payout_id, "processed")
        razorpay_simulator.deliver(client)
        drain()
        before = LedgerTxn.objects.count()
        for status in ("processed", "processing", "queued", "nonsense"):
            payouts.apply(
                {
                    "id": fresh(approved).razorpay_payout_id,
                    "amount": AMOUNT,
                    "status": status,
                    "reference_id": approved.reference,
                }
            )
        assert (fresh(approved).status, LedgerTxn.objects.count()) == ("PROCESSED", before)

    def test_a_webhook_that_overtakes_the_answer_is_understood(self, approved):
        sending._begin(approved.pk)
        payouts.apply(
            {
                "id": "pout_early",
                "amount": AMOUNT,
                "status": "processed",
                "reference_id": approved.reference,
            }
        )
        assert fresh(approved).status == "PROCESSED"

    def test_a_payout_that_is_not_ours(self, db):
        with pytest.raises(payouts.UnknownPayout):
            payouts.apply({"id": "pout_x", "amount": 1, "status": "processed"})

    def test_a_lost_webhook_is_made_up_for(self, approved, razorpay_simulator, drain):
        drain()
        razorpay_simulator.payout(fresh(approved).razorpay_payout_id, "processed")
        with clock.at(clock.now() + timedelta(hours=2)):
            reconcile_money_out()
        assert fresh(approved).status == "PROCESSED"


@pytest.mark.django_db(transaction=True)
class TestRaces:
    @pytest.mark.scenario(25)
    def test_two_requests_for_everything_leave_one(self):
        """Scenario 25."""
        tutor = factories.rich_tutor(200_000)
        results = run_together(8, lambda n: ask(tutor, 164_600))
        assert sum(isinstance(result, Payout) for result in results) == 1
        assert sum(isinstance(result, ledger.Overdraft) for result in results) == 7
        assert available(tutor) == 0

    def test_control_without_the_floor_everybody_wins(self):
        tutor = TutorUserFactory()
        LedgerAccount.objects.create(
            code="tutor_earnings",
            owner_key=str(tutor.pk),
            unit="INR",
            normal=-1,
            track_balance=True,
            allow_negative=True,
        )
        factories.make_method(tutor)
        factories.earn(tutor, 200_000)
        results = run_together(4, lambda n: ask(tutor, 164_600))
        assert [type(result) for result in results] == [Payout] * 4

    def test_two_workers_send_one_payout(self, razorpay_simulator):
        factories.fund_float()
        tutor = factories.rich_tutor(200_000)
        payout = payouts.approve(ask(tutor), by=StaffFactory(group="finance"))
        run_together(6, lambda n: payouts.send(payout.pk, lambda: None))
        assert len(razorpay_simulator.state()["payouts"]) == 1

    def test_two_approvals_do_not_promise_one_balance_twice(self, settings):
        asked, boss = self._two_asked(settings)
        results = run_together(2, lambda n: payouts.approve(asked[n], by=boss))
        assert sorted(type(result).__name__ for result in results) == ["FloatTooLow", "Payout"]

    def test_control_without_the_lock_both_are_approved(self, settings, monkeypatch):
        both_have_looked = threading.Barrier(2, timeout=10)
        check = deciding._check_float

        def slow_check(payout):
            check(payout)
            both_have_looked.wait()

        monkeypatch.setattr(deciding, "_check_float", slow_check)
        monkeypatch.setattr(deciding.locks, "hold", lambda kind, name: None)
        asked, boss = self._two_asked(settings)
        results = run_together(2, lambda n: payouts.approve(asked[n], by=boss))
        assert [type(result) for result in results] == [Payout, Payout]

    def _two_asked(self, settings):
        """Two requests, and money in the payout account for one."""
        factories.fund_float(AMOUNT + 2 * settings.PAYOUT_FEE_ALLOWANCE_PAISE)
        asked = [ask(factories.rich_tutor(200_000)) for _ in range(2)]
        return asked, StaffFactory(group="finance")
