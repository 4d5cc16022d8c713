"""Proof that the sign-in page was shown before its form came back: signed, and a little old.

A script that asks for codes has to fetch the page for each address and wait, as a person does. The
app's door has no page; what limits it is in docs/signin.md.
"""

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
    return signing.dumps(clock.now().timestamp(), salt=SALT)


def check(token: str) -> None:
    """Raise PageTooFast unless the page was shown between 2 seconds and an hour ago."""
    try:
        age = clock.now().timestamp() - float(signing.loads(token, salt=SALT))
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise PageTooFast from error
    youngest, oldest = settings.PAGE_TOKEN_YOUNGEST, settings.PAGE_TOKEN_OLDEST
    if not youngest.total_seconds() <= age <= oldest.total_seconds():
        raise PageTooFast
