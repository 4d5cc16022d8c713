"""The benchmark with its environment set: servers, data, then the scenes in one more process."""

import subprocess
import sys

from benchmarks.run import ROOT, TUTORS
from payments.simulator.books import Rules
from payments.simulator.server import Simulator
from tutorhub.core import embedded


def main() -> int:
    say("Starting PostgreSQL and Redis")
    with embedded.servers():
        say("Bringing the database up to date")
        manage("migrate", "--verbosity", "0")
        manage("collectstatic", "--no-input", "--verbosity", "0")
        say(f"Filling in {TUTORS} tutors, unless they are there")
        manage("demo", "--tutors", str(TUTORS), "--search-only")
        simulator = Simulator(rules=Rules(payout_seconds=None))
        simulator.start()
        try:
            return python("-m", "benchmarks.scenes.measure", simulator.url).returncode
        finally:
            simulator.stop()


def say(text: str) -> None:
    print(text, flush=True)


def manage(*words: str) -> None:
    if python("manage.py", *words).returncode:
        raise SystemExit(f"manage.py {words[0]} failed; its messages are above.")


def python(*words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, *words], cwd=ROOT, check=False)


if __name__ == "__main__":
    sys.exit(main())
