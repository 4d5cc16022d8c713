"""The outbox: what must happen later is written in the transaction that causes it.

Three kinds of handler, all named `<app>.<verb>` and registered once at start-up:

- a *receiver* of news (`@receiver(KIND)`): something a lower app announced; each receiver gets its
  own row, is tried once right after the commit, and then by the relay until it has worked;
- a *job* (`@job("app.verb")`): work for later in one transaction, asked for by `later()`;
- a *call* (`@call("app.verb")`): work that speaks to an outside service. It runs outside any
  transaction and gets `done`, which it calls inside the transaction that writes the outcome.

Receivers and jobs run in one transaction with the mark that says they are done, so their effect
happens exactly once, however often they are delivered. Delivery itself is at least once.

A row is given up, in sight of staff, after `MAX_TRIES` failures, or when it was started
`OUTBOX_MOST_STARTS` times in a row and no outcome was ever noted: then its work takes longer than a
worker may live, or kills it. Waiting for a worker is not a start, however long it takes.
"""

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from tutorhub.core import audit, clock, logs
from tutorhub.core.ids import uuid7
from tutorhub.core.models import OutboxRow

log = logging.getLogger(__name__)

Payload = dict[str, Any]
Effect = Callable[[Payload], object]
Call = Callable[[Payload, Callable[[], None]], object]

LEASE = timedelta(seconds=30)
MAX_TRIES = 12

_LATER_IF_INSERTED = """
    WITH inserted AS ({insert} RETURNING 1)
    INSERT INTO core_outboxrow
           (id, kind, handler, payload, due_at, created_at, tries, last_error)
    SELECT %s, %s, %s, %s::jsonb, %s, %s, 0, '' FROM inserted
"""

# One statement, because every delivery pays for it. A row that somebody is at is not waited for.
_START = """
    UPDATE core_outboxrow
       SET starts = starts + 1,
           running_until = %(until)s,
           dead_at = CASE WHEN starts >= %(most)s THEN %(now)s END,
           last_error = CASE WHEN starts >= %(most)s THEN %(error)s ELSE last_error END
     WHERE id = (
        SELECT id FROM core_outboxrow
         WHERE id = %(id)s AND done_at IS NULL AND dead_at IS NULL
           AND (running_until IS NULL OR running_until < %(now)s)
           FOR NO KEY UPDATE SKIP LOCKED)
    RETURNING dead_at IS NULL
"""
_NO_OUTCOME = "started many times, and its worker was ended each time before there was an outcome"


@dataclass(frozen=True)
class Handler:
    name: str
    run: Callable[..., object]
    is_call: bool = False


handlers: dict[str, Handler] = {}
receivers: dict[str, list[str]] = {}


def _register(handler: Handler) -> None:
    known = handlers.get(handler.name)
    if known is not None and known.run.__qualname__ != handler.run.__qualname__:
        raise ValueError(f"two handlers are called {handler.name}")
    handlers[handler.name] = handler


def receiver(kind: str) -> Callable[[Effect], Effect]:
    """Register a function as a receiver of news of `kind`. Its name is `<app>.<function>`."""

    def decorate(function: Effect) -> Effect:
        name = f"{function.__module__.split('.')[0]}.{function.__name__}"
        _register(Handler(name, function))
        names = receivers.setdefault(kind, [])
        if name not in names:
            names.append(name)
        return function

    return decorate


def job(name: str) -> Callable[[Effect], Effect]:
    """Register work for later that happens in one transaction."""

    def decorate(function: Effect) -> Effect:
        _register(Handler(name, function))
        return function

    return decorate


def call(name: str) -> Callable[[Call], Call]:
    """Register work for later that speaks to an outside service."""

    def decorate(function: Call) -> Call:
        _register(Handler(name, function, is_call=True))
        return function

    return decorate


