"""The pages of the ledger in the back office."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.services import staff
from payments.models import (
    LedgerAccount,
    LedgerTxn,
    ReconItem,
)
from payments.services import refunds
from payments.services.reconciling import runs
from payments.tests import factories
from payments.tests.test_admin import desk
from tutorhub.core.ids import uuid7

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(finance):
    return desk(finance)


@pytest.fixture
def paid(db):
    return factories.pay(factories.make_order())


class TestLedgerPages:
    def test_a_transaction_shows_its_legs_in_rupees_with_their_owners(self, client, paid):
        txn = LedgerTxn.objects.get(kind="session_paid")
        url = reverse("admin:payments_ledgertxn_change", args=[txn.pk])
        text = client.get(url).content.decode()
        assert text.count("₹\u00a01,000.00") >= 3, "debit, credit, and the balance after it"
        session = f"/admin/marketplace/tutoringsession/{paid.order.purpose_id}/change/"
        assert session in text

    def test_what_these_pages_lead_to_is_open_to_finance(self, finance):
        staff.ensure_groups()
        assert finance.has_perms(["core.view_outboxrow", "marketplace.view_tutoringsession"])

    def test_an_account_shows_what_was_booked_last(self, client, paid):
        account = LedgerAccount.objects.get(code="session_escrow")
        url = reverse("admin:payments_ledgeraccount_change", args=[account.pk])
        text = client.get(url).content.decode()
        assert "session_paid" in text
        assert reverse("admin:payments_ledgertxn_change", args=[LedgerTxn.objects.first().pk])

    def test_a_platform_account_is_added_up(self, client, paid):
        account = LedgerAccount.objects.get(code="rzp_clearing")
        url = reverse("admin:payments_ledgeraccount_change", args=[account.pk])
        assert "₹\u00a0976.40" in client.get(url).content.decode()

    def test_a_difference_is_dealt_with(self, client, db):
        runs.perform("R2", lambda under_way: under_way.found("pay_1", "missing_here"))
        item = ReconItem.objects.get()
        url = reverse("admin:payments_reconitem_changelist")
        client.post(url, {"action": "resolve", "_selected_action": [item.pk]})
        item.refresh_from_db()
        assert item.resolved_by is not None

    @pytest.mark.parametrize(
        "model",
        [model for model in admin.site._registry if model._meta.app_label == "payments"],
    )
    def test_lists_cost_the_same_however_long_they_are(self, client, settings, model):
        settings.PAYOUT_FIRST_WAIT = settings.PAYOUT_METHOD_WAIT = timedelta(0)
        url = reverse(f"admin:payments_{model._meta.model_name}_changelist")

        def work():
            tutor = factories.rich_tutor()
            factories.payouts_request(tutor)
            factories.give_credits(tutor)
            payment = factories.pay(factories.make_order())
            refunds.refund_order(payment.order, reason="test")
            # Everything below is only there to fill lists.
            run = runs.perform("R2", lambda p: p.found(f"pay_{uuid7()}", "missing_here"))
            assert run is not None

        def count():
            with CaptureQueriesContext(connection) as context:
                assert client.get(url).status_code == 200
            return len(context)

        work()
        first = count()
        work()
        work()
        assert count() <= first + 1
