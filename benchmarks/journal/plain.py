"""The same rows by plain SQL into copies of the tables, without triggers and foreign keys.

One connection, one transaction for each posting, two inserts in it (three where an account is new),
identities of accounts kept in a dictionary. It checks nothing and adds nothing up.
"""

import os
from datetime import UTC, datetime

import psycopg
from psycopg.types.json import Jsonb

from benchmarks.journal import Fact, Leg
from tutorhub.core.ids import uuid7

connection = psycopg.connect(os.environ["DATABASE_URL"])
accounts: dict[tuple[str, str], int] = {}

OPEN = """
    INSERT INTO bench_account (code, owner_key, unit, normal, track_balance, allow_negative,
                               balance, version)
    VALUES (%s, %s, 'INR', 1, false, true, 0, 0)
    ON CONFLICT (code, owner_key, unit) DO UPDATE SET unit = 'INR' RETURNING id"""
TXN = """
    INSERT INTO bench_txn (id, kind, idem_key, fingerprint, effective_at, created_at, xact_id, refs)
    VALUES (%s, %s, %s, %s, %s, %s, 0, %s)"""
ENTRIES = "INSERT INTO bench_entry (txn_id, account_id, seq, unit, debit, credit) VALUES "
ENTRY = "(%s, %s, %s, 'INR', %s, %s)"


def wait_for_disk(wait: bool) -> None:
    connection.execute("SET synchronous_commit = " + ("on" if wait else "off"))
    connection.commit()


def book(fact: Fact) -> None:
    now, txn = datetime.now(UTC), uuid7()
    ids = [_account(leg) for leg in fact.legs]
    row = (txn, fact.kind, fact.key, "0" * 64, now, now, Jsonb({"bench": 1}))
    connection.execute(TXN, row)
    values = [
        value
        for seq, (leg, account) in enumerate(zip(fact.legs, ids, strict=True), 1)
        for value in (txn, account, seq, leg.debit, leg.credit)
    ]
    connection.execute(ENTRIES + ", ".join([ENTRY] * len(ids)), values)
    connection.commit()


def _account(leg: Leg) -> int:
    key = (leg.code, leg.owner)
    if key not in accounts:
        found = connection.execute(OPEN, key).fetchone()
        assert found is not None
        accounts[key] = int(found[0])
    return accounts[key]
