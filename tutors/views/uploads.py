"""What the pages of documents and photos share: the same steps for a form and for a script."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from tutorhub.core.errors import DomainError
from tutorhub.core.http import status_of
from tutorhub.core.storage import Upload


def wants_json(request: HttpRequest) -> bool:
    """Whether a script of ours asks, which stays on its page."""
    return request.headers.get("Accept") == "application/json"


def refused(error: DomainError) -> JsonResponse:
    return JsonResponse({"error": str(error)}, status=status_of(error))


def started(upload: Upload, **urls: str) -> JsonResponse:
    """The signed form for a script, and where it goes on."""
    response = JsonResponse({"url": upload.url, "fields": upload.fields, **urls}, status=201)
    response["Cache-Control"] = "no-store"
    return response


def arrived(request: HttpRequest, thing: Any, page: str) -> HttpResponse:
    return JsonResponse({"status": thing.status}) if wants_json(request) else redirect(page)
