"""What a person has to do next. The apps above know; they register it here when they start."""

from collections.abc import Callable

from django.urls import reverse

from accounts.models import User

Step = tuple[str, ...]

DASHBOARD: Step = ("dashboard", "site:dashboard")

_steps: dict[str, Callable[[User], Step]] = {}


def register(role: str, next_step: Callable[[User], Step]) -> None:
    """From now on `next_step(user)` answers (API value, URL name, …) for users of `role`.

    For instance `("learner", "students:learner-create")`; DASHBOARD when nothing is missing. What
    follows the URL name are arguments of the address.
    """
    _steps[str(role)] = next_step


def next_step(user: User) -> str:
    """The API's value: "learner", "profile", "documents", …, "dashboard"."""
    return _step(user)[0]


def next_url(user: User) -> str:
    """The page for a browser that has just signed in."""
    _value, name, *arguments = _step(user)
    return reverse(name, args=arguments)


def _step(user: User) -> Step:
    known = _steps.get(user.role)
    return known(user) if known else DASHBOARD
