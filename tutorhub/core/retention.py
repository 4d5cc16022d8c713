"""How long things are kept. Each app registers its rules; one task of beat sees to them all.

A rule clears a batch at a time, each in a transaction of its own, and passes over rows that
somebody else holds, so that it can run beside everything and be stopped anywhere.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet

from tutorhub.core import clock, datamap

if TYPE_CHECKING:
    from tutorhub.core.datamap import Words

log = logging.getLogger(__name__)

BATCH = 1000
# No rule keeps the others waiting: what is left is cleared by the next run.
MOST_BATCHES = 50


@dataclass(frozen=True)
class Rule:
    """What is older than `after` is cleared by `clear(before)`, which returns how many went."""

    name: str
    after: timedelta
    text: "Words"
    clear: Callable[[datetime], int]


_rules: dict[str, Rule] = {}


def register(rules: Iterable[Rule]) -> None:
    for rule in rules:
        _rules[rule.name] = rule
        datamap.KEPT[rule.name] = rule.text


def rules() -> dict[str, Rule]:
    return dict(_rules)


def clear_all() -> dict[str, int]:
    """Clear what is over, rule by rule; returns how many rows or files each cleared."""
    cleared = {rule.name: rule.clear(clock.now() - rule.after) for rule in _rules.values()}
    if any(cleared.values()):
        log.info("cleared: %s", {name: count for name, count in cleared.items() if count})
    return cleared


def delete(rows: QuerySet[Any]) -> int:
    """Delete these rows in batches, passing over what somebody else holds."""
    return in_batches(rows, lambda some: some.delete())


def empty(rows: QuerySet[Any], **values: Any) -> int:
    """Set these values in batches; `rows` must leave out those that have them."""
    return in_batches(rows, lambda some: some.update(**values))


def in_batches(rows: QuerySet[Any], act: Callable[[QuerySet[Any]], object]) -> int:
    """Let `act` have batches of rows, locked, each in its own transaction. Returns how many."""
    total = 0
    for _batch in range(MOST_BATCHES):
        with transaction.atomic():
            some = rows.order_by("pk").select_for_update(skip_locked=True, of=("self",))[:BATCH]
            keys = [row.pk for row in some]
            act(rows.model._base_manager.filter(pk__in=keys))
        total += len(keys)
        if len(keys) < BATCH:
            break
    return total
