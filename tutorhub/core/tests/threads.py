"""Many at once, each on a connection of its own."""

import threading
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
