"""Proof that the sign-in page was shown before its form came back: signed, and a little old.

A script that asks for codes has to fetch the page for each address and wait, as a person does. The
app's door has no page; what limits it is in docs/signin.md.
"""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext_lazy as _

from tutorhub.core import clock
from tutorhub.core.errors import DomainError

SALT = "accounts.page_token"


class PageTooFast(DomainError):
    """Forged, too young or too old: the page is shown again with a new token."""

    code = "page_too_fast"
    message = _("Please press the button again.")


def make() -> str:
    """Of the same length each time, as all pages of sign-in are."""
    return signing.dumps(round(clock.now().timestamp() * 1000), salt=SALT)


def check(token: str) -> None:
    """Raise PageTooFast unless the page was shown between 2 seconds and an hour ago."""
    try:
        made_ms = int(signing.loads(token, salt=SALT))
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise PageTooFast from error
    age = timedelta(milliseconds=round(clock.now().timestamp() * 1000) - made_ms)
    if not settings.PAGE_TOKEN_YOUNGEST <= age <= settings.PAGE_TOKEN_OLDEST:
        raise PageTooFast
