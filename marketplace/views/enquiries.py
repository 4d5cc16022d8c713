"""Asking for a tutor and comparing the answers."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import family_required
from marketplace import queries
from marketplace.forms import EnquiryForm
from marketplace.models import Enquiry
from marketplace.services import enquiries
from students.models import Learner
from tutorhub.core import idempotency
from tutorhub.core.errors import DomainError
from tutors.models import TutorProfile

PREFILLED = ("subject", "mode", "pin_code", "learner")


@family_required
def enquiry_list(request: HttpRequest) -> HttpResponse:
    mine = queries.enquiries_of(request.user)[:50]
    return render(request, "marketplace/enquiry_list.html", {"enquiries": mine})


@family_required
def enquiry_new(request: HttpRequest) -> HttpResponse:
    """The form for an enquiry, filled from the learner and from the page the family came from."""
    learner = Learner.objects.of(request.user).first()
    if learner is None:
        messages.info(request, _("First tell us who is learning."))
        return redirect("students:learner-new")
    tutor = _wanted_tutor(request)
    form = EnquiryForm(
        request.POST or None, user=request.user, initial=_initial(request, learner, tutor)
    )
    if request.method == "POST" and form.is_valid():
        try:
            enquiry = enquiries.ask(by=request.user, **form.arguments())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("We have asked the tutors who fit. Answers appear here."))
            return redirect("marketplace:enquiry-detail", enquiry.pk)
    status = 422 if form.is_bound else 200
    context = {"form": form, "tutor": tutor}
    return render(request, "marketplace/enquiry_new.html", context, status=status)


@family_required
@require_safe
def enquiry_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    enquiry = get_object_or_404(queries.enquiries_with_offers(request.user), pk=pk)
    enquiries.mark_opened(enquiry)
    offers = enquiry.offers
    context = {
        "enquiry": enquiry,
        "open_offers": [offer for offer in offers if offer.status == "PENDING_PAYMENT"],
        "booked": next((offer for offer in offers if offer.is_paid), None),
    }
    return render(request, "marketplace/enquiry_detail.html", context)


@family_required
@require_POST
@idempotency.page(in_transaction=True)
def enquiry_close(request: HttpRequest, pk: UUID) -> HttpResponse:
    enquiry = get_object_or_404(Enquiry.objects.of(request.user), pk=pk)
    enquiries.close(enquiry, by=request.user)
    messages.success(request, _("The search is over. Tutors no longer see it."))
    return redirect("marketplace:enquiry-detail", pk)


def _wanted_tutor(request: HttpRequest) -> TutorProfile | None:
    """The tutor named in the address by slug, on the way from a tutor's page."""
    slug = request.GET.get("tutor", "")
    return TutorProfile.objects.listed().select_related("user").filter(slug=slug).first()


def _initial(request: HttpRequest, learner: Learner, tutor: TutorProfile | None) -> dict[str, Any]:
    subject = learner.subjects.first()
    known = {
        "learner": learner.pk,
        "subject": subject.pk if subject else None,
        "mode": learner.mode,
        "pin_code": learner.place_id,
        "budget_max": learner.budget_max_paise // 100,
        "tutor": tutor.pk if tutor else None,
    }
    asked = {name: request.GET[name] for name in PREFILLED if request.GET.get(name)}
    return {**known, **asked}
