"""What somebody paid, and where the money of each payment is."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import family_required, person_required
from payments import queries
from payments.models import PaymentOrder, Refund
from payments.queries.payments import payment_page, payments_page
from payments.services import refund_decisions
from payments.views.people import me
from payments.views.wallets import asked_before
from tutorhub.core import idempotency


@person_required
@require_safe
def payment_list(request: HttpRequest) -> HttpResponse:
    orders, next_before = payments_page(me(request), before=asked_before(request))
    next_url = f"?before={next_before}" if next_before else ""
    return render(request, "payments/payment_list.html", {"orders": orders, "next_url": next_url})


@person_required
@require_safe
def payment_detail(request: HttpRequest, order_id: UUID) -> HttpResponse:
    mine = PaymentOrder.objects.visible_to(me(request)).select_related("payer")
    order = get_object_or_404(mine, pk=order_id)
    context = {"page": payment_page(order), "order": order, "next_path": queries.page_of(order)}
    return render(request, "payments/payment_detail.html", context)


@family_required
@require_POST
@idempotency.page(in_transaction=True)
def refund_to_wallet(request: HttpRequest, refund_id: UUID) -> HttpResponse:
    """Take a refund that failed as wallet credit."""
    mine = Refund.objects.filter(payment__order__payer=me(request)).select_related("payment")
    refund = get_object_or_404(mine, pk=refund_id)
    refund_decisions.to_wallet(refund, by=me(request))
    messages.success(request, _("It is in your wallet."))
    return redirect("payments:payment-detail", refund.payment.order_id)
