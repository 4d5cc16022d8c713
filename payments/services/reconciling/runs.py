"""One pass of a reconciler: never two of a kind at once, never lost half-way, on record.

A pass holds a lease on its row and writes down how far it came. Whoever finds an open row whose
lease has lapsed goes on from there. Nothing is held in the database meanwhile, because a pass
speaks to the network.
"""

import logging
import time
from collections.abc import Callable, Collection, Iterable
from datetime import timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.services import locks
from payments.models import ReconItem, ReconRun
from payments.policies import check_is_finance
from payments.services.reconciling import tolerance
from tutorhub.core import audit, clock, logs
from tutorhub.core.ids import uuid7

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
"""Longer than any step between two `save()` takes, its network time-outs included."""
BUDGET = 35.0
"""Seconds after which a pass makes room; the next call goes on. Celery kills a task after 50."""
SAVE_EVERY = 5.0
"""Seconds after which a pass that says where it is writes that down."""

Item = TypeVar("Item")


class LeaseLost(Exception):
    """Another pass has taken this run over, because this one was silent for too long."""


class OutOfTime(Exception):
    """The time of this call is used up; the next one goes on from the cursor."""


class Pass:
    """A run under way. Its figures are written together with its cursor, by `save()`."""

    def __init__(self, run: ReconRun, budget: float) -> None:
        self.run = run
        self._saved = time.monotonic()
        self._ends = self._saved + budget

    @property
    def cursor(self) -> dict[str, Any]:
        """Where the run has come to; empty at its beginning."""
        return dict(self.run.cursor)

    def save(self, **cursor: Any) -> None:
        """Write down what was done. Raises OutOfTime, or LeaseLost if another took over."""
        self.run.cursor = cursor or self.run.cursor
        self._write(leased_until=clock.now() + LEASE)
        self._saved = time.monotonic()
        if time.monotonic() > self._ends:
            raise OutOfTime

    def each(
        self,
        items: Iterable[Item],
        check: Callable[[Item], bool],
        *,
        at: Callable[[Item], dict[str, Any]] | None = None,
    ) -> None:
        """`check` every item and count those it mended; what goes wrong stops no other.

        `at` is the cursor after an item. With it, a pass that is slow, because the gateway is,
        writes down how far it came between two items, and makes room there.
        """
        for item in items:
            self.run.looked += 1
            for is_mended in tolerance.each([item], check):
                self.run.mended += is_mended
            if at is not None and time.monotonic() > self._saved + SAVE_EVERY:
                self.save(**at(item))

    def found(
        self,
        ref: str,
        problem: str,
        *,
        ours: int | None = None,
        theirs: int | None = None,
        note: str = "",
    ) -> None:
        """Put a difference on record, once. What a person dealt with stays dealt with."""
        same = {"kind": self.run.kind, "ref": ref[:80], "problem": problem}
        figures = {"ours_paise": ours, "theirs_paise": theirs, "note": note[:300]}
        with transaction.atomic():
            if ReconItem.objects.filter(**same, resolved_at__isnull=True).update(
                **figures, seen_at=clock.now()
            ):
                return
            decided = ReconItem.objects.filter(**same, resolved_by__isnull=False)
            if decided.filter(ours_paise=ours, theirs_paise=theirs).exists():
                return
            ReconItem.objects.bulk_create(
                [ReconItem(**same, **figures, run=self.run)], ignore_conflicts=True
            )
        log.error("%s: %s %s (%s, %s) %s", self.run.kind, ref, problem, ours, theirs, note)

    def is_fine(self, refs: Collection[str]) -> None:
        """Whatever was wrong with these is not any more."""
        open_items(self.run.kind).filter(ref__in=refs).update(resolved_at=clock.now())

    def is_as_before(self, ref: str) -> None:
        """This could not be looked at: what was wrong with it stays on record."""
        open_items(self.run.kind).filter(ref=ref).update(seen_at=clock.now())

    def settle_unseen(self) -> None:
        """Called when everything was looked at: what this run did not find again is over."""
        open_items(self.run.kind).filter(seen_at__lt=self.run.started_at).update(
            resolved_at=clock.now()
        )

    def _write(self, **values: Any) -> None:
        run = self.run
        values = {
            "cursor": run.cursor,
            "result": run.result,
            "looked": run.looked,
            "mended": run.mended,
            "found": run.items.count(),
            **values,
        }
        if not ReconRun.objects.filter(pk=run.pk, lease=run.lease).update(**values):
            raise LeaseLost(str(run))
        for name, value in values.items():
            setattr(run, name, value)

    def _finish(self) -> None:
        self._write(
            status=ReconRun.Status.DONE, lease=None, leased_until=None, finished_at=clock.now()
        )
        _drop_quiet_ones(self.run)

    def _pause(self) -> None:
        self._write(leased_until=None)

    def _fail(self, error: Exception) -> None:
        note = logs.describe(error)[:300]
        self._write(status=ReconRun.Status.FAILED, leased_until=None, note=note)


