from django.urls import path

from accounts.api import account_views, authenticator_views, data_views, passkey_views, views

urlpatterns = [
    path("auth/attestation", views.AttestationView.as_view(), name="auth-attestation"),
    path("auth/otp/request", views.OtpRequestView.as_view(), name="auth-otp-request"),
    path("auth/otp/verify", views.OtpVerifyView.as_view(), name="auth-otp-verify"),
    path("auth/token/refresh", views.RefreshView.as_view(), name="auth-token-refresh"),
    path("auth/logout", views.LogoutView.as_view(), name="auth-logout"),
    path("me", views.MeView.as_view(), name="me"),
    path("me/data", data_views.DataView.as_view(), name="me-data"),
    path("me/export", data_views.ExportView.as_view(), name="me-export"),
    path("me/export/<uuid:pk>", data_views.ExportDetailView.as_view(), name="me-export-detail"),
    path("me/requests/", data_views.RequestsView.as_view(), name="me-requests"),
    path("me/sessions/", account_views.SessionsView.as_view(), name="me-sessions"),
    path(
        "me/sessions/sign-out-others",
        account_views.SignOutOthersView.as_view(),
        name="me-sessions-others",
    ),
    path("me/sessions/<uuid:pk>", account_views.SessionView.as_view(), name="me-session"),
    path(
        "me/step-up/request", account_views.StepUpRequestView.as_view(), name="me-step-up-request"
    ),
    path("me/step-up/verify", account_views.StepUpVerifyView.as_view(), name="me-step-up-verify"),
    path(
        "me/step-up/passkey/options",
        passkey_views.StepUpOptionsView.as_view(),
        name="me-step-up-passkey-options",
    ),
    path("me/step-up/passkey", passkey_views.StepUpView.as_view(), name="me-step-up-passkey"),
    path(
        "me/step-up/authenticator",
        authenticator_views.StepUpView.as_view(),
        name="me-step-up-authenticator",
    ),
    path(
        "me/authenticator/",
        authenticator_views.AuthenticatorView.as_view(),
        name="me-authenticator",
    ),
    path(
        "me/authenticator/confirm",
        authenticator_views.ConfirmView.as_view(),
        name="me-authenticator-confirm",
    ),
    path("me/passkeys/", passkey_views.PasskeysView.as_view(), name="me-passkeys"),
    path("me/passkeys/options", passkey_views.OptionsView.as_view(), name="me-passkeys-options"),
    path("me/passkeys/<uuid:pk>", passkey_views.PasskeyView.as_view(), name="me-passkey"),
    path(
        "me/proof/passkey/options",
        passkey_views.ProofOptionsView.as_view(),
        name="me-proof-passkey-options",
    ),
    path("me/proof/passkey", passkey_views.ProofView.as_view(), name="me-proof-passkey"),
    path(
        "me/proof/authenticator",
        authenticator_views.ProofView.as_view(),
        name="me-proof-authenticator",
    ),
    path("me/phone/request", account_views.PhoneRequestView.as_view(), name="me-phone-request"),
    path("me/phone/confirm", account_views.PhoneConfirmView.as_view(), name="me-phone-confirm"),
    path("me/email", account_views.EmailView.as_view(), name="me-email"),
    path("me/proof/request", account_views.ProofRequestView.as_view(), name="me-proof-request"),
    path("me/proof/verify", account_views.ProofVerifyView.as_view(), name="me-proof-verify"),
]
