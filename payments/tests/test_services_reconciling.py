"""What no webhook told us is found out by asking."""

from datetime import timedelta

import pytest

from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from notifications.models import Message
from payments import gateway
from payments.models import (
    GatewayEvent,
    PaymentOrder,
    Payout,
    ReconItem,
    ReconRun,
    Refund,
)
from payments.services import credits, events, ledger, orders, payouts, wallets
from payments.services.reconciling import (
    holds,
    leftovers,
    outgoing,
    silence,
    tolerance,
)
from payments.tasks import process_gateway_events, reconcile_orders, sweep_payments
from payments.tests import factories
from payments.tests.paying import callback, captures_booked, in_escrow, opened, status_of
from tutorhub.core import clock


class TestCreditPack:
    @pytest.mark.scenario(22)
    def test_a_lost_webhook_is_made_up_for_by_asking(self, db, razorpay_simulator, drain):
        """Scenario 22."""
        tutor = TutorUserFactory()
        order = orders.open_at_gateway(credits.start_topup(pack=credits.packs()[0], by=tutor))
        razorpay_simulator.pay(order.razorpay_order_id)
        reconcile_orders()
        assert credits.balance(tutor) == 0
        with clock.at(clock.now() + timedelta(minutes=16)):
            reconcile_orders()
            reconcile_orders()
        assert credits.balance(tutor) == 5
        assert Message.objects.filter(template="credits_bought").count() == 1


class TestReconciler:
    def later(self, minutes):
        return clock.at(clock.now() + timedelta(minutes=minutes))

    def test_gaps_grow_and_end(self, order):
        gaps = []
        for _ in range(30):
            order.refresh_from_db()
            if order.check_at is None:
                break
            with clock.at(order.check_at):
                reconcile_orders()
                before = order.check_at
                order.refresh_from_db()
                gaps.append(order.check_at and order.check_at - before)
        assert gaps[-1] is None
        assert gaps[0] < gaps[1] < gaps[2]

    def test_one_order_that_fails_stops_no_other(self, db, razorpay_simulator):
        first, second = opened(), opened()
        for order in (first, second):
            razorpay_simulator.pay(order.razorpay_order_id)
        razorpay_simulator.faults("api.500", method="GET", path="/payments")
        with self.later(16):
            reconcile_orders()
        assert sorted([status_of(first), status_of(second)]) == ["OPEN", "PAID"]

    def test_an_authorised_payment_of_a_live_order_is_taken(self, order, razorpay_simulator):
        razorpay_simulator.pay(order.razorpay_order_id, "authorize")
        with self.later(16):
            reconcile_orders()
        assert status_of(order) == "PAID"

    def test_an_authorised_payment_of_an_expired_order_is_left_alone(
        self, order, razorpay_simulator
    ):
        razorpay_simulator.pay(order.razorpay_order_id, "authorize")
        orders.expire_for(purpose="session", purpose_id=order.purpose_id)
        with self.later(16):
            reconcile_orders()
        assert (status_of(order), captures_booked()) == ("EXPIRED", 0)

    def test_late_money_is_found_too(self, order, razorpay_simulator):
        razorpay_simulator.pay(order.razorpay_order_id)
        orders.expire_for(purpose="session", purpose_id=order.purpose_id)
        with self.later(16):
            reconcile_orders()
        assert status_of(order) == "PAID_LATE"

    def test_events_that_were_left_behind_are_worked_through(
        self, order, razorpay_simulator, client
    ):
        razorpay_simulator.pay(order.razorpay_order_id)
        razorpay_simulator.deliver(client)
        with self.later(3):
            process_gateway_events()
        assert status_of(order) == "PAID"
        assert not GatewayEvent.objects.filter(status="RECEIVED").exists()

    def test_events_that_never_work_hold_up_no_other(
        self, order, razorpay_simulator, client, monkeypatch
    ):
        def explode(payload):
            raise LookupError("never")

        monkeypatch.setitem(events.HANDLERS, "payment.strange", explode)
        monkeypatch.setattr(leftovers, "BATCH", 2)
        for number in range(2):
            body = b'{"event": "payment.strange", "payload": {"n": %d}}' % number
            events.receive(body, event_id=f"evt_{number}")
        razorpay_simulator.pay(order.razorpay_order_id)
        razorpay_simulator.deliver(client)
        with self.later(3):
            for _ in range(2):
                process_gateway_events()
        assert status_of(order) == "PAID"
        strange = GatewayEvent.objects.filter(event_key__in=["evt_0", "evt_1"], status="RECEIVED")
        assert list(strange.values_list("tries", flat=True)) == [1, 1]


