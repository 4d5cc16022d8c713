"""The tutor's photo: sent, seen by a moderator, shown."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import tutor_required
from tutorhub.core import storage
from tutorhub.core.errors import DomainError
from tutors import queries
from tutors.forms import PhotoForm
from tutors.models import TutorPhoto
from tutors.policies import PHOTO_MAX_BYTES, check_can_edit
from tutors.services import photos
from tutors.views import uploads


@tutor_required
def photo_edit(request: HttpRequest) -> HttpResponse:
    tutor = queries.own_profile(request.user)
    if tutor is None:
        messages.info(request, _("Save your profile first."))
        return redirect("tutors:profile-edit")
    form = PhotoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _announce(request, form)
    if request.method == "POST" and uploads.wants_json(request):
        return JsonResponse({"error": form.first_error()}, status=400)
    mine = list(tutor.photos.exclude(status=TutorPhoto.Status.UPLOADING).order_by("pk"))
    context = {
        "tutor": tutor,
        "photos": mine,
        "is_checking": any(photo.status == TutorPhoto.Status.CHECKING for photo in mine),
    }
    if request.htmx:
        return render(request, "tutors/_photos.html", context)
    context |= {"form": form, "max_bytes": PHOTO_MAX_BYTES}
    return render(request, "tutors/photo_edit.html", context, status=422 if form.is_bound else 200)


def _announce(request: HttpRequest, form: PhotoForm) -> HttpResponse:
    if not uploads.wants_json(request):
        photo = photos.announce(by=request.user, **form.details())
        return redirect("tutors:photo-upload", photo.pk)
    try:
        photo = photos.announce(by=request.user, **form.details())
        return uploads.started(
            photos.upload_form(photo),
            done=reverse("tutors:photo-done", args=[photo.pk]),
            withdraw=reverse("tutors:photo-remove", args=[photo.pk]),
        )
    except DomainError as error:
        return uploads.refused(error)


@tutor_required
@require_GET
def photo_upload(request: HttpRequest, pk: UUID) -> HttpResponse:
    photo = _mine(request, pk)
    check_can_edit(photo.tutor, request.user)
    if photo.status != TutorPhoto.Status.UPLOADING:
        return redirect("tutors:photo-edit")
    done_url = request.build_absolute_uri(reverse("tutors:photo-done", args=[pk]))
    context = {
        "title": _("Your photo"),
        "content_type": photo.content_type,
        "back_url": reverse("tutors:photo-edit"),
        "upload": photos.upload_form(photo, redirect_to=done_url),
        "done_url": done_url,
        "max_bytes": PHOTO_MAX_BYTES,
    }
    response = render(request, "tutors/file_upload.html", context)
    response["Cache-Control"] = "no-store"
    return response


# As with documents, the storage sends the browser here by a GET; a second time changes nothing.
@tutor_required
@require_GET
def photo_done(request: HttpRequest, pk: UUID) -> HttpResponse:
    photo = _mine(request, pk)
    check_can_edit(photo.tutor, request.user)
    try:
        photo = photos.complete(photo, by=request.user)
    except DomainError as error:
        if uploads.wants_json(request):
            return uploads.refused(error)
        messages.error(request, str(error))
        return redirect("tutors:photo-upload", pk)
    if not uploads.wants_json(request):
        messages.success(request, _("Your photo has arrived. A person looks at it."))
    return uploads.arrived(request, photo, "tutors:photo-edit")


@tutor_required
@require_POST
def photo_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    photos.remove(_mine(request, pk), by=request.user)
    if uploads.wants_json(request):
        return JsonResponse({})
    messages.success(request, _("The photo is deleted."))
    return redirect("tutors:photo-edit")


@tutor_required
@require_GET
def photo_preview(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The tutor's own photo before it is public, through this page's own address."""
    photo = _mine(request, pk)
    if photo.received_at is None:
        raise Http404
    response = HttpResponse(storage.read(photo.stored_key), content_type="image/jpeg")
    response["Cache-Control"] = "private, no-store"
    return response


def _mine(request: HttpRequest, pk: UUID) -> TutorPhoto:
    return get_object_or_404(TutorPhoto.objects.of(request.user).select_related("tutor"), pk=pk)
