"""R6: the ledger adds up, and nothing is held for too long. Broken as its owner could break it."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.conf import settings as current
from django.db import connection

from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from payments import gateway
from payments.models import (
    Earning,
    ExternalRefund,
    GatewayDispute,
    InvoiceCounter,
    LedgerAccount,
    LedgerEntry,
    LedgerTxn,
    ReconItem,
    ReconRun,
)
from payments.services import ledger, orders, payouts
from payments.services.ledger import credit, debit
from payments.services.reconciling import books
from payments.tests import factories
from payments.tests.disputing import dispute_of
from tutorhub.core import clock
from tutorhub.core.ids import uuid7

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sim(razorpay_simulator):
    return razorpay_simulator


def open_items() -> dict[str, str]:
    found = ReconItem.objects.filter(kind="R6", resolved_at__isnull=True)
    return dict(found.values_list("ref", "problem"))


def look(**later) -> ReconRun:
    with clock.at(clock.now() + timedelta(**later)):
        return books.reconcile(is_asked_for=True)


@contextmanager
def without_triggers():
    """What the owner of the database can do, and nobody else. Undone with the test."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor
        cursor.execute("SET LOCAL session_replication_role = origin")


def wallet_of_somebody(amount=50_000) -> LedgerAccount:
    family = FamilyUserFactory()
    ledger.post(
        kind="test",
        key=f"test:{family.pk}",
        legs=[debit("bank", amount), credit("student_wallet", amount, family.pk)],
    )
    return LedgerAccount.objects.get(code="student_wallet", owner_key=family.pk)


class TestBooksThatAddUp:
    def test_nothing_is_found_and_the_figures_are_kept(self):
        tutor = TutorUserFactory()
        factories.earn(tutor)
        factories.give_credits(tutor)
        run = look()
        assert (run.status, run.found, open_items()) == ("DONE", 0, {})
        assert run.result["entries"] == LedgerEntry.objects.count() == run.looked
        rupees, leads = run.result["units"]["INR"], run.result["units"]["LEAD"]
        assert rupees[0] == rupees[1] > 0
        assert leads == [10, 10]
        assert run.result["codes"]["tutor_earnings"] == ledger.balance("tutor_earnings", tutor.pk)
        assert run.result["codes"]["rzp_clearing"] == ledger.balance("rzp_clearing")

    def test_an_empty_ledger_is_fine(self):
        assert (look().found, open_items()) == (0, {})

    def test_it_is_due_once_an_hour_or_when_asked_for(self):
        assert books.reconcile() is not None
        assert books.reconcile() is None
        assert books.reconcile(is_asked_for=True) is not None


