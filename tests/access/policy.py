"""Who may call what: one row for each route. A route without a row fails the build.

`owners` are those of the right role whose object it is; others of that role get 404, everybody
else 401, 403, 404 or the way to the sign-in page. A suspended tutor may look and not act: GET is
looking unless the row `acts_by_get`, everything else is acting unless it `is_own_account`. `body`
is what a request must say to get past the question whether the thing exists.
"""

from dataclasses import dataclass

from tests.access.world import EVERYONE, FAMILIES, PEOPLE, STAFF, TUTORS

FAMILY = frozenset({"family"})
TUTOR = frozenset({"tutor"})
BOTH = FAMILY | TUTOR


@dataclass(frozen=True)
class Row:
    methods: str
    roles: frozenset[str] = EVERYONE
    ids: str = ""
    owners: frozenset[str] | None = None
    body: str = ""
    acts_by_get: bool = False
    is_own_account: bool = False

    @property
    def allowed(self) -> frozenset[str]:
        return self.roles if self.owners is None else self.owners

    @property
    def is_open(self) -> bool:
        return self.roles == EVERYONE

    def is_action(self, method: str) -> bool:
        """Whether the request asks for more than to look at something."""
        if self.is_open or self.is_own_account:
            return False
        return method != "GET" or self.acts_by_get


