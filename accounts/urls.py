from django.urls import path

from accounts.views import account, authenticators, confirm, data, passkeys, signin

app_name = "accounts"

urlpatterns = [
    path("signin/", signin.phone, name="signin"),
    path("signin/code/", signin.code, name="signin-code"),
    path("signin/passkey/options/", signin.passkey_options, name="signin-passkey-options"),
    path("signin/passkey/", signin.passkey, name="signin-passkey"),
    path("signout/", signin.signout, name="signout"),
    path("account/", account.account, name="account"),
    path("account/email/", account.email, name="email-edit"),
    path("account/email/<str:token>/", account.email_confirm, name="email-confirm"),
    path("account/devices/", account.device_list, name="device-list"),
    path(
        "account/devices/sign-out-others/",
        account.device_sign_out_others,
        name="device-sign-out-others",
    ),
    path(
        "account/devices/<uuid:sign_in_id>/sign-out/",
        account.device_sign_out,
        name="device-sign-out",
    ),
    path("account/passkeys/add/", passkeys.add, name="passkey-add"),
    path("account/passkeys/options/", passkeys.options, name="passkey-options"),
    path("account/passkeys/challenge/", passkeys.challenge, name="passkey-challenge"),
    path("account/passkeys/<uuid:passkey_id>/", passkeys.edit, name="passkey-edit"),
    path("account/authenticator/", authenticators.show, name="authenticator-show"),
    path("account/authenticator/confirm/", authenticators.confirm, name="authenticator-confirm"),
    path("account/second-factor/", authenticators.factor_needed, name="factor-needed"),
    path("account/phone/", account.phone_new, name="phone-new"),
    path("account/phone/code/", account.phone_confirm, name="phone-confirm"),
    path("account/data/", data.show, name="data-show"),
    path("account/data/export/", data.export, name="data-export"),
    path("account/data/export/<uuid:request_id>/", data.export_fetch, name="data-export-fetch"),
    path("account/data/ask/", data.ask, name="data-ask"),
    path("account/data/erase/", data.erase, name="data-erase"),
    path("account/confirm/", confirm.step_up, name="step-up"),
    path("account/prove/", confirm.prove, name="prove"),
    path("account/prove/start-clean/", confirm.start_clean, name="start-clean"),
]
