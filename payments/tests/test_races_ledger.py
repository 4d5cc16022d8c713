"""Postings at once."""

import pytest

from payments.models import LedgerAccount, LedgerTxn
from payments.services import ledger
from payments.services.ledger import credit, debit
from payments.tests.test_services_ledger import OWNER, deposit, withdraw
from tutorhub.core.ids import uuid7
from tutorhub.core.tests.threads import run_together


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_sixteen_with_one_key_book_once(self):
        results = run_together(16, lambda n: deposit(1000, key="once"))
        assert sorted(result.is_replay for result in results) == [False] + [True] * 15
        assert len({result.id for result in results}) == 1
        assert ledger.balance("session_escrow", OWNER) == 1000

    def test_two_facts_with_one_key_book_one(self):
        results = run_together(16, lambda n: deposit(1000 + n % 2, key="once"))
        refused = [result for result in results if isinstance(result, ledger.Mismatch)]
        assert len(refused) == 8
        assert LedgerTxn.objects.count() == 1

    def test_postings_in_both_directions_do_not_deadlock(self):
        owners = [str(uuid7()) for _ in range(4)]
        for owner in owners:
            deposit(10_000, owner=owner)

        def move(number: int) -> ledger.Txn:
            giver, taker = owners[number % 4], owners[(number + 1 + number // 4 % 3) % 4]
            return ledger.post(
                kind="test",
                key=f"move:{number}",
                legs=[debit("session_escrow", 1, giver), credit("session_escrow", 1, taker)],
            )

        results = run_together(96, move, threads=8)
        assert [result for result in results if isinstance(result, Exception)] == []
        accounts = LedgerAccount.objects.filter(code="session_escrow")
        assert sum(accounts.values_list("balance", flat=True)) == 40_000
        for account in accounts:
            entries = account.entries.order_by("account_version")
            assert [entry.account_version for entry in entries] == list(
                range(1, account.version + 1)
            )
            assert sum(entry.credit - entry.debit for entry in entries) == account.balance

    def test_an_account_is_never_overdrawn(self):
        deposit(100)
        results = run_together(240, lambda n: withdraw(1), threads=8)
        assert sum(isinstance(result, ledger.Txn) for result in results) == 100
        assert sum(isinstance(result, ledger.Overdraft) for result in results) == 140
        assert ledger.balance("session_escrow", OWNER) == 0

    def test_control_without_the_floor_everybody_wins(self):
        LedgerAccount.objects.create(
            code="session_escrow",
            owner_key=OWNER,
            unit="INR",
            normal=-1,
            track_balance=True,
            allow_negative=True,
        )
        deposit(10)
        results = run_together(24, lambda n: withdraw(1), threads=8)
        assert all(isinstance(result, ledger.Txn) for result in results)
        assert ledger.balance("session_escrow", OWNER) == -14
