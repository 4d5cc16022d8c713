"""The form for a child, with its guardian and the consent."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import family_required
from students.forms import LearnerForm
from students.models import Learner
from students.services import learners
from tutorhub.core.errors import DomainError
from tutorhub.core.http import safe_path


@family_required
def learner_new(request: HttpRequest) -> HttpResponse:
    initial = {"guardian_name": request.user.name, "guardian_phone": request.user.phone}
    form = LearnerForm(request.POST or None, initial=initial)
    return _save_or_show(request, form, None)


@family_required
def learner_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    mine = Learner.objects.of(request.user).with_details()
    learner = get_object_or_404(mine, pk=pk)
    form = LearnerForm(request.POST or None, initial=LearnerForm.initial_of(learner))
    return _save_or_show(request, form, learner)


@family_required
@require_POST
def consent_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    learner = get_object_or_404(Learner.objects.of(request.user), pk=pk)
    learners.withdraw_consent(learner, by=request.user)
    messages.success(request, _("Withdrawn. Nothing runs for this child any more."))
    return redirect("students:learner-edit", pk)


def _save_or_show(request: HttpRequest, form: LearnerForm, learner: Learner | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            learners.save_learner(by=request.user, learner=learner, **form.parts())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            wanted = safe_path(request.GET.get("next", ""), is_secure=request.is_secure())
            return redirect(wanted or "site:dashboard")
    context = {
        "form": form,
        "learner": learner,
        "notice_version": settings.CONSENT_NOTICE_VERSION,
    }
    status = 422 if form.is_bound else 200
    return render(request, "students/learner_edit.html", context, status=status)
