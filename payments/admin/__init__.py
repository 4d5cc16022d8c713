"""Money in the back office: finance sees all of it and decides about payouts; nothing is edited."""

from payments.admin import (
    credits,
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
    reversals,
    settlements,
    wallets,
)

__all__ = [
    "credits",
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
    "reversals",
    "settlements",
    "wallets",
]
