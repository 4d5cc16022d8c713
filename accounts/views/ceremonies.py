"""What the script of a page asks for before a device with a passkey is asked."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse

from accounts.services.passkey_answers import Options
from tutorhub.core.errors import DomainError
from tutorhub.core.http import status_of


def in_json(view: Callable[..., Options]) -> Callable[..., HttpResponseBase]:
    """The view returns what the device is asked; a refusal is told in words for the page."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return JsonResponse(view(request, *args, **kwargs))
        except DomainError as error:
            said = {"code": error.code, "detail": str(error)}
            return JsonResponse(said, status=status_of(error))

    return answered
