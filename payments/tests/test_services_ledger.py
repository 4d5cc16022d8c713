"""The ledger keeps its promises, whoever asks (payments.md 5.5 and scenario 26)."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from payments.models import CHART, LedgerAccount, LedgerEntry, LedgerTxn
from payments.services import ledger
from payments.services.ledger import credit, debit
from tutorhub.core import audit
from tutorhub.core.ids import uuid7

OWNER = "11111111-1111-7111-8111-111111111111"


def deposit(amount: int = 1000, key: str = "", owner: str = OWNER) -> ledger.Txn:
    return ledger.post(
        kind="test",
        key=key or f"test:{uuid7()}",
        legs=[debit("rzp_clearing", amount), credit("session_escrow", amount, owner)],
    )


def withdraw(amount: int, key: str = "", owner: str = OWNER) -> ledger.Txn:
    return ledger.post(
        kind="test",
        key=key or f"test:{uuid7()}",
        legs=[debit("session_escrow", amount, owner), credit("rzp_clearing", amount)],
    )


def constraint_of(error: BaseException) -> str | None:
    return error.__cause__.diag.constraint_name  # type: ignore[union-attr]


def execute(statement: str, *params: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def rights(role: str) -> set[tuple[str, str]]:
    """(table, right) of everything the role may do to whole tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
            " WHERE grantee = %s",
            [role],
        )
        return set(cursor.fetchall())


def check_deferred() -> None:
    execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.django_db
class TestPosting:
    def test_balances_grow_on_their_normal_side(self):
        deposit(1000)
        withdraw(400)
        assert ledger.balance("session_escrow", OWNER) == 600
        assert ledger.balance("rzp_clearing") == 600
        assert ledger.balance("session_escrow", "nobody") == 0

    def test_the_same_fact_again_is_a_replay(self):
        first = deposit(1000, key="once")
        again = deposit(1000, key="once")
        assert (again.id, again.is_replay, first.is_replay) == (first.id, True, False)
        assert ledger.balance("session_escrow", OWNER) == 1000

    def test_another_fact_under_the_same_key_is_refused(self):
        deposit(1000, key="once")
        with pytest.raises(ledger.Mismatch), transaction.atomic():
            deposit(999, key="once")

    def test_a_replay_does_not_mind_the_order_of_the_legs(self):
        legs = [debit("rzp_clearing", 5), credit("session_escrow", 5, OWNER)]
        ledger.post(kind="test", key="k", legs=legs)
        assert ledger.post(kind="test", key="k", legs=legs[::-1]).is_replay

    def test_an_overdraft_names_the_account(self):
        deposit(100)
        with pytest.raises(ledger.Overdraft) as caught, transaction.atomic():
            withdraw(101)
        assert caught.value.account == "session_escrow"
        assert ledger.balance("session_escrow", OWNER) == 100

    def test_an_untracked_account_has_no_running_balance(self):
        deposit(1000)
        account = LedgerAccount.objects.get(code="rzp_clearing")
        assert (account.balance, account.version) == (0, 0)
        assert account.entries.get().balance_after is None

    def test_entries_carry_balance_and_version_without_gaps(self):
        deposit(1000)
        withdraw(300)
        deposit(50)
        trail = LedgerEntry.objects.filter(account__code="session_escrow").order_by("pk")
        assert list(trail.values_list("account_version", "balance_after")) == [
            (1, 1000),
            (2, 700),
            (3, 750),
        ]

    def test_posting_takes_one_statement(self, django_assert_num_queries):
        for _first_with_new_accounts in (True, False):
            with django_assert_num_queries(1):
                deposit(1000)

    @pytest.mark.parametrize(
        "owner", ['a"b', "a\\b", '\\"', "a,b", "{}", "NULL", " ", "'; --", "ह"]
    )
    def test_an_owner_may_have_any_name(self, owner):
        deposit(7, owner=owner)
        assert LedgerAccount.objects.get(code="session_escrow").owner_key == owner
        assert ledger.balance("session_escrow", owner) == 7

    @pytest.mark.parametrize(
        "legs",
        [
            lambda: [debit("rzp_clearing", 5)],
            lambda: [debit("rzp_clearing", 5), credit("session_escrow", 0, OWNER)],
            lambda: [debit("rzp_clearing", 5), credit("rzp_clearing", 5)],
            lambda: [debit("rzp_clearing", -5), credit("session_escrow", -5, OWNER)],
            lambda: [debit("rzp_clearing", 5), credit("session_escrow", 5)],
            lambda: [debit("rzp_clearing", 5, OWNER), credit("session_escrow", 5, OWNER)],
        ],
    )
    def test_nonsense_never_reaches_the_database(self, legs):
        with pytest.raises(ValueError):
            ledger.post(kind="test", key="k", legs=legs())

    def test_an_account_that_is_not_in_the_chart_does_not_exist(self):
        with pytest.raises(LookupError):
            debit("pocket_money", 5)

    def test_a_second_reversal_is_refused(self):
        first = deposit(10)
        legs = [debit("session_escrow", 10, OWNER), credit("rzp_clearing", 10)]
        ledger.post(kind="test", key="r1", legs=legs, reverses=first.id)
        deposit(10)
        with pytest.raises(IntegrityError), transaction.atomic():
            ledger.post(kind="test", key="r2", legs=legs, reverses=first.id)

    def test_a_closed_account_takes_no_more(self):
        deposit(10)
        LedgerAccount.objects.filter(code="session_escrow").update(closed_at="2026-11-23T00:00Z")
        with pytest.raises(ledger.Conflict) as caught, transaction.atomic():
            deposit(10)
        assert caught.value.code == "account_closed"


