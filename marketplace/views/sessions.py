"""Classes: the list of both sides, the page of one, and its buttons."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import family_required, person_required, tutor_required
from marketplace import policies, queries
from marketplace.forms import CodeForm, ReviewForm
from marketplace.models import TutoringSession
from marketplace.services import bookings, reviews, sessions
from tutorhub.core import idempotency

SHOWN = 50


@person_required
@require_safe
def session_list(request: HttpRequest) -> HttpResponse:
    is_past = "past" in request.GET
    mine = queries.sessions_of(request.user, is_past=is_past)[:SHOWN]
    rows = [(session, queries.child_of(session, request.user)) for session in mine]
    context = {"rows": rows, "is_past": is_past}
    return render(request, "marketplace/session_list.html", context)


@person_required
@require_safe
def session_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    mine = TutoringSession.objects.visible_to(request.user).with_details()
    page = queries.session_page(get_object_or_404(mine, pk=pk), request.user)
    bookings.mark_read(page.session, by=request.user)
    context = {
        "page": page,
        "session": page.session,
        "actions": policies.actions(
            page.session, request.user, has_reviewed=page.own_review is not None
        ),
        "steps": queries.steps(page),
        "rows": queries.money_rows(page),
        "code_form": CodeForm(is_at_home=True),
        "review_form": ReviewForm(),
    }
    return render(request, "marketplace/session_detail.html", context)


@family_required
@require_POST
@idempotency.page(in_transaction=False)
def session_pay(request: HttpRequest, pk: UUID) -> HttpResponse:
    order = bookings.start_payment(_mine(request, pk), by=request.user)
    return redirect("payments:checkout-show", order.pk)


@tutor_required
@require_POST
def session_start(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _with_form(
        request, pk, CodeForm(request.POST), sessions.start, _("The class has begun.")
    )


@tutor_required
@require_POST
@idempotency.page(in_transaction=True)
def session_complete(request: HttpRequest, pk: UUID) -> HttpResponse:
    done = _("The class is over. The money is yours once the family confirms.")
    return _with_form(request, pk, CodeForm(request.POST), sessions.complete, done)


@family_required
@require_POST
@idempotency.page(in_transaction=True)
def session_confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    sessions.confirm(_mine(request, pk), by=request.user)
    messages.success(request, _("Thank you. The money is with the tutor now."))
    return redirect("marketplace:session-detail", pk)


@person_required
@require_POST
def session_review(request: HttpRequest, pk: UUID) -> HttpResponse:
    done = _("Thank you for your rating.")
    return _with_form(request, pk, ReviewForm(request.POST), reviews.write, done)


@person_required
@require_POST
@idempotency.page(in_transaction=True)
def session_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    bookings.cancel(_mine(request, pk), by=request.user)
    messages.success(request, _("The offer is withdrawn."))
    return redirect("marketplace:session-detail", pk)


def _mine(request: HttpRequest, pk: UUID) -> TutoringSession:
    return get_object_or_404(TutoringSession.objects.visible_to(request.user), pk=pk)


def _with_form(
    request: HttpRequest, pk: UUID, form: forms.Form, act: Callable[..., Any], done: str
) -> HttpResponse:
    """Do `act` with a small form's values, and go back to the class with a word about it."""
    session = _mine(request, pk)
    if form.is_valid():
        act(session, by=request.user, **form.cleaned_data)
        messages.success(request, done)
    else:
        messages.error(request, _("Please fill in the form."))
    return redirect("marketplace:session-detail", pk)
