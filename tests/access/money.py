"""Which POSTs move money, so that a repeat must not do it again.

Every route with a POST stands in one of the two tables; one in neither fails the build. Those in
`MONEY` take a key (`tutorhub.core.idempotency`): pages by a hidden field, the API by a header.
"""

MONEY = {
    "payments:checkout-method",
    "payments:checkout-give-up",
    "payments:wallet-show",
    "payments:refund-to-wallet",
    "api:students-wallet-topup",
    "api:payments-refund-to-wallet",
    "marketplace:enquiry-close",  # gives credits back
    "marketplace:lead-detail",
    "marketplace:session-pay",
    "marketplace:session-complete",
    "marketplace:session-confirm",
    "marketplace:session-cancel",
    "payments:credits-buy",
    "payments:payout-list",
    "payments:payout-cancel",
    "api:enquiries-close",
    "api:leads-accept",
    "api:sessions-pay",
    "api:sessions-complete",
    "api:sessions-confirm",
    "api:sessions-cancel",
    "api:payments-verify",
    "api:wallet-topup",
    "api:payouts",
}

NO_MONEY = {
    "site:language-set",
    "accounts:signin",
    "accounts:signin-code",
    "accounts:signout",
    "students:learner-new",
    "students:learner-edit",
    "students:consent-withdraw",
    "tutors:profile-edit",
    "tutors:profile-submit",
    "tutors:document-list",
    "tutors:document-withdraw",
    "marketplace:enquiry-new",
    "marketplace:lead-decline",
    "marketplace:session-start",
    "marketplace:session-review",
    # Opens the same order again: it is found by its receipt.
    "payments:checkout-show",
    "payments:payout-method-edit",
    "payments:payout-method-weekly",
    "payments:tax-profile-edit",
    "api:auth-otp-request",
    "api:auth-otp-verify",
    "api:auth-token-refresh",
    "api:auth-logout",
    "api:students-profile",
    "api:students-learners",
    "api:students-learner-withdraw-consent",
    "api:enquiries-ask",
    "api:tutors-profile",
    "api:tutors-profile-submit",
    "api:tutors-documents",
    "api:tutors-document-complete",
    "api:leads-decline",
    "api:sessions-start",
    "api:sessions-review",
    # Razorpay and its Checkout do not send our keys: a payment is booked under its own id.
    "payments:webhook-razorpay",
    "payments:checkout-callback",
    "core:upload",
}