def test_the_chart_has_one_unit_per_account_and_owners_only_on_tracked_ones():
    for code, kind in CHART.items():
        assert kind.unit in ("INR", "LEAD"), code
        assert kind.is_tracked or not kind.owner, code


def booked_account() -> LedgerAccount:
    return LedgerAccount.objects.get(code="session_escrow")


@pytest.fixture
def booked(db) -> LedgerTxn:
    deposit(1000)
    LedgerAccount.objects.create(code="bank", unit="INR", normal=1, track_balance=False)
    return LedgerTxn.objects.get()


def header(**values) -> LedgerTxn:
    return LedgerTxn.objects.create(
        kind="attack",
        idem_key=str(uuid7()),
        fingerprint="",
        effective_at="2026-11-23T00:00Z",
        **values,
    )


def write_legs(txn: LedgerTxn, *legs: tuple[str, int, int]) -> None:
    """Entries past the service, in one statement."""
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            txn=txn,
            account=LedgerAccount.objects.get(code=code),
            seq=seq,
            unit="INR",
            debit=debit_,
            credit=credit_,
        )
        for seq, (code, debit_, credit_) in enumerate(legs)
    )


@transaction.atomic
def write_by_hand(*legs: tuple[str, int, int]) -> None:
    """A transaction past the service, with what a commit checks checked at once."""
    write_legs(header(), *legs)
    check_deferred()


@transaction.atomic
def execute_with_triggers_ignored(statement: str) -> None:
    execute("SET LOCAL pgtrigger.ignore = '{payments.LedgerEntry:all}'")
    execute(statement)


