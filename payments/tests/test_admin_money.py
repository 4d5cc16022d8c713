"""Money health, the search for money, and the pages of the ledger in the back office."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tests.factories import FamilyUserFactory, StaffFactory
from payments.models import (
    GatewayEvent,
    LedgerAccount,
    LedgerTxn,
    Payout,
    ReconItem,
    ReconRun,
    Settlement,
)
from payments.services import health, ledger, refunds, settlements, whereabouts
from payments.services.ledger import credit, debit
from payments.services.reconciling import books, runs
from payments.tests import factories
from payments.tests.test_admin import desk
from payments.tests.test_services_books import without_triggers
from tutorhub.core import clock
from tutorhub.core.ids import uuid7
from tutorhub.core.models import OutboxRow

pytestmark = pytest.mark.django_db

HEALTH, CHECK = "/admin/payments/reconrun/health/", "/admin/payments/reconrun/health/check/"
FIND = "/admin/payments/ledgeraccount/find/"


def person_page(user) -> str:
    return f"/admin/payments/ledgeraccount/person/{user.pk}/"


@pytest.fixture
def client(finance):
    client = desk(finance)
    client.get("/admin/")
    return client


@pytest.fixture
def paid(db):
    """A class that a family has paid."""
    payer = FamilyUserFactory(name="Priya Sharma", email="priya@example.com")
    return factories.pay(factories.make_order(payer=payer))


def light(code: str) -> health.Check:
    return next(check for check in health.report().checks if check.code == code)


class TestHealth:
    @pytest.fixture
    def well(self, razorpay_simulator):
        """Everything has just run."""
        for kind in ReconRun.Kind:
            runs.perform(kind, lambda under_way: None)
        books.reconcile(is_asked_for=True)

    def test_all_green(self, well, client, paid):
        report = health.report()
        assert [check.code for check in report.checks if check.is_fine is False] == []
        assert report.is_fine
        text = client.get(HEALTH).content.decode()
        assert "Everything is in order." in text
        assert "Something needs a person." not in text

    def test_what_nobody_knows_is_neither(self, well):
        assert light("float").is_fine is None

    def test_before_the_first_run_nothing_is_green_that_was_not_looked_at(self, db, client):
        report = health.report()
        assert report.checked_at is None
        assert {check.code: check.is_fine for check in report.checks}["I1-INR"] is None
        assert light("run-R1").is_fine is False
        assert client.get(HEALTH).status_code == 200

    def test_the_button_adds_everything_up(self, client, paid, razorpay_simulator):
        answer = client.post(CHECK, follow=True)
        assert "The books were checked." in answer.content.decode()
        assert light("I1-INR").is_fine
        assert light("I1-INR").figure.startswith("₹")

    def test_the_button_does_not_wait_for_another_check(self, client, db):
        runs.perform("R6", lambda _: client.post(CHECK))
        assert "being checked already" in client.get(HEALTH).content.decode()

    def test_looking_changes_nothing(self, client, db):
        assert client.get(CHECK).status_code == 405
        assert not ReconRun.objects.exists()

    @pytest.mark.parametrize("path", [HEALTH, FIND])
    def test_only_for_finance(self, path, db):
        assert desk(StaffFactory()).get(path).status_code == 403

    def test_a_moderator_may_not_ask_for_the_check(self, db):
        assert desk(StaffFactory()).post(CHECK).status_code == 403
        assert not ReconRun.objects.exists()

    def test_a_broken_account_is_red_with_a_link_to_it(self, well, client, paid):
        account = LedgerAccount.objects.get(code="session_escrow")
        with without_triggers() as cursor:
            cursor.execute("UPDATE ledger_account SET balance = 1 WHERE id = %s", [account.pk])
        client.post(CHECK)
        assert light("I6-I7").is_fine is False
        text = client.get(HEALTH).content.decode()
        page = reverse("admin:payments_ledgeraccount_change", args=[account.pk])
        assert f'href="{page}"' in text
        assert client.get(page).status_code == 200

    def test_a_broken_transaction(self, well, client, paid):
        txn = LedgerTxn.objects.get(kind="session_paid")
        with without_triggers() as cursor:
            cursor.execute(
                "UPDATE ledger_entry SET credit = credit + 1 WHERE txn_id = %s AND credit > 0",
                [txn.pk],
            )
        client.post(CHECK)
        assert light("I1-INR").is_fine is False
        assert light("I2").is_fine is False
        text = client.get(HEALTH).content.decode()
        assert reverse("admin:payments_ledgertxn_change", args=[txn.pk]) in text

    def test_an_old_hold_is_red_by_its_account(self, well, client, paid):
        with clock.at(clock.now() + timedelta(days=61)):
            books.reconcile(is_asked_for=True)
        assert light("I16-session_escrow").is_fine is False
        assert light("I16-unapplied").is_fine

    def test_many_differences_of_one_sort_hide_none_of_another(self, well, db):
        run = ReconRun.objects.first()
        ReconItem.objects.create(kind="R2", run=run, ref="pay_1", problem="missing_here")
        ReconItem.objects.bulk_create(
            ReconItem(kind="R6", run=run, ref=f"account:{n}", problem="unbalanced")
            for n in range(60)
        )
        ReconItem.objects.bulk_create(
            ReconItem(kind="R6", run=run, ref=f"account:{n}", problem="old", note="unapplied since")
            for n in range(30)
        )
        assert (light("R2").is_fine, light("R2").count) == (False, 1)
        assert (len(light("I6-I7").rows), light("I6-I7").more) == (20, 40)
        assert (light("I16-unapplied").count, light("I16-session_escrow").is_fine) == (30, True)

    @pytest.mark.parametrize(
        ("kind", "ref", "code"),
        [
            ("R4", "pay_1", "R4"),
            ("R7", "webhooks", "R7"),
            ("R6", "float", "float"),
            ("R6", "series:TH/2026", "I15"),
            ("R6", "unit:LEAD", "I1-LEAD"),
        ],
    )
    def test_each_difference_has_its_light(self, well, client, kind, ref, code):
        run = ReconRun.objects.first()
        item = ReconItem.objects.create(kind=kind, run=run, ref=ref, problem="differs")
        red = [check.code for check in health.report().checks if check.is_fine is False]
        assert red == [code]
        page = reverse("admin:payments_reconitem_change", args=[item.pk])
        assert page in client.get(HEALTH).content.decode()
        assert client.get(page).status_code == 200

    @pytest.mark.parametrize("status", ["RECEIVED", "ORPHAN"])
    def test_webhooks_that_wait_or_belong_to_nobody(self, well, status, client):
        event = GatewayEvent.objects.create(
            event_key="e1", sha256="x", body=b"{}", status=status, name="order.paid"
        )
        assert light("events").is_fine is (status == "RECEIVED")
        with clock.at(clock.now() + timedelta(minutes=11)):
            assert light("events").is_fine is False
            page = client.get(HEALTH).content.decode()
        assert reverse("admin:payments_gatewayevent_change", args=[event.pk]) in page

    def test_what_the_outbox_gave_up(self, well, client):
        row = OutboxRow.objects.create(kind="x", handler="x", dead_at=clock.now())
        assert light("outbox").is_fine is False
        assert str(row.pk) in client.get(HEALTH).content.decode()

    def test_a_reconciler_that_stands_still_is_red(self, well):
        assert light("run-R1").is_fine
        with clock.at(clock.now() + timedelta(minutes=11)):
            assert light("run-R1").is_fine is False
            assert light("run-R6").is_fine
            assert light("run-R4").is_fine

    def test_a_reconciler_that_failed_is_red(self, well):
        def work(under_way):
            raise LookupError("no such thing")

        with pytest.raises(LookupError):
            runs.perform("R3", work)
        assert light("run-R3").is_fine is False
        assert "no such thing" in light("run-R3").rows[0].text

    def test_it_costs_the_same_however_much_is_booked(self, well, client):
        def queries():
            with CaptureQueriesContext(
                connection,
            ) as context:
                client.get(HEALTH)
            assert not [query for query in context if "ledger_entry" in query["sql"]]
            return len(context)

        before = queries()
        for _ in range(5):
            factories.pay(factories.make_order())
        assert queries() == before <= 16


class TestFind:
    """By person, and by every number that one may have in hand."""

    def hits(self, client, text) -> str:
        answer = client.get(FIND, {"q": text})
        assert answer.status_code == 200
        return answer.content.decode()

    @pytest.mark.parametrize("text", ["Priya Sharma", "priya", "PRIYA@example.com", "phone", "id"])
    def test_a_person(self, client, paid, text):
        payer = paid.order.payer
        text = {"phone": payer.phone[3:], "id": str(payer.pk)}.get(text, text)
        assert person_page(payer) in self.hits(client, text)

    @pytest.mark.parametrize(
        "what", ["session", "payment", "receipt", "order", "razorpay_order", "payment_pk"]
    )
    def test_a_payment_by_its_numbers(self, client, paid, what):
        text = {
            "session": paid.order.purpose_id,
            "payment": paid.razorpay_payment_id,
            "receipt": paid.order.receipt,
            "order": paid.order.pk,
            "razorpay_order": paid.order.razorpay_order_id,
            "payment_pk": paid.pk,
        }[what]
        found = self.hits(client, str(text))
        assert person_page(paid.order.payer) in found
        assert "session_escrow" in found
        assert "₹\u00a01,000.00" in found

    def test_a_refund(self, client, paid):
        refunds.refund_order(paid.order, reason="test")
        refund = paid.refunds.get()
        refund.razorpay_refund_id = "rfnd_1"
        refund.save()
        for text in ("rfnd_1", str(refund.pk), refund.receipt):
            found = self.hits(client, text)
            assert person_page(paid.order.payer) in found
            assert "refund_payable" in found

    def test_a_payout(self, client, settings):
        settings.PAYOUT_FIRST_WAIT = settings.PAYOUT_METHOD_WAIT = timedelta(0)
        payout = factories.payouts_request(factories.rich_tutor(), 80_000)
        Payout.objects.filter(pk=payout.pk).update(utr="4123", razorpay_payout_id="pout_1")
        for text in ("4123", "pout_1", str(payout.pk), payout.reference):
            found = self.hits(client, text)
            assert person_page(payout.tutor) in found
            assert "payout_pending" in found

    def test_a_settlement(self, client):
        settlements.book(
            {"id": "setl_1", "amount": 500, "utr": "SIMN1", "created_at": clock.now().timestamp()}
        )
        for text in ("setl_1", "SIMN1"):
            found = self.hits(client, text)
            assert reverse("admin:payments_settlement_change", args=[Settlement.objects.get().pk])
            assert "rzp_clearing" in found

    def test_a_key_of_the_ledger(self, client, paid):
        ledger.post(kind="test", key="by:hand", legs=[debit("bank", 1), credit("write_off", 1)])
        assert "by:hand" in self.hits(client, "by:hand")

    @pytest.mark.parametrize("text", ["", "x", "Nobody at all", "pay_unknown", "%%%", "'"])
    def test_nothing(self, client, paid, text):
        found = self.hits(client, text)
        assert person_page(paid.order.payer) not in found

    def test_queries_do_not_grow(self, client):
        FamilyUserFactory.create_batch(3, name="Zara Khan")

        def count():
            with CaptureQueriesContext(connection) as context:
                self.hits(client, "Zara Khan")
            return len(context)

        first = count()
        FamilyUserFactory.create_batch(12, name="Zara Khan")
        assert count() == first


class TestPerson:
    def test_every_account_that_is_theirs(self, client, paid):
        payer = paid.order.payer
        factories.fund_wallet(payer, 30_000, promo_paise=5_000)
        factories.make_order(payer=payer, method="mixed")
        second = factories.pay(factories.make_order(payer=payer))
        refunds.refund_order(second.order, reason="test")
        stranger = factories.pay(factories.make_order())
        held = {
            (account.code, account.owner_key): account.balance
            for account in whereabouts.of_person(payer).held
        }
        assert {code: paise for (code, _owner), paise in held.items()} == {
            "session_escrow": 100_000,
            "wallet_hold": 30_000,
            "promo_hold": 5_000,
            "refund_payable": 100_000,
        }
        assert ("session_escrow", str(stranger.order.purpose_id)) not in held
        text = client.get(person_page(payer)).content.decode()
        assert "₹\u00a01,000.00" in text
        assert reverse("admin:payments_refund_change", args=[second.refunds.get().pk]) in text

    def test_a_tutor(self, client, settings, finance):
        settings.PAYOUT_FIRST_WAIT = settings.PAYOUT_METHOD_WAIT = timedelta(0)
        tutor = factories.rich_tutor()
        factories.payouts_request(tutor, 80_000)
        codes = {account.code for account in whereabouts.of_person(tutor).held}
        assert codes == {"tutor_earnings", "payout_pending"}
        assert client.get(person_page(tutor)).status_code == 200

    def test_somebody_without_money(self, client, db):
        text = client.get(person_page(FamilyUserFactory())).content.decode()
        assert "Nothing of theirs is with us." in text

    def test_nobody(self, client):
        url = reverse("admin:payments_person", args=[uuid7()])
        assert client.get(url).status_code == 404

    def test_queries_do_not_grow(self, client, paid):
        payer = paid.order.payer

        def count():
            with CaptureQueriesContext(connection) as context:
                client.get(person_page(payer))
            return len(context)

        first = count()
        for _ in range(5):
            factories.pay(factories.make_order(payer=payer))
        assert count() == first <= 19
