"""Routes: signing in, the own account and its devices."""

from tutorhub.core.access.kinds import OWN_ACCOUNT, PEOPLE, PROVES, SETTLED, STEP_UP, Rule

RULES: dict[str, Rule] = {
    "accounts:signin": Rule("GET POST"),
    "accounts:signin-code": Rule("GET POST"),
    "accounts:signout": Rule("POST"),
    "accounts:account": Rule("GET POST", PEOPLE, standing=OWN_ACCOUNT),
    "accounts:email-edit": Rule("GET POST", PEOPLE, standing=OWN_ACCOUNT, needs={STEP_UP}),
    "accounts:email-confirm": Rule("GET POST", ids="token", scope="(whoever has the link)"),
    "accounts:device-list": Rule("GET", PEOPLE, standing=OWN_ACCOUNT),
    "accounts:device-sign-out": Rule(
        "POST", PEOPLE, "sign_in", scope="accounts.services.sign_ins.sign_out", standing=OWN_ACCOUNT
    ),
    "accounts:device-sign-out-others": Rule("POST", PEOPLE, standing=OWN_ACCOUNT),
    "accounts:phone-new": Rule("GET POST", PEOPLE, standing=OWN_ACCOUNT, needs={STEP_UP}),
    "accounts:phone-confirm": Rule("GET POST", PEOPLE, standing=OWN_ACCOUNT),
    "accounts:step-up": Rule("GET POST", PEOPLE, standing=OWN_ACCOUNT),
    "accounts:prove": Rule("GET POST", PEOPLE, standing=PROVES),
    "accounts:start-clean": Rule("POST", PEOPLE, standing=PROVES),
    "accounts:data-show": Rule("GET", PEOPLE, standing=OWN_ACCOUNT),
    "accounts:data-export": Rule(
        "GET POST", PEOPLE, standing=OWN_ACCOUNT, needs={SETTLED, STEP_UP}
    ),
    "accounts:data-export-fetch": Rule(
        "GET",
        PEOPLE,
        "copy",
        scope="accounts.DataRequest[user]",
        standing=OWN_ACCOUNT,
        needs={STEP_UP},
    ),
    "accounts:data-ask": Rule("GET POST", PEOPLE, standing=OWN_ACCOUNT),
    "accounts:data-erase": Rule("GET POST", PEOPLE, standing=OWN_ACCOUNT, needs={STEP_UP}),
    "api:auth-attestation": Rule("POST"),
    "api:auth-otp-request": Rule("POST"),
    "api:auth-otp-verify": Rule("POST"),
    "api:auth-token-refresh": Rule("POST"),
    "api:auth-logout": Rule("POST"),
    # The code is for DELETE.
    "api:me": Rule("GET PATCH DELETE", PEOPLE, standing=OWN_ACCOUNT, needs={STEP_UP}),
    "api:me-sessions": Rule("GET", PEOPLE, standing=OWN_ACCOUNT),
    "api:me-sessions-others": Rule("POST", PEOPLE, standing=OWN_ACCOUNT),
    "api:me-session": Rule(
        "DELETE",
        PEOPLE,
        "sign_in_pk",
        scope="accounts.services.sign_ins.sign_out",
        standing=OWN_ACCOUNT,
    ),
    "api:me-step-up-request": Rule("POST", PEOPLE, standing=OWN_ACCOUNT),
    "api:me-step-up-verify": Rule("POST", PEOPLE, standing=OWN_ACCOUNT),
    "api:me-phone-request": Rule("POST", PEOPLE, standing=OWN_ACCOUNT, needs={STEP_UP}),
    "api:me-phone-confirm": Rule("POST", PEOPLE, standing=OWN_ACCOUNT),
    "api:me-email": Rule("POST", PEOPLE, standing=OWN_ACCOUNT, needs={STEP_UP}),
    "api:me-data": Rule("GET", PEOPLE, standing=OWN_ACCOUNT),
    "api:me-export": Rule("POST", PEOPLE, standing=OWN_ACCOUNT, needs={SETTLED, STEP_UP}),
    "api:me-export-detail": Rule(
        "GET",
        PEOPLE,
        "copy_pk",
        scope="accounts.DataRequest[user]",
        standing=OWN_ACCOUNT,
        needs={STEP_UP},
    ),
    "api:me-requests": Rule("GET POST", PEOPLE, standing=OWN_ACCOUNT),
    "api:me-proof-request": Rule("POST", PEOPLE, standing=PROVES),
    "api:me-proof-verify": Rule("POST", PEOPLE, standing=PROVES),
}