@pytest.mark.scenario(26)
class TestAttacks:
    """Even the owner of the tables gets nowhere by accident; the application's role never."""

    @pytest.mark.parametrize(
        ("statement", "constraint"),
        [
            ("UPDATE ledger_entry SET debit = debit + 1 WHERE debit > 0", "ledger_append_only"),
            ("DELETE FROM ledger_entry", "ledger_append_only"),
            ("UPDATE ledger_txn SET kind = 'gift'", "ledger_append_only"),
            ("DELETE FROM ledger_txn", "ledger_append_only"),
            ("DELETE FROM ledger_account", "ledger_append_only"),
            ("UPDATE ledger_account SET balance = 1000000", "account_balance_by_entry"),
            ("UPDATE ledger_account SET version = version + 1", "account_balance_by_entry"),
            ("UPDATE ledger_account SET allow_negative = true", "account_fixed"),
            ("UPDATE ledger_account SET owner_key = 'me'", "account_fixed"),
            ("UPDATE ledger_account SET normal = -normal", "account_fixed"),
            (
                "INSERT INTO ledger_account (code, owner_key, unit, normal, track_balance, "
                "allow_negative, balance, version) "
                "VALUES ('tutor_earnings', 'me', 'INR', -1, true, false, 999, 0)",
                "account_opens_empty",
            ),
        ],
    )
    def test_direct_sql_is_refused(self, booked, statement, constraint):
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            execute(statement)
        assert constraint_of(caught.value) == constraint

    def test_the_orm_is_refused_too(self, booked):
        entry = LedgerEntry.objects.filter(debit__gt=0).get()
        entry.debit = 1
        with pytest.raises(IntegrityError), transaction.atomic():
            entry.save()
        with pytest.raises(IntegrityError), transaction.atomic():
            entry.delete()

    def test_an_unbalanced_transaction_cannot_be_committed(self, booked):
        with pytest.raises(IntegrityError) as caught:
            write_by_hand(("rzp_clearing", 10, 0), ("session_escrow", 0, 9))
        assert constraint_of(caught.value) == "entry_balanced"

    def test_units_balance_separately(self, booked):
        LedgerAccount.objects.create(code="lead_issued", unit="LEAD", normal=1, track_balance=False)
        with pytest.raises(IntegrityError) as caught:
            write_by_hand(("lead_issued", 10, 0), ("session_escrow", 0, 10))
        assert constraint_of(caught.value) == "entry_balanced"

    def test_a_header_alone_cannot_be_committed(self, booked):
        with pytest.raises(IntegrityError) as caught:
            write_by_hand()
        assert constraint_of(caught.value) == "txn_two_legs"

    @pytest.mark.parametrize(("debit", "credit"), [(0, 0), (5, 5), (-5, 0), (0, -5)])
    def test_a_leg_has_one_side_above_zero(self, booked, debit, credit):
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            write_legs(header(), ("session_escrow", debit, credit))
        assert constraint_of(caught.value) == "entry_one_side"

    def test_an_account_has_one_leg_per_transaction(self, booked):
        with pytest.raises(IntegrityError) as caught:
            write_by_hand(("session_escrow", 0, 5), ("session_escrow", 5, 0))
        assert constraint_of(caught.value) == "entry_one_leg"

    def test_one_leg_does_not_wait_for_the_other(self, booked):
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            write_legs(header(), ("rzp_clearing", 10, 0))
        assert constraint_of(caught.value) == "entry_balanced"

    def test_a_leg_has_a_transaction_and_an_account(self, booked):
        entry = {"seq": 1, "unit": "INR", "debit": 10}
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            LedgerEntry.objects.create(txn_id=uuid7(), account=booked_account(), **entry)
        assert constraint_of(caught.value) == "entry_in_time"
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            LedgerEntry.objects.create(txn=header(), account_id=0, **entry)
        assert constraint_of(caught.value) == "entry_account"

    def test_nothing_is_added_once_the_deferred_checks_have_run(self, booked):
        """The legs of a transaction balance at every moment, not only when it ends."""
        txn = header()
        write_legs(txn, ("rzp_clearing", 10, 0), ("session_escrow", 0, 10))
        check_deferred()
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            write_legs(txn, ("bank", 5, 0))
        assert constraint_of(caught.value) == "entry_balanced"

    def test_savepoints_do_not_make_legs_late(self, booked):
        with transaction.atomic():
            with transaction.atomic():
                txn = header()
            with transaction.atomic():
                write_legs(txn, ("rzp_clearing", 10, 0), ("session_escrow", 0, 10))
            check_deferred()
        assert LedgerEntry.objects.filter(txn=txn).count() == 2