def perform(kind: str, work: Callable[[Pass], None], *, budget: float = BUDGET) -> ReconRun | None:
    """Begin a run of this kind, or go on with the open one; None if another is at it.

    What `work` raises goes up, after the run has noted it; the next call goes on from the cursor.
    """
    run = _begin(kind)
    if run is None:
        return None
    under_way = Pass(run, budget)
    try:
        work(under_way)
        under_way._finish()
    except OutOfTime:
        under_way._pause()
    except LeaseLost:
        log.warning("%s was taken over by another pass", run)
    except Exception as error:
        under_way._fail(error)
        raise
    return run


def last_done(kind: str) -> ReconRun | None:
    done = ReconRun.objects.filter(kind=kind, status=ReconRun.Status.DONE)
    return done.order_by("-started_at").first()


def is_due(kind: str, every: timedelta) -> bool:
    """Whether the last complete run began so long ago, or there is one to go on with."""
    last = last_done(kind)
    return has_open(kind) or last is None or last.started_at <= clock.now() - every


def has_open(kind: str) -> bool:
    """Whether a run is under way or stopped half-way."""
    return ReconRun.objects.filter(kind=kind, status__in=ReconRun.OPEN).exists()


def open_items(kind: str) -> Any:
    return ReconItem.objects.filter(kind=kind, resolved_at__isnull=True)


@transaction.atomic
def resolve(item: ReconItem, *, by: User) -> ReconItem:
    """A person has dealt with a difference; the same figures are not reported again."""
    check_is_finance(by)
    item = ReconItem.objects.select_for_update(no_key=True).get(pk=item.pk)
    if item.resolved_at is None:
        item.resolved_at, item.resolved_by = clock.now(), by
        item.save(update_fields=["resolved_at", "resolved_by"])
        audit.record("difference.resolved", item, by=by, ref=item.ref, problem=item.problem)
    return item


@transaction.atomic
def _begin(kind: str) -> ReconRun | None:
    locks.hold("recon", kind)
    now = clock.now()
    run = (
        ReconRun.objects.select_for_update(no_key=True)
        .filter(kind=kind, status__in=ReconRun.OPEN)
        .first()
    )
    if run is None:
        return ReconRun.objects.create(kind=kind, lease=uuid7(), leased_until=now + LEASE)
    if run.leased_until is not None and run.leased_until > now:
        return None
    if run.status == ReconRun.Status.FAILED:
        run.move_to(ReconRun.Status.RUNNING)
    run.lease, run.leased_until = uuid7(), now + LEASE
    run.save(update_fields=["lease", "leased_until"])
    return run


def _drop_quiet_ones(run: ReconRun) -> None:
    """Keep what found or mended something, and of the rest one an hour, for a while.

    Some run every two minutes; nearly all of them find nothing.
    """
    quiet = ReconRun.objects.filter(
        kind=run.kind, status=ReconRun.Status.DONE, mended=0, found=0, items__isnull=True
    ).exclude(pk=run.pk)
    hour = run.started_at.replace(minute=0, second=0, microsecond=0)
    quiet.filter(started_at__gte=hour, started_at__lte=run.started_at).delete()
    quiet.filter(started_at__lt=clock.now() - settings.RECON_QUIET_RUNS_KEPT).delete()
