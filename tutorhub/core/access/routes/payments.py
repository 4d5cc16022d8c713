"""Routes: orders, wallets, credits, earnings and payouts."""

from tutorhub.core.access.kinds import FACTOR, FAMILIES, PEOPLE, SETTLED, STRONG, TUTORS, Rule

RULES: dict[str, Rule] = {
    "payments:checkout-show": Rule(
        "GET POST", PEOPLE, "order", scope="payments.PaymentOrder.visible_to"
    ),
    "payments:checkout-result": Rule(
        "GET", PEOPLE, "order", scope="payments.PaymentOrder.visible_to"
    ),
    "payments:checkout-method": Rule(
        "POST",
        PEOPLE,
        "order",
        scope="payments.PaymentOrder.visible_to",
        body="method=razorpay",
        money=True,
    ),
    "payments:checkout-give-up": Rule(
        "POST", PEOPLE, "order", scope="payments.PaymentOrder.visible_to", money=True
    ),
    "payments:wallet-show": Rule("GET POST", FAMILIES, money=True),
    "payments:refunds-choose": Rule("POST", FAMILIES),
    "payments:payment-list": Rule("GET", PEOPLE),
    "payments:payment-detail": Rule(
        "GET", PEOPLE, "order", scope="payments.PaymentOrder.visible_to"
    ),
    "payments:refund-to-wallet": Rule(
        "POST", FAMILIES, "refund", scope="payments.Refund[payment__order__payer]", money=True
    ),
    "payments:credits-show": Rule("GET", TUTORS),
    "payments:credits-buy": Rule("POST", TUTORS, body="pack=pack-5", money=True),
    "payments:invoice-list": Rule("GET", PEOPLE),
    "payments:invoice-pdf": Rule("GET", PEOPLE, "invoice", scope="payments.Invoice[recipient]"),
    "payments:earnings-statement": Rule("GET", TUTORS),
    "payments:earnings-csv": Rule("GET", TUTORS),
    "payments:earnings-pdf": Rule("GET", TUTORS),
    "payments:payments-statement": Rule("GET", PEOPLE),
    "payments:payments-csv": Rule("GET", PEOPLE),
    "payments:payments-pdf": Rule("GET", PEOPLE),
    "payments:earnings-show": Rule("GET", TUTORS),
    "payments:payout-list": Rule("GET POST", TUTORS, money=True, needs={SETTLED, FACTOR}),
    "payments:payout-detail": Rule("GET", TUTORS, "payout", scope="payments.Payout.visible_to"),
    "payments:payout-method-weekly": Rule("POST", TUTORS),
    "payments:tax-profile-edit": Rule("GET POST", TUTORS),
    "payments:payout-cancel": Rule(
        "POST", TUTORS, "payout", scope="payments.Payout.visible_to", money=True
    ),
    "payments:payout-method-edit": Rule("GET POST", TUTORS, needs={SETTLED, STRONG, FACTOR}),
    "api:payments-verify": Rule("POST", PEOPLE, money=True, strict=True),
    "api:payments": Rule("GET", PEOPLE),
    "api:payments-detail": Rule(
        "GET", PEOPLE, "order_pk", scope="payments.PaymentOrder.visible_to"
    ),
    "api:payments-refund-to-wallet": Rule(
        "POST", FAMILIES, "refund_pk", scope="payments.Refund[payment__order__payer]", money=True
    ),
    "api:students-wallet": Rule("GET PATCH", FAMILIES, strict=True),
    "api:students-wallet-entries": Rule("GET", FAMILIES),
    "api:students-wallet-topup": Rule("POST", FAMILIES, money=True, strict=True),
    "api:wallet": Rule("GET", TUTORS),
    "api:wallet-topup": Rule("POST", TUTORS, money=True, strict=True),
    "api:invoices": Rule("GET", PEOPLE),
    "api:invoice-pdf": Rule("GET", PEOPLE, "invoice", scope="payments.Invoice[recipient]"),
    "api:statement-earnings": Rule("GET", TUTORS),
    "api:statement-earnings-lines": Rule("GET", TUTORS),
    "api:statement-earnings-csv": Rule("GET", TUTORS),
    "api:statement-earnings-pdf": Rule("GET", TUTORS),
    "api:statement-payments": Rule("GET", PEOPLE),
    "api:statement-payments-csv": Rule("GET", PEOPLE),
    "api:statement-payments-pdf": Rule("GET", PEOPLE),
    "api:earnings": Rule("GET", TUTORS),
    "api:payouts": Rule("GET POST", TUTORS, money=True, needs={SETTLED, FACTOR}, strict=True),
    "api:payouts-detail": Rule("GET", TUTORS, "payout_pk", scope="payments.Payout.visible_to"),
    "api:payout-method": Rule(
        "GET PATCH PUT", TUTORS, needs={SETTLED, STRONG, FACTOR}, strict=True
    ),
    "api:tax-profile": Rule("GET PUT", TUTORS, strict=True),
    "payments:webhook-razorpay": Rule("POST", signature="the signature over the body"),
    "payments:checkout-callback": Rule("POST", signature="the signature over order and payment"),
}