class TestBrokenBooks:
    """Each of these is impossible while the triggers of migration 0002 are on."""

    def test_a_changed_entry(self):
        account = wallet_of_somebody()
        entry = account.entries.get()
        with without_triggers() as cursor:
            cursor.execute("UPDATE ledger_entry SET credit = credit - 1 WHERE id = %s", [entry.pk])
        look()
        assert open_items() == {
            "unit:INR": "unbalanced",
            f"txn:{entry.txn_id}": "unbalanced",
            f"account:{account.pk}": "unbalanced",
        }
        item = ReconItem.objects.get(ref=f"account:{account.pk}")
        assert (item.ours_paise, item.theirs_paise) == (50_000, 49_999)

    def test_a_changed_balance(self):
        account = wallet_of_somebody()
        with without_triggers() as cursor:
            cursor.execute("UPDATE ledger_account SET balance = 1 WHERE id = %s", [account.pk])
        look()
        assert open_items() == {f"account:{account.pk}": "unbalanced"}

    def test_a_gap_in_the_versions(self):
        account = wallet_of_somebody()
        with without_triggers() as cursor:
            cursor.execute(
                "UPDATE ledger_entry SET account_version = 7 WHERE account_id = %s", [account.pk]
            )
        look()
        assert open_items() == {f"account:{account.pk}": "unbalanced"}
        assert "1 entries to 7" in ReconItem.objects.get().note

    def test_a_negative_balance(self):
        account = wallet_of_somebody()
        with without_triggers() as cursor:
            cursor.execute("ALTER TABLE ledger_account DROP CONSTRAINT acct_no_overdraft")
            cursor.execute(
                "UPDATE ledger_entry SET debit = 5, credit = 0 WHERE account_id = %s", [account.pk]
            )
            cursor.execute("UPDATE ledger_account SET balance = -5 WHERE id = %s", [account.pk])
        look()
        assert ReconItem.objects.get(ref=f"account:{account.pk}").note == "below zero"

    def test_a_transaction_of_one_leg(self):
        account = wallet_of_somebody()
        with without_triggers() as cursor:
            cursor.execute("DELETE FROM ledger_entry WHERE account_id = %s", [account.pk])
        look()
        txn = LedgerTxn.objects.get()
        assert f"txn:{txn.pk}" in open_items()
        assert ReconItem.objects.get(ref=f"txn:{txn.pk}").note.startswith("1 legs")

    def test_units_that_only_balance_together(self):
        tutor = TutorUserFactory()
        factories.give_credits(tutor)
        txn = LedgerTxn.objects.get(entries__account__code="lead_credits")
        with without_triggers() as cursor:
            for code, change in (("lead_issued", "debit"), ("rzp_clearing", "debit")):
                sign = "+" if code == "lead_issued" else "-"
                cursor.execute(
                    f"UPDATE ledger_entry SET {change} = {change} {sign} 1 FROM ledger_account a "
                    "WHERE a.id = account_id AND a.code = %s AND txn_id = %s",
                    [code, txn.pk],
                )
        look()
        assert {"unit:INR", "unit:LEAD", f"txn:{txn.pk}"} == set(open_items())

    def test_what_is_mended_is_green_again(self):
        account = wallet_of_somebody()
        with without_triggers() as cursor:
            cursor.execute("UPDATE ledger_account SET balance = 1 WHERE id = %s", [account.pk])
        look()
        with without_triggers() as cursor:
            cursor.execute("UPDATE ledger_account SET balance = 50000 WHERE id = %s", [account.pk])
        look(seconds=1)
        assert open_items() == {}
        assert ReconItem.objects.get().resolved_by is None

    def test_a_hole_in_the_numbers_of_invoices(self):
        with without_triggers():
            InvoiceCounter.objects.create(series="TH", year=2026, last=3)
        look()
        assert open_items() == {"series:TH/2026": "unbalanced"}


class TestSlices:
    def test_every_slice_is_looked_at_and_a_run_that_died_goes_on(self, monkeypatch):
        monkeypatch.setattr(books, "SLICE", 2)
        accounts = [wallet_of_somebody() for _ in range(5)]
        with without_triggers() as cursor:
            cursor.execute("UPDATE ledger_account SET balance = 1 WHERE id = %s", [accounts[4].pk])
        asked = []
        slice_ends = books._slice_ends

        def ends(select, after):
            asked.append(after)
            if len(asked) == 6:
                raise RuntimeError("the power is out")
            return slice_ends(select, after)

        monkeypatch.setattr(books, "_slice_ends", ends)
        with pytest.raises(RuntimeError):
            look()
        assert open_items() == {}
        run = look()
        assert open_items() == {f"account:{accounts[4].pk}": "unbalanced"}
        # Four slices of transactions with the empty one, and those of accounts from where it was.
        assert asked[5] == asked[6]
        assert len(set(asked[4:])) == len(asked[4:]) - 1
        assert (run.status, run.looked) == ("DONE", LedgerEntry.objects.count())


