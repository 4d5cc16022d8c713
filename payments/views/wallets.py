"""A family's wallet: what is in it, what happened to it, and adding to it."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.decorators import family_required
from payments.forms import RefundChoiceForm, TopupForm
from payments.queries.wallets import wallet_page
from payments.services import orders, wallets
from payments.views.people import me
from tutorhub.core import idempotency
from tutorhub.core.errors import DomainError


def asked_before(request: HttpRequest) -> UUID | None:
    """Where a page of a list begins. Raises Http404 for what is no id."""
    before = request.GET.get("before")
    try:
        return UUID(before) if before else None
    except ValueError as error:
        raise Http404 from error


@family_required
@require_http_methods(["GET", "HEAD", "POST"])
@idempotency.page(in_transaction=False)
def wallet_show(request: HttpRequest) -> HttpResponse:
    """The wallet; POST starts a top-up, which leads to the checkout."""
    form = TopupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            order = orders.start_topup(amount_paise=form.amount_paise, by=me(request))
        except DomainError as error:
            form.add_error("amount", str(error))
        else:
            orders.open_at_gateway(order)
            return cast(HttpResponse, redirect("payments:checkout-show", order.pk))
    page = wallet_page(me(request), before=asked_before(request))
    goes_to = RefundChoiceForm.WALLET if page.refunds_to_wallet else RefundChoiceForm.SOURCE
    next_url = f"?before={page.next_before}" if page.next_before else ""
    choice = RefundChoiceForm(initial={"goes_to": goes_to})
    context = {"form": form, "choice": choice, "page": page, "next_url": next_url}
    return render(request, "payments/wallet_show.html", context)


@family_required
@require_POST
def refunds_choose(request: HttpRequest) -> HttpResponse:
    """Where refunds go from now on."""
    form = RefundChoiceForm(request.POST)
    if form.is_valid():
        user = me(request)
        wallets.choose_refunds(user, is_to_wallet=form.is_to_wallet, by=user)
        messages.success(request, _("Saved."))
    return cast(HttpResponse, redirect("payments:wallet-show"))