def test_one_thing_that_makes_no_sense_stops_no_other(caplog):
    seen = []

    def check(item):
        if item == 1:
            raise KeyError("status")
        return seen.append(item)

    assert tolerance.each([1, 2], check) == [None]
    assert seen == [2]
    assert "KeyError" in caplog.text


def test_reconciling_names_what_it_could_not_do(caplog):
    def check(item):
        raise gateway.Unknown("no answer")

    assert tolerance.each([1, 2], check) == []
    assert caplog.text.count("no answer") == 2


def runs_of(kind) -> list[ReconRun]:
    return list(ReconRun.objects.filter(kind=kind).order_by("started_at"))


def open_items(kind) -> list[tuple[str, str]]:
    found = ReconItem.objects.filter(kind=kind, resolved_at__isnull=True)
    return sorted(found.values_list("ref", "problem"))


class TestMoneyOut:
    """R3."""

    def later(self):
        return clock.at(clock.now() + timedelta(hours=1, minutes=1))

    @pytest.fixture
    def refund(self, order, razorpay_simulator, client, drain):
        """Promised, and not sent yet: the worker was away."""
        razorpay_simulator.pay(order.razorpay_order_id)
        razorpay_simulator.deliver(client)
        drain()
        orders.return_paid(order)
        return Refund.objects.get()

    def test_a_refund_whose_answer_was_lost_is_found_out(self, refund, razorpay_simulator, drain):
        """Scenario 12: performed, but nobody told us."""
        razorpay_simulator.faults("api.lost", method="POST", path="/refund")
        with pytest.raises(gateway.Unknown):
            drain()
        assert ledger.balance("refund_payable", refund.pk) == 100_000
        with self.later():
            assert outgoing.reconcile().mended == 1
        refund.refresh_from_db()
        assert refund.status == "PROCESSED"
        assert ledger.balance("refund_payable", refund.pk) == 0
        assert len(razorpay_simulator.state()["refunds"]) == 1

    def test_a_pending_refund_is_asked_about(self, refund, razorpay_simulator, drain):
        razorpay_simulator.settings(refund_status="pending")
        drain()
        refund.refresh_from_db()
        razorpay_simulator.refund(refund.razorpay_refund_id, "processed")
        assert outgoing.reconcile().looked == 0
        with self.later():
            assert outgoing.reconcile().mended == 1
            assert outgoing.reconcile().looked == 0

    def test_a_payout_whose_answer_was_lost_is_not_sent_twice(
        self, finance, settings, razorpay_simulator, drain
    ):
        settings.PAYOUT_FIRST_WAIT = settings.PAYOUT_METHOD_WAIT = timedelta(0)
        factories.fund_float()
        payout = payouts.approve(
            factories.payouts_request(factories.rich_tutor(), 80_000), by=finance
        )
        razorpay_simulator.faults("api.lost", method="POST", path="/payouts")
        with pytest.raises(gateway.Unknown):
            drain()
        with self.later():
            outgoing.reconcile()
            (sent,) = razorpay_simulator.state()["payouts"]
            razorpay_simulator.payout(sent["id"], "processed")
            outgoing.reconcile()
        payout.refresh_from_db()
        assert (payout.status, payout.razorpay_payout_id) == ("PROCESSED", sent["id"])
        assert len(razorpay_simulator.state()["payouts"]) == 1

    def test_one_that_died_half_way_does_not_begin_anew(
        self, refund, razorpay_simulator, monkeypatch
    ):
        asked = []

        def check(name):
            def run(pk):
                asked.append(name)
                if asked == ["refund", "payout"]:
                    raise RuntimeError("the power is out")
                return False

            return run

        settled = Payout.objects.none()
        monkeypatch.setattr(outgoing, "check_refund", check("refund"))
        monkeypatch.setattr(outgoing, "check_payout", check("payout"))
        monkeypatch.setattr(outgoing, "check_dispute", check("dispute"))
        monkeypatch.setattr(outgoing, "_after", self._one_of_each(settled, refund))
        with self.later():
            with pytest.raises(RuntimeError):
                outgoing.reconcile()
            outgoing.reconcile()
        assert asked == ["refund", "payout", "payout", "dispute"]

    def _one_of_each(self, settled, refund):
        return lambda unsettled, pk: [] if pk else [refund.pk]


