"""`make bench`: own servers, 10,000 tutors or more, and the scenes measured over HTTP.

Needs nothing that runs already and leaves everything else alone: PostgreSQL, Redis and their data
are under `var/bench`. The last line is one JSON object: {name: {value, goal, unit}}.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VAR = ROOT / "var" / "bench"
FEW = 10_000
# `make bench TUTORS=1000000` also measures search at that size, in a database of its own.
TUTORS = int(os.environ.get("TUTORS") or os.environ.get("BENCH_TUTORS") or FEW)
ENVIRONMENT = {
    "TUTORHUB_VAR": str(VAR),
    "DEBUG": "0",
    "LOG_LEVEL": "WARNING",
    "PYTHONUNBUFFERED": "1",
}


def main() -> int:
    """Start over in a process whose environment is the benchmark's alone."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "REDIS_URL", "CACHE_REDIS_URL", "TUTORHUB_TESTING"}
    }
    environment = {**inherited, **ENVIRONMENT}
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.inside"], cwd=ROOT, env=environment, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
