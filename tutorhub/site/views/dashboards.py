"""The first page after signing in."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render


@login_required
def dashboard(request: HttpRequest) -> HttpResponse:
    """Send everybody to the page that is theirs."""
    user = request.user
    if user.is_family:
        return redirect("site:family")
    return redirect("site:tutor" if user.is_tutor else "admin:index")


@login_required
def family(request: HttpRequest) -> HttpResponse:
    return render(request, "site/family_dashboard.html")


@login_required
def tutor(request: HttpRequest) -> HttpResponse:
    return render(request, "site/tutor_dashboard.html")
