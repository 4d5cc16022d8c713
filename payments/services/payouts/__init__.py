"""Payouts: asked for by the tutor, approved by somebody else, sent once, closed by the bank."""

from payments.services.payouts.asking import (
    REQUEST_WEEKLY,
    AccountRefused,
    NoMethod,
    NotYet,
    TooSmall,
    cancel,
    plan_weekly,
    request,
    request_weekly,
)
from payments.services.payouts.deciding import FloatTooLow, NotChecked, approve, reject
from payments.services.payouts.sending import (
    SEND,
    TutorSuspended,
    UnknownPayout,
    apply,
    record,
    refresh,
    send,
)

__all__ = [
    "REQUEST_WEEKLY",
    "SEND",
    "AccountRefused",
    "FloatTooLow",
    "NoMethod",
    "NotChecked",
    "NotYet",
    "TooSmall",
    "TutorSuspended",
    "UnknownPayout",
    "apply",
    "approve",
    "cancel",
    "plan_weekly",
    "record",
    "refresh",
    "reject",
    "request",
    "request_weekly",
    "send",
]
