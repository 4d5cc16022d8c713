"""One worker on one connection: reads "seconds durable|quick", books, answers how many it booked.

python -m benchmarks.journal.worker ours|plain|hordak
"""

import importlib
import sys
import time

from benchmarks.journal import facts


def main(way: str) -> None:
    keeper = importlib.import_module(f"benchmarks.journal.{way}")
    journal = facts()
    for _ in range(40):
        keeper.book(next(journal))
    print("ready", flush=True)
    for line in sys.stdin:
        seconds, mode = line.split()
        keeper.wait_for_disk(mode == "durable")
        count, end = 0, time.perf_counter() + float(seconds)
        while time.perf_counter() < end:
            keeper.book(next(journal))
            count += 1
        print(count, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
