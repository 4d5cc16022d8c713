"""Search by API and by page, against a view that runs the same statements for the same bytes."""

import json
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.report import Figure
from benchmarks.timing import Answer, Comparison, Connection, compare

SEARCHES = (
    "subject=physics&grade=11&board=CBSE&mode=home&pin_code=560034",
    "subject=maths&grade=9&mode=online",
    "subject=maths&grade=10&board=CBSE&{budget}&pin_code=400050",
    "pin_code=110001&sort=distance",
    "subject=english&grade=6&sort=price",
)
# The API takes paise, the page rupees.
ADDRESSES = {
    "search_api": ("/api/v1/tutors/?", "budget_max_paise=80000"),
    "search_html": ("/tutors/?", "budget=800"),
}


def record(recorded: Path) -> dict[str, list[str]]:
    """Write down statements and bytes of every address; the addresses by figure."""
    paths = {
        name: [prefix + query.format(budget=budget) for query in SEARCHES]
        for name, (prefix, budget) in ADDRESSES.items()
    }
    pages = {path: _page(path) for some in paths.values() for path in some}
    recorded.write_text(json.dumps(pages))
    return paths


def _page(path: str) -> dict[str, Any]:
    client = Client(headers={"host": "127.0.0.1"})
    client.get(path)  # What only the first request asks for is not the page's.
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
    if response.status_code != 200:
        raise SystemExit(f"{path} answered {response.status_code}: {response.content[:500]!r}")
    return {
        "statements": [query["sql"] for query in queries],
        "body": response.content.decode(),
        "content_type": response.headers["Content-Type"],
    }


def measure(ours: int, bare: int, paths: dict[str, list[str]]) -> dict[str, Figure]:
    return {name: _figure(name, ours, bare, some) for name, some in paths.items()}


def _figure(name: str, ours: int, bare: int, paths: list[str]) -> Figure:
    product, baseline = Connection(ours), Connection(bare)
    _check_sameness(product, baseline, paths)
    found: Comparison = compare(
        lambda path: _ok(product.get(path)),
        lambda path: _ok(baseline.get(path)),
        lambda: paths * 4,
    )
    product.close()
    baseline.close()
    print(f"{name}: {found.ours:.2f} ms, bare {found.bare:.2f} ms", flush=True)
    return Figure(round(found.ratio, 2), "<= 2.0", "times bare")


def _check_sameness(product: Connection, baseline: Connection, paths: list[str]) -> None:
    """The bytes must be as many: tokens and nonces differ, nothing else may."""
    for path in paths:
        sizes = [len(connection.get(path).body) for connection in (product, baseline)]
        if abs(sizes[0] - sizes[1]) > 200:
            raise SystemExit(f"{path} has {sizes[0]} bytes here and {sizes[1]} there")


def _ok(answer: Answer) -> Answer:
    if answer.status != 200:
        raise SystemExit(f"a search answered {answer.status}: {answer.body[:500]!r}")
    return answer
