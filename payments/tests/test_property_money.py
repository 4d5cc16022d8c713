"""Scenario 27: whatever happens in whatever order, the books are right at the end."""

import os
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F, Q, Sum

from payments.models import Invoice, LedgerAccount, LedgerEntry, LedgerTxn
from payments.services import ledger
from payments.simulator.books import Books
from payments.tests.ending_business import EndingBusiness

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.xdist_group("property"),
]

STEPS = int(os.environ.get("PROPERTY_STEPS", "1500"))
"""10,000 take about five minutes; PROPERTY_STEPS asks for them."""
SEED = int(os.environ.get("PROPERTY_SEED", "20261123"))
LOOK_EVERY = 500


def test_scenario_27_random_business_adds_up(razorpay_simulator, finance, settings):
    settings.PAYOUT_FIRST_WAIT = settings.PAYOUT_METHOD_WAIT = timedelta(0)
    float_before = 100_00_00_000_00
    razorpay_simulator.settings(refund_status="pending")
    business = EndingBusiness(razorpay_simulator, finance, SEED)

    for number in range(1, STEPS + 1):
        business.step()
        if number % LOOK_EVERY == 0:
            check_invariants()
    never_done = set(business.steps()) - set(business.done)
    assert not never_done, (never_done, business.refused)

    business.quiesce()
    check_invariants()
    assert differences(razorpay_simulator.simulator.books) == {}
    totals = razorpay_simulator.state()["totals"]
    assert ledger.balance("rzp_clearing") == totals["clearing_paise"]
    assert float_before - ledger.balance("rzpx_float") == totals["paid_out_paise"]


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
