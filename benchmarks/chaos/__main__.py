"""Run the drill twice: as the product is, and sabotaged. The last line sums up the first.

Needs nothing that runs already and leaves everything else alone: PostgreSQL, Redis and their data
are under `var/chaos` and begin empty each time.

The sabotaged variant has no unique effect key and books whenever it is told (see `sabotage.py`).
If the checks did not catch that, they would not be worth anything, and the drill fails.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var" / "chaos"
KILLS = int(os.environ.get("CHAOS_KILLS", "60"))
SABOTAGED_KILLS = int(os.environ.get("CHAOS_SABOTAGED_KILLS", "10"))
SEED = os.environ.get("CHAOS_SEED", "1")


def main() -> int:
    print(f"The product as it is: {KILLS} kills, seed {SEED}", flush=True)
    honest = drill("tutorhub.settings", KILLS)
    print(f"Sabotaged (no unique effect key): {SABOTAGED_KILLS} kills", flush=True)
    sabotaged = drill("benchmarks.chaos.sabotaged_settings", SABOTAGED_KILLS)
    said = verdict_of(sabotaged)
    # A drill that died has judged nothing, so it has caught nothing.
    is_caught = sabotaged.returncode == 1 and " doubled=" in said and " doubled=0" not in said
    print(f"Sabotaged: {said} ({'caught' if is_caught else 'NOT caught'})")
    print(verdict_of(honest))
    return 0 if honest.returncode == 0 and is_caught else 1


def drill(settings: str, kills: int) -> subprocess.CompletedProcess[str]:
    """One run in a process of its own, whose children die with it."""
    shutil.rmtree(VAR, ignore_errors=True)
    VAR.mkdir(parents=True)
    names = {"DATABASE_URL", "REDIS_URL", "CACHE_REDIS_URL", "TUTORHUB_TESTING"}
    environment = {
        **{name: value for name, value in os.environ.items() if name not in names},
        "TUTORHUB_VAR": str(VAR),
        "DJANGO_SETTINGS_MODULE": settings,
        "LOG_LEVEL": "ERROR",
        "PYTHONUNBUFFERED": "1",
    }
    words = ["benchmarks.chaos.drill", "--kills", str(kills), "--seed", SEED]
    process = subprocess.Popen(
        [sys.executable, "-m", *words], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        print(line, end="", flush=True)
    return subprocess.CompletedProcess(words, process.wait(), "".join(lines), "")


def verdict_of(run: subprocess.CompletedProcess[str]) -> str:
    found = [line for line in run.stdout.splitlines() if line.startswith("faults=")]
    return found[-1] if found else "no verdict"


if __name__ == "__main__":
    sys.exit(main())
