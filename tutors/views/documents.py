"""The tutor's papers: say what comes, send it straight to the storage, come back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import tutor_required
from tutorhub.core.errors import DomainError
from tutorhub.core.rules import allows
from tutors import queries
from tutors.forms import DocumentForm
from tutors.models import TutorDocument
from tutors.policies import DOCUMENT_MAX_BYTES, check_can_edit, check_can_submit
from tutors.queries.profiles import MISSING
from tutors.services import documents


@tutor_required
def document_list(request: HttpRequest) -> HttpResponse:
    tutor = queries.own_profile(request.user)
    if tutor is None:
        messages.info(request, _("Save your profile first."))
        return redirect("tutors:profile-edit")
    form = DocumentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        document = documents.announce(
            by=request.user, filename=form.filename(), **form.cleaned_data
        )
        return redirect("tutors:document-upload", document.pk)
    missing = queries.missing(tutor)
    context = {
        "tutor": tutor,
        "form": form,
        "documents": tutor.documents.order_by("kind", "-pk"),
        "missing": [MISSING[code] for code in missing],
        "may_submit": allows(check_can_submit, tutor, request.user),
    }
    return render(
        request, "tutors/document_list.html", context, status=422 if form.is_bound else 200
    )


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
        "document": document,
        "upload": documents.upload_form(document, redirect_to=done_url),
        "done_url": done_url,
        "max_bytes": DOCUMENT_MAX_BYTES,
    }
    response = render(request, "tutors/document_upload.html", context)
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
        documents.complete(document, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("tutors:document-upload", pk)
    messages.success(request, _("The file has arrived. A person will check it."))
    return redirect("tutors:document-list")


@tutor_required
@require_POST
def document_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    document = get_object_or_404(TutorDocument.objects.of(request.user), pk=pk)
    documents.withdraw(document, by=request.user)
    messages.success(request, _("The document is deleted."))
    return redirect("tutors:document-list")
