"""The tutor's papers: say what comes, send it straight to the storage, come back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import tutor_required
from tutorhub.core.errors import DomainError
from tutorhub.core.rules import allows
from tutors import queries
from tutors.forms import DocumentForm
from tutors.models import TutorDocument, TutorProfile
from tutors.policies import DOCUMENT_MAX_BYTES, check_can_edit, check_can_submit
from tutors.queries.profiles import MISSING
from tutors.services import documents
from tutors.views import uploads


@tutor_required
def document_list(request: HttpRequest) -> HttpResponse:
    tutor = queries.own_profile(request.user)
    if tutor is None:
        messages.info(request, _("Save your profile first."))
        return redirect("tutors:profile-edit")
    form = DocumentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _announce(request, form)
    if request.method == "POST" and uploads.wants_json(request):
        return JsonResponse({"error": form.first_error()}, status=400)
    context = _list_context(request, tutor)
    if request.htmx:
        return render(request, "tutors/_documents.html", context)
    context |= {"form": form, "max_bytes": DOCUMENT_MAX_BYTES}
    response = render(
        request, "tutors/document_list.html", context, status=422 if form.is_bound else 200
    )
    patch_vary_headers(response, ["HX-Request"])
    return response


def _announce(request: HttpRequest, form: DocumentForm) -> HttpResponse:
    """One form for a browser without scripts, which goes on to the file; JSON for one with."""
    if not uploads.wants_json(request):
        document = documents.announce(by=request.user, **form.details())
        return redirect("tutors:document-upload", document.pk)
    try:
        document = documents.announce(by=request.user, **form.details())
        return uploads.started(
            documents.upload_form(document),
            done=reverse("tutors:document-done", args=[document.pk]),
            withdraw=reverse("tutors:document-withdraw", args=[document.pk]),
        )
    except DomainError as error:
        return uploads.refused(error)


def _list_context(request: HttpRequest, tutor: TutorProfile) -> dict[str, Any]:
    papers = list(tutor.documents.order_by("kind", "-pk"))
    return {
        "tutor": tutor,
        "documents": papers,
        "is_checking": any(paper.status == TutorDocument.Status.CHECKING for paper in papers),
        "missing": [MISSING[code] for code in queries.missing(tutor)],
        "may_submit": allows(check_can_submit, tutor, request.user),
    }


@tutor_required
@require_GET
def document_upload(request: HttpRequest, pk: UUID) -> HttpResponse:
    mine = TutorDocument.objects.of(request.user).select_related("tutor")
    document = get_object_or_404(mine, pk=pk)
    check_can_edit(document.tutor, request.user)
    if document.status != TutorDocument.Status.UPLOADING:
        return redirect("tutors:document-list")
    done_url = request.build_absolute_uri(reverse("tutors:document-done", args=[pk]))
    context = {
        "title": document.get_kind_display(),
        "content_type": document.content_type,
        "back_url": reverse("tutors:document-list"),
        "upload": documents.upload_form(document, redirect_to=done_url),
        "done_url": done_url,
        "max_bytes": DOCUMENT_MAX_BYTES,
    }
    response = render(request, "tutors/file_upload.html", context)
    response["Cache-Control"] = "no-store"
    return response


# The storage sends the browser here after the upload, which is always a GET. It takes in the
# tutor's own file and nothing else, and a second time it changes nothing.
@tutor_required
@require_GET
def document_done(request: HttpRequest, pk: UUID) -> HttpResponse:
    mine = TutorDocument.objects.of(request.user).select_related("tutor")
    document = get_object_or_404(mine, pk=pk)
    check_can_edit(document.tutor, request.user)
    try:
        document = documents.complete(document, by=request.user)
    except DomainError as error:
        if uploads.wants_json(request):
            return uploads.refused(error)
        messages.error(request, str(error))
        return redirect("tutors:document-upload", pk)
    if not uploads.wants_json(request):
        messages.success(request, _("The file has arrived. We open it now; a person checks it."))
    return uploads.arrived(request, document, "tutors:document-list")


@tutor_required
@require_POST
def document_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    document = get_object_or_404(TutorDocument.objects.of(request.user), pk=pk)
    documents.withdraw(document, by=request.user)
    if uploads.wants_json(request):
        return JsonResponse({})
    messages.success(request, _("The document is deleted."))
    return redirect("tutors:document-list")