def announce(kind: str, **payload: Any) -> None:
    """Tell whoever listens that `kind` happened, now that this transaction is about to commit."""
    rows = [
        OutboxRow(kind=kind, handler=name, payload=_plain(payload))
        for name in receivers.get(kind, [])
    ]
    OutboxRow.objects.bulk_create(rows)
    for row in rows:
        transaction.on_commit(_Attempt(row.pk, row.handler), robust=True)


def later(
    name: str, payload: Payload, *, due_at: datetime | None = None, key: str | None = None
) -> UUID:
    """Ask for the job or call `name`; returns the id of the row.

    A second row with the same `key` is not written, and its id leads nowhere.
    """
    _check_is_known(name)
    row = OutboxRow(
        kind=name, handler=name, payload=_plain(payload), due_at=due_at or clock.now(), key=key
    )
    OutboxRow.objects.bulk_create([row], ignore_conflicts=key is not None)
    return row.pk


def later_if_inserted(insert: str, params: Sequence[Any], name: str, payload: Payload) -> bool:
    """Run `insert` and, if it wrote its row, ask for the job or call `name`. False if it did not.

    For doors where every millisecond counts: one statement is one round trip, and a transaction by
    itself. `insert` is an INSERT of one row, ON CONFLICT DO NOTHING, without RETURNING.
    """
    _check_is_known(name)
    now = clock.now()
    row: list[Any] = [uuid7(), name, name, json.dumps(payload, cls=DjangoJSONEncoder), now, now]
    with connection.cursor() as cursor:
        cursor.execute(_LATER_IF_INSERTED.format(insert=insert), [*params, *row])
        return bool(cursor.rowcount)


def attempt(row_id: UUID) -> bool:
    """Try one row. True if it is done now; False if there was nothing to do or another is at it.

    Raises whatever the handler raised, after noting the failure on the row.
    """
    row = OutboxRow.objects.filter(pk=row_id).only("handler").first()
    return row is not None and _try(row_id, row.handler, counted=True)


def lease_due(limit: int = 100) -> list[UUID]:
    """Take a lease on due rows and return their ids. Undone when it lapses, they are due again."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE core_outboxrow SET leased_until = %s
             WHERE id IN (
                SELECT id FROM core_outboxrow
                 WHERE done_at IS NULL AND dead_at IS NULL AND due_at <= %s
                   AND (leased_until IS NULL OR leased_until < %s)
                 ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED)
            RETURNING id
            """,
            [clock.now() + LEASE, clock.now(), clock.now(), limit],
        )
        return [row[0] for row in cursor.fetchall()]


def is_waiting(kind: str, **payload: Any) -> bool:
    """Whether a receiver has not done its part yet, or was given up."""
    rows = OutboxRow.objects.filter(kind=kind, payload=_plain(payload), done_at__isnull=True)
    return rows.exists()


@transaction.atomic
def revive(row_ids: Sequence[UUID], *, by: Any) -> int:
    """Bring rows that were given up back, with all their tries. Returns how many there were."""
    dead = list(
        OutboxRow.objects.select_for_update(no_key=True)
        .filter(pk__in=row_ids, dead_at__isnull=False)
        .order_by("pk")
    )
    for row in dead:
        row.dead_at, row.tries, row.starts, row.due_at = None, 0, 0, clock.now()
        row.save(update_fields=["dead_at", "tries", "starts", "due_at"])
        audit.record("outbox.revived", row, by=by, handler=row.handler)
    return len(dead)


def settle(kind: str, **payload: Any) -> None:
    """Close rows that were given up and whose work somebody else has done since."""
    given_up = OutboxRow.objects.filter(kind=kind, payload=_plain(payload), dead_at__isnull=False)
    given_up.update(done_at=clock.now(), dead_at=None)


