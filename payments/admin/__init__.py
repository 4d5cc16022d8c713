"""Money in the back office: finance sees all of it and decides about payouts; nothing is edited."""

from payments.admin import (
    credits,
    earnings,
    events,
    funding,
    ledger,
    orders,
    payments,
    payouts,
    rates,
    refunds,
    wallets,
)

__all__ = [
    "credits",
    "earnings",
    "events",
    "funding",
    "ledger",
    "orders",
    "payments",
    "payouts",
    "rates",
    "refunds",
    "wallets",
]
