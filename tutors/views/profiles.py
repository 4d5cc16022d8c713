"""The tutor's own profile."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import tutor_required
from accounts.services import onboarding
from curriculum.queries import catalogue
from tutorhub.core.errors import DomainError
from tutorhub.core.rules import allows
from tutors import queries
from tutors.forms import ProfileForms
from tutors.models import TutorProfile
from tutors.policies import check_can_submit
from tutors.queries.profiles import MISSING
from tutors.services import profiles


@tutor_required
def profile_edit(request: HttpRequest) -> HttpResponse:
    tutor, offered = queries.own_profile(request.user), catalogue()
    if "add_row" in request.POST:
        return _page(request, tutor, ProfileForms.with_one_more_row(request.POST, offered))
    if request.method != "POST":
        name = request.user.name
        return _page(request, tutor, ProfileForms.stored(tutor, offered, name))
    both = ProfileForms.sent(request.POST, offered)
    if both.is_valid():
        try:
            profiles.save(by=request.user, details=both.details())
        except DomainError as error:
            both.profile.add_error(None, str(error))
        else:
            messages.success(request, _("Your profile is saved."))
            next_url = onboarding.next_url(request.user)
            return redirect(next_url if tutor is None else "tutors:profile-edit")
    return _page(request, tutor, both, status=422)


@tutor_required
@require_POST
def profile_submit(request: HttpRequest) -> HttpResponse:
    tutor = get_object_or_404(TutorProfile.objects.of(request.user))
    profiles.submit(tutor, by=request.user)
    messages.success(request, _("Thank you. A person looks at your papers now."))
    return redirect("tutors:document-list")


def _page(
    request: HttpRequest, tutor: TutorProfile | None, both: ProfileForms, status: int = 200
) -> HttpResponse:
    context = {
        "tutor": tutor,
        "form": both.profile,
        "rows": both.rows,
        "missing": [MISSING[code] for code in queries.missing(tutor)] if tutor else [],
        "may_submit": tutor is not None and allows(check_can_submit, tutor, request.user),
    }
    return render(request, "tutors/profile_edit.html", context, status=status)
