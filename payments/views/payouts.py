"""A tutor's earnings, payouts, and where they go."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import (
    second_factor_to_change,
    settled_device_required,
    strong_step_up_to_change,
    tutor_required,
    way_to_factor,
    way_to_strong_step_up,
)
from payments import queries
from payments.forms import PayoutForm, PayoutMethodForm, TaxProfileForm
from payments.models import Payout
from payments.queries import Month, chargebacks, debts
from payments.services import earnings, payout_methods, payouts, tax_profiles
from payments.views import charts
from payments.views.people import me
from tutorhub.core import clock, idempotency
from tutorhub.core.errors import DomainError

PAGE = 20


@tutor_required
@require_GET
def earnings_show(request: HttpRequest) -> HttpResponse:
    """What came in and where it is: by place, by month and by class."""
    months = queries.earning_months(me(request))
    recent = queries.recent_earnings(me(request))
    context = {
        "summary": earnings.summary(me(request)),
        "earnings": recent,
        "months": [month for month in reversed(months) if month != Month(month.month)],
        "has_penalties": any(month.penalty_paise for month in months),
        "chart": charts.by_month(months),
        "chargebacks": chargebacks.of_tutor(me(request))
        if any(earning.was_questioned for earning in recent)
        else [],
        "debts": debts.of_tutor(me(request)) if any(one.has_owed for one in recent) else [],
    }
    return render(request, "payments/earnings_show.html", context)


@tutor_required
@require_http_methods(["GET", "HEAD", "POST"])
@settled_device_required("withdrawal")
@second_factor_to_change
@idempotency.page(in_transaction=True)
def payout_list(request: HttpRequest) -> HttpResponse:
    """What was paid out, and the form to ask for more."""
    form = PayoutForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            payouts.request(tutor=me(request), amount_paise=form.amount_paise, by=me(request))
        except DomainError as error:
            form.add_error("amount", str(error))
        else:
            messages.success(request, _("Your payout was asked for. We check it within a day."))
            return redirect("payments:payout-list")
    mine = Payout.objects.visible_to(me(request)).select_related("method").order_by("-pk")
    page = Paginator(mine, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "summary": earnings.summary(me(request)),
        "method": payout_methods.current(me(request)),
        "minimum_paise": settings.PAYOUT_MINIMUM_PAISE,
        "way": way_to_factor(request),
        "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
    }
    return render(request, "payments/payout_list.html", context)


@tutor_required
@require_GET
def payout_detail(request: HttpRequest, payout_id: UUID) -> HttpResponse:
    """One payout, step by step."""
    mine = Payout.objects.visible_to(me(request)).select_related("method")
    payout = get_object_or_404(mine, pk=payout_id)
    context = {"payout": payout, "steps": queries.payout_steps(payout)}
    return render(request, "payments/payout_detail.html", context)


@tutor_required
@require_POST
@idempotency.page(in_transaction=True)
def payout_cancel(request: HttpRequest, payout_id: UUID) -> HttpResponse:
    payout = get_object_or_404(Payout.objects.visible_to(me(request)), pk=payout_id)
    payouts.cancel(payout, by=me(request))
    messages.success(request, _("The payout was taken back."))
    return redirect("payments:payout-list")


@tutor_required
@require_http_methods(["GET", "HEAD", "POST"])
@settled_device_required("payout_account")
@second_factor_to_change
@strong_step_up_to_change
def method_edit(request: HttpRequest) -> HttpResponse:
    form = PayoutMethodForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            payout_methods.save(tutor=me(request), **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.extra.get("field"), str(error))
        else:
            messages.success(request, _("Saved. Now the bank is asked about it."))
            return redirect("payments:payout-list")
    context = {
        "form": form,
        "method": payout_methods.current(me(request)),
        "way": way_to_factor(request) or way_to_strong_step_up(request),
        "minimum_paise": settings.PAYOUT_MINIMUM_PAISE,
        "now": clock.now(),
    }
    return render(request, "payments/payout_method_edit.html", context)


@tutor_required
@require_POST
def method_weekly(request: HttpRequest) -> HttpResponse:
    """Switch the payout of every week on or off."""
    is_weekly = request.POST.get("is_weekly") == "1"
    payout_methods.set_weekly(tutor=me(request), is_weekly=is_weekly)
    said = _("You are paid every Monday now.") if is_weekly else _("You ask for each payout now.")
    messages.success(request, said)
    return redirect("payments:payout-method-edit")


@tutor_required
@require_http_methods(["GET", "HEAD", "POST"])
def tax_profile_edit(request: HttpRequest) -> HttpResponse:
    profile = tax_profiles.of(me(request))
    form = TaxProfileForm(request.POST or None, profile=profile)
    if request.method == "POST" and form.is_valid():
        try:
            tax_profiles.save(user=me(request), **form.arguments())
        except tax_profiles.BadTaxProfile as error:
            form.add_error(error.extra["field"], str(error))
        else:
            messages.success(request, _("Saved. It stands on your next invoices."))
            return redirect("payments:tax-profile-edit")
    return render(request, "payments/tax_profile_edit.html", {"form": form, "profile": profile})