@pytest.mark.scenario(26)
@pytest.mark.django_db(transaction=True)
def test_balanced_legs_cannot_be_added_to_a_committed_transaction():
    deposit(1000)
    deposit(1000, owner="22222222-2222-7222-8222-222222222222")
    txn = LedgerTxn.objects.earliest("pk")
    other = LedgerAccount.objects.get(owner_key__startswith="2222")
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        LedgerEntry.objects.create(txn=txn, account=other, seq=3, unit="INR", credit=5)
    assert constraint_of(caught.value) == "entry_in_time"


@pytest.fixture
def as_app_role(db):
    """What the application may do when it does not own the tables."""
    call_command("grant_app_role", role="tutorhub_test_app")
    deposit(1000)
    audit.record("test", LedgerTxn.objects.get())
    check_deferred()
    execute("SET ROLE tutorhub_test_app")
    yield
    execute("RESET ROLE")


@pytest.mark.scenario(26)
class TestAppRole:
    def test_it_can_post(self, as_app_role):
        deposit(500)
        withdraw(300)
        check_deferred()
        assert ledger.balance("session_escrow", OWNER) == 1200
        audit.record("test", LedgerTxn.objects.earliest("pk"))

    def test_its_overdraft_is_refused_like_everybodys(self, as_app_role):
        with pytest.raises(ledger.Overdraft), transaction.atomic():
            withdraw(100_000)

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE ledger_entry SET debit = 1",
            "DELETE FROM ledger_entry",
            "TRUNCATE ledger_entry",
            "UPDATE ledger_txn SET kind = 'gift'",
            "DELETE FROM ledger_txn",
            "TRUNCATE ledger_txn CASCADE",
            "UPDATE ledger_account SET balance = 1",
            "DELETE FROM ledger_account",
            "TRUNCATE ledger_account CASCADE",
            "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
            "DROP TRIGGER entry_balanced ON ledger_entry",
            "SET session_replication_role = replica",
            "UPDATE core_auditevent SET action = 'nothing'",
            "DELETE FROM core_auditevent",
            "TRUNCATE core_auditevent",
            "UPDATE accounts_consent SET purpose = 'classes'",
            "UPDATE accounts_consent SET given_at = now()",
            "DELETE FROM accounts_consent",
            "TRUNCATE accounts_consent",
            "INSERT INTO accounts_consentnotice DEFAULT VALUES",
            "UPDATE accounts_consentnotice SET title = ''",
            "DELETE FROM accounts_consentnotice",
            "UPDATE payments_invoice SET total_paise = 1",
            "DELETE FROM payments_invoice",
            "TRUNCATE payments_invoice",
            "UPDATE payments_invoicecounter SET series = 'XX'",
            "DELETE FROM payments_invoicecounter",
            "TRUNCATE payments_invoicecounter",
        ],
    )
    def test_it_cannot_rewrite_history(self, as_app_role, statement):
        with pytest.raises(ProgrammingError, match=r"permission|owner"):
            execute_with_triggers_ignored(statement)

    def test_it_can_close_an_account(self, as_app_role):
        execute("UPDATE ledger_account SET closed_at = now()")
        assert LedgerAccount.objects.filter(closed_at__isnull=False).exists()

    def test_granting_twice_changes_nothing(self, db):
        call_command("grant_app_role", role="tutorhub_test_app")
        once = rights("tutorhub_test_app")
        call_command("grant_app_role", role="tutorhub_test_app", no_create=True)
        assert rights("tutorhub_test_app") == once
        assert ("ledger_entry", "INSERT") in once
        assert ("ledger_entry", "UPDATE") not in once
