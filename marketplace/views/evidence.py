"""What a tutor hands in when the family's bank questions the payment of a class."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import tutor_required
from marketplace import queries
from marketplace.forms import EvidenceFileForm, StatementForm
from marketplace.models import TutoringSession
from marketplace.services import evidence
from payments.models import EvidenceFile
from payments.policies import EVIDENCE_FILES, EVIDENCE_MAX_BYTES
from tutorhub.core.errors import DomainError


@tutor_required
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The tutor's words and files, and until when they count."""
    session = _mine(request, pk)
    dispute = queries.dispute_about(session)
    if dispute is None:
        raise Http404
    form = StatementForm(request.POST or None, initial={"text": dispute.statement})
    if request.method == "POST" and form.is_valid():
        evidence.state(session, text=form.cleaned_data["text"], by=request.user)
        messages.success(request, _("We have kept your words."))
        return redirect("marketplace:evidence-edit", pk)
    files = list(dispute.evidence.from_tutors().order_by("pk"))
    context = {
        "session": session,
        "dispute": dispute,
        "form": form,
        "file_form": EvidenceFileForm(),
        "files": files,
        "room": EVIDENCE_FILES - len(files),
    }
    status = 422 if form.is_bound else 200
    return render(request, "marketplace/evidence_edit.html", context, status=status)


@tutor_required
@require_POST
def evidence_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    session = _mine(request, pk)
    form = EvidenceFileForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please fill in the form."))
        return redirect("marketplace:evidence-edit", pk)
    file = evidence.announce(
        session, content_type=form.cleaned_data["content_type"], by=request.user
    )
    return redirect("marketplace:evidence-upload", file.pk)


@tutor_required
@require_GET
def evidence_upload(request: HttpRequest, pk: UUID) -> HttpResponse:
    file = _my_file(request, pk)
    if file.status != EvidenceFile.Status.UPLOADING:
        return _back(file)
    done_url = request.build_absolute_uri(reverse("marketplace:evidence-done", args=[pk]))
    context = {
        "file": file,
        "session_id": file.dispute.payment.order.purpose_id,
        "upload": evidence.upload_form(file, by=request.user, redirect_to=done_url),
        "done_url": done_url,
        "max_bytes": EVIDENCE_MAX_BYTES[file.content_type],
    }
    response = render(request, "marketplace/evidence_upload.html", context)
    response["Cache-Control"] = "no-store"
    return response


# The storage sends the browser here after the upload, which is always a GET. It takes in the
# tutor's own file and nothing else, and a second time it changes nothing.
@tutor_required
@require_GET
def evidence_done(request: HttpRequest, pk: UUID) -> HttpResponse:
    file = _my_file(request, pk)
    try:
        evidence.complete(file, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("marketplace:evidence-upload", pk)
    messages.success(request, _("The file has arrived. We look at it before we answer the bank."))
    return _back(file)


@tutor_required
@require_POST
def evidence_delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    file = _my_file(request, pk)
    evidence.withdraw(file, by=request.user)
    messages.success(request, _("The file is deleted."))
    return _back(file)


def _mine(request: HttpRequest, pk: UUID) -> TutoringSession:
    mine = TutoringSession.objects.visible_to(request.user).with_details()
    return get_object_or_404(mine, pk=pk)


def _my_file(request: HttpRequest, pk: UUID) -> EvidenceFile:
    mine = EvidenceFile.objects.from_tutors().given_by(request.user)
    return get_object_or_404(mine.select_related("dispute__payment__order"), pk=pk)


def _back(file: EvidenceFile) -> HttpResponse:
    return redirect("marketplace:evidence-edit", file.dispute.payment.order.purpose_id)
