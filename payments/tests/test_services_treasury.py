"""Putting money into the account that payouts are sent from takes two people."""

import threading

import pytest
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts.tests.factories import StaffFactory
from payments.models import Funding, LedgerTxn
from payments.services import ledger, treasury, two_people
from tutorhub.core.errors import InvalidTransition, NotAllowed
from tutorhub.core.models import AuditEvent
from tutorhub.core.tests.threads import run_together


@pytest.fixture
def other(db):
    return StaffFactory(group="finance")


def asked(by, reference="UTR1"):
    return treasury.ask_funding(amount_paise=1000, reference=reference, by=by)


class TestTwoSteps:
    def test_one_enters_and_another_books(self, finance, other):
        """Kind 36."""
        funding = asked(finance)
        assert ledger.balance("rzpx_float") == 0
        treasury.approve_funding(funding, by=other)
        assert ledger.balance("rzpx_float") == 1000
        assert ledger.balance("bank") == -1000
        assert set(
            AuditEvent.objects.filter(action__startswith="funding.").values_list(
                "action", "actor_id"
            )
        ) == {("funding.requested", finance.pk), ("funding.approved", other.pk)}

    def test_nobody_books_what_he_entered(self, finance):
        funding = asked(finance)
        with pytest.raises(NotAllowed):
            treasury.approve_funding(funding, by=finance)
        funding.refresh_from_db()
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            Funding.objects.filter(pk=funding.pk).update(
                status="APPROVED", decided_by=finance, decided_at=funding.requested_at
            )
        assert caught.value.__cause__.diag.constraint_name == "funding_maker_not_checker"
        assert ledger.balance("rzpx_float") == 0

    def test_only_finance(self, finance):
        moderator = StaffFactory()
        with pytest.raises(NotAllowed):
            asked(moderator)
        with pytest.raises(NotAllowed):
            treasury.approve_funding(asked(finance), by=moderator)
        with pytest.raises(NotAllowed):
            treasury.reject_funding(asked(finance), by=moderator)

    def test_one_transfer_is_entered_and_booked_once(self, finance, other):
        assert asked(finance).pk == asked(other).pk
        treasury.approve_funding(asked(finance), by=other)
        with pytest.raises(InvalidTransition):
            treasury.approve_funding(asked(finance), by=other)
        with pytest.raises(treasury.KnownReference):
            treasury.ask_funding(amount_paise=2000, reference="UTR1", by=finance)
        assert ledger.balance("rzpx_float") == 1000

    def test_what_was_rejected_can_be_entered_again(self, finance, other):
        treasury.reject_funding(asked(finance), by=finance)
        assert ledger.balance("rzpx_float") == 0
        treasury.approve_funding(asked(finance), by=other)
        assert ledger.balance("rzpx_float") == 1000


class TestAtOneDesk:
    def test_two_people_fund_the_account_once(self, finance, other):
        for _ in range(2):
            treasury.fund_payouts(
                amount_paise=1000, reference="UTR1", by=finance, approved_by=other
            )
        assert ledger.balance("rzpx_float") == 1000

    def test_one_person_is_not_enough(self, finance):
        with pytest.raises(NotAllowed):
            treasury.fund_payouts(
                amount_paise=1000, reference="UTR1", by=finance, approved_by=finance
            )


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_two_book_it_at_once(self):
        funding = asked(StaffFactory(group="finance"))
        bosses = [StaffFactory(group="finance") for _ in range(4)]
        results = run_together(4, lambda n: treasury.approve_funding(funding, by=bosses[n]))
        kinds = sorted(type(result).__name__ for result in results)
        assert kinds == ["Funding"] + ["InvalidTransition"] * 3
        assert ledger.balance("rzpx_float") == 1000

    def test_control_without_the_lock_both_think_they_did(self, monkeypatch):
        """The key in the ledger still holds; without the lock it is all there is."""
        both_have_looked = threading.Barrier(2, timeout=10)
        check = two_people.check_is_second

        def slow_check(funding, by):
            check(funding, by)
            both_have_looked.wait()

        monkeypatch.setattr(two_people, "check_is_second", slow_check)
        monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)
        funding = asked(StaffFactory(group="finance"))
        bosses = [StaffFactory(group="finance") for _ in range(2)]
        results = run_together(2, lambda n: treasury.approve_funding(funding, by=bosses[n]))
        assert len([result for result in results if isinstance(result, Funding)]) != 1
        assert LedgerTxn.objects.filter(kind="payouts_funded").count() <= 1
