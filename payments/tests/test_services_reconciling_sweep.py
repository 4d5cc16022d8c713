"""R2: every payment at Razorpay is one of ours, or stands on record."""

from datetime import timedelta

import pytest

from payments import gateway
from payments.models import (
    PaymentOrder,
    ReconItem,
)
from payments.services.reconciling import (
    sweep,
)
from payments.tasks import reconcile_orders
from payments.tests.paying import captures_booked, in_escrow, opened, status_of
from tutorhub.core import clock


def open_items(kind) -> list[tuple[str, str]]:
    found = ReconItem.objects.filter(kind=kind, resolved_at__isnull=True)
    return sorted(found.values_list("ref", "problem"))


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
