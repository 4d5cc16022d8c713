"""Search in a database of one size: statements, answers of the API, pages. Run once per size.

The questions are drawn from the mix below, the same at every size. Each is asked three times and
the best time counts, so that what other programs do on the machine weighs less; then the 95th of a
hundred questions is the figure. Server and database are warm.
"""

import json
import os
import random
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from benchmarks.report import Figure  # noqa: E402
from benchmarks.timing import Connection  # noqa: E402
from benchmarks.web import web  # noqa: E402
from tutorhub.core.models import Place  # noqa: E402
from tutors import queries  # noqa: E402
from tutors.api.search import criteria_of  # noqa: E402
from tutors.api.search_serializers import SearchInput  # noqa: E402
from tutors.models import Offering  # noqa: E402
from tutors.queries import SearchCriteria  # noqa: E402
from tutors.queries.statements import compose  # noqa: E402
from tutors.services import profiles  # noqa: E402
from tutors.services.profiles import OfferingDetails, ProfileDetails  # noqa: E402

VAR = Path(os.environ["TUTORHUB_VAR"])
DENSEST_CITY = "Bengaluru"
QUESTIONS = 200
PAGE = 20
GOALS = {"online_sql": 5, "home_sql": 40, "api": 100, "html": 150}
# Of a hundred questions, how many have this wish.
SHARES = {
    "grade": 80,
    "board": 60,
    "budget_max_paise": 35,
    "language": 15,
    "gender": 12,
    "min_rating": 10,
    "trial": 5,
    "day": 8,
}


def questions(kind: str) -> list[dict[str, Any]]:
    """The same questions at every size, as the API takes them."""
    chance = random.Random(kind)
    pins = list(Place.objects.filter(city=DENSEST_CITY).order_by("pk").values_list("pk", flat=True))
    return [_question(kind, chance, pins) for _ in range(QUESTIONS)]


def _question(kind: str, chance: random.Random, pins: list[str]) -> dict[str, Any]:
    subjects = ["maths"] * 4 + ["physics", "chemistry", "english", "hindi", "accountancy", "yoga"]
    drawn: dict[str, Any] = {
        "grade": chance.randint(1, 12),
        "board": chance.choice(["CBSE"] * 6 + ["ICSE", "ICSE", "KSEAB", "IB"]),
        "budget_max_paise": chance.choice([400_00, 600_00, 1000_00]),
        "language": chance.choice(["en", "hi", "kn"]),
        "gender": chance.choice(["female", "male"]),
        "min_rating": chance.choice([4, 4.5]),
        "trial": 1,
        "day": chance.randrange(7),
    }
    asked = {name: value for name, value in drawn.items() if chance.random() * 100 < SHARES[name]}
    if chance.random() < 0.9:
        asked["subject"] = chance.choice(subjects)
    asked["mode"] = kind if kind != "any" else chance.choice(["online", "home", "either"])
    sorts = ["match"] * 7 + ["price", "price", "rating"]
    if asked["mode"] != "online":
        asked["pin_code"] = chance.choice(pins)
        sorts.append("distance")
    asked["sort"] = chance.choice(sorts)
    return asked


def criteria(asked: dict[str, Any]) -> SearchCriteria:
    given = SearchInput(data=asked)
    given.is_valid(raise_exception=True)
    data = dict(given.validated_data)
    data.pop("page_size")
    return criteria_of(data)[0]


def p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def statements(kind: str) -> float:
    """Milliseconds of the 95th of a hundred statements."""
    times = []
    with connection.cursor() as cursor:
        for asked in questions(kind):
            statement, values = compose(criteria(asked), after=None, limit=PAGE + 1)
            best = min(_timed(cursor, statement, values) for _ in range(3))
            times.append((best, statement, values))
        _write_plan(cursor, kind, sorted(times, key=lambda row: row[0]))
    return p95([best for best, *_ in times])


def _timed(cursor: Any, statement: str, values: dict[str, Any]) -> float:
    started = time.perf_counter()
    cursor.execute(statement, values)
    cursor.fetchall()
    return (time.perf_counter() - started) * 1000


def _write_plan(cursor: Any, kind: str, times: list[Any]) -> None:
    """The plans of the middle question, of the 95th and of the slowest."""
    folder = VAR / "plans"
    folder.mkdir(exist_ok=True)
    picks = {"middle": len(times) // 2, "p95": int(len(times) * 0.95), "slowest": -1}
    for name, place in picks.items():
        best, statement, values = times[place]
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {statement}", values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
        path = folder / f"{os.environ['BENCH_SIZE']}-{kind}-{name}.txt"
        path.write_text(f"{best:.2f} ms\n{values}\n{plan}\n")


def answers(prefix: str, port: int) -> float:
    server, times = Connection(port), []
    for asked in questions("any"):
        if prefix.startswith("/tutors"):
            asked = dict(asked)
            budget = asked.pop("budget_max_paise", None)
            asked |= {"budget": budget // 100} if budget else {}
        path = f"{prefix}?{urlencode(asked)}"
        found = [server.get(path) for _ in range(3)]
        if any(answer.status != 200 for answer in found):
            raise SystemExit(f"{path} answered {found[0].status}: {found[0].body[:300]!r}")
        times.append(min(answer.milliseconds for answer in found))
    server.close()
    return p95(times)


def most_queries() -> int:
    client, most = Client(headers={"host": "127.0.0.1"}), 0
    for asked in questions("any")[:40]:
        client.get("/api/v1/tutors/", asked)
        with CaptureQueriesContext(connection) as captured:
            client.get("/api/v1/tutors/", asked)
        most = max(most, len(captured))
    return most


def stale() -> int:
    """Changes that search did not show in the very next question."""
    missed = 0
    chosen = Offering.objects.filter(tutor__status="APPROVED", online_rate_paise__isnull=False)
    for offering in chosen.select_related("tutor__user", "subject")[:20]:
        rate = 51_00 if offering.online_rate_paise != 51_00 else 52_00
        details = OfferingDetails(
            subject=offering.subject,
            boards=[],
            grade_min=1,
            grade_max=12,
            online_rate_paise=rate,
        )
        user = offering.tutor.user
        profiles.save(by=user, details=ProfileDetails(offerings=[details]))
        wish = SearchCriteria(subject=offering.subject, budget_max_paise=rate, sort="price")
        found = queries.search(wish, limit=50).results
        missed += offering.tutor_id not in {result.tutor.id for result in found}
    return missed


def main(result: Path) -> None:
    measured: dict[str, float] = {
        "online_sql": statements("online"),
        "home_sql": statements("home"),
        "queries": most_queries(),
    }
    with web("tutorhub.settings") as port:
        measured["api"] = answers("/api/v1/tutors/", port)
        measured["html"] = answers("/tutors/", port)
    measured["stale"] = stale()
    result.write_text(json.dumps(measured))


def figures(results: dict[int, dict[str, float]], many: int, few: int) -> dict[str, Figure]:
    """From the results by number of tutors: those of the many, and how they have grown."""
    at = results[many]
    found = {
        f"search_{name}_p95": Figure(round(at[name], 2), f"<= {goal}", "ms")
        for name, goal in GOALS.items()
    }
    found["search_api_queries"] = Figure(at["queries"], "<= 6", "queries")
    found["search_stale_after_change"] = Figure(at["stale"], "<= 0", "of 20")
    if many != few:
        for name in GOALS:
            growth = round(at[name] / results[few][name], 2)
            found[f"search_{name}_growth"] = Figure(growth, "<= 2.0", f"times {few}")
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
