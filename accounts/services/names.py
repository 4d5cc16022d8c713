"""Names that somebody vouches for: a new one waits. The apps above know; they register it here."""

from collections.abc import Callable

from accounts.models import User

Propose = Callable[[User, str], bool]
Waiting = Callable[[User], str]

_known: dict[str, tuple[Propose, Waiting]] = {}


def register(role: str, *, propose: Propose, waiting: Waiting) -> None:
    """From now on `propose(user, name)` is asked before a name of users of `role` is written.

    It answers whether it has taken the name, to write it now or later (`users.rename`).
    `waiting(user)` is the name that waits, or nothing.
    """
    _known[str(role)] = (propose, waiting)


def propose(user: User, name: str) -> bool:
    """Whether somebody above has taken the name. In the transaction of the caller, before locks."""
    known = _known.get(user.role)
    return known is not None and known[0](user, name)


def waiting(user: User) -> str:
    """The new name of this person that waits to be checked; nothing where none does."""
    known = _known.get(user.role)
    return known[1](user) if known is not None else ""
