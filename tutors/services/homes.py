"""From where somebody asks, if nothing else says it. The app that knows registers it."""

from collections.abc import Callable

from accounts.models import User
from tutors.queries import Point

Finder = Callable[[User], Point | None]

_finders: list[Finder] = []


def register(find: Finder) -> Finder:
    """From now on `find(user)` answers where this person's child lives, or None."""
    _finders.append(find)
    return find


def of(user: User) -> Point | None:
    for find in _finders:
        point = find(user)
        if point is not None:
            return point
    return None
