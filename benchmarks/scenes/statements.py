"""A tutor with 100,000 entries in the ledger opens the pages of money, against one with 100."""

import os
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from accounts.models import User
from accounts.tests.factories import TutorUserFactory
from benchmarks.report import Figure
from benchmarks.timing import Answer, Connection, compare
from payments.models import LedgerEntry
from tutorhub.core import clock

ENTRIES = int(os.environ.get("BENCH_ENTRIES", "100000"))
FEW = 100
BATCH = 500
APART = timedelta(minutes=30)
PHONES = {ENTRIES: "+919999900001", FEW: "+919999900002"}
PAGES = {"earnings_page": "/earnings/", "statement_page": "/statements/earnings/"}
PER_ROUND = 10

# One class, so many half hours ago, straight into the tutor's earnings: one entry in the ledger on
# an account of the tutor, and one line of the statement (by its trigger).
CLASSES = """
    WITH lesson AS (
        SELECT gen_random_uuid() AS id, %(now)s::timestamptz - nr * %(apart)s::interval AS held_at
          FROM generate_series(%(first)s::int, %(last)s::int, -1) AS nr),
    earned AS (
        INSERT INTO payments_earning
               (id, session_id, kind, tutor_id, status, gross_paise, commission_bps,
                commission_paise, cgst_paise, sgst_paise, igst_paise, gst_bps, tds_bps, tds_paise,
                tcs_bps, tcs_paise, net_paise, reversed_net_paise, frozen_paise, held_at,
                released_at)
        SELECT id, id, 'class', %(tutor)s, 'RELEASED', 100000, 1500, 15000, 1350, 1350, 0, 1800, 10,
               100, 0, 0, 82200, 0, 0, held_at, held_at + interval '2 days'
          FROM lesson RETURNING id, held_at)
    SELECT ledger_post(gen_random_uuid(), 'bench', 'bench:' || id, '', held_at, NULL, NULL, '{}',
                       '{bank,tutor_earnings}', ARRAY['', %(tutor)s], '{INR,INR}', '{1,-1}',
                       '{f,t}', '{82200,0}', '{0,82200}')
      FROM earned ORDER BY held_at"""


def measure(ours: int) -> dict[str, Figure]:
    many, few = (_tutor(entries) for entries in (ENTRIES, FEW))
    return {name: _figure(name, ours, path, many, few) for name, path in PAGES.items()}


def _figure(name: str, ours: int, path: str, many: str, few: str) -> Figure:
    server = Connection(ours)
    found = compare(
        lambda _: _open(server, path, many),
        lambda _: _open(server, path, few),
        lambda: range(PER_ROUND),
    )
    server.close()
    print(
        f"{name}: {found.ours:.2f} ms with {ENTRIES} entries, {found.bare:.2f} ms with {FEW}",
        flush=True,
    )
    return Figure(round(found.ratio, 2), "<= 1.5", f"times {FEW}")


def _tutor(entries: int) -> str:
    """The cookie of a tutor with so many entries, made unless they are there."""
    phone = PHONES[entries]
    user = User.objects.filter(phone=phone).first() or TutorUserFactory(phone=phone)
    lacking = entries - LedgerEntry.objects.filter(account__owner_key=str(user.pk)).count()
    if lacking > 0:
        print(f"Filling in {lacking} entries of a tutor", flush=True)
        _teach(user, lacking)
    client = Client()
    client.force_login(user, backend="accounts.backends.PhoneBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _teach(user: User, classes: int) -> None:
    for first in range(classes, 0, -BATCH):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                CLASSES,
                {
                    "now": clock.now(),
                    "apart": APART,
                    "first": first,
                    "last": max(1, first - BATCH + 1),
                    "tutor": str(user.pk),
                },
            )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE ledger_entry, ledger_txn, payments_earning")


def _open(server: Connection, path: str, cookie: str) -> Answer:
    answer = server.ask("GET", path, None, {"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"})
    if answer.status != 200:
        raise SystemExit(f"{path} answered {answer.status}: {answer.body[:500]!r}")
    return answer
