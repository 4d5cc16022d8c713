"""A tutor's inbox of leads, and the answer to one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import tutor_required
from marketplace import queries
from marketplace.forms import AcceptForm, DeclineForm
from marketplace.models import Lead
from marketplace.services import leads
from payments.services import credits as lead_credits
from tutorhub.core import idempotency
from tutorhub.core.errors import DomainError
from tutorhub.core.http import status_of

SHOWN = 50


@tutor_required
@require_safe
def lead_list(request: HttpRequest) -> HttpResponse:
    mine = Lead.objects.of(request.user).with_details()
    context = {
        "waiting": mine.waiting()[:SHOWN],
        "answered": mine.filter(status=Lead.Status.ACCEPTED)
        .select_related("session", "enquiry__subject", "enquiry__place", "enquiry__learner")
        .order_by("-answered_at")[:SHOWN],
        "credits": lead_credits.balance(request.user),
    }
    return render(request, "marketplace/lead_list.html", context)


@tutor_required
@idempotency.page(in_transaction=True)
def lead_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The lead with the form to accept it; a POST accepts. Without a credit: 402 and the packs."""
    lead = get_object_or_404(Lead.objects.of(request.user).with_details(), pk=pk)
    leads.view(lead, by=request.user)
    form = AcceptForm(
        request.POST or None,
        enquiry=lead.enquiry,
        initial={"rate": queries.usual_rate(lead) // 100, "mode": "online"},
    )
    status, packs = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                session = leads.accept(lead, by=request.user, **form.arguments())
            except DomainError as error:
                form.add_error(None, str(error))
                status, packs = status_of(error), error.extra.get("packs")
            else:
                messages.success(request, _("Your offer is with the family."))
                return redirect("marketplace:session-detail", session.pk)
    context = {
        "lead": lead,
        "learner": queries.unnamed(lead.enquiry.grade),
        "form": form,
        "decline_form": DeclineForm(),
        "packs": packs,
        "credits": lead_credits.balance(request.user),
    }
    return render(request, "marketplace/lead_detail.html", context, status=status)


@tutor_required
@require_POST
def lead_decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    lead = get_object_or_404(Lead.objects.of(request.user), pk=pk)
    form = DeclineForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    leads.decline(lead, by=request.user, reason=reason)
    messages.success(request, _("Declined. The family is not told why."))
    return redirect("marketplace:lead-list")
