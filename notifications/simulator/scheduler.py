"""One thread that runs things when they are due, in order."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable

Run = Callable[[], object]


class Scheduler:
    """Runs calls one after another; equal times run in the order they were asked for."""

    def __init__(self, name: str) -> None:
        self._condition = threading.Condition()
        self._heap: list[tuple[float, int, Run]] = []
        self._numbers = itertools.count()
        self._stopped = False
        self._busy = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._condition:
            self._stopped = True
            self._condition.notify_all()

    def after(self, seconds: float, run: Run) -> None:
        with self._condition:
            heapq.heappush(self._heap, (time.monotonic() + seconds, next(self._numbers), run))
            self._condition.notify_all()

    def clear(self) -> None:
        with self._condition:
            self._heap.clear()

    def wait_idle(self, seconds: float) -> bool:
        """Wait until nothing is due or running now; False when that took too long."""
        deadline = time.monotonic() + seconds
        with self._condition:
            while self._busy or self._is_due():
                if time.monotonic() > deadline:
                    return False
                self._condition.wait(0.02)
        return True

    def _is_due(self) -> bool:
        return bool(self._heap) and self._heap[0][0] <= time.monotonic()

    def _work(self) -> None:
        while True:
            with self._condition:
                self._busy = False
                self._condition.notify_all()
                while not self._stopped and not self._is_due():
                    wait = self._heap[0][0] - time.monotonic() if self._heap else None
                    self._condition.wait(wait)
                if self._stopped:
                    return
                run = heapq.heappop(self._heap)[2]
                self._busy = True
            run()
