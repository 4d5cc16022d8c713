"""The children of a family: the form with guardian and consent, free hours, taking one out."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.clients import client_of
from accounts.decorators import family_required
from students import queries
from students.forms import LearnerForm, notice_shown
from students.models import Learner
from students.models.learners import LearnerQuerySet
from students.services import agreements, learners
from tutorhub.core.errors import DomainError
from tutorhub.core.http import safe_path
from tutorhub.core.week import HoursForm


@family_required
@require_safe
def learner_list(request: HttpRequest) -> HttpResponse:
    context = {
        "learners": Learner.objects.of(request.user).with_details(),
        "member": queries.member(request.user),
    }
    return render(request, "students/learner_list.html", context)


@family_required
def learner_new(request: HttpRequest) -> HttpResponse:
    initial = {"guardian_name": request.user.name, "guardian_phone": request.user.phone}
    form = LearnerForm(request.POST or None, initial=initial)
    return _save_or_show(request, form, None)


@family_required
def learner_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    learner = get_object_or_404(_mine(request).with_details(), pk=pk)
    form = LearnerForm(
        request.POST or None,
        initial=LearnerForm.initial_of(learner),
        has_consent=learner.has_live_consent,
    )
    return _save_or_show(request, form, learner)


@family_required
def learner_hours(request: HttpRequest, pk: UUID) -> HttpResponse:
    learner = get_object_or_404(_mine(request), pk=pk)
    form = HoursForm(request.POST or None, initial={"hours": learner.free_hours})
    if request.method == "POST" and form.is_valid():
        learners.set_hours(learner, by=request.user, hours=form.wanted(learner.free_hours))
        messages.success(request, _("Saved."))
        return redirect("students:learner-list")
    context = {"learner": learner, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "students/learner_hours.html", context, status=status)


@family_required
def learner_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Says what will happen; a POST does it."""
    learner = get_object_or_404(_mine(request), pk=pk)
    if request.method == "POST":
        learners.remove(learner, by=request.user)
        messages.success(request, _("The child was taken out of your family."))
        return redirect("students:learner-list")
    return render(request, "students/learner_remove.html", {"learner": learner})


def _mine(request: HttpRequest) -> LearnerQuerySet:
    return Learner.objects.of(request.user)


def _save_or_show(request: HttpRequest, form: LearnerForm, learner: Learner | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            saved = learners.save_learner(by=request.user, learner=learner, **form.parts())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return _go_on(request, saved)
    context = {"form": form, "learner": learner, "notice": notice_shown()}
    status = 422 if form.is_bound else 200
    return render(request, "students/learner_edit.html", context, status=status)


def _go_on(request: HttpRequest, learner: Learner) -> HttpResponse:
    """To where the person wanted to go; first to the code, if the number is not their own."""
    if not learner.consent.is_proved:
        return _ask_guardian(request, learner)
    wanted = safe_path(request.GET.get("next", ""), is_secure=request.is_secure())
    return redirect(wanted or "site:dashboard")


def _ask_guardian(request: HttpRequest, learner: Learner) -> HttpResponse:
    try:
        agreements.send_code(
            learner,
            by=request.user,
            client=client_of(request),
            language=get_language() or "en",
        )
    except DomainError as error:
        messages.warning(request, str(error))
    url = reverse("students:guardian-code", args=[learner.pk])
    wanted = request.GET.get("next", "")
    return redirect(f"{url}?{urlencode({'next': wanted})}" if wanted else url)
