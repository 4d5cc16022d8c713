"""The benchmark with its environment set: servers, data, then the scenes in more processes."""

import json
import os
import subprocess
import sys
import time

import psycopg

from benchmarks.run import FEW, ROOT, TUTORS, VAR
from payments.simulator.books import Rules
from payments.simulator.server import Simulator
from tutorhub.core import embedded


def main() -> int:
    say("Starting PostgreSQL and Redis")
    with embedded.servers():
        pass  # The first start writes down settings that the second one reads.
    with embedded.servers():
        say("Bringing the database up to date")
        manage("migrate", "--verbosity", "0")
        manage("collectstatic", "--no-input", "--verbosity", "0")
        say(f"Filling in {FEW} tutors, unless they are there")
        manage("demo", "--tutors", str(FEW), "--search-only")
        for size in sorted({FEW, TUTORS}):
            say(f"Search among {size} tutors")
            search_among(size)
        simulator = Simulator(rules=Rules(payout_seconds=None))
        simulator.start()
        try:
            return python("-m", "benchmarks.scenes.measure", simulator.url).returncode
        finally:
            simulator.stop()


def search_among(size: int) -> None:
    """Measure search at this size; more than a few tutors have a database of their own."""
    small = os.environ["DATABASE_URL"]
    if size != FEW:
        name = f"tutorhub_{size}"
        with psycopg.connect(small, autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if not known.fetchone():
                connection.execute(f"CREATE DATABASE {name}")
        os.environ["DATABASE_URL"] = small.replace("/tutorhub?", f"/{name}?")
        manage("migrate", "--verbosity", "0")
        started = time.monotonic()
        manage("demo", "--tutors", str(size), "--search-only")
        minutes = (time.monotonic() - started) / 60
        # What is there already takes no time worth keeping.
        if minutes > 1 or not (VAR / "load.json").exists():
            (VAR / "load.json").write_text(json.dumps({"minutes": minutes}))
    os.environ.update(BENCH_SIZE=str(size), DJANGO_SETTINGS_MODULE="tutorhub.settings")
    if python("-m", "benchmarks.scenes.search_size", str(VAR / f"search-{size}.json")).returncode:
        raise SystemExit("search could not be measured; the messages are above.")
    os.environ["DATABASE_URL"] = small


def say(text: str) -> None:
    print(text, flush=True)


def manage(*words: str) -> None:
    if python("manage.py", *words).returncode:
        raise SystemExit(f"manage.py {words[0]} failed; its messages are above.")


def python(*words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, *words], cwd=ROOT, check=False)


if __name__ == "__main__":
    sys.exit(main())
