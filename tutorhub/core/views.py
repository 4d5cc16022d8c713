"""The addresses of the disk storage: where files are posted to and fetched from, both signed."""

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from tutorhub.core.storage.base import UploadRefused
from tutorhub.core.storage.disk import DiskStorage, WrongSize, download_grant, upload_grant

FORM_OVERHEAD = 64 * 1024


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
