"""The first page after signing in."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.decorators import family_required, tutor_required
from accounts.services import onboarding
from tutorhub.site import queries


@login_required
def dashboard(request: HttpRequest) -> HttpResponse:
    """Send everybody to the page that is theirs, or to what they have not filled in yet."""
    user = request.user
    if user.is_staff:
        return redirect("admin:index")
    if onboarding.next_step(user) != onboarding.DASHBOARD[0]:
        return redirect(onboarding.next_url(user))
    return redirect("site:family" if user.is_family else "site:tutor")


@family_required
def family(request: HttpRequest) -> HttpResponse:
    return render(request, "site/family_dashboard.html", {"page": queries.family(request.user)})


@tutor_required
def tutor(request: HttpRequest) -> HttpResponse:
    return render(request, "site/tutor_dashboard.html", {"page": queries.tutor(request.user)})
