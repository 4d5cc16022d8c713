from django.urls import path

from payments.views import checkout, credits, payouts, webhooks

app_name = "payments"

urlpatterns = [
    path("webhooks/razorpay", webhooks.razorpay, name="webhook-razorpay"),
    path("checkout/callback", checkout.callback, name="checkout-callback"),
    path("checkout/<uuid:order_id>/", checkout.show, name="checkout-show"),
    path("checkout/<uuid:order_id>/result/", checkout.result, name="checkout-result"),
    path("credits/", credits.show, name="credits-show"),
    path("credits/buy/", credits.buy, name="credits-buy"),
    path("earnings/", payouts.earnings_show, name="earnings-show"),
    path("payouts/", payouts.payout_list, name="payout-list"),
    path("payouts/<uuid:payout_id>/cancel/", payouts.payout_cancel, name="payout-cancel"),
    path("payout-method/", payouts.method_edit, name="payout-method-edit"),
]
