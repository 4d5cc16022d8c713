"""Signed things that count once: PostgreSQL remembers which of them have been used."""

from datetime import datetime

from accounts.models import SpentNonce


def spend(nonce: str, expires_at: datetime) -> bool:
    """Whether this is the first use; call it in a transaction, which undoes it if it fails.

    Whoever comes at the same moment waits for that transaction. `expires_at` is when nobody would
    take the thing any more, so that its row may go.
    """
    _row, is_first = SpentNonce.objects.get_or_create(
        nonce=nonce, defaults={"expires_at": expires_at}
    )
    return is_first
