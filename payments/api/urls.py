from django.urls import path

from payments.api import views

urlpatterns = [
    path("payments/verify", views.VerifyView.as_view(), name="payments-verify"),
    path("tutors/wallet", views.WalletView.as_view(), name="wallet"),
    path("tutors/wallet/topup", views.TopupView.as_view(), name="wallet-topup"),
    path("tutors/earnings", views.EarningsView.as_view(), name="earnings"),
    path("tutors/payouts", views.PayoutsView.as_view(), name="payouts"),
    path("tutors/payout-method", views.PayoutMethodView.as_view(), name="payout-method"),
]