def drain(rounds: int = 20) -> int:
    """Attempt everything that is due, here and now, until nothing is left. Returns how many ran.

    For tests and demo data, which have no relay. Raises what a handler raises.
    """
    ran = 0
    for _ in range(rounds):
        due = OutboxRow.objects.filter(
            done_at__isnull=True, dead_at__isnull=True, due_at__lte=clock.now()
        ).order_by("created_at", "pk")
        ids = list(due.values_list("pk", flat=True))
        if not ids:
            return ran
        ran += sum(attempt(row_id) for row_id in ids)
    raise RuntimeError("the outbox does not come to rest")


class _Attempt:
    """What runs right after the commit; a failure is the relay's business, not the page's.

    It is not counted: should the process die of it, the relay's deliveries are, and a page need not
    wait for one more write.
    """

    def __init__(self, row_id: UUID, name: str) -> None:
        self.row_id = row_id
        self.name = name
        # Django's log calls what failed by it, and fails itself at something without a name.
        self.__qualname__ = type(self).__qualname__

    def __call__(self) -> None:
        _try(self.row_id, self.name, counted=False)


def _check_is_known(name: str) -> None:
    if name not in handlers:
        raise LookupError(f"no job or call is called {name}")


def _try(row_id: UUID, name: str, *, counted: bool) -> bool:
    try:
        _check_is_known(name)
        handler = handlers[name]
        if handler.is_call:
            return _run_call(row_id, handler)
        return (not counted or _start(row_id)) and _run_effect(row_id, handler)
    except Exception as error:
        _note_failure(row_id, error)
        raise


def _start(row_id: UUID, *, running_until: datetime | None = None) -> bool:
    """Count one more start, which is committed before the work. False if there is to be none."""
    values: dict[str, Any] = {
        "id": row_id,
        "now": clock.now(),
        "until": running_until,
        "most": settings.OUTBOX_MOST_STARTS,
        "error": _NO_OUTCOME,
    }
    with connection.cursor() as cursor:
        cursor.execute(_START, values)
        row = cursor.fetchone()
    if row is None:
        return False
    if not row[0]:
        log.error("outbox row %s was given up: %s", row_id, _NO_OUTCOME)
    return bool(row[0])


def _run_effect(row_id: UUID, handler: Handler) -> bool:
    with transaction.atomic():
        row = (
            OutboxRow.objects.select_for_update(skip_locked=True, no_key=True)
            .filter(pk=row_id, done_at__isnull=True, dead_at__isnull=True)
            .first()
        )
        if row is None:
            return False
        handler.run(row.payload)
        _mark_done(row_id)
    return True


def _run_call(row_id: UUID, handler: Handler) -> bool:
    if not _start(row_id, running_until=clock.now() + LEASE):
        return False
    payload = OutboxRow.objects.values_list("payload", flat=True).get(pk=row_id)
    handler.run(payload, lambda: _mark_done(row_id))
    return OutboxRow.objects.filter(pk=row_id, done_at__isnull=False).exists()


def _mark_done(row_id: UUID) -> None:
    # A slow call may still succeed after another start has given its row up.
    OutboxRow.objects.filter(pk=row_id).update(done_at=clock.now(), dead_at=None, last_error="")


def _note_failure(row_id: UUID, error: Exception) -> None:
    """Put the row back with a growing gap; after `MAX_TRIES` it is dead, in sight of staff."""
    row = OutboxRow.objects.filter(pk=row_id, done_at__isnull=True).first()
    if row is None:
        return
    tries = row.tries + 1
    wait = timedelta(seconds=min(2**tries, 3600))
    OutboxRow.objects.filter(pk=row_id, done_at__isnull=True).update(
        tries=tries,
        starts=0,
        last_error=logs.describe(error)[:500],
        due_at=clock.now() + wait,
        leased_until=None,
        running_until=None,
        dead_at=clock.now() if tries >= MAX_TRIES else None,
    )
    log.warning("outbox row %s (%s) failed, try %s", row_id, row.handler, tries)


def _plain(payload: Payload) -> Payload:
    plain: Payload = json.loads(json.dumps(payload, cls=DjangoJSONEncoder))
    return plain
