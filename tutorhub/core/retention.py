"""How long things are kept. Each app registers its rules; beat asks for all of them every hour.

Each rule is work of its own in the outbox, so that one that fails or takes long stops no other. A
rule clears a batch at a time, each in a transaction of its own, and passes over rows that
somebody else holds, so that it can run beside everything and be stopped anywhere.
"""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet

from tutorhub.core import clock, datamap, outbox
from tutorhub.core.models import OutboxRow, RetentionRun

if TYPE_CHECKING:
    from tutorhub.core.datamap import Words

log = logging.getLogger(__name__)

BATCH = 1000
# A worker lives for less than a minute; what is left is cleared by the next run.
MOST_BATCHES = 50
MOST_SECONDS = 15
CLEAR = "core.clear_rule"
LATE = timedelta(hours=6)


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


@transaction.atomic
def ask() -> None:
    """Ask for every rule that is not waiting for its turn already. Once in an hour, if asked twice.

    One that was given up is asked for again an hour later, and stays in sight.
    """
    open_rows = OutboxRow.objects.filter(handler=CLEAR, done_at__isnull=True, dead_at__isnull=True)
    waiting = set(open_rows.values_list("payload__rule", flat=True))
    hour = clock.now().strftime("%Y-%m-%dT%H")
    for name in _rules.keys() - waiting:
        RetentionRun.objects.get_or_create(rule=name)
        outbox.later(CLEAR, {"rule": name}, key=f"{CLEAR}:{name}:{hour}")


@outbox.call(CLEAR)
def clear(payload: outbox.Payload, done: Callable[[], None]) -> None:
    """Clear what is over by one rule. A call, because its batches are transactions themselves."""
    rule = _rules.get(payload["rule"])
    count = rule.clear(clock.now() - rule.after) if rule else 0
    if count:
        log.info("cleared: %s of %s", count, payload["rule"])
    with transaction.atomic():
        runs = RetentionRun.objects.filter(rule=payload["rule"])
        runs.update(seen_to_at=clock.now())
        done()


def late() -> list[str]:
    """The rules that have not come to their end for hours."""
    runs = RetentionRun.objects.filter(seen_to_at__lt=clock.now() - LATE, rule__in=_rules)
    return sorted(runs.values_list("rule", flat=True))


def delete(rows: QuerySet[Any]) -> int:
    """Delete these rows in batches, passing over what somebody else holds."""
    return in_batches(rows, lambda some: some.delete())


def empty(rows: QuerySet[Any], **values: Any) -> int:
    """Set these values in batches; `rows` must leave out those that have them."""
    return in_batches(rows, lambda some: some.update(**values))


def in_batches(rows: QuerySet[Any], act: Callable[[QuerySet[Any]], object]) -> int:
    """Let `act` have batches of rows, locked, each in its own transaction. Returns how many."""
    total, until = 0, time.monotonic() + MOST_SECONDS
    for _batch in range(MOST_BATCHES):
        with transaction.atomic():
            some = rows.order_by("pk").select_for_update(skip_locked=True, of=("self",))[:BATCH]
            keys = [row.pk for row in some]
            act(rows.model._base_manager.filter(pk__in=keys))
        total += len(keys)
        if len(keys) < BATCH or time.monotonic() > until:
            break
    return total
