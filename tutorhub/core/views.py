"""The addresses of the disk storage: where files are posted to and fetched from, both signed."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST, require_safe

from tutorhub.core import storage
from tutorhub.core.storage.base import FOREVER, KEY, PUBLIC, UploadRefused
from tutorhub.core.storage.disk import DiskStorage, WrongSize, download_grant, upload_grant

FORM_OVERHEAD = 64 * 1024
PICTURE_TYPES = {"jpg": "image/jpeg", "webp": "image/webp"}


# The signature in the address is what proves that we made this form; it works once.
@csrf_exempt
@require_POST
def upload(request: HttpRequest, token: str) -> HttpResponse:
    grant = upload_grant(token)
    if int(request.META.get("CONTENT_LENGTH") or 0) > grant.max_size + FORM_OVERHEAD:
        raise WrongSize
    file = request.FILES.get("file")
    if file is None or any(request.POST.get(k) != v for k, v in grant.fields().items()):
        raise UploadRefused
    if not grant.min_size <= (file.size or 0) <= grant.max_size:
        raise WrongSize
    DiskStorage().receive(grant, file.chunks())
    if grant.redirect_to:
        response: HttpResponse = redirect(grant.redirect_to)
        response.status_code = 303
        return response
    return HttpResponse(status=204)


@require_GET
def download(request: HttpRequest, token: str) -> HttpResponseBase:
    grant = download_grant(token)
    response = FileResponse(
        DiskStorage().open(grant.key),
        as_attachment=True,
        filename=grant.filename,
        content_type=grant.content_type,
    )
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["Content-Security-Policy"] = "sandbox"
    return response


@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponse:
    """A public picture, from whichever storage; caches may keep it, because it never changes."""
    key = PUBLIC + name
    if not KEY.fullmatch(key):
        raise Http404
    try:
        data = storage.read(key)
    except storage.MissingFile as error:
        raise Http404 from error
    response = HttpResponse(data, content_type=PICTURE_TYPES[name.rpartition(".")[2]])
    response["Cache-Control"] = FOREVER
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Content-Security-Policy"] = "default-src 'none'"
    return response
