"""Looks after files that nobody waits for any more.

Uploads that were never taken in are deleted after a day, and so are files without a row below a
prefix whose app has said which of its keys have one. Rows are written before files, so such a file
is the rest of something that went wrong; each is counted in the log.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta

from tutorhub.core import clock, outbox, storage

log = logging.getLogger(__name__)

KEPT_FOR = timedelta(days=1)
BATCH = 500
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
    """Delete what is left over; returns how many files. Speaks to the storage."""
    before = clock.now() - KEPT_FOR
    swept = 0
    for key in list(storage.old_keys("quarantine", before=before)):
        storage.delete(key)
        swept += 1
    for prefix, known in owners.items():
        keys = list(storage.old_keys(prefix, before=before))
        for start in range(0, len(keys), BATCH):
            batch = keys[start : start + BATCH]
            for key in set(batch) - known(batch):
                storage.delete(key)
                swept += 1
    if swept:
        log.warning("swept %s files that nobody waited for", swept)
    return swept
