"""What no webhook told us is found out by asking."""

import time
from datetime import timedelta

import pytest

from accounts.tests.factories import FamilyUserFactory, StaffFactory, TutorUserFactory
from notifications.models import Message
from payments import gateway
from payments.models import (
    GatewayDispute,
    GatewayEvent,
    PaymentOrder,
    Payout,
    ReconItem,
    ReconRun,
    Refund,
)
from payments.services import captures, credits, disputes, events, ledger, orders, payouts, wallets
from payments.services.reconciling import (
    holds,
    leftovers,
    outgoing,
    runs,
    silence,
    sweep,
    tolerance,
)
from payments.tasks import process_gateway_events, reconcile_orders, sweep_payments
from payments.tests import factories
from payments.tests.paying import callback, captures_booked, in_escrow, opened, status_of
from tutorhub.core import clock
from tutorhub.core.errors import NotAllowed
from tutorhub.core.models import AuditEvent, OutboxRow
from tutorhub.core.tests.threads import run_together


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


class TestRuns:
    """What all seven have in common."""

    def test_two_of_a_kind_never_overlap(self, db):
        inner = []

        def work(under_way):
            inner.append(runs.perform("R1", lambda _: pytest.fail("a second pass has begun")))
            inner.append(runs.perform("R2", lambda _: None))

        assert runs.perform("R1", work).status == "DONE"
        assert inner[0] is None
        assert inner[1].status == "DONE"

    def test_one_that_died_goes_on_from_where_it_was(self, db):
        seen = []

        def work(under_way):
            for number in range(under_way.cursor.get("next", 0), 4):
                seen.append(number)
                under_way.run.looked += 1
                under_way.save(next=number + 1)
                if seen == [0, 1]:
                    raise RuntimeError("the power is out")

        with pytest.raises(RuntimeError):
            runs.perform("R1", work)
        (died,) = runs_of("R1")
        assert (died.status, died.note) == ("FAILED", "RuntimeError: the power is out")
        again = runs.perform("R1", work)
        assert seen == [0, 1, 2, 3]
        assert (again.pk, again.status, again.looked) == (died.pk, "DONE", 4)

    def test_one_that_was_killed_is_taken_over_when_its_lease_has_lapsed(self, db):
        class Killed(BaseException):
            pass

        def work(under_way):
            if not under_way.cursor:
                under_way.save(next=1)
                raise Killed

        with pytest.raises(Killed):
            runs.perform("R1", work)
        assert runs.perform("R1", work) is None
        with clock.at(clock.now() + runs.LEASE + timedelta(seconds=1)):
            assert runs.perform("R1", work).status == "DONE"
        assert len(runs_of("R1")) == 1

    def test_whoever_was_silent_for_too_long_writes_nothing_any_more(self, db):
        def slow(under_way):
            with clock.at(clock.now() + runs.LEASE + timedelta(seconds=1)):
                runs.perform("R1", lambda other: other.save(by="the other"))
            under_way.save(by="the slow one")
            pytest.fail("it went on without its lease")

        runs.perform("R1", slow)
        (run,) = runs_of("R1")
        assert (run.status, run.cursor) == ("DONE", {"by": "the other"})

    def test_one_that_takes_too_long_makes_room_and_goes_on_later(self, db):
        def work(under_way):
            while (number := under_way.cursor.get("next", 0)) < 3:
                under_way.save(next=number + 1)

        statuses = [runs.perform("R1", work, budget=0).status for _ in range(4)]
        assert statuses == ["RUNNING", "RUNNING", "RUNNING", "DONE"]

    def test_one_whose_items_are_slow_goes_on_behind_the_last_it_did(self, db, monkeypatch):
        """A gateway that takes seconds for each must not keep a pass at its beginning for ever."""

        class SlowClock:
            now = 0.0

            def monotonic(self):
                return self.now

        slow, seen = SlowClock(), []
        monkeypatch.setattr(runs, "time", slow)

        def check(number):
            slow.now += 20
            seen.append(number)
            return False

        def work(under_way):
            left = range(under_way.cursor.get("after", 0) + 1, 6)
            under_way.each(left, check, at=lambda number: {"after": number})

        statuses = [runs.perform("R1", work).status for _ in range(3)]
        assert seen == [1, 2, 3, 4, 5]
        assert statuses == ["RUNNING", "RUNNING", "DONE"]

    def test_quiet_runs_leave_one_row_an_hour(self, db):
        start = clock.now().replace(minute=0, second=0, microsecond=0)
        for minutes in range(0, 120, 2):
            with clock.at(start + timedelta(minutes=minutes)):
                runs.perform("R1", lambda under_way: None)
        assert len(runs_of("R1")) == 2

    def test_runs_that_found_or_mended_something_stay(self, db):
        start = clock.now().replace(minute=0, second=0, microsecond=0)

        def mend(under_way):
            under_way.run.mended += 1

        def find(under_way):
            under_way.found("pay_1", "differs", ours=1, theirs=2)

        for minutes, work in enumerate([mend, find, lambda _: None, lambda _: None]):
            with clock.at(start + timedelta(minutes=minutes)):
                runs.perform("R1", work)
        assert [(run.mended, run.found) for run in runs_of("R1")] == [(1, 0), (0, 1), (0, 0)]

    def test_quiet_rows_are_forgotten_in_the_end(self, db, settings):
        runs.perform("R1", lambda under_way: None)
        after = settings.RECON_QUIET_RUNS_KEPT + timedelta(hours=2)
        with clock.at(clock.now() + after):
            runs.perform("R1", lambda under_way: None)
        assert len(runs_of("R1")) == 1

    def test_a_difference_is_on_record_once(self, db):
        for _ in range(2):
            runs.perform("R2", lambda under_way: under_way.found("pay_1", "differs", ours=1))
        assert open_items("R2") == [("pay_1", "differs")]

    def test_what_a_person_dealt_with_stays_dealt_with_until_the_figures_change(self, finance):
        def find(ours):
            runs.perform("R2", lambda under_way: under_way.found("pay_1", "differs", ours=ours))

        find(1)
        runs.resolve(ReconItem.objects.get(), by=finance)
        find(1)
        assert open_items("R2") == []
        assert AuditEvent.objects.filter(action="difference.resolved").count() == 1
        find(2)
        assert open_items("R2") == [("pay_1", "differs")]

    def test_only_finance_deals_with_differences(self, db):
        runs.perform("R2", lambda under_way: under_way.found("pay_1", "differs"))
        with pytest.raises(NotAllowed):
            runs.resolve(ReconItem.objects.get(), by=StaffFactory())

    @pytest.mark.django_db(transaction=True)
    def test_of_many_at_the_same_moment_one_begins(self):
        begun = []

        def work(under_way):
            begun.append(1)
            time.sleep(0.3)

        results = run_together(6, lambda _: runs.perform("R3", work))
        assert len(begun) == 1
        assert sum(result is not None for result in results) == 1


