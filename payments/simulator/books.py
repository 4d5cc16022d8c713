"""What the simulated Razorpay remembers: entities, rules, a clock, identifiers and a journal.

Entities are dicts in Razorpay's own shape. Keys that begin with an underscore are the simulator's
and never leave it.
"""

import copy
import functools
import json
import random
import string
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from payments.simulator import validation
from payments.simulator.errors import unknown_id

Entity = dict[str, Any]
P = ParamSpec("P")
R = TypeVar("R")

TABLES = (
    "orders",
    "payments",
    "refunds",
    "disputes",
    "documents",
    "settlements",
    "recon",
    "contacts",
    "fund_accounts",
    "validations",
    "payouts",
    "transactions",
    "keys",
)
ACCOUNT = "acc_Sim0000000001A"
ALPHABET = string.ascii_letters + string.digits


@dataclass
class Rules:
    """How this account is set up. All of it can be changed at `/_sim/settings`."""

    unique_receipts: bool = True
    """Refuse a receipt that was used before; accounts differ in this."""
    capture: str = "automatic"
    """What happens to orders that bring no capture settings."""
    refund_status: str = "processed"
    """`pending` leaves new refunds open until `/_sim/refunds/{id}/processed`."""
    payout_seconds: float | None = 2.0
    """When a processing payout is processed; null leaves that to `/_sim/payouts/{id}/{status}`."""
    validation_seconds: float | None = 0.0
    """When a fund account validation is answered: 0 at once, null only by
    `/_sim/validations/{id}/{result}`."""
    payouts_need_approval: bool = False
    """New payouts wait for `/_sim/payouts/{id}/processing` or `…/rejected`."""
    x_balance: int | None = None
    """Paise in the RazorpayX account; null is enough for everything."""
    work_seconds: float = 0.0
    """How long refunds and payouts take, so that two requests with one key can meet."""


@dataclass
class Clock:
    """Unix time, moved by an offset, or standing still at `frozen`."""

    offset: int = 0
    frozen: int | None = None

    def now(self) -> int:
        return (int(time.time()) if self.frozen is None else self.frozen) + self.offset


class Books:
    """The tables, one lock around them, and what is called when something happens."""

    def __init__(
        self,
        *,
        rules: Rules | None = None,
        seed: int | None = None,
        frozen: int | None = None,
        journal: Path | None = None,
    ) -> None:
        self._first_rules = rules or Rules()
        self.lock = threading.RLock()
        self.seed = seed
        self.frozen = frozen
        self.journal = journal
        self.on_event: Callable[[str, Entity, int], None] = lambda name, payload, at: None
        self.later: Callable[[float, Callable[[], object]], None] = lambda seconds, run: None
        self.disturb: Callable[[Entity], None] = lambda payment: None
        self._start()
        if journal is not None:
            self._remember(journal)

    def _start(self) -> None:
        self.rules = replace(self._first_rules)
        self.clock = Clock(frozen=self.frozen)
        self.tables: dict[str, dict[str, Entity]] = {name: {} for name in TABLES}
        self._random = random.Random(self.seed)  # noqa: S311 - no secrets

    def _remember(self, journal: Path) -> None:
        """Read the journal and write it anew, each entity once, as it is now."""
        journal.parent.mkdir(parents=True, exist_ok=True)
        if not journal.exists():
            return
        for line in journal.read_text(encoding="utf-8").splitlines():
            try:
                row = json.loads(line)
            except ValueError:
                continue  # The last line of a process that was killed.
            self.tables[row["table"]][row["entity"]["id"]] = row["entity"]
        anew = journal.with_suffix(".new")
        with anew.open("w", encoding="utf-8") as file:
            for name, table in self.tables.items():
                file.writelines(_line(name, entity) for entity in table.values())
        anew.replace(journal)

    def reset(self) -> None:
        """Forget everything, the journal too."""
        with self.lock:
            self._start()
            if self.journal is not None:
                self.journal.unlink(missing_ok=True)

    def new_id(self, prefix: str) -> str:
        """A prefix and 14 letters or digits; the same every time under the same seed."""
        return f"{prefix}_{''.join(self._random.choices(ALPHABET, k=14))}"

    def digits(self, count: int) -> str:
        return "".join(self._random.choices(string.digits, k=count))

    def put(self, table: str, entity: Entity) -> Entity:
        """Keep the entity, new or changed."""
        self.tables[table][entity["id"]] = entity
        if self.journal is not None:
            with self.journal.open("a", encoding="utf-8") as file:
                file.write(_line(table, entity))
        return entity

    def drop(self, table: str, key: str) -> None:
        self.tables[table].pop(key, None)

    def get(self, table: str, key: str) -> Entity:
        try:
            return self.tables[table][key]
        except KeyError:
            raise unknown_id() from None

    def all(self, table: str, **having: Any) -> list[Entity]:
        """Every entity whose fields have these values, oldest first."""
        return [
            entity
            for entity in self.tables[table].values()
            if all(entity.get(name) == value for name, value in having.items())
        ]

    def emit(self, event: str, **entities: Entity) -> None:
        """Tell the webhooks, with a snapshot of the entities as they are now."""
        payload = {name: {"entity": public(entity)} for name, entity in entities.items()}
        self.on_event(event, payload, self.clock.now())


def _line(table: str, entity: Entity) -> str:
    return json.dumps({"table": table, "entity": entity}) + "\n"


def locked(
    function: Callable[Concatenate[Books, P], R],
) -> Callable[Concatenate[Books, P], R]:
    """One operation on the books at a time."""

    @functools.wraps(function)
    def wrapper(books: Books, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with books.lock:
            return function(books, *args, **kwargs)

    return wrapper


def public(entity: Entity) -> Entity:
    """A copy for the outside."""
    shown = {key: value for key, value in entity.items() if not key.startswith("_")}
    return copy.deepcopy(shown)


def collection(entities: Iterable[Entity]) -> Entity:
    items = [public(entity) for entity in entities]
    return {"entity": "collection", "count": len(items), "items": items}


def paged(entities: Iterable[Entity], query: dict[str, str]) -> Entity:
    """One page of a list, newest first."""
    start, end, count, skip = validation.page(query)
    found = [entity for entity in entities if start <= entity["created_at"] <= end]
    return collection(found[::-1][skip : skip + count])
