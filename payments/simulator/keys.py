"""Idempotency keys: the same request twice is done once, another request under one key never."""

import hashlib
import json
import time
from collections.abc import Callable

from payments.simulator.books import Books, Entity, public
from payments.simulator.errors import in_progress, refuse


def once(books: Books, table: str, key: str, body: Entity, perform: Callable[[], Entity]) -> Entity:
    """Perform under the key, or answer with the latest state of what it made the first time."""
    claim = f"{table}:{key}"
    fingerprint = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    with books.lock:
        known = books.tables["keys"].get(claim)
        if known is not None:
            return _replay(books, table, known, fingerprint)
        books.tables["keys"][claim] = {"id": claim, "fingerprint": fingerprint, "made": None}
    try:
        time.sleep(books.rules.work_seconds)
        made = perform()
    except BaseException:
        books.drop("keys", claim)
        raise
    with books.lock:
        books.put("keys", {"id": claim, "fingerprint": fingerprint, "made": made["id"]})
        return public(books.get(table, made["id"]))


def _replay(books: Books, table: str, known: Entity, fingerprint: str) -> Entity:
    if known["fingerprint"] != fingerprint:
        raise refuse(
            "Different request with the same idempotency key has already been processed.",
            reason="idempotency_key_reused",
        )
    if known["made"] is None:
        raise in_progress()
    return public(books.get(table, known["made"]))
