"""Requests over a connection that is kept, and two ways to do the same thing side by side."""

import http.client
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

ROUNDS = 15


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    milliseconds: float


class Connection:
    """One keep-alive connection to a server on this machine."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str) -> Answer:
        return self.ask("GET", path, None, {})

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        return self.ask("POST", path, body, headers)

    def ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        started = time.perf_counter()
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        content = response.read()
        return Answer(response.status, content, (time.perf_counter() - started) * 1000)

    def close(self) -> None:
        self._connection.close()


@dataclass(frozen=True)
class Comparison:
    """Two ways, each with the median of its requests in milliseconds."""

    ours: float
    bare: float
    ratio: float
    """The median of the ratios of the rounds, which slow moments of the machine do not move."""


def compare(
    ours: Callable[[Any], Answer],
    bare: Callable[[Any], Answer],
    items: Callable[[], Sequence[Any]],
    *,
    rounds: int = ROUNDS,
) -> Comparison:
    """Do both with the same items, turn by turn; the first round only warms up."""
    pairs = []
    for number in range(rounds + 1):
        chosen = items()
        ways = (ours, bare) if number % 2 else (bare, ours)
        medians = {way: median(way(item).milliseconds for item in chosen) for way in ways}
        if number:
            pairs.append((medians[ours], medians[bare]))
    return Comparison(
        ours=median(pair[0] for pair in pairs),
        bare=median(pair[1] for pair in pairs),
        ratio=median(pair[0] / pair[1] for pair in pairs),
    )


def median(values: Iterable[float]) -> float:
    return statistics.median(values)
