"""R4 and the settlement webhook: Razorpay's report against our books, over the real simulator."""

from datetime import datetime, time, timedelta

import pytest

from payments import gateway
from payments.models import (
    GatewayDispute,
    LedgerTxn,
    Payment,
    ReconItem,
    ReconRun,
    Settlement,
    SettlementRow,
)
from payments.services import events, ledger, orders, settlements
from payments.services.reconciling import runs
from payments.services.reconciling import settlements as r4
from payments.tests.paying import captures_booked, opened, status_of
from tutorhub.core import clock

pytestmark = pytest.mark.django_db


def open_items() -> dict[str, str]:
    """What is not settled yet: ref -> problem."""
    found = ReconItem.objects.filter(kind="R4", resolved_at__isnull=True)
    return dict(found.values_list("ref", "problem"))


def morning(days=1) -> datetime:
    """When the report is ready so many days later, whatever the time is now."""
    day = clock.today() + timedelta(days=days)
    return datetime.combine(day, time(r4.READY_AT_HOUR + 1), tzinfo=clock.IST)


def report(days=1) -> ReconRun:
    """R4 as it runs early in the morning so many days later."""
    with clock.at(morning(days)):
        return r4.reconcile()


@pytest.fixture
def sim(razorpay_simulator, client, drain):
    """The simulator, and `hear()`, which brings its webhooks in and works through them."""

    def hear():
        razorpay_simulator.deliver(client)
        drain()

    razorpay_simulator.hear = hear
    return razorpay_simulator


def paid(sim) -> Payment:
    order = opened()
    sim.pay(order.razorpay_order_id)
    sim.hear()
    return order.payments.get()


class TestWebhook:
    def test_a_settlement_is_booked_once(self, sim):
        paid(sim)
        settled = sim.settle()
        sim.hear()
        sim.replay("settlement.processed", times=3)
        sim.hear()
        settlement = Settlement.objects.get()
        assert (settlement.amount_paise, settlement.utr) == (97_640, settled["utr"])
        assert ledger.balance("bank") == 97_640
        assert ledger.balance("rzp_clearing") == 0
        assert LedgerTxn.objects.filter(idem_key=f"rzp:settlement:{settled['id']}").count() == 1

    def test_what_the_webhook_says_is_not_believed(self, sim, client):
        """Only its id counts; the amount is asked for."""
        paid(sim)
        settled = sim.settle()
        sim.webhooks("settlement.processed")
        settlements.look_up(settled["id"])
        assert Settlement.objects.get().amount_paise == 97_640

    def test_more_refunds_than_receipts_take_money_from_the_bank(self, sim):
        payment = paid(sim)
        sim.settle()
        sim.hear()
        orders.return_paid(payment.order)
        sim.hear()
        assert sim.settle()["amount"] == -100_000
        sim.hear()
        assert ledger.balance("bank") == 97_640 - 100_000
        assert ledger.balance("rzp_clearing") == 0

    def test_a_settlement_that_is_not_transferred_is_not_booked(self, sim, monkeypatch):
        entity = {"id": "setl_1", "status": "created", "amount": 5, "created_at": 1}
        monkeypatch.setattr(gateway.Gateway, "fetch_settlement", lambda self, name: entity)
        assert settlements.look_up("setl_1") is None
        assert events.HANDLERS["settlement.processed"]({"settlement": {"entity": entity}}) == (
            "not transferred yet"
        )


