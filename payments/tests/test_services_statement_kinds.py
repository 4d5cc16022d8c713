"""Statements add up to the paisa, whatever happened: opening + lines = closing, by the ledger."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import F, Q, Sum

import payments
from accounts.tests.factories import TutorUserFactory
from payments.models import LedgerAccount, LedgerEntry, LedgerTxn, PaymentOrder, Payout
from payments.models.kinds import TxnKind
from payments.services import earnings, statements
from payments.services.statements import paid
from payments.services.statements.moved import Moved, moved
from payments.services.statements.places import EARNED, PAID, PaidKind
from payments.tests import factories
from payments.tests.every_kind import Life
from tutorhub.core import clock

YEARS = [statements.year_of(year) for year in (2025, 2026, 2027)]
OURS = {TxnKind.GATEWAY_FEE, TxnKind.SETTLEMENT}
"""Kinds that move rzp_clearing, and no payer pays or gets anything by them."""


@pytest.fixture
def life(finance, settings):
    settings.PAYOUT_FIRST_WAIT = settings.PAYOUT_METHOD_WAIT = timedelta(0)

    def lived(seed: int) -> Life:
        with clock.at(YEARS[0].start_at):
            life = Life(finance, seed)
        life.live(YEARS[1])
        factories.settle()
        return life

    return lived


def balance(accounts: Q, *, before=None) -> int:
    """What the entries on these accounts come to, in paise, positive when we owe it."""
    entries = LedgerEntry.objects.filter(account__in=LedgerAccount.objects.filter(accounts))
    if before is not None:
        entries = entries.filter(txn__effective_at__lt=before)
    return int(entries.aggregate(paise=Sum(F("credit") - F("debit"), default=0))["paise"])


def wallet_of(user) -> Q:
    held = [str(pk) for pk in PaymentOrder.objects.filter(payer=user).values_list("pk", flat=True)]
    own = ["student_wallet", "student_promo", "student_receivable"]
    return Q(code__in=own, owner_key=str(user.pk)) | Q(
        code__in=["wallet_hold", "promo_hold"], owner_key__in=held
    )


def earnings_of(tutor) -> Q:
    sent = [str(pk) for pk in Payout.objects.filter(tutor=tutor).values_list("pk", flat=True)]
    own = ["tutor_held", "tutor_earnings", "tutor_receivable"]
    return Q(code__in=own, owner_key=str(tutor.pk)) | Q(code="payout_pending", owner_key__in=sent)


def months_of(year) -> list[statements.Period]:
    return [
        statements.asked(month=f"{year.year + (month < 4)}-{month:02d}") for month in range(1, 13)
    ]


def movement(kind: str, accounts: Q) -> list[int]:
    """What each transaction of a kind moved on these accounts together."""
    entries = LedgerEntry.objects.filter(
        txn__kind=kind, account__in=LedgerAccount.objects.filter(accounts)
    )
    sums = entries.values("txn").annotate(paise=Sum(F("credit") - F("debit")))
    return [row["paise"] for row in sums]


def check_what_a_family_paid(life: Life) -> None:
    accounts, carried = wallet_of(life.family), 0
    for year in YEARS:
        lines = paid.lines(life.family, year)
        summary = paid.summary(life.family, year, lines)
        assert summary.opening_paise == carried == balance(accounts, before=year.start_at)
        assert summary.closing_paise == balance(accounts, before=year.end_at)
        carried = summary.closing_paise
        for month in months_of(year):
            of_month = paid.lines(life.family, month)
            assert of_month == [line for line in lines if month.start_at <= line.at < month.end_at]
            closing = paid.summary(life.family, month, of_month).closing_paise
            assert closing == balance(accounts, before=month.end_at)
    assert carried == balance(accounts)


def check_what_went_through_razorpay(life: Life) -> None:
    """Paid is what Razorpay took in; sent back what it gave back, or is to give back."""
    everybody = [
        line
        for user in (life.family, life.tutor)
        for year in YEARS
        for line in paid.lines(user, year)
    ]
    clearing = LedgerEntry.objects.filter(account__code="rzp_clearing").exclude(txn__kind__in=OURS)
    sums = clearing.aggregate(came=Sum("debit"), went=Sum("credit"))
    promised = balance(Q(code="refund_payable"))
    assert sum(line.paid_paise for line in everybody) == sums["came"]
    assert sum(line.refunded_paise for line in everybody) == sums["went"] + promised


def check_what_a_tutor_earned(life: Life) -> None:
    accounts, carried = earnings_of(life.tutor), 0
    for year in YEARS:
        summary = statements.earned.summary(life.tutor, year)
        assert summary.opening_paise == carried == balance(accounts, before=year.start_at)
        assert summary.closing_paise == balance(accounts, before=year.end_at)
        carried = summary.closing_paise
        lines = list(statements.earned.every(life.tutor, year))
        for name in statements.earned.FIGURES:
            assert sum(getattr(line, name) for line in lines) == summary.total[name], name
        for month in months_of(year):
            closing = statements.earned.summary(life.tutor, month).closing_paise
            assert closing == balance(accounts, before=month.end_at)
    assert carried == balance(accounts)


@pytest.mark.parametrize("seed", range(2))
def test_whatever_happened_the_lines_are_what_the_ledger_moved(life, seed):
    lived = life(seed)
    check_what_a_family_paid(lived)
    check_what_went_through_razorpay(lived)
    check_what_a_tutor_earned(lived)


def test_a_life_has_every_kind_and_each_stands_where_its_place_is(life):
    life = life(2)
    assert set(LedgerTxn.objects.values_list("kind", flat=True)) == set(TxnKind)
    shown: dict[str, set[str]] = {}
    for user in (life.family, life.tutor):
        for year in YEARS:
            for row in moved(user, year):
                shown.setdefault(row.kind, set()).add(PAID[row.kind])
    assert shown == {kind: {place} for kind, place in PAID.items() if place}
    for kind, place in EARNED.items():
        sums = movement(kind, earnings_of(life.tutor))
        assert bool(any(sums)) is (place is not None), kind
    kinds = {line.kind for year in YEARS for line in statements.earned.every(life.tutor, year)}
    assert kinds == {place for place in EARNED.values() if place}


@pytest.mark.parametrize("places", [PAID, EARNED])
def test_every_kind_has_a_place(places):
    """Somebody who adds a kind says on which statements it shows, and makes `Life` live it."""
    assert set(places) == set(TxnKind)


def test_every_kind_that_is_posted_is_known():
    posted = set()
    for path in Path(payments.__file__).parent.glob("services/**/*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "ledger.post":
                kind = next(word.value for word in call.keywords if word.arg == "kind")
                if isinstance(kind, ast.Constant):
                    posted.add(kind.value)
                else:
                    assert (ast.unparse(kind), path.name) == ("name", "earnings.py")
    assert posted | {kind for kind, _income in earnings.BOOKED_AS.values()} == set(TxnKind)


def test_a_kind_that_nobody_placed_is_on_the_statement_all_the_same(db):
    row = Moved("brand_new", clock.now(), "", "", 0, 0, 100)
    line = paid._line(row)
    assert (line.kind, line.to_wallet_paise) == (PaidKind.CORRECTION, 100)


def test_what_is_of_one_moment_is_always_in_the_same_order(monkeypatch):
    """The ledger gives its rows in no order."""
    at = clock.now()
    rows = [Moved(TxnKind.SESSION_PAID, at, "o", "", paise, 0, -paise) for paise in (3, 1, 2)]
    found = []
    for given in (rows, rows[::-1]):
        monkeypatch.setattr(paid, "moved", lambda user, period, given=given: iter(given))
        found.append(paid.lines(None, YEARS[0]))
    assert found[0] == found[1]
    assert len(found[0]) == 3


class TestPenalty:
    def test_it_is_a_line_of_its_own(self, db, finance):
        with clock.at(YEARS[1].start_at):
            life = Life(finance, 1)
            life.tutor_failed()
        factories.settle()
        (line,) = [
            line for line in statements.earned.every(life.tutor, YEARS[1]) if line.kind == "penalty"
        ]
        txn = LedgerTxn.objects.get(kind="penalty")
        assert (line.about_id, str(line.session_id)) == (txn.pk, txn.refs["session"])
        assert (line.penalty_paise, line.net_paise, line.gross_paise) == (1_234, -1_234, 0)

    def test_nobody_elses_statement_has_it(self, db, finance):
        with clock.at(YEARS[1].start_at):
            Life(finance, 1).tutor_failed()
        factories.settle()
        assert list(statements.earned.every(TutorUserFactory(), YEARS[1])) == []
