"""What pages and API show of the money."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from payments.models import CreditLot, Earning, Payment, PaymentOrder

# The pages of the things that are paid for; those of upper apps are known by path alone.
PAGES = {
    PaymentOrder.Purpose.SESSION: "/classes/{}/",
    PaymentOrder.Purpose.CREDIT_PACK: "/credits/",
    PaymentOrder.Purpose.WALLET_TOPUP: "/wallet/",
}


def checkout_of(order: PaymentOrder) -> dict[str, Any]:
    """What a client needs to open Razorpay's Checkout for an order."""
    return {
        "order": order.pk,
        "razorpay_order_id": order.razorpay_order_id,
        "key_id": settings.RAZORPAY_KEY_ID,
        "amount_paise": order.amount_paise,
        "method": order.method,
        "wallet_paise": order.wallet_paise,
        "promo_paise": order.promo_paise,
        "total_paise": order.total_paise,
        "currency": order.currency,
        "description": order.description,
        "expires_at": order.expires_at,
        "status": order.status,
        "checkout_path": reverse("payments:checkout-show", args=[order.pk]),
    }


def page_of(order: PaymentOrder) -> str:
    """The page of what the order pays for."""
    return PAGES[PaymentOrder.Purpose(order.purpose)].format(order.purpose_id)


def last_attempt(order: PaymentOrder) -> Payment | None:
    """The newest payment that somebody tried for this order."""
    return order.payments.order_by("-pk").first()


def recent_purchases(tutor: User, limit: int = 10) -> list[CreditLot]:
    lots = CreditLot.objects.filter(tutor=tutor).select_related("order")
    return list(lots.order_by("-pk")[:limit])


def recent_earnings(tutor: User, limit: int = 20) -> list[Earning]:
    return list(Earning.objects.filter(tutor=tutor).order_by("-pk")[:limit])