class TestReport:
    def test_books_that_agree_leave_nothing(self, sim):
        payment = paid(sim)
        orders.return_paid(opened_and_paid := payment.order)
        sim.hear()
        settled = sim.settle()
        sim.hear()
        run = report()
        assert (run.status, run.looked, run.mended, run.found) == ("DONE", 2, 0, 0)
        assert open_items() == {}
        rows = SettlementRow.objects.filter(settlement__razorpay_settlement_id=settled["id"])
        assert {row.kind: row.credit_paise - row.debit_paise for row in rows} == {
            "payment": 97_640,
            "refund": -100_000,
        }
        assert status_of(opened_and_paid) == "PAID"

    def test_a_fee_that_was_not_known_is_booked(self, sim):
        sim.faults("data.fee_null")
        payment = paid(sim)
        assert payment.fee_paise is None
        sim.settle()
        sim.hear()
        run = report()
        payment.refresh_from_db()
        assert (payment.fee_paise, payment.tax_paise, run.mended) == (2360, 360, 1)
        assert ledger.balance("gateway_fees") == 2000
        assert ledger.balance("rzp_clearing") == 0
        assert open_items() == {}

    def test_a_fee_that_differs_is_reported(self, sim):
        payment = paid(sim)
        sim.settle()
        sim.hear()
        LedgerTxn.objects.get(idem_key=f"rzp:fee:{payment.razorpay_payment_id}")
        ours = 2360
        change_row(sim, payment.razorpay_payment_id, fee=3000, credit=97_000)
        report()
        item = ReconItem.objects.get(ref=f"{payment.razorpay_payment_id}:fee")
        assert (item.problem, item.ours_paise, item.theirs_paise) == ("differs", ours, 3000)

    def test_a_payment_whose_webhook_was_lost_is_brought_in(self, sim):
        sim.faults("webhook.drop", count=-1)
        order = opened()
        sim.pay(order.razorpay_order_id)
        sim.settle()
        run = report()
        # The payment, and the settlement that no webhook announced either.
        assert (status_of(order), captures_booked(), run.mended) == ("PAID", 1, 2)
        assert (ledger.balance("bank"), ledger.balance("rzp_clearing")) == (97_640, 0)
        assert open_items() == {}

    def test_a_refund_made_on_the_dashboard_is_brought_in(self, sim):
        payment = paid(sim)
        sim.faults("webhook.drop", count=-1)
        gateway.client().refund_payment(
            payment.razorpay_payment_id,
            amount_paise=30_000,
            idempotency_key="by-hand-0001",
            notes={},
            receipt="by hand",
        )
        sim.settle()
        run = report()
        assert run.mended == 2
        assert ledger.balance("external_refund_suspense") == 30_000
        assert ledger.balance("rzp_clearing") == 0
        assert open_items() == {}

    def test_a_payment_for_nobodys_order_is_missing_here(self, sim):
        sim.faults("webhook.drop", count=-1)
        sim.faults("data.order_id")
        sim.pay(opened().razorpay_order_id)
        payment = sim.state()["payments"][0]["id"]
        sim.settle()
        report()
        assert open_items() == {payment: "missing_here"}
        assert ReconItem.objects.get().theirs_paise == 100_000
        assert captures_booked() == 0

    def test_another_amount_differs(self, sim):
        payment = paid(sim)
        sim.settle()
        sim.hear()
        change_row(sim, payment.razorpay_payment_id, credit=87_640)
        report()
        found = open_items()
        assert found[payment.razorpay_payment_id] == "differs"
        item = ReconItem.objects.get(ref=payment.razorpay_payment_id)
        assert (item.ours_paise, item.theirs_paise) == (100_000, 90_000)
        # The transfer was of the right amount, so the rows do not come to it either.
        assert found[Settlement.objects.get().razorpay_settlement_id] == "differs"

    def test_money_that_no_report_mentions_is_missing_there(self, sim):
        payment = paid(sim)
        report(days=4)
        assert open_items() == {}
        report(days=7)
        assert open_items() == {payment.razorpay_payment_id: "missing_there"}
        sim.advance(7 * 24 * 3600)
        sim.settle()
        sim.hear()
        report(days=8)
        assert open_items() == {}

    def test_a_settlement_that_no_report_mentions_is_missing_there(self, sim):
        settlements.book(
            {"id": "setl_Nobody", "amount": 500, "utr": "x", "created_at": clock.now().timestamp()}
        )
        report()
        assert open_items() == {"setl_Nobody": "missing_there"}

    def test_an_adjustment_is_for_a_person(self, sim):
        payment = paid(sim)
        dispute = sim.dispute(payment.razorpay_payment_id)
        sim.decide(dispute["id"], "lost")
        change = {"type": "adjustment", "dispute_id": None}
        sim.settle()
        sim.hear()
        change_row(sim, dispute["id"], **change)
        report()
        assert open_items() == {dispute["id"]: "adjustment"}
        assert ReconItem.objects.get().theirs_paise == -100_000

    def test_a_lost_dispute_that_no_webhook_told_us_of_is_brought_in(self, sim):
        payment = paid(sim)
        sim.faults("webhook.drop", count=-1)
        dispute = sim.dispute(payment.razorpay_payment_id)
        sim.decide(dispute["id"], "lost")
        sim.settle()
        run = report()
        assert run.mended == 2
        assert GatewayDispute.objects.get().status == "lost"
        assert ledger.balance("rzp_clearing") == 0
        assert open_items() == {}

    def test_a_row_that_makes_no_sense_hides_no_other(self, sim):
        first, second = paid(sim), paid(sim)
        sim.settle()
        sim.hear()
        change_row(sim, first.razorpay_payment_id, credit="much")
        report()
        assert list(open_items().values()).count("differs") == 2
        assert SettlementRow.objects.get().entity_id == second.razorpay_payment_id


class TestDays:
    def test_it_runs_once_a_day_after_the_report_is_complete(self, sim):
        midnight = clock.now().astimezone(clock.IST).replace(hour=0, minute=5)
        with clock.at(midnight + timedelta(days=1)):
            assert r4.reconcile() is not None
            assert r4.reconcile() is None
        with clock.at(midnight + timedelta(days=1, hours=2)):
            assert r4.reconcile() is None
        with clock.at(midnight + timedelta(days=1, hours=3)):
            assert r4.reconcile() is not None
            assert r4.reconcile() is None

    @pytest.mark.usefixtures("still_clock")
    def test_days_without_a_run_are_made_up_for(self, sim, monkeypatch):
        asked = []
        monkeypatch.setattr(
            gateway.Gateway,
            "settlement_rows",
            lambda self, **day: asked.append(day["day"]) or [],
        )
        paid(sim)
        report(days=4)
        assert asked == [(clock.today() + timedelta(days=n)).day for n in range(4)]

    def test_one_that_died_half_way_goes_on_with_the_next_page(self, sim, monkeypatch):
        monkeypatch.setattr(r4, "PAGE", 2)
        for _ in range(5):
            paid(sim)
        sim.settle()
        sim.hear()
        asked = []
        ask = gateway.Gateway.settlement_rows

        def rows(self, **day):
            asked.append((day["day"], day["skip"]))
            if len(asked) == 3:
                raise gateway.Unknown("the power is out")
            return ask(self, **day)[:2]

        monkeypatch.setattr(gateway.Gateway, "settlement_rows", rows)
        with clock.at(morning()):
            with pytest.raises(gateway.Unknown):
                r4.reconcile()
            assert SettlementRow.objects.count() == 4
            run = r4.reconcile()
        assert [skip for _, skip in asked][:4] == [0, 2, 4, 4]
        assert (run.status, run.looked, SettlementRow.objects.count()) == ("DONE", 5, 5)
        assert len(asked) == 4
        assert runs.last_done("R4").pk == run.pk


def change_row(sim, entity_id, **values):
    """Razorpay's report says something else about one row."""
    sim.simulator.books.tables["recon"][entity_id].update(values)
