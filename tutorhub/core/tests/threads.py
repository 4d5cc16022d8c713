"""Many at once, each on a connection of its own."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection


def run_together(count: int, work: Callable[[int], Any], *, threads: int = 0) -> list[Any]:
    """Run `work(0..count-1)` from threads that start at the same moment; errors are results."""
    workers = threads or count
    barrier = threading.Barrier(workers)
    started = threading.local()

    def one(number: int) -> Any:
        if not getattr(started, "yes", False):
            started.yes = True
            barrier.wait(30)
        try:
            return work(number)
        except Exception as error:  # noqa: BLE001 - the error is what the test looks at
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(one, range(count)))


def somebody_waits() -> bool:
    """Whether a connection to this database waits for a lock; other tests wait in theirs.

    Waiting for a row names no database, so one of whoever waits is looked for in all their locks.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks w WHERE NOT w.granted AND EXISTS ("
            " SELECT FROM pg_locks h JOIN pg_database d ON d.oid = h.database"
            " WHERE h.pid = w.pid AND d.datname = current_database()))"
        )
        return bool(cursor.fetchone()[0])


def wait_until(condition: Callable[[], bool], *, seconds: float = 10) -> None:
    """Look again and again until it is so. Raises AssertionError if it never is."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.02)


class Meeting:
    """Of two at work the first stops until the second waits for a lock of its, or has ended."""

    def __init__(self) -> None:
        self._is_there, self._has_ended = threading.Event(), threading.Event()
        self.did_wait: bool | None = None

    def stop(self) -> None:
        """Called by the first; `did_wait` says afterwards which of the two it was."""
        self._is_there.set()
        wait_until(lambda: self._has_ended.is_set() or somebody_waits())
        self.did_wait = not self._has_ended.is_set()

    def then(self, act: Callable[[], Any]) -> Any:
        """What the second does, once the first has stopped."""
        assert self._is_there.wait(10)
        try:
            return act()
        finally:
            self._has_ended.set()
