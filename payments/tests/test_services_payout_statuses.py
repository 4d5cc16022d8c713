"""Everything that RazorpayX may say about a payout, and everything that may go wrong on the way."""

import threading
from datetime import timedelta

import pytest
from django.db.models import QuerySet

from accounts.tests.factories import StaffFactory
from payments import gateway
from payments.models import LedgerTxn
from payments.rails import RazorpayX
from payments.services import earnings, ledger, payouts
from payments.services.payouts import sending
from payments.tasks import reconcile_money_out
from payments.tests import factories
from tutorhub.core import clock, outbox
from tutorhub.core.models import AuditEvent
from tutorhub.core.tests.threads import run_together

AMOUNT, EARNED, FUNDED, FEE = 80_000, 164_600, 10_00_000_00, 590
NO_ANSWER = [
    *("api.lost", "api.timeout", "api.hang", "api.reset", "api.409", "api.429"),
    *("api.500", "api.500_after", "api.html502"),
]
PERFORMED = {"api.lost", "api.timeout", "api.500_after"}


@pytest.fixture(autouse=True)
def _in_a_hurry(settings, monkeypatch):
    settings.PAYOUT_FIRST_WAIT = timedelta(0)
    monkeypatch.setattr(gateway, "TIMEOUT", (1.0, 0.4))


@pytest.fixture
def approved(db, finance, razorpay_simulator):
    return make_approved(finance)


def make_approved(boss):
    tutor = factories.rich_tutor(200_000)
    factories.fund_float()
    payout = payouts.request(tutor=tutor, amount_paise=AMOUNT, by=tutor)
    return payouts.approve(payout, by=boss)


def fresh(payout):
    payout.refresh_from_db()
    return payout


def entity(payout, status, **values):
    return {
        "id": payout.razorpay_payout_id or "pout_Test",
        "amount": AMOUNT,
        "status": status,
        "reference_id": payout.reference,
        "fees": FEE,
        "tax": 90,
        **values,
    }


def drained():
    try:
        outbox.drain()
    except gateway.GatewayError:
        return


def books(payout):
    """Available to the tutor, still reserved, and what left our account."""
    summary = earnings.summary(payout.tutor)
    return (
        summary.available_paise,
        ledger.balance("payout_pending", payout.pk),
        FUNDED - ledger.balance("rzpx_float"),
    )


WAITING = (EARNED - AMOUNT, AMOUNT, 0)
PAID = (EARNED - AMOUNT, 0, AMOUNT + FEE)
BACK = (EARNED, 0, 0)


