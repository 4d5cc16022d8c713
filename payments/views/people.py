"""Who is asking."""

from typing import cast

from django.http import HttpRequest

from accounts.models import User


def me(request: HttpRequest) -> User:
    """The user whom the view's decorator has let through."""
    return cast(User, request.user)
