"""What the simulated providers remember: messages, phones, templates, and their rules."""

import itertools
import threading
import time
from dataclasses import dataclass, field
from typing import Any

WHATSAPP, SMS = "whatsapp", "sms"
OUTCOMES = ("delivered", "read", "failed", "silent", "absent")
"""What a phone does with a message. An absent one is not on WhatsApp, and has no SMS either."""


@dataclass
class Rules:
    """How the providers behave. Without `receipt_seconds` receipts come only when asked for."""

    receipt_seconds: float | None = 0.3
    outcome: str = "delivered"


@dataclass
class Sent:
    """One message that a provider took."""

    id: str
    provider: str
    to: str
    template: str
    language: str
    values: dict[str, str]
    reference: str
    at: float = field(default_factory=time.time)
    receipts: list[str] = field(default_factory=list)


class Books:
    """Everything, behind one lock."""

    def __init__(self, rules: Rules) -> None:
        self.lock = threading.RLock()
        self._first_rules = rules
        self.reset()

    def reset(self) -> None:
        with self.lock:
            self.rules = Rules(**vars(self._first_rules))
            self.sent: dict[str, Sent] = {}
            self.phones: dict[str, str] = {}
            self.templates: dict[str, int] = {}
            self._numbers = itertools.count(1)

    def keep(self, **what: Any) -> Sent:
        with self.lock:
            number = next(self._numbers)
            prefix = "wamid.SIM" if what["provider"] == WHATSAPP else "3365sim"
            sent = Sent(id=f"{prefix}{number:08d}", **what)
            self.sent[sent.id] = sent
            return sent

    def outcome(self, to: str) -> str:
        with self.lock:
            return self.phones.get(to, self.rules.outcome)

    def knows(self, template: str, values: int) -> str:
        """Why a template is refused: "" (it is not), "unknown" or "values".

        Until somebody has registered one, any is taken.
        """
        with self.lock:
            if not self.templates:
                return ""
            if template not in self.templates:
                return "unknown"
            return "" if self.templates[template] == values else "values"
