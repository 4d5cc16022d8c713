"""The `/v1` API: which path does what."""

from notifications.simulator.http import Request, Routes, route
from payments.simulator import (
    accounts,
    disputes,
    documents,
    orders,
    payments,
    payouts,
    refunds,
    settlements,
    transactions,
)
from payments.simulator.books import Books, Entity


def routes(books: Books) -> Routes:
    return [
        *_orders(books),
        *_payments(books),
        *_disputes(books),
        *_settlements(books),
        *_payouts(books),
    ]


def _orders(books: Books) -> Routes:
    return [
        route("POST", "/v1/orders", lambda r: orders.create(books, r.json())),
        route("GET", "/v1/orders", lambda r: orders.list_all(books, r.query)),
        route("GET", "/v1/orders/{}", lambda r, i: orders.fetch(books, i)),
        route("PATCH", "/v1/orders/{}", lambda r, i: orders.edit(books, i, r.json())),
        route("GET", "/v1/orders/{}/payments", lambda r, i: orders.list_payments(books, i)),
    ]


def _payments(books: Books) -> Routes:
    def refund(request: Request, payment_id: str) -> Entity:
        key = request.headers.get("x-refund-idempotency", "")
        return refunds.create(books, payment_id, request.json(), key)

    one = "/v1/payments/{}"
    return [
        route("GET", "/v1/payments", lambda r: payments.list_all(books, r.query)),
        route("GET", one, lambda r, i: payments.fetch(books, i)),
        route("POST", f"{one}/capture", lambda r, i: payments.capture(books, i, r.json())),
        route("POST", f"{one}/refund", refund),
        route("GET", f"{one}/refunds", lambda r, i: refunds.list_of_payment(books, i, r.query)),
        route("GET", f"{one}/refunds/{{}}", lambda r, i, j: refunds.fetch_of_payment(books, i, j)),
        route("GET", "/v1/refunds", lambda r: refunds.list_all(books, r.query)),
        route("GET", "/v1/refunds/{}", lambda r, i: refunds.fetch(books, i)),
    ]


def _disputes(books: Books) -> Routes:
    one = "/v1/disputes/{}"
    return [
        route("GET", "/v1/disputes", lambda r: disputes.list_all(books, r.query)),
        route("GET", one, lambda r, i: disputes.fetch(books, i)),
        route("POST", f"{one}/accept", lambda r, i: disputes.accept(books, i)),
        route("PATCH", f"{one}/contest", lambda r, i: disputes.contest(books, i, r.json())),
        route("POST", "/v1/documents", lambda r: documents.create(books, r)),
        route("GET", "/v1/documents/{}", lambda r, i: documents.fetch(books, i)),
    ]


def _settlements(books: Books) -> Routes:
    return [
        route("GET", "/v1/settlements", lambda r: settlements.list_all(books, r.query)),
        route("GET", "/v1/settlements/recon/combined", lambda r: settlements.recon(books, r.query)),
        route("GET", "/v1/settlements/{}", lambda r, i: settlements.fetch(books, i)),
    ]


def _payouts(books: Books) -> Routes:
    def create(request: Request) -> Entity:
        key = request.headers.get("x-payout-idempotency", "")
        return payouts.create(books, request.json(), key)

    funds = "/v1/fund_accounts"
    return [
        route("POST", "/v1/contacts", lambda r: accounts.create_contact(books, r.json())),
        route("POST", funds, lambda r: accounts.create_fund_account(books, r.json())),
        route("GET", funds, lambda r: accounts.list_fund_accounts(books, r.query)),
        route("POST", f"{funds}/validations", lambda r: accounts.validate(books, r.json())),
        route("GET", f"{funds}/validations", lambda r: accounts.list_validations(books, r.query)),
        route("GET", f"{funds}/validations/{{}}", lambda r, i: accounts.fetch_validation(books, i)),
        route("POST", "/v1/payouts", create),
        route("GET", "/v1/payouts", lambda r: payouts.list_all(books, r.query)),
        route("GET", "/v1/payouts/{}", lambda r, i: payouts.fetch(books, i)),
        route("GET", "/v1/transactions", lambda r: transactions.list_all(books, r.query)),
        route("POST", "/v1/payouts/{}/cancel", lambda r, i: payouts.cancel(books, i)),
    ]
