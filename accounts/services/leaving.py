"""What stands in the way of an erasure. The apps above know; they register it when they start."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tutorhub.core.errors import Conflict

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True)
class Hindrance:
    """One thing to settle first, in words for the person, and the page where that is done."""

    code: str
    text: "str | StrPromise"
    page: str = ""


Check = Callable[[User], Iterable[Hindrance]]
Says = Callable[[User], Iterable[str]]
_checks: list[Check] = []
_says: list[Says] = []


class CannotLeaveYet(Conflict):
    """`extra["reasons"]` is a list of `{code, text}`."""

    code = "cannot_leave_yet"
    message = _("This account cannot be erased yet.")

    def __init__(self, hindrances: Iterable[Hindrance]) -> None:
        reasons: list[dict[str, Any]] = [
            {"code": each.code, "text": str(each.text)} for each in hindrances
        ]
        words = [str(self.message), *(reason["text"] for reason in reasons)]
        super().__init__(" ".join(words), reasons=reasons)


def register(*, check: Check | None = None, says: Says | None = None) -> None:
    """From now on `check(user)` is asked what has to be settled before this person is erased.

    `says(user)` tells, in sentences for the page, what then becomes of what the app holds.
    """
    if check is not None and check not in _checks:
        _checks.append(check)
    if says is not None and says not in _says:
        _says.append(says)


def hindrances(user: User) -> list[Hindrance]:
    """Everything that stands in the way now; empty when the account may be erased."""
    return [found for check in _checks for found in check(user)]


def consequences(user: User) -> list[str]:
    """What happens to everything that is held, a sentence each."""
    return [str(sentence) for says in _says for sentence in says(user)]
