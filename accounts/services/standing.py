"""Whether a person may act or only look. The apps above know more; they register it at start."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tutorhub.core.errors import NotAllowed


class AccountSuspended(NotAllowed):
    code = "account_suspended"
    message = _("This account is suspended. Write to us if you think that is a mistake.")


_checks: dict[str, Callable[[User], None]] = {}


def register(role: str, check: Callable[[User], None]) -> None:
    """From now on `check(user)` raises NotAllowed where a user of `role` may only look."""
    _checks[str(role)] = check


def check_is_open(user: User) -> None:
    """Raise AccountSuspended on an account that staff have shut."""
    if user.is_suspended:
        raise AccountSuspended


def check_may_act(user: User) -> None:
    """Raise AccountSuspended, or what the role's own check raises.

    Pages and API ask before everything that is not a GET; later work asks before money leaves.
    """
    check_is_open(user)
    if check := _checks.get(user.role):
        check(user)
