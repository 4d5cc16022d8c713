"""Lead credits: how many there are, and buying more."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import tutor_required
from payments import queries
from payments.models import CreditPack
from payments.services import credits, orders
from payments.views.people import me
from tutorhub.core import idempotency


@tutor_required
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    context = {
        "credits": credits.balance(me(request)),
        "packs": credits.offers(me(request)),
        "purchases": queries.recent_purchases(me(request)),
        "uses": queries.recent_uses(me(request)),
    }
    return render(request, "payments/credits_show.html", context)


@tutor_required
@require_POST
@idempotency.page(in_transaction=False)
def buy(request: HttpRequest) -> HttpResponse:
    pack = get_object_or_404(CreditPack.objects.on_sale(), code=request.POST.get("pack", ""))
    order = credits.start_topup(pack=pack, by=me(request))
    orders.open_at_gateway(order)
    return redirect("payments:checkout-show", order.pk)