PAGES: dict[str, Row] = {
    "site:home": Row("GET"),
    "site:dashboard": Row("GET", PEOPLE | STAFF),
    "site:family": Row("GET", FAMILIES),
    "site:tutor": Row("GET", TUTORS),
    "site:help": Row("GET"),
    "site:privacy": Row("GET"),
    "site:language-set": Row("POST"),
    "site:styleguide": Row("GET"),
    "site:health-live": Row("GET"),
    "site:health-ready": Row("GET"),
    "site:robots": Row("GET"),
    "site:manifest": Row("GET"),
    "notifications:inbox": Row("GET"),
    "notifications:inbox-json": Row("GET"),
    "notifications:staff-json": Row("GET"),
    "accounts:signin": Row("GET POST"),
    "accounts:signin-code": Row("GET POST"),
    "accounts:signout": Row("POST"),
    "accounts:account": Row("GET POST", PEOPLE, is_own_account=True),
    "accounts:email-edit": Row("GET POST", PEOPLE, is_own_account=True),
    "accounts:email-confirm": Row("GET POST", ids="token"),
    "accounts:device-list": Row("GET", PEOPLE, is_own_account=True),
    "accounts:device-sign-out": Row("POST", PEOPLE, "sign_in", FAMILY, is_own_account=True),
    "accounts:device-sign-out-others": Row("POST", PEOPLE, is_own_account=True),
    "accounts:phone-new": Row("GET POST", PEOPLE, is_own_account=True),
    "accounts:phone-confirm": Row("GET POST", PEOPLE, is_own_account=True),
    "accounts:data-show": Row("GET", PEOPLE, is_own_account=True),
    "accounts:data-export": Row("GET POST", PEOPLE, is_own_account=True),
    "accounts:data-export-fetch": Row("GET", PEOPLE, "copy", FAMILY, is_own_account=True),
    "accounts:data-ask": Row("GET POST", PEOPLE, is_own_account=True),
    "accounts:data-erase": Row("GET POST", PEOPLE, is_own_account=True),
    "accounts:step-up": Row("GET POST", PEOPLE, is_own_account=True),
    "accounts:prove": Row("GET POST", PEOPLE, is_own_account=True),
    "accounts:start-clean": Row("POST", PEOPLE, is_own_account=True),
    "students:learner-new": Row("GET POST", FAMILIES),
    "students:learner-edit": Row("GET POST", FAMILIES, "learner", FAMILY),
    "students:learner-list": Row("GET", FAMILIES),
    "students:learner-hours": Row("GET POST", FAMILIES, "learner", FAMILY),
    "students:learner-remove": Row("GET POST", FAMILIES, "learner", FAMILY),
    "students:learner-withdraw": Row("POST", FAMILIES, "learner", FAMILY),
    "students:consent-list": Row("GET", FAMILIES),
    "students:consent-give": Row("POST", FAMILIES, "learner", FAMILY),
    "students:consent-withdraw": Row("POST", FAMILIES, "consent", FAMILY),
    "students:guardian-code": Row("GET POST", FAMILIES, "learner", FAMILY),
    "students:guardian-code-send": Row("POST", FAMILIES, "learner", FAMILY),
    "students:people-list": Row("GET POST", FAMILIES),
    "students:guardian-remove": Row("POST", FAMILIES, "member", FAMILY),
    "students:invite-list": Row("GET", FAMILIES),
    "students:invite-accept": Row("POST", FAMILIES, "invite", FAMILY),
    "students:invite-decline": Row("POST", FAMILIES, "invite", FAMILY),
    "students:invite-take-back": Row("POST", FAMILIES, "invite_sent", FAMILY),
    "tutors:tutor-search": Row("GET"),
    "tutors:tutor-detail": Row("GET", ids="slug"),
    "tutors:profile-edit": Row("GET POST", TUTORS),
    "tutors:profile-submit": Row("POST", TUTORS),
    "tutors:document-list": Row("GET POST", TUTORS),
    "tutors:document-upload": Row("GET", TUTORS, "document", TUTOR, acts_by_get=True),
    "tutors:document-done": Row("GET", TUTORS, "document", TUTOR, acts_by_get=True),
    "tutors:document-withdraw": Row("POST", TUTORS, "document", TUTOR),
    "tutors:photo-edit": Row("GET POST", TUTORS),
    "tutors:photo-upload": Row("GET", TUTORS, "photo", TUTOR, acts_by_get=True),
    "tutors:photo-done": Row("GET", TUTORS, "photo", TUTOR, acts_by_get=True),
    "tutors:photo-remove": Row("POST", TUTORS, "photo", TUTOR),
    "tutors:photo-preview": Row("GET", TUTORS, "photo", TUTOR),
    "marketplace:review-list": Row("GET", ids="slug"),
    "marketplace:enquiry-list": Row("GET", FAMILIES),
    "marketplace:enquiry-new": Row("GET POST", FAMILIES),
    "marketplace:enquiry-detail": Row("GET", FAMILIES, "enquiry", FAMILY),
    "marketplace:enquiry-close": Row("POST", FAMILIES, "enquiry", FAMILY),
    "marketplace:lead-list": Row("GET", TUTORS),
    "marketplace:lead-detail": Row("GET POST", TUTORS, "lead", TUTOR),
    "marketplace:lead-decline": Row("POST", TUTORS, "lead", TUTOR),
    "marketplace:session-list": Row("GET", PEOPLE),
    "marketplace:session-detail": Row("GET", PEOPLE, "session", BOTH),
    "marketplace:session-pay": Row("POST", FAMILIES, "session", FAMILY),
    "marketplace:session-start": Row("POST", TUTORS, "session", TUTOR),
    "marketplace:session-complete": Row("POST", TUTORS, "session", TUTOR),
    "marketplace:session-confirm": Row("POST", FAMILIES, "session", FAMILY),
    "marketplace:session-review": Row("POST", PEOPLE, "session", BOTH),
    "marketplace:session-cancel": Row("POST", PEOPLE, "session", BOTH),
    "marketplace:evidence-edit": Row("GET POST", TUTORS, "disputed", TUTOR),
    "marketplace:evidence-add": Row("POST", TUTORS, "disputed", TUTOR),
    "marketplace:evidence-upload": Row("GET", TUTORS, "evidence", TUTOR, acts_by_get=True),
    "marketplace:evidence-done": Row("GET", TUTORS, "evidence", TUTOR, acts_by_get=True),
    "marketplace:evidence-delete": Row("POST", TUTORS, "evidence", TUTOR),
    "payments:checkout-show": Row("GET POST", PEOPLE, "order", FAMILY),
    "payments:checkout-result": Row("GET", PEOPLE, "order", FAMILY),
    "payments:checkout-method": Row("POST", PEOPLE, "order", FAMILY, body="method=razorpay"),
    "payments:checkout-give-up": Row("POST", PEOPLE, "order", FAMILY),
    "payments:wallet-show": Row("GET POST", FAMILIES),
    "payments:refunds-choose": Row("POST", FAMILIES),
    "payments:payment-list": Row("GET", PEOPLE),
    "payments:payment-detail": Row("GET", PEOPLE, "order", FAMILY),
    "payments:refund-to-wallet": Row("POST", FAMILIES, "refund", FAMILY),
    "payments:credits-show": Row("GET", TUTORS),
    "payments:credits-buy": Row("POST", TUTORS, body="pack=pack-5"),
    "payments:invoice-list": Row("GET", PEOPLE),
    "payments:invoice-pdf": Row("GET", PEOPLE, "invoice", TUTOR),
    "payments:earnings-statement": Row("GET", TUTORS),
    "payments:earnings-csv": Row("GET", TUTORS),
    "payments:earnings-pdf": Row("GET", TUTORS),
    "payments:payments-statement": Row("GET", PEOPLE),
    "payments:payments-csv": Row("GET", PEOPLE),
    "payments:payments-pdf": Row("GET", PEOPLE),
    "payments:earnings-show": Row("GET", TUTORS),
    "payments:payout-list": Row("GET POST", TUTORS),
    "payments:payout-detail": Row("GET", TUTORS, "payout", TUTOR),
    "payments:payout-method-weekly": Row("POST", TUTORS),
    "payments:tax-profile-edit": Row("GET POST", TUTORS),
    "payments:payout-cancel": Row("POST", TUTORS, "payout", TUTOR),
    "payments:payout-method-edit": Row("GET POST", TUTORS),
    "api-docs": Row("GET"),
    "api-schema": Row("GET"),
}

