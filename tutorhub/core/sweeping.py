"""Looks after files that nobody waits for any more.

Uploads that were never taken in are deleted after a day, and so are files without a row below a
prefix whose app has said which of its keys have one. Rows are written before files, so such a file
is the rest of something that went wrong; each is counted in the log.
"""

import itertools
import logging
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from tutorhub.core import clock, outbox, storage
from tutorhub.core.models import RetentionRun

log = logging.getLogger(__name__)

KEPT_FOR = timedelta(days=1)
BATCH = 500
MOST_SECONDS = 15
RULE = "uploads"
DELETE = "core.delete_file"
# A form may still be filled until it runs out; what arrives by it is deleted after that.
AFTER_FORM = timedelta(seconds=storage.UPLOAD_SECONDS + 60)

Known = Callable[[Sequence[str]], set[str]]
owners: dict[str, Known] = {}


def register(prefix: str, known: Known) -> None:
    """`known` says which of these keys have a row; without it nothing below `prefix` is swept."""
    owners[prefix] = known


def delete_later(*keys: str, is_upload: bool = False) -> None:
    """Delete files once this transaction is committed.

    To where an upload went (`is_upload`) more may come until the form runs out: that goes as well.
    """
    for key in filter(None, keys):
        outbox.later(DELETE, {"key": key})
        if is_upload:
            outbox.later(DELETE, {"key": key}, due_at=clock.now() + AFTER_FORM)


@outbox.call(DELETE)
def delete_file(payload: outbox.Payload, done: Callable[[], None]) -> None:
    storage.delete(payload["key"])
    done()


def sweep() -> int:
    """Delete what is left over, for a while; returns how many files. Speaks to the storage.

    The next sweep goes on where this one stops, whatever stops it.
    """
    before, until = clock.now() - KEPT_FOR, time.monotonic() + MOST_SECONDS
    start = RetentionRun.objects.filter(rule=RULE).values_list("cursor", flat=True).first() or ""
    swept = 0
    for prefix in sorted({"quarantine", *owners}):
        if prefix < start.partition("/")[0]:
            continue
        keys = storage.old_keys(prefix, before=before, after=start)
        while batch := list(itertools.islice(keys, BATCH)):
            swept += _sweep(prefix, batch)
            _go_on_at(batch[-1])
            if time.monotonic() > until:
                return swept
    _go_on_at("")
    return swept


def _sweep(prefix: str, keys: list[str]) -> int:
    known = owners[prefix](keys) if prefix in owners else set()
    lost = set(keys) - known
    for key in lost:
        storage.delete(key)
    if lost:
        log.warning("swept %s files of %s that nobody waited for", len(lost), prefix)
    return len(lost)


def _go_on_at(key: str) -> None:
    RetentionRun.objects.update_or_create(rule=RULE, defaults={"cursor": key})
