"""The ways out: one interface, and a provider behind each channel.

A provider takes a message and answers with its own id for it, or raises one of three errors. What
becomes of a message after that comes as a receipt, to /webhooks/, which the provider reads as well.
Neither MSG91 nor WhatsApp knows an idempotency key: both only give back a reference of ours in
their receipts. So a call without an answer is never repeated; its receipt says what became of it.
"""

from notifications.gateway.interface import (
    DeliveryFailed,
    Outgoing,
    Provider,
    Receipt,
    Refused,
    TryAgain,
    Unknown,
    Unreadable,
    channels_on,
    cost_paise,
    provider,
)
from notifications.gateway.local import DevInbox, Smtp
from notifications.gateway.msg91 import Msg91
from notifications.gateway.whatsapp import WhatsApp

__all__ = [
    "DeliveryFailed",
    "DevInbox",
    "Msg91",
    "Outgoing",
    "Provider",
    "Receipt",
    "Refused",
    "Smtp",
    "TryAgain",
    "Unknown",
    "Unreadable",
    "WhatsApp",
    "channels_on",
    "cost_paise",
    "provider",
]