API: dict[str, Row] = {
    "api:auth-otp-request": Row("POST"),
    "api:auth-otp-verify": Row("POST"),
    "api:auth-token-refresh": Row("POST"),
    "api:auth-logout": Row("POST"),
    "api:me": Row("GET PATCH DELETE", PEOPLE, is_own_account=True),
    "api:me-data": Row("GET", PEOPLE, is_own_account=True),
    "api:me-export": Row("POST", PEOPLE, is_own_account=True),
    "api:me-export-detail": Row("GET", PEOPLE, "copy_pk", FAMILY, is_own_account=True),
    "api:me-sessions": Row("GET", PEOPLE, is_own_account=True),
    "api:me-sessions-others": Row("POST", PEOPLE, is_own_account=True),
    "api:me-session": Row("DELETE", PEOPLE, "sign_in_pk", FAMILY, is_own_account=True),
    "api:me-step-up-request": Row("POST", PEOPLE, is_own_account=True),
    "api:me-step-up-verify": Row("POST", PEOPLE, is_own_account=True),
    "api:me-phone-request": Row("POST", PEOPLE, is_own_account=True),
    "api:me-phone-confirm": Row("POST", PEOPLE, is_own_account=True),
    "api:me-email": Row("POST", PEOPLE, is_own_account=True),
    "api:me-proof-request": Row("POST", PEOPLE, is_own_account=True),
    "api:me-proof-verify": Row("POST", PEOPLE, is_own_account=True),
    "api:curriculum": Row("GET"),
    "api:students-profile": Row("POST", FAMILIES),
    "api:students-learners": Row("GET POST", FAMILIES),
    "api:consent-notice": Row("GET"),
    "api:students-learner": Row("DELETE GET PATCH", FAMILIES, "learner", FAMILY),
    "api:students-learner-consent": Row("POST", FAMILIES, "learner", FAMILY),
    "api:students-guardian-code": Row("POST", FAMILIES, "learner", FAMILY),
    "api:students-guardian-code-confirm": Row("POST", FAMILIES, "learner", FAMILY),
    "api:students-consents": Row("GET", FAMILIES),
    "api:students-consent-withdraw": Row("POST", FAMILIES, "consent", FAMILY),
    "api:students-guardians": Row("GET POST", FAMILIES),
    "api:students-guardian": Row("DELETE", FAMILIES, "member", FAMILY),
    "api:students-invites": Row("GET", FAMILIES),
    "api:students-invite": Row("DELETE", FAMILIES, "invite_sent", FAMILY),
    "api:students-invite-accept": Row("POST", FAMILIES, "invite", FAMILY),
    "api:students-invite-decline": Row("POST", FAMILIES, "invite", FAMILY),
    "api:students-learner-withdraw-consent": Row("POST", FAMILIES, "learner", FAMILY),
    "api:enquiries-ask": Row("POST", FAMILIES),
    "api:enquiries": Row("GET", FAMILIES),
    "api:enquiries-detail": Row("GET", FAMILIES, "enquiry", FAMILY),
    "api:enquiries-close": Row("POST", FAMILIES, "enquiry", FAMILY),
    "api:tutors-list": Row("GET"),
    "api:tutors-facets": Row("GET"),
    "api:tutors-detail": Row("GET", ids="profile"),
    "api:tutors-profile": Row("GET POST", TUTORS),
    "api:tutors-profile-submit": Row("POST", TUTORS),
    "api:tutors-documents": Row("GET POST", TUTORS),
    "api:tutors-document-complete": Row("POST", TUTORS, "document", TUTOR),
    "api:tutors-photos": Row("GET POST", TUTORS),
    "api:tutors-photo": Row("DELETE", TUTORS, "photo", TUTOR),
    "api:tutors-photo-complete": Row("POST", TUTORS, "photo", TUTOR),
    "api:leads-inbox": Row("GET", TUTORS),
    "api:leads-detail": Row("GET", TUTORS, "lead", TUTOR),
    "api:leads-accept": Row("POST", TUTORS, "lead", TUTOR),
    "api:leads-decline": Row("POST", TUTORS, "lead", TUTOR),
    "api:sessions": Row("GET", PEOPLE),
    "api:sessions-detail": Row("GET", PEOPLE, "session", BOTH),
    "api:sessions-pay": Row("POST", FAMILIES, "session", FAMILY),
    "api:sessions-start": Row("POST", TUTORS, "session", TUTOR),
    "api:sessions-complete": Row("POST", TUTORS, "session", TUTOR),
    "api:sessions-confirm": Row("POST", FAMILIES, "session", FAMILY),
    "api:sessions-review": Row("POST", PEOPLE, "session", BOTH),
    "api:sessions-cancel": Row("POST", PEOPLE, "session", BOTH),
    "api:evidence": Row("GET PUT", TUTORS, "disputed", TUTOR),
    "api:evidence-files": Row("POST", TUTORS, "disputed", TUTOR),
    "api:evidence-file": Row("DELETE", TUTORS, "evidence", TUTOR),
    "api:evidence-file-complete": Row("POST", TUTORS, "evidence", TUTOR),
    "api:payments-verify": Row("POST", PEOPLE),
    "api:payments": Row("GET", PEOPLE),
    "api:payments-detail": Row("GET", PEOPLE, "order_pk", FAMILY),
    "api:payments-refund-to-wallet": Row("POST", FAMILIES, "refund_pk", FAMILY),
    "api:students-wallet": Row("GET PATCH", FAMILIES),
    "api:students-wallet-entries": Row("GET", FAMILIES),
    "api:students-wallet-topup": Row("POST", FAMILIES),
    "api:wallet": Row("GET", TUTORS),
    "api:wallet-topup": Row("POST", TUTORS),
    "api:invoices": Row("GET", PEOPLE),
    "api:invoice-pdf": Row("GET", PEOPLE, "invoice", TUTOR),
    "api:statement-earnings": Row("GET", TUTORS),
    "api:statement-earnings-lines": Row("GET", TUTORS),
    "api:statement-earnings-csv": Row("GET", TUTORS),
    "api:statement-earnings-pdf": Row("GET", TUTORS),
    "api:statement-payments": Row("GET", PEOPLE),
    "api:statement-payments-csv": Row("GET", PEOPLE),
    "api:statement-payments-pdf": Row("GET", PEOPLE),
    "api:earnings": Row("GET", TUTORS),
    "api:payouts": Row("GET POST", TUTORS),
    "api:payouts-detail": Row("GET", TUTORS, "payout_pk", TUTOR),
    "api:payout-method": Row("GET PATCH PUT", TUTORS),
    "api:tax-profile": Row("GET PUT", TUTORS),
}

# Let in by what the request carries, not by who sends it; each has tests of its own.
BY_SIGNATURE: dict[str, str] = {
    "payments:webhook-razorpay": "the signature over the body",
    "notifications:webhook-whatsapp": "the signature over the body; the verify token for a GET",
    "notifications:webhook-msg91": "the secret in a header or in the body",
    "payments:checkout-callback": "the signature over order and payment",
    "core:upload": "the signed token of one upload",
    "core:download": "the signed token of one file",
    "core:picture": "nothing: what lies there is public",
}