class TestSweep:
    """R2."""

    def sweep(self, minutes=6):
        with clock.at(clock.now() + timedelta(minutes=minutes)):
            return sweep.reconcile()

    def test_a_captured_payment_without_a_posting_is_applied(self, order, razorpay_simulator):
        razorpay_simulator.pay(order.razorpay_order_id)
        run = self.sweep(0)
        assert (status_of(order), run.mended, in_escrow(order)) == ("PAID", 1, 100_000)
        assert self.sweep(6).mended == 0

    def test_it_is_not_due_again_at_once(self, db, razorpay_simulator):
        assert self.sweep(0) is not None
        assert self.sweep(1) is None

    def test_a_second_payment_on_a_paid_order_is_found_and_sent_back(
        self, order, razorpay_simulator, client, drain
    ):
        """Its webhook is lost, and R1 looks at paid orders no more."""
        razorpay_simulator.pay(order.razorpay_order_id, capture=True)
        razorpay_simulator.deliver(client)
        drain()
        razorpay_simulator.faults("webhook.drop", count=-1)
        razorpay_simulator.pay(order.razorpay_order_id, capture=True)
        with clock.at(clock.now() + timedelta(minutes=16)):
            reconcile_orders()
        assert captures_booked() == 1
        assert self.sweep(20).mended == 1
        with clock.at(clock.now() + timedelta(minutes=21)):
            drain()
        second = order.payments.get(alarm="duplicate")
        assert (second.place, second.refunds.get().status) == ("returned", "PROCESSED")
        assert in_escrow(order) == 100_000

    def test_an_unknown_order_is_reported_after_a_grace_and_never_guessed(
        self, order, razorpay_simulator
    ):
        razorpay_simulator.faults("data.order_id")
        razorpay_simulator.pay(order.razorpay_order_id)
        payment = razorpay_simulator.state()["payments"][0]["id"]
        self.sweep(0)
        assert open_items("R2") == []
        self.sweep(6)
        assert open_items("R2") == [(payment, "missing_here")]
        assert captures_booked() == 0
        item = ReconItem.objects.get()
        assert (item.theirs_paise, "order_SimNobodysOrder" in item.note) == (100_000, True)

    def test_a_difference_ends_when_the_order_comes_into_our_books(self, order, razorpay_simulator):
        razorpay_simulator.pay(order.razorpay_order_id)
        known = order.razorpay_order_id
        PaymentOrder.objects.filter(pk=order.pk).update(razorpay_order_id="order_Lost")
        self.sweep(6)
        assert len(open_items("R2")) == 1
        PaymentOrder.objects.filter(pk=order.pk).update(razorpay_order_id=known)
        self.sweep(12)
        assert (open_items("R2"), status_of(order)) == ([], "PAID")

    def test_money_in_another_currency_is_set_aside(self, order, razorpay_simulator):
        razorpay_simulator.faults("data.currency")
        razorpay_simulator.pay(order.razorpay_order_id)
        self.sweep()
        assert (status_of(order), order.payments.get().alarm) == ("OPEN", "mismatch")

    def test_uncaptured_money_is_left_alone(self, order, razorpay_simulator):
        razorpay_simulator.pay(order.razorpay_order_id, "authorize")
        assert self.sweep().mended == 0
        assert captures_booked() == 0

    def test_one_that_died_between_two_pages_goes_on(self, db, razorpay_simulator, monkeypatch):
        monkeypatch.setattr(sweep, "PAGE", 2)
        made = [opened() for _ in range(5)]
        for order in made:
            razorpay_simulator.pay(order.razorpay_order_id)
        asked = []
        ask = gateway.Gateway.list_payments

        def listed(self, *args, **kwargs):
            asked.append(kwargs["skip"])
            if asked == [0, 2]:
                raise gateway.Unknown("the power is out")
            return ask(self, *args, **kwargs)

        monkeypatch.setattr(gateway.Gateway, "list_payments", listed)
        with pytest.raises(gateway.Unknown):
            self.sweep(0)
        assert captures_booked() == 2
        run = self.sweep(0)
        assert asked == [0, 2, 2, 4]
        assert (run.status, run.mended, captures_booked()) == ("DONE", 5, 5)

    def test_the_next_sweep_overlaps_the_last_by_an_hour(self, db, razorpay_simulator):
        first = self.sweep(0)
        second = self.sweep(30)
        assert first.cursor["to"] - second.cursor["from"] == 3600


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


