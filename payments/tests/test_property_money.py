"""Scenario 27: whatever happens in whatever order, the books are right at the end."""

import os
import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F, Q, Sum

from payments.models import GatewayDispute, Invoice, LedgerAccount, LedgerEntry, LedgerTxn
from payments.services import ledger
from payments.services.reconciling import runs
from payments.simulator.books import Books
from payments.tests.ending_business import EndingBusiness
from payments.tests.random_chargebacks import OUTCOMES
from payments.tests.random_world import FUNDED, SeededIds, StandingClock
from tests.emptying import empty_tables
from tutorhub.core import ids

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

STEPS = int(os.environ.get("PROPERTY_STEPS", "2500"))
"""In each of the courses: 10,000 in all."""
FIXED = [20261123, 19720815, 31415926]
SEEDS: list[int | None] = [*FIXED, 27182818]
"""Courses of their own each; None is a new one every time."""
if "PROPERTY_SEED" in os.environ:
    words = os.environ["PROPERTY_SEED"].split(",")
    SEEDS = [None if word == "new" else int(word) for word in words]
LOOK_EVERY = 500


@pytest.fixture
def begin(razorpay_simulator, settings, monkeypatch) -> Callable[[int], EndingBusiness]:
    """Begin random business by a seed."""
    settings.PAYOUT_FIRST_WAIT = settings.PAYOUT_METHOD_WAIT = timedelta(0)

    def start(seed: int) -> EndingBusiness:
        razorpay_simulator.reset()
        razorpay_simulator.settings(refund_status="pending")
        monkeypatch.setattr(ids, "uuid_utils", SeededIds(seed))
        monkeypatch.setattr(runs, "time", StandingClock)
        return EndingBusiness(razorpay_simulator, seed)

    return start


@pytest.mark.scenario(27)
@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: str(seed or "new"))
def test_scenario_27_random_business_adds_up(begin, seed):
    seed = seed or random.SystemRandom().randrange(10**8)
    business = begin(seed)
    try:
        run(business)
        # Another course may leave out something rare.
        if seed in FIXED and STEPS >= 2500:
            assert set(business.steps()) - set(business.done) == set(), business.refused
            outcomes = {f"dispute: {outcome}" for outcome in OUTCOMES}
            assert outcomes - set(business.done) == set()
    except BaseException as error:
        error.add_note(f"The course again: PROPERTY_SEED={seed} PROPERTY_STEPS={STEPS}")
        error.add_note(f"The last of {len(business.trace)} steps: {business.trace[-5:]}")
        raise


def test_a_seed_is_one_course(begin):
    """The same steps end the same way, whenever they are taken, and however PostgreSQL reads."""
    traces = []
    for plans in ("on", "off"):
        with connection.cursor() as cursor:
            for way in ("indexscan", "indexonlyscan", "bitmapscan"):
                cursor.execute(f"SET enable_{way} = {plans}")
        business = begin(7)
        for _ in range(400):
            business.step()
        traces.append((business.trace, business.simulator.state()["totals"], balances()))
        empty_tables()
    connection.close()
    assert traces[0] == traces[1]


def run(business: EndingBusiness) -> None:
    for number in range(1, STEPS + 1):
        business.step()
        if number % LOOK_EVERY == 0:
            check_invariants()
    business.quiesce()
    check_invariants()
    assert differences(business.books) == {}
    assert disputes_unlike(business.books) == {}
    totals = business.simulator.state()["totals"]
    assert ledger.balance("rzp_clearing") == totals["clearing_paise"]
    assert FUNDED - ledger.balance("rzpx_float") == totals["paid_out_paise"]


def balances() -> list[tuple[str, str, int]]:
    """Every account and what is on it."""
    found = LedgerAccount.objects.filter(track_balance=True).exclude(balance=0)
    return list(found.order_by("code", "owner_key").values_list("code", "owner_key", "balance"))


def check_invariants() -> None:
    """Trial balance 0 in every unit, no account below zero, balances are sums, numbers whole."""
    units = LedgerEntry.objects.values("unit").annotate(off=Sum(F("debit") - F("credit")))
    assert {row["unit"]: row["off"] for row in units if row["off"]} == {}
    assert not LedgerAccount.objects.filter(track_balance=True, balance__lt=0).exists()
    drifted = (
        LedgerAccount.objects.filter(track_balance=True)
        .annotate(moved=F("normal") * Sum(F("entries__debit") - F("entries__credit")))
        .filter(~Q(moved=F("balance")), moved__isnull=False)
    )
    assert list(drifted.values_list("code", "balance", "moved")) == []
    twice = LedgerTxn.objects.filter(idem_key__startswith="rzp:capture:").values_list("idem_key")
    assert len(twice) == len(set(twice))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT series, year, count(*), max(number) FROM {Invoice._meta.db_table}"
            " GROUP BY series, year HAVING count(*) <> max(number)"
        )
        assert cursor.fetchall() == []


def differences(books: Books) -> dict[str, tuple[int, int]]:
    """Where our `rzp_clearing` and the gateway's books disagree: key -> (ours, theirs) in paise."""
    ours: Counter[str] = Counter()
    for entry in LedgerEntry.objects.filter(account__code="rzp_clearing").select_related("txn"):
        ours[entry.txn.idem_key] += entry.debit - entry.credit
    theirs: Counter[str] = Counter()
    for payment in books.all("payments", captured=True):
        theirs[f"rzp:capture:{payment['id']}"] += payment["amount"]
        theirs[f"rzp:fee:{payment['id']}"] -= payment["fee"] or 0
    for refund in books.all("refunds", _is_ours=True):
        theirs[f"rzp:refund:{refund['id']}"] -= refund["amount"] * (refund["status"] != "failed")
    for dispute in books.all("disputes"):
        theirs[f"rzp:dispute:{dispute['id']}:lost"] -= dispute["amount_deducted"]
    for settlement in books.all("settlements"):
        theirs[f"rzp:settlement:{settlement['id']}"] -= settlement["amount"]
    keys = set(ours) | set(theirs)
    return {key: (ours[key], theirs[key]) for key in keys if ours[key] != theirs[key]}


def disputes_unlike(books: Books) -> dict[str, tuple[object, object]]:
    """Chargebacks that ended otherwise with us than at the gateway: id -> (ours, theirs)."""
    known = GatewayDispute.objects.values_list("razorpay_dispute_id", "status", "deducted_paise")
    ours = {name: (status, deducted) for name, status, deducted in known}
    theirs = {
        dispute["id"]: (dispute["status"], dispute["amount_deducted"])
        for dispute in books.all("disputes")
    }
    return {name: (ours.get(name), end) for name, end in theirs.items() if ours.get(name) != end}
