"""Postings per second: TutorHub's ledger against plain SQL and against django-hordak.

The three keep the same journal, turn by turn, each with as many workers as there are cores and one
connection for each worker. A round is one ratio, so that slow moments of the machine fall out.

What is compared is the work: commits do not wait for the disk, which is the same for all three and
hides it. With the disk (`_durable`) only plain SQL is a goal, because one commit for each posting
limits everybody: hordak could not be beaten three times even by doing nothing else.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.db import connection

from benchmarks.report import Figure
from benchmarks.timing import median
from tutorhub.core.processes import die_with_parent

ROOT = Path(__file__).resolve().parents[2]
WORKERS = 2
ROUNDS = 7
SECONDS = 2.0
SETTINGS = {
    "ours": "tutorhub.settings",
    "plain": "tutorhub.settings",
    "hordak": "benchmarks.hordak_settings",
}
COPIES = {
    "bench_account": "ledger_account",
    "bench_txn": "ledger_txn",
    "bench_entry": "ledger_entry",
}
Rates = dict[str, list[float]]


class Crew:
    """The workers of one way."""

    def __init__(self, way: str, processes: list["subprocess.Popen[str]"]) -> None:
        self.way, self.processes = way, processes

    def rate(self, mode: str) -> float:
        """Postings per second of all workers together."""
        for process in self.processes:
            assert process.stdin is not None
            process.stdin.write(f"{SECONDS} {mode}\n")
            process.stdin.flush()
        return sum(int(self._answer(process)) for process in self.processes) / SECONDS

    def wait_until_ready(self) -> None:
        for process in self.processes:
            self._answer(process)

    def _answer(self, process: "subprocess.Popen[str]") -> str:
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        if not line:
            raise SystemExit(f"a worker of {self.way} died; its messages are above.")
        return line


def measure() -> dict[str, Figure]:
    _prepare()
    with ExitStack() as stack:
        crews = {way: stack.enter_context(_crew(way)) for way in SETTINGS}
        figures = {}
        for mode in ("quick", "durable"):
            figures.update(_figures(_rates(crews, mode), mode))
    _forget()
    return figures


def _figures(rates: Rates, mode: str) -> dict[str, Figure]:
    told = ", ".join(f"{way} {median(some):.0f}" for way, some in rates.items())
    print(f"ledger_post ({mode}): {told} postings a second", flush=True)
    against = {
        other: median(ours / theirs for ours, theirs in zip(rates["ours"], some, strict=True))
        for other, some in rates.items()
    }
    if mode == "durable":
        return {"ledger_vs_sql_durable": Figure(round(against["plain"], 2), ">= 0.5", "times SQL")}
    return {
        "ledger_vs_sql": Figure(round(against["plain"], 2), ">= 0.5", "times SQL"),
        "ledger_vs_hordak": Figure(round(against["hordak"], 2), ">= 3.0", "times hordak"),
    }


def _rates(crews: dict[str, Crew], mode: str) -> Rates:
    rates: Rates = {way: [] for way in crews}
    for number in range(ROUNDS + 1):
        for way, crew in sorted(crews.items(), reverse=bool(number % 2)):
            rate = crew.rate(mode)
            # The first round only warms up.
            if number:
                rates[way].append(rate)
    return rates


@contextmanager
def _crew(way: str) -> Iterator[Crew]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": SETTINGS[way]}
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.journal.worker", way],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=die_with_parent,
        )
        for _ in range(WORKERS)
    ]
    crew = Crew(way, processes)
    try:
        crew.wait_until_ready()
        yield crew
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.communicate(timeout=30)


def _prepare() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS bench_hordak WITH (FORCE)")
        cursor.execute("CREATE DATABASE bench_hordak")
        for copy, table in COPIES.items():
            cursor.execute(f"DROP TABLE IF EXISTS {copy}")
            cursor.execute(f"CREATE TABLE {copy} (LIKE {table} INCLUDING ALL)")
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity", "0"],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": SETTINGS["hordak"]},
        check=True,
    )


def _forget() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE bench_hordak WITH (FORCE)")
        for copy in COPIES:
            cursor.execute(f"DROP TABLE {copy}")
