"""Money in the back office: finance sees all of it and decides about payouts; nothing is edited."""

from payments.admin import (
    credits,
    disputes,
    earnings,
    events,
    external_refunds,
    funding,
    invoices,
    ledger,
    orders,
    payments,
    payouts,
    rates,
    reconciling,
    refunds,
    settlements,
    wallets,
)

__all__ = [
    "credits",
    "disputes",
    "earnings",
    "events",
    "external_refunds",
    "funding",
    "invoices",
    "ledger",
    "orders",
    "payments",
    "payouts",
    "rates",
    "reconciling",
    "refunds",
    "settlements",
    "wallets",
]
