"""The tutor's own profile, step by step. Each step saves itself and touches no other."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import tutor_required
from curriculum.queries import catalogue
from payments.forms import TaxProfileForm
from payments.services import tax_profiles
from tutorhub.core.errors import DomainError
from tutorhub.core.rules import allows
from tutors import queries
from tutors.forms import SubjectRows
from tutors.forms.steps import FORMS
from tutors.models import TutorProfile
from tutors.policies import check_can_submit
from tutors.queries.progress import NAMES, Progress
from tutors.services import profiles

SUBJECTS, TAX = "subjects", "tax"
# Those that send files have pages of their own.
PAGES = {"photo": "tutors:photo-edit", "papers": "tutors:document-list"}


@tutor_required
@require_safe
def profile_edit(request: HttpRequest) -> HttpResponse:
    """All steps, how far each is, and the way to send the profile in."""
    tutor = queries.own_profile(request.user)
    progress = queries.progress(request.user, tutor)
    context = {
        "tutor": tutor,
        "progress": progress,
        "missing": [
            item.what for step in progress.steps for item in step.lacks if item.is_required
        ],
        "may_submit": tutor is not None and allows(check_can_submit, tutor, request.user),
    }
    return render(request, "tutors/profile_edit.html", context)


@tutor_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile_step(request: HttpRequest, step: str) -> HttpResponse:
    if step in PAGES:
        return redirect(PAGES[step])
    if step not in {*FORMS, SUBJECTS, TAX}:
        raise Http404
    tutor = queries.own_profile(request.user)
    form = _form(request, step, tutor)
    if request.method == "POST" and "add_row" not in request.POST and form.is_valid():
        try:
            _save(request, step, form)
        except DomainError as error:
            field = error.extra.get("field")
            form.add_error(field if field in getattr(form, "fields", ()) else None, str(error))
        else:
            messages.success(request, _("Saved."))
            return _go_on(step, queries.own_profile(request.user))
    context = {"tutor": tutor, "form": form, **_place(step, queries.progress(request.user, tutor))}
    status = 422 if form.is_bound else 200
    return render(request, "tutors/profile_step.html", context, status=status)


def _form(request: HttpRequest, step: str, tutor: TutorProfile | None) -> Any:
    data = request.POST if request.method == "POST" else None
    if step == SUBJECTS:
        if data is None:
            return SubjectRows.stored(tutor, catalogue())
        if "add_row" in data:
            return SubjectRows.with_one_more_row(data, catalogue())
        return SubjectRows.sent(data, catalogue())
    if step == TAX:
        return TaxProfileForm(data, profile=tax_profiles.of(request.user))
    return FORMS[step](data, user=request.user, tutor=tutor, catalogue=catalogue())


def _save(request: HttpRequest, step: str, form: Any) -> None:
    if step == TAX:
        tax_profiles.save(user=request.user, **form.arguments())
    else:
        profiles.save(by=request.user, details=form.details())


def _go_on(step: str, tutor: TutorProfile | None) -> HttpResponse:
    """To the step that follows; who has been sent in or shown before comes back to all of them."""
    if tutor is not None and tutor.submitted_at is not None:
        return redirect("tutors:profile-edit")
    return redirect("tutors:profile-step", NAMES[NAMES.index(step) + 1])


def _place(step: str, progress: Progress) -> dict[str, Any]:
    return {
        "progress": progress,
        "step": progress.step(step),
        "number": progress.number(step),
        "before": progress.before(step),
        "after": progress.after(step),
    }