class TestEveryStatus:
    """Each path over the simulator: its statuses, then ours, and where the money is."""

    @pytest.mark.parametrize(
        ("rules", "path", "status", "money"),
        [
            ({}, "processing", "SENDING", WAITING),
            ({}, "processing processed", "PROCESSED", PAID),
            ({}, "processing failed", "FAILED", BACK),
            ({}, "processing reversed", "REVERSED", BACK),
            ({}, "processing processed reversed", "REVERSED", BACK),
            ({}, "processing failed reversed", "REVERSED", BACK),
            ({}, "processing reversed failed", "REVERSED", BACK),
            ({}, "processing processed reversed failed", "REVERSED", BACK),
            ({"payouts_need_approval": True}, "pending", "SENDING", WAITING),
            ({"payouts_need_approval": True}, "pending rejected", "FAILED", BACK),
            ({"payouts_need_approval": True}, "pending queued", "SENDING", WAITING),
            ({"payouts_need_approval": True}, "pending scheduled", "SENDING", WAITING),
            (
                {"payouts_need_approval": True},
                "pending scheduled processing processed",
                "PROCESSED",
                PAID,
            ),
            ({"x_balance": 100}, "queued", "SENDING", WAITING),
            ({"x_balance": 100}, "queued processing processed", "PROCESSED", PAID),
            ({"x_balance": 100}, "queued cancelled", "FAILED", BACK),
        ],
    )
    def test_over_the_simulator(
        self, approved, razorpay_simulator, client, rules, path, status, money
    ):
        razorpay_simulator.settings(**rules)
        outbox.drain()
        first, *rest = path.split()
        assert fresh(approved).gateway_status == first
        for word in rest:
            razorpay_simulator.payout(approved.razorpay_payout_id, word)
            razorpay_simulator.deliver(client)
            outbox.drain()
            if word in ("scheduled", "cancelled"):
                # RazorpayX has no webhook for these.
                payouts.refresh(approved.pk)
            assert fresh(approved).gateway_status == word
        assert (approved.status, books(approved)) == (status, money)
        assert bool(approved.utr) == ("processed" in rest)

    def test_the_bank_s_reference_may_come_later(self, approved, razorpay_simulator, client):
        outbox.drain()
        razorpay_simulator.payout(fresh(approved).razorpay_payout_id, "processed")
        razorpay_simulator.deliver(client)
        outbox.drain()
        first = fresh(approved).utr
        razorpay_simulator.payout(approved.razorpay_payout_id, "updated")
        razorpay_simulator.deliver(client)
        outbox.drain()
        assert fresh(approved).utr not in ("", first)
        assert books(approved) == PAID

    def test_the_fee_may_be_known_later_and_is_booked_once(self, approved):
        sending._begin(approved.pk)
        payouts.apply(entity(approved, "processed", fees=0, tax=0))
        assert books(fresh(approved)) == (EARNED - AMOUNT, 0, AMOUNT)
        for _ in range(2):
            payouts.apply(entity(fresh(approved), "processed"))
        assert books(fresh(approved)) == PAID
        payouts.apply(entity(approved, "reversed"))
        assert books(fresh(approved)) == BACK

    def test_a_movement_of_our_account_says_it_too(self, approved, razorpay_simulator, client):
        """`transaction.created` alone, when every `payout.*` webhook is lost."""
        razorpay_simulator.faults("webhook.drop", event=r"payout\.", count=-1)
        outbox.drain()
        for status in ("processed", "reversed"):
            razorpay_simulator.payout(fresh(approved).razorpay_payout_id, status)
            razorpay_simulator.deliver(client)
            outbox.drain()
        assert set(razorpay_simulator.events()) >= {"transaction.created"}
        assert (fresh(approved).status, books(approved)) == ("REVERSED", BACK)


class TestOrder:
    @pytest.mark.parametrize(
        ("seen", "stale"),
        [
            ("processing", "queued"),
            ("processing", "pending"),
            ("processed", "processing"),
            ("failed", "processing"),
            ("reversed", "processed"),
            ("reversed", "processing"),
        ],
    )
    def test_old_news_change_nothing(self, approved, seen, stale):
        sending._begin(approved.pk)
        payouts.apply(entity(approved, seen))
        before = (fresh(approved).status, approved.gateway_status, LedgerTxn.objects.count())
        payouts.apply(entity(approved, stale))
        after = (fresh(approved).status, approved.gateway_status, LedgerTxn.objects.count())
        assert after == before

    def test_a_contradiction_moves_no_money_and_is_on_record_once(self, approved):
        sending._begin(approved.pk)
        payouts.apply(entity(approved, "failed"))
        before = books(fresh(approved))
        for _ in range(3):
            payouts.apply(entity(fresh(approved), "processed"))
        assert (books(fresh(approved)), approved.gateway_status) == (before, "processed")
        assert AuditEvent.objects.filter(action="payout.contradicted").count() == 1

    def test_failed_after_processed_came_back_by_way_of_reversed(self, approved):
        """The news of the reversal was lost; the money is back, once."""
        sending._begin(approved.pk)
        payouts.apply(entity(approved, "processed"))
        assert books(fresh(approved)) == PAID
        for _ in range(3):
            payouts.apply(entity(fresh(approved), "failed"))
        assert (fresh(approved).status, approved.gateway_status) == ("REVERSED", "failed")
        assert books(approved) == BACK

    def test_another_amount_is_not_believed(self, approved):
        sending._begin(approved.pk)
        payouts.apply(entity(approved, "processed", amount=AMOUNT + 1))
        assert (fresh(approved).status, books(approved)) == ("SENDING", WAITING)


