"""A chain of seals over the audit trail: who changes, adds or removes a row afterwards is seen.

Each seal is the SHA-256 of the one before and of every row since. The application's role in the
database cannot change rows or seals (`grant_app_role`); this is for whoever can. The newest seal is
also written to the log, so that cutting off the end does not go unseen where logs are kept apart.
"""

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from tutorhub.core import clock, ids
from tutorhub.core.models import AuditEvent, AuditSeal

LAG = timedelta(minutes=10)
"""Rows of transactions that are still open come later with an earlier identifier. None lives as
long as this: the server ends what idles for a minute."""
LATE = timedelta(hours=1)
MOST_ROWS = 10_000
"""Under one seal."""
FIRST = UUID(int=0)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Broken:
    """A seal that does not fit its rows any more. `since` and `until` are when they were made."""

    number: int
    since: datetime
    until: datetime


def seal() -> int:
    """Seal what is older than LAG. Returns how many seals were made; two at once make them once.

    Each is committed by itself, so that whoever is stopped in a long backlog has made a beginning.
    """
    until = ids.last_before(clock.now() - LAG)
    made = 0
    while _seal_next(until):
        made += 1
    return made


def is_behind() -> bool:
    """Whether something has waited for its seal for more than an hour."""
    last = AuditSeal.objects.order_by("-number").first()
    until = ids.last_before(clock.now() - LATE)
    return _all_rows(after=last.last_id if last else FIRST, until=until).exists()


@transaction.atomic
def _seal_next(until: UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('core:audit_seals', 0))")
    last = AuditSeal.objects.order_by("-number").first()
    rows = _rows(after=last.last_id if last else FIRST, until=until)
    if not rows:
        return False
    made = AuditSeal.objects.create(
        number=last.number + 1 if last else 1,
        last_id=rows[-1].pk,
        count=len(rows),
        digest=_digest(last.digest if last else "", rows),
    )
    log.info("audit seal %s: %s", made.number, made.digest)
    return True


def broken(*, since: datetime | None = None) -> Iterator[Broken]:
    """Every seal that does not fit, oldest first. `since` leaves out what was sealed before.

    One that is missing from the chain shows at the next one.
    """
    seals = AuditSeal.objects.order_by("number")
    if since is not None:
        seals = seals.filter(sealed_at__gte=since)
    first = seals.first()
    if first is None:
        return
    before = AuditSeal.objects.filter(number__lt=first.number).order_by("-number").first()
    digest, after = (before.digest, before.last_id) if before else ("", FIRST)
    expected = before.number + 1 if before else 1
    for one in seals.iterator():
        rows = _all_rows(after=after, until=one.last_id)
        if one.number != expected or one.digest != _digest(digest, rows):
            yield Broken(one.number, _time_of(after), _time_of(one.last_id))
        digest, after, expected = one.digest, one.last_id, one.number + 1


def _rows(*, after: UUID, until: UUID) -> list[AuditEvent]:
    return list(_all_rows(after=after, until=until)[:MOST_ROWS])


def _all_rows(*, after: UUID, until: UUID) -> QuerySet[AuditEvent]:
    return AuditEvent.objects.filter(pk__gt=after, pk__lte=until).order_by("pk")


def _digest(previous: str, rows: Iterable[AuditEvent]) -> str:
    digest = hashlib.sha256(previous.encode())
    for row in rows:
        told = [
            *(str(row.pk), row.at.isoformat(), str(row.actor_id), row.actor_role),
            *(row.action, row.object_type, row.object_id, row.data),
        ]
        digest.update(json.dumps(told, sort_keys=True, separators=(",", ":")).encode() + b"\n")
    return digest.hexdigest()


def _time_of(identifier: UUID) -> datetime:
    return datetime.fromtimestamp((identifier.int >> 80) / 1000, tz=clock.IST)