class TestHolds:
    """R5."""

    @pytest.fixture
    def family(self, db):
        family = FamilyUserFactory()
        factories.fund_wallet(family, 30_000)
        return family

    @pytest.fixture
    def order(self, family, razorpay_simulator):
        return opened(payer=family, method="mixed")

    def after(self, minutes):
        """`minutes` after the order's time is over."""
        with clock.at(clock.now() + timedelta(hours=1, minutes=minutes)):
            return holds.reconcile()

    def held(self, order) -> int:
        return ledger.balance("wallet_hold", order.pk)

    def test_what_was_not_paid_is_given_back(self, order, family):
        assert (self.held(order), wallets.balance(family).cash_paise) == (30_000, 0)
        assert self.after(16).mended == 1
        assert (self.held(order), wallets.balance(family).cash_paise) == (0, 30_000)
        assert status_of(order) == "EXPIRED"
        assert self.after(30).looked == 0

    def test_not_before_a_payment_in_time_must_have_shown(self, order):
        assert self.after(14).looked == 0
        assert self.held(order) == 30_000

    def test_what_was_paid_is_used(self, order, razorpay_simulator):
        razorpay_simulator.pay(order.razorpay_order_id)
        assert self.after(16).mended == 1
        assert (status_of(order), in_escrow(order), self.held(order)) == ("PAID", 100_000, 0)

    def test_no_answer_gives_nothing_back(self, order, razorpay_simulator):
        razorpay_simulator.faults("api.500", path="/payments")
        assert self.after(16).mended == 0
        assert (self.held(order), status_of(order)) == (30_000, "OPEN")
        assert self.after(20).mended == 1

    def test_a_payment_that_is_still_open_keeps_the_hold(self, order, razorpay_simulator):
        razorpay_simulator.pay(order.razorpay_order_id, "authorize")
        PaymentOrder.objects.filter(pk=order.pk).update(status="EXPIRED")
        assert self.after(16).mended == 0
        assert self.held(order) == 30_000

    def test_an_order_that_razorpay_never_saw_is_given_back(self, family, razorpay_simulator):
        order = factories.orders.create(
            purpose="session",
            purpose_id=factories.uuid7(),
            payer=family,
            amount_paise=100_000,
            expires_at=clock.now() + timedelta(hours=1),
            description="Maths, 1 h",
            method="mixed",
        )
        assert self.after(16).mended == 1
        assert (self.held(order), status_of(order)) == (0, "EXPIRED")

    def test_an_order_whose_opening_we_never_heard_of_is_asked_about(
        self, order, family, razorpay_simulator
    ):
        razorpay_simulator.pay(order.razorpay_order_id)
        PaymentOrder.objects.filter(pk=order.pk).update(razorpay_order_id=None, status="CREATING")
        assert self.after(16).mended == 1
        assert (status_of(order), in_escrow(order), self.held(order)) == ("PAID", 100_000, 0)


class TestSilence:
    """R7."""

    def look(self, minutes):
        with clock.at(clock.now() + timedelta(minutes=minutes)):
            silence.reconcile()
        return open_items("R7")

    def test_money_that_no_webhook_announced_is_alarming(self, order, razorpay_simulator, client):
        handed = razorpay_simulator.pay(order.razorpay_order_id)
        callback(handed)
        assert self.look(29) == []
        assert self.look(31) == [("webhooks", "silent")]
        razorpay_simulator.deliver(client)
        assert self.look(32) == []

    def test_silence_without_money_is_only_silence(self, order, razorpay_simulator):
        assert self.look(600) == []


@pytest.mark.slow
def test_two_days_without_any_webhook(db, razorpay_simulator, drain):
    """SEC-19: whatever is captured is credited by the pollers within ten minutes, once."""
    razorpay_simulator.faults("webhook.drop", count=-1)
    start = clock.now()
    # Every four hours somebody books a class. Some pay at once, some up to 42 minutes later.
    booked_at = range(0, 48 * 60, 240)
    pay_at = {moment: moment + number % 4 * 14 for number, moment in enumerate(booked_at)}
    after = {moment + wait for moment in pay_at.values() for wait in range(0, 14, 2)}
    made, credited_at = {}, {}
    for minute in sorted({*range(0, 49 * 60, 30), *booked_at, *after}):
        with clock.at(start + timedelta(minutes=minute)):
            razorpay_simulator.ask("POST", "clock", offset=minute * 60)
            if minute in booked_at:
                made[minute] = opened()
            for number, order in enumerate(made.values()):
                if pay_at[number * 240] == minute:
                    for _ in range(2 if number % 3 == 0 else 1):
                        razorpay_simulator.pay(order.razorpay_order_id, capture=True)
            reconcile_orders()
            sweep_payments()
            for moment, order in made.items():
                if moment not in credited_at and in_escrow(order):
                    credited_at[moment] = minute
    assert len(credited_at) == 12
    assert max(credited_at[moment] - paid for moment, paid in pay_at.items()) <= 10
    assert {in_escrow(order) for order in made.values()} == {100_000}
    assert captures_booked() == 16
    assert not GatewayEvent.objects.exists()
    with clock.at(start + timedelta(days=3)):
        drain()
    assert ledger.balance("rzp_clearing") == razorpay_simulator.state()["totals"]["clearing_paise"]
