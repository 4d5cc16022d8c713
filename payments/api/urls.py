from django.urls import path

from payments.api import families, papers, views

urlpatterns = [
    path("payments/verify", views.VerifyView.as_view(), name="payments-verify"),
    path("payments", families.PaymentsView.as_view(), name="payments"),
    path("payments/<uuid:pk>", families.PaymentView.as_view(), name="payments-detail"),
    path(
        "payments/refunds/<uuid:pk>/to-wallet",
        families.RefundToWalletView.as_view(),
        name="payments-refund-to-wallet",
    ),
    path("students/wallet", families.FamilyWalletView.as_view(), name="students-wallet"),
    path(
        "students/wallet/entries",
        families.FamilyWalletEntriesView.as_view(),
        name="students-wallet-entries",
    ),
    path(
        "students/wallet/topup",
        families.FamilyWalletTopupView.as_view(),
        name="students-wallet-topup",
    ),
    path("tutors/wallet", views.WalletView.as_view(), name="wallet"),
    path("tutors/wallet/topup", views.TopupView.as_view(), name="wallet-topup"),
    path("tutors/earnings", views.EarningsView.as_view(), name="earnings"),
    path("invoices", papers.InvoicesView.as_view(), name="invoices"),
    path("invoices/<uuid:invoice_id>.pdf", papers.InvoicePdfView.as_view(), name="invoice-pdf"),
    path("statements/earnings", papers.EarningsStatementView.as_view(), name="statement-earnings"),
    path(
        "statements/earnings/lines",
        papers.EarningsLinesView.as_view(),
        name="statement-earnings-lines",
    ),
    path(
        "statements/earnings.csv", papers.EarningsCsvView.as_view(), name="statement-earnings-csv"
    ),
    path(
        "statements/earnings.pdf", papers.EarningsPdfView.as_view(), name="statement-earnings-pdf"
    ),
    path("statements/payments", papers.PaymentsStatementView.as_view(), name="statement-payments"),
    path(
        "statements/payments.csv", papers.PaymentsCsvView.as_view(), name="statement-payments-csv"
    ),
    path(
        "statements/payments.pdf", papers.PaymentsPdfView.as_view(), name="statement-payments-pdf"
    ),
    path("tutors/payouts", views.PayoutsView.as_view(), name="payouts"),
    path("tutors/payouts/<uuid:pk>", views.PayoutView.as_view(), name="payouts-detail"),
    path("tutors/tax-profile", views.TaxProfileView.as_view(), name="tax-profile"),
    path("tutors/payout-method", views.PayoutMethodView.as_view(), name="payout-method"),
]
