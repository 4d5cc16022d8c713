from django.urls import path

from payments.views import (
    checkout,
    credits,
    papers,
    payments,
    payouts,
    wallets,
    webhooks,
)

app_name = "payments"

urlpatterns = [
    path("webhooks/razorpay", webhooks.razorpay, name="webhook-razorpay"),
    path("checkout/callback", checkout.callback, name="checkout-callback"),
    path("checkout/<uuid:order_id>/", checkout.show, name="checkout-show"),
    path("checkout/<uuid:order_id>/result/", checkout.result, name="checkout-result"),
    path("checkout/<uuid:order_id>/method/", checkout.method_change, name="checkout-method"),
    path("checkout/<uuid:order_id>/give-up/", checkout.give_up, name="checkout-give-up"),
    path("wallet/", wallets.wallet_show, name="wallet-show"),
    path("wallet/refunds/", wallets.refunds_choose, name="refunds-choose"),
    path("payments/", payments.payment_list, name="payment-list"),
    path("payments/<uuid:order_id>/", payments.payment_detail, name="payment-detail"),
    path("refunds/<uuid:refund_id>/to-wallet/", payments.refund_to_wallet, name="refund-to-wallet"),
    path("credits/", credits.show, name="credits-show"),
    path("credits/buy/", credits.buy, name="credits-buy"),
    path("invoices/", papers.invoice_list, name="invoice-list"),
    path("invoices/<uuid:invoice_id>.pdf", papers.invoice_pdf, name="invoice-pdf"),
    path("statements/earnings/", papers.earnings_statement, name="earnings-statement"),
    path("statements/earnings.csv", papers.earnings_csv, name="earnings-csv"),
    path("statements/earnings.pdf", papers.earnings_pdf, name="earnings-pdf"),
    path("statements/payments/", papers.payments_statement, name="payments-statement"),
    path("statements/payments.csv", papers.payments_csv, name="payments-csv"),
    path("statements/payments.pdf", papers.payments_pdf, name="payments-pdf"),
    path("earnings/", payouts.earnings_show, name="earnings-show"),
    path("payouts/", payouts.payout_list, name="payout-list"),
    path("payouts/<uuid:payout_id>/cancel/", payouts.payout_cancel, name="payout-cancel"),
    path("payouts/<uuid:payout_id>/", payouts.payout_detail, name="payout-detail"),
    path("payout-method/", payouts.method_edit, name="payout-method-edit"),
    path("payout-method/weekly/", payouts.method_weekly, name="payout-method-weekly"),
    path("tax-profile/", payouts.tax_profile_edit, name="tax-profile-edit"),
]