class TestHolds:
    """Each hold is red once it is older than its setting, and not a day before."""

    @pytest.mark.parametrize(
        "code",
        [
            *("session_escrow", "unapplied", "refund_payable", "payout_pending", "wallet_hold"),
            *("promo_hold", "tutor_receivable", "student_receivable"),
        ],
    )
    def test_ageing(self, code):
        owner = uuid7()
        is_debit = code.endswith("receivable")
        legs = [debit("bank", 700), credit(code, 700, owner)]
        if is_debit:
            legs = [credit("bank", 700), debit(code, 700, owner)]
        ledger.post(kind="test", key="test:hold", legs=legs)
        ref = f"account:{LedgerAccount.objects.get(code=code).pk}"
        age = current.HOLD_AGES[code]
        with clock.at(clock.now() + age - timedelta(minutes=5)):
            books.reconcile(is_asked_for=True)
        assert open_items() == {}
        with clock.at(clock.now() + age + timedelta(minutes=5)):
            books.reconcile(is_asked_for=True)
        assert open_items() == {ref: "old"}
        assert ReconItem.objects.get().ours_paise == 700

    def test_the_age_begins_anew_when_the_account_was_empty(self):
        owner = uuid7()
        into = [debit("bank", 700), credit("unapplied", 700, owner)]
        out = [credit("bank", 700), debit("unapplied", 700, owner)]
        ledger.post(kind="test", key="test:1", legs=into)
        ledger.post(kind="test", key="test:2", legs=out)
        later = clock.now() + timedelta(days=3)
        with clock.at(later):
            ledger.post(kind="test", key="test:3", legs=into)
            books.reconcile(is_asked_for=True)
        assert open_items() == {}
        with clock.at(later + timedelta(days=2)):
            books.reconcile(is_asked_for=True)
        assert list(open_items().values()) == ["old"]

    def test_held_earnings_have_the_age_of_their_class(self):
        """The account of a busy tutor is never empty."""
        tutor = TutorUserFactory()
        factories.earn(tutor, is_released=False)
        old = Earning.objects.get()
        with clock.at(clock.now() + timedelta(days=10)):
            factories.earn(tutor, is_released=False)
        look(days=15)
        assert open_items() == {f"earning:{old.pk}": "old"}

    @pytest.mark.parametrize("code", ["session_escrow", "unapplied", "refund_payable"])
    def test_what_waits_for_a_bank_is_not_old(self, code):
        family = FamilyUserFactory()
        if code == "refund_payable":
            payment = factories.failed_refund(family).payment
        else:
            order = factories.make_order(payer=family)
            if code == "unapplied":
                orders.expire_for(purpose=order.purpose, purpose_id=order.purpose_id)
            payment = factories.pay(order)
        chargeback = dispute_of(payment)
        look(days=70)
        assert open_items() == {}
        GatewayDispute.objects.filter(razorpay_dispute_id=chargeback["id"]).update(
            status="closed", closed_at=clock.now()
        )
        look(days=70)
        assert list(open_items().values()) == ["old"]

    def test_refunds_from_outside_wait_for_a_decision(self):
        payment = factories.pay(factories.make_order())
        refund = ExternalRefund.objects.create(
            payment=payment, razorpay_refund_id="rfnd_1", amount_paise=500
        )
        look(days=3)
        assert open_items() == {f"external:{refund.pk}": "old"}

    def test_every_hold_of_the_chart_has_an_age(self):
        held_for_others = {"student_wallet", "student_promo", "tutor_earnings", "lead_deferred"}
        later = {"batch_escrow", "course_escrow", "ads_prepaid", "lead_credits"}
        owned = {code for code, kind in ledger.CHART.items() if kind.owner}
        assert set(current.HOLD_AGES) == owned - held_for_others - later | {
            "external_refund_suspense"
        }


class TestFloat:
    def test_a_balance_like_ours_is_fine(self, sim):
        factories.fund_float(5_000_00)
        sim.settings(x_balance=5_000_00)
        assert look().result["x_balance"] == 5_000_00
        assert open_items() == {}

    def test_another_balance_is_a_difference(self, sim):
        factories.fund_float(5_000_00)
        sim.settings(x_balance=4_000_00)
        look()
        assert open_items() == {"float": "differs"}
        sim.faults("api.500", path="/transactions")
        look(seconds=1)
        assert open_items() == {"float": "differs"}, "no answer is no proof"
        sim.settings(x_balance=5_000_00)
        look(seconds=2)
        assert open_items() == {}

    def test_nobody_knows_is_no_difference(self, sim):
        factories.fund_float(5_000_00)
        assert look().result["x_balance"] is None
        sim.settings(x_balance=1)
        sim.faults("api.html502", path="/transactions")
        look()
        assert open_items() == {}

    def test_a_payout_on_its_way_is_no_difference(self, sim, settings, finance, drain):
        settings.PAYOUT_FIRST_WAIT = settings.PAYOUT_METHOD_WAIT = timedelta(0)
        factories.fund_float(5_000_00)
        sim.settings(x_balance=5_000_00)
        payout = factories.payouts_request(factories.rich_tutor(), 80_000)
        payouts.approve(payout, by=finance)
        drain()
        assert look().result["x_balance"] == 5_000_00 - 80_000 - 590
        assert open_items() == {}
        payouts.apply(gateway.client().fetch_payout(sim.state()["payouts"][0]["id"]))
        look(seconds=1)
        assert open_items() == {}
