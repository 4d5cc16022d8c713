"""Things that go wrong on request.

A fault has a kind, a count (how many times; -1 is for ever) and, by kind, `method` and `path`
(regular expressions over API calls), `event` (over event names), `seconds` and `value`.
"""

import itertools
import re
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from notifications.simulator.http import BadRequest


@dataclass
class Fault:
    """One thing that will go wrong `count` times."""

    id: int
    kind: str
    method: str = ""
    path: str = ""
    event: str = ""
    count: int = 1
    seconds: float | None = None
    value: Any = None


class Faults:
    """The faults that are waiting, oldest first. `api` and the rest map a kind to what it does."""

    def __init__(self, api: Mapping[str, str], other: Mapping[str, str]) -> None:
        self._api = api
        self._kinds = {**api, **other}
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._waiting: list[Fault] = []

    def add(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Order a fault. Raises BadRequest."""
        if wanted.get("kind") not in self._kinds:
            raise BadRequest(f"kind must be one of {', '.join(self._kinds)}")
        unknown = set(wanted) - set(Fault.__dataclass_fields__) | set(wanted) & {"id"}
        if unknown:
            raise BadRequest(f"{', '.join(sorted(unknown))} is/are unknown")
        fault = Fault(id=next(self._numbers), **wanted)
        with self._lock:
            self._waiting.append(fault)
        return asdict(fault)

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    def list(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._waiting]

    def for_call(self, method: str, path: str) -> Fault | None:
        """The oldest fault for this API call; it counts as used."""
        with self._lock:
            for fault in self._waiting:
                if (
                    fault.kind in self._api
                    and re.fullmatch(fault.method or ".*", method)
                    and re.search(fault.path, path)
                ):
                    return self._use(fault)
        return None

    def take(self, kinds: Mapping[str, str], event: str = "") -> dict[str, Fault]:
        """Every fault of these kinds for this event, by kind; each counts as used."""
        found: dict[str, Fault] = {}
        with self._lock:
            for fault in [*self._waiting]:
                if (
                    fault.kind in kinds
                    and fault.kind not in found
                    and re.search(fault.event, event)
                ):
                    found[fault.kind] = self._use(fault)
        return found

    def _use(self, fault: Fault) -> Fault:
        if fault.count > 0:
            fault.count -= 1
        if fault.count == 0:
            self._waiting.remove(fault)
        return fault
