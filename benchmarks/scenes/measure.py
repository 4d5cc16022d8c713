"""Record, serve, measure, report."""

import json
import os
import sys
from pathlib import Path

from benchmarks import report
from benchmarks.report import Figure
from benchmarks.run import FEW, TUTORS
from benchmarks.scenes import drain, leads, ledger, search, search_size, statements, webhooks
from benchmarks.web import web

VAR = Path(os.environ["TUTORHUB_VAR"])


def main(gateway_url: str) -> None:
    recorded = VAR / "recorded.json"
    paths = search.record(recorded)
    webhooks.prepare()
    places = {"BENCH_RECORDED": str(recorded), "RAZORPAY_BASE_URL": gateway_url}
    figures: dict[str, Figure] = {}
    with (
        web("tutorhub.settings", **places) as ours,
        web("benchmarks.bare_settings", **places) as bare,
    ):
        figures.update(search.measure(ours, bare, paths))
        figures.update(webhooks.measure(ours, bare))
        figures.update(leads.measure(ours, gateway_url))
        figures.update(statements.measure(ours))
        figures.update(drain.measure(ours))
    figures.update(ledger.measure())
    sizes = {size: json.loads((VAR / f"search-{size}.json").read_text()) for size in {FEW, TUTORS}}
    figures.update(search_size.figures(sizes, TUTORS, FEW))
    if TUTORS != FEW:
        minutes = json.loads((VAR / "load.json").read_text())["minutes"]
        figures["demo_load_minutes"] = Figure(round(minutes, 1), "<= 15", "minutes")
    if os.getloadavg()[0] > (os.cpu_count() or 1) + 1:
        print("The machine was busy with other things: the figures are worse than they should be.")
    report.show(figures)


if __name__ == "__main__":
    main(sys.argv[1])
