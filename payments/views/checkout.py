"""Paying: the page that opens Razorpay's Checkout, and the way back."""

from typing import cast
from uuid import UUID

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import person_required
from payments import gateway, queries
from payments.models import Payment, PaymentOrder
from payments.services import captures, holds, orders, wallets
from payments.views.people import me
from tutorhub.core import clock, idempotency
from tutorhub.core.http import status_of


@person_required
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """The order and the button that opens Checkout; POST opens the order at the gateway again."""
    order = get_object_or_404(PaymentOrder.objects.visible_to(me(request)), pk=order_id)
    if order.is_paid:
        return redirect("payments:checkout-result", order.pk)
    if request.method == "POST":
        orders.open_at_gateway(order)
        return redirect("payments:checkout-show", order.pk)
    page = csp_update(_policy())(lambda asked: _page(asked, order))
    return cast(HttpResponse, page(request))


@person_required
@require_GET
def result(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """What became of it. While the bank is not sure yet, the page looks again by itself."""
    order = get_object_or_404(PaymentOrder.objects.visible_to(me(request)), pk=order_id)
    attempt = queries.last_attempt(order)
    context = {
        "order": order,
        "outcome": _outcome(order, attempt),
        "next_path": queries.page_of(order),
    }
    return render(request, "payments/checkout_result.html", context)


@person_required
@require_POST
@idempotency.page(in_transaction=False)
def method_change(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Pay from the wallet, or not, or partly: a new order for the same thing."""
    order = get_object_or_404(PaymentOrder.objects.visible_to(me(request)), pk=order_id)
    method = request.POST.get("method", "")
    if method not in PaymentOrder.Method.values:
        raise Http404
    unpaid = holds.found_unpaid(
        purpose=order.purpose, purpose_id=order.purpose_id, payer=me(request), method=method
    )
    order = orders.change_method(order, method=method, by=me(request), unpaid=unpaid)
    try:
        orders.open_at_gateway(order)
    except orders.GatewayAway as error:
        # The page of the new order lets the person try again; the old one is closed.
        messages.warning(request, str(error))
    return redirect("payments:checkout-show", order.pk)


@person_required
@require_POST
@idempotency.page(in_transaction=True)
def give_up(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Pay later or not at all; what was set aside in the wallet can be spent again."""
    order = get_object_or_404(PaymentOrder.objects.visible_to(me(request)), pk=order_id)
    order = orders.give_up(order, by=me(request))
    if order.is_paid:
        return redirect("payments:checkout-result", order.pk)
    messages.success(
        request,
        _(
            "Given up. What was set aside is back in your wallet as soon as the bank has"
            " confirmed that nothing was paid, mostly within a minute."
        ),
    )
    return redirect(queries.page_of(order))


# Exempt from CSRF: Razorpay's page posts here from its own site, so our cookies stay behind. The
# fields are signed with our key, and nothing but the payment they name is looked up.
@csrf_exempt
@require_POST
def callback(request: HttpRequest) -> HttpResponse:
    """Where Checkout brings the browser back to, with signed ids or with an error."""
    order_id = request.POST.get("razorpay_order_id") or request.POST.get(
        "error[metadata][order_id]", ""
    )
    if not gateway.is_id(order_id):
        raise Http404
    order = get_object_or_404(PaymentOrder, razorpay_order_id=order_id)
    signature = request.POST.get("razorpay_signature", "")
    if signature:
        try:
            captures.verify_callback(
                razorpay_order_id=order_id,
                razorpay_payment_id=request.POST.get("razorpay_payment_id", ""),
                razorpay_signature=signature,
            )
        except captures.BadSignature as error:
            status = status_of(error)
            return render(request, "error.html", {"error": error, "status": status}, status=status)
    elif not order.is_paid:
        messages.warning(request, _("The payment did not go through. You can try again."))
    return redirect("payments:checkout-result", order.pk)


def _page(request: HttpRequest, order: PaymentOrder) -> HttpResponse:
    is_open = order.is_live and order.expires_at > clock.now()
    context = {
        "order": order,
        "is_open": is_open,
        "offer": _wallet_offer(order) if is_open else None,
        "checkout": queries.checkout_of(order),
        "checkout_url": settings.RAZORPAY_CHECKOUT_URL,
        "callback_url": request.build_absolute_uri(reverse("payments:checkout-callback")),
        "next_path": queries.page_of(order),
    }
    response = render(request, "payments/checkout_show.html", context)
    # Banks open windows of their own for their part.
    response["Cross-Origin-Opener-Policy"] = "same-origin-allow-popups"
    return response


def _wallet_offer(order: PaymentOrder) -> wallets.Split | None:
    """What the wallet would pay of an order for a class, if it has anything."""
    if (
        order.purpose != PaymentOrder.Purpose.SESSION
        or order.method != PaymentOrder.Method.RAZORPAY
    ):
        return None
    offer = wallets.split(order.total_paise, wallets.balance(order.payer))
    return offer if offer.own_paise else None


def _policy() -> dict[str, list[str]]:
    """What Checkout needs beside our own: its script, its frame and its calls."""
    origins = list(settings.CHECKOUT_ORIGINS)
    return {
        "script-src": origins,
        "frame-src": origins,
        "connect-src": origins,
        "img-src": origins,
    }


def _outcome(order: PaymentOrder, attempt: Payment | None) -> str:
    if order.status == PaymentOrder.Status.PAID:
        return "paid"
    if order.status == PaymentOrder.Status.PAID_LATE:
        return "late"
    if attempt is not None and attempt.place == Payment.Place.UNAPPLIED:
        return "checking"
    if not order.is_live:
        return "closed"
    if attempt is not None and attempt.status == Payment.Status.FAILED:
        return "failed"
    return "processing"
