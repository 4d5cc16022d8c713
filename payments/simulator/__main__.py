"""`python -m payments.simulator`: run until told to stop."""

import argparse
import signal
import sys
import threading
from pathlib import Path

from payments.simulator.books import Rules
from payments.simulator.server import Account, Simulator


def main(arguments: list[str]) -> None:
    options = parse(arguments)
    simulator = Simulator(
        account=Account.from_environment(),
        webhook_url=options.webhook_url or None,
        rules=Rules(payout_seconds=options.payout_seconds),
        seed=options.seed,
        frozen=options.frozen,
        journal=options.journal,
    )
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    simulator.start(options.host, options.port)
    sys.stdout.write(f"Gateway simulator on {simulator.url}\n")
    sys.stdout.flush()
    stopped.wait()
    simulator.stop()


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m payments.simulator", description=__doc__)
    add = parser.add_argument
    add("--host", default="127.0.0.1")
    add("--port", type=int, default=9100)
    add("--webhook-url", default="http://127.0.0.1:8000/webhooks/razorpay", help="empty: keep them")
    add("--journal", type=Path, help="a file that makes it remember across restarts")
    add("--payout-seconds", type=float, default=2.0, help="how long a payout is processing")
    add("--seed", type=int, help="the same identifiers every time")
    add("--frozen", type=int, help="a clock that stands at this Unix time")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