def test_r3_hears_of_a_chargeback_that_ended_without_a_webhook(razorpay_simulator, order):
    """Otherwise the class would stay frozen for ever."""
    paid = razorpay_simulator.pay(order.razorpay_order_id)
    captures.apply_capture(paid["razorpay_payment_id"])
    known = razorpay_simulator.dispute(paid["razorpay_payment_id"])
    disputes.apply(gateway.client().fetch_dispute(known["id"]))
    assert disputes.is_frozen(purpose="session", purpose_id=order.purpose_id)
    razorpay_simulator.decide(known["id"], "won")
    with clock.at(clock.now() + timedelta(hours=2)):
        run = outgoing.reconcile()
    assert run is not None
    assert run.mended == 1
    assert not disputes.is_frozen(purpose="session", purpose_id=order.purpose_id)


@pytest.mark.parametrize(("hours", "status"), [(0, "open"), (2, "lost")])
def test_r3_gives_an_answer_again_that_the_outbox_gave_up(
    razorpay_simulator, order, finance, hours, status
):
    """The bank would take silence for a yes; and so it is with a yes that Razorpay never heard."""
    paid = razorpay_simulator.pay(order.razorpay_order_id)
    captures.apply_capture(paid["razorpay_payment_id"])
    known = razorpay_simulator.dispute(paid["razorpay_payment_id"])
    disputes.apply(gateway.client().fetch_dispute(known["id"]))
    opened_at = clock.now()
    with clock.at(opened_at + timedelta(hours=3)):
        disputes.accept(GatewayDispute.objects.get(), by=finance)
    OutboxRow.objects.filter(handler=disputes.ANSWER).update(dead_at=opened_at)
    with clock.at(opened_at + timedelta(hours=3 + hours)):
        outgoing.reconcile()
    assert GatewayDispute.objects.get().status == status
    assert gateway.client().fetch_dispute(known["id"])["status"] == status


def test_r3_hears_how_a_chargeback_ended_that_was_answered_long_ago(
    razorpay_simulator, order, finance
):
    """The bank has our answer and decides weeks later; no webhook told us of its decision."""
    paid = razorpay_simulator.pay(order.razorpay_order_id)
    captures.apply_capture(paid["razorpay_payment_id"])
    known = razorpay_simulator.dispute(paid["razorpay_payment_id"])
    disputes.apply(gateway.client().fetch_dispute(known["id"]))
    answered = {"answer": "contest", "answered_by": finance, "answered_at": clock.now()}
    GatewayDispute.objects.update(**answered)
    razorpay_simulator.decide(known["id"], "under_review")
    disputes.apply(gateway.client().fetch_dispute(known["id"]))
    razorpay_simulator.decide(known["id"], "won")
    with clock.at(clock.now() + timedelta(days=20)):
        outgoing.reconcile()
    assert GatewayDispute.objects.get().status == "won"
    assert not disputes.is_frozen(purpose="session", purpose_id=order.purpose_id)
