"""`python -m notifications.simulator`: run until told to stop."""

import argparse
import signal
import sys
import threading

from notifications.simulator.books import Rules
from notifications.simulator.server import Account, Simulator


def main(arguments: list[str]) -> None:
    options = parse(arguments)
    simulator = Simulator(
        account=Account.from_environment(),
        site=options.site or None,
        rules=Rules(receipt_seconds=options.receipt_seconds),
    )
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    simulator.start(options.host, options.port)
    sys.stdout.write(f"Messages simulator on {simulator.url}\n")
    sys.stdout.flush()
    stopped.wait()
    simulator.stop()


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m notifications.simulator", description=__doc__)
    add = parser.add_argument
    add("--host", default="127.0.0.1")
    add("--port", type=int, default=9200)
    add("--site", default="http://127.0.0.1:8000", help="whose /webhooks/ get receipts; or empty")
    add("--receipt-seconds", type=float, default=0.3, help="how long a phone takes for each step")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
