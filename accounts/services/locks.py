"""Locks on things that have no row: a phone number, an address."""

from django.db import connection


def hold(kind: str, name: str) -> None:
    """Wait for the lock `kind:name` and hold it to the end of the transaction.

    Take kinds in the order phone, network, neighbourhood, block, operator, staff, pan, float, and
    one name of a kind: otherwise two could wait for each other.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a lock outside a transaction would be released at once")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{kind}:{name}"])