class TestNoAnswer:
    @pytest.mark.parametrize("fault", NO_ANSWER)
    def test_is_not_a_no_and_never_pays_twice(self, approved, razorpay_simulator, fault):
        razorpay_simulator.faults(fault, method="POST", path="payouts$", seconds=0.8)
        drained()
        assert (fresh(approved).status, books(approved)) == ("SENDING", WAITING)
        made = razorpay_simulator.state()["payouts"]
        assert len(made) == (1 if fault in PERFORMED else 0)
        with clock.at(clock.now() + timedelta(hours=2)):
            outbox.drain()
            reconcile_money_out()
        assert len(razorpay_simulator.state()["payouts"]) == 1
        assert fresh(approved).gateway_status == "processing"

    @pytest.mark.parametrize("path", ["contacts", "fund_accounts$"])
    @pytest.mark.parametrize("fault", ["api.lost", "api.500_after", "api.429", "api.html502"])
    def test_nor_on_the_way_to_it(self, approved, razorpay_simulator, fault, path):
        razorpay_simulator.faults(fault, method="POST", path=path)
        drained()
        assert (fresh(approved).status, approved.razorpay_payout_id) == ("SENDING", None)
        with clock.at(clock.now() + timedelta(hours=2)):
            outbox.drain()
        state = razorpay_simulator.state()
        assert [len(state[name]) for name in ("contacts", "fund_accounts", "payouts")] == [1, 1, 1]

    @pytest.mark.parametrize("fault", NO_ANSWER)
    def test_the_gateway_calls_it_unknown(self, approved, razorpay_simulator, fault):
        razorpay_simulator.faults(fault, method="POST", path="contacts", seconds=0.8)
        with pytest.raises(gateway.Unknown):
            gateway.client().create_contact(name="Ravi", email="", phone="", reference_id="r")

    def test_a_definite_no_gives_the_money_back(self, approved, razorpay_simulator, monkeypatch):
        monkeypatch.setattr(RazorpayX, "account", lambda self, *given: "fa_doesnotexist")
        outbox.drain()
        assert razorpay_simulator.state()["payouts"] == []
        assert (fresh(approved).status, books(approved)) == ("FAILED", BACK)

    def test_keys_that_are_wrong_are_nobodys_answer(self, approved, settings):
        """A mistake in our settings must not send every payout back."""
        settings.RAZORPAY_KEY_SECRET = "wrong"
        drained()
        assert (fresh(approved).status, books(approved)) == ("SENDING", WAITING)


class TestAccountOnTheWay:
    def test_it_waits_while_the_account_is_being_checked(self, approved, razorpay_simulator):
        approved.method.validation, approved.method.validated_at = "pending", None
        approved.method.save()
        with pytest.raises(sending.NotCheckedYet):
            payouts.send(approved.pk, lambda: None)
        assert (fresh(approved).status, books(approved)) == ("APPROVED", WAITING)
        assert razorpay_simulator.state()["payouts"] == []

    def test_it_comes_back_when_the_account_was_refused(self, approved, razorpay_simulator):
        approved.method.validation = "failed"
        approved.method.save()
        outbox.drain()
        assert (fresh(approved).status, books(approved)) == ("FAILED", BACK)
        assert razorpay_simulator.state()["payouts"] == []


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_one_status_from_many_messengers_is_one_effect(self, razorpay_simulator):
        """Deduplicated by payout and status, whatever the event ids are."""
        payout = make_approved(StaffFactory(group="finance"))
        sending._begin(payout.pk)
        results = run_together(8, lambda n: payouts.apply(entity(payout, "processed")))
        assert results == [None] * 8
        assert books(fresh(payout)) == PAID
        assert AuditEvent.objects.filter(action="payout.processed").count() == 1

    def test_control_without_the_lock_somebody_trips(self, razorpay_simulator, monkeypatch):
        """The key in the ledger still holds; without the lock it is all there is."""
        payout = make_approved(StaffFactory(group="finance"))
        sending._begin(payout.pk)
        payouts.apply(entity(payout, "processing"))
        both_have_looked = threading.Barrier(2, timeout=10)
        look = sending._is_stale

        def slow_look(payout, report):
            found = look(payout, report)
            both_have_looked.wait()
            return found

        monkeypatch.setattr(sending, "_is_stale", slow_look)
        monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)
        results = run_together(2, lambda n: payouts.apply(entity(payout, "processed")))
        told = AuditEvent.objects.filter(action="payout.processed").count()
        assert told > 1 or any(isinstance(result, Exception) for result in results)
        assert LedgerTxn.objects.filter(kind="payout_processed").count() == 1
