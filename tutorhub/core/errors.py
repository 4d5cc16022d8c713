"""Errors that a person can read. The domain raises them; `core.http` gives them a status code."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise as _StrPromise


class DomainError(Exception):
    """A rule was broken; `str(error)` is fit to show to the person, `code` to a program.

    `extra` is merged into the API's answer (for instance the credit packs on sale beside a 402).
    """

    code: str = "invalid"
    message: "str | _StrPromise" = _("This cannot be done.")

    def __init__(self, message: "str | _StrPromise" = "", *, code: str = "", **extra: Any) -> None:
        super().__init__(str(message or self.message))
        self.code = code or self.code
        self.extra = extra


class NotAllowed(DomainError):
    """The person may not do this, now or ever."""

    code = "not_allowed"


class Conflict(DomainError):
    """Somebody else was faster, or the thing is no longer in a state that allows this."""

    code = "conflict"


class PaymentRequired(DomainError):
    """There is not enough balance for this."""

    code = "payment_required"


class TooMany(DomainError):
    """A limit was reached; `extra["retry_after"]` is in seconds where it is known."""

    code = "too_many"


class Unavailable(DomainError):
    """An outside service did not answer; trying again later is right."""

    code = "unavailable"


class InvalidTransition(Conflict):
    """The state machine has no such edge."""

    code = "invalid_transition"
