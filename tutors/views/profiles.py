"""Handing the own profile in, and taking back what waits to be checked."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import tutor_required
from tutors.models import TutorProfile
from tutors.services import profiles, proposals


@tutor_required
@require_POST
def profile_submit(request: HttpRequest) -> HttpResponse:
    tutor = get_object_or_404(TutorProfile.objects.of(request.user))
    profiles.submit(tutor, by=request.user)
    messages.success(request, _("Thank you. A person looks at your papers now."))
    return redirect("tutors:document-list")


@tutor_required
@require_POST
def profile_withdraw(request: HttpRequest) -> HttpResponse:
    """Takes back what waits to be checked."""
    tutor = get_object_or_404(TutorProfile.objects.of(request.user))
    proposals.withdraw(tutor, by=request.user)
    messages.success(request, _("Taken back. Families go on seeing what was checked."))
    return redirect("tutors:profile-edit")
