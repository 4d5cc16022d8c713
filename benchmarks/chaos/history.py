"""What people were told: it must be in the books afterwards, once, and to the paisa."""

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

TO_SOURCE, TO_WALLET = "refund_to_source", "refund_to_wallet"


@dataclass
class Story:
    """One family with its class, and every paisa of it as the family knows."""

    session: UUID
    family: UUID
    tender: str
    topped: dict[str, int] = field(default_factory=dict)
    """Payment id at the gateway to what it added to the wallet (paise)."""
    order: UUID | None = None
    wallet_paise: int = 0
    gateway_paise: int = 0
    payment: str = ""
    """Its payment for the class at the gateway, in time."""
    late_payment: str = ""
    """Paid at the gateway after the offer was declined: has to come back."""
    is_declined: bool = False
    is_completed: bool = False
    refund_paise: int = 0
    refund_way: str = ""
    is_over: bool = False
    """Everything in it has had a definite answer."""

    @property
    def price(self) -> int:
        return self.wallet_paise + self.gateway_paise

    @property
    def is_undone(self) -> bool:
        """Whether the class has lost all of its money again."""
        return self.is_declined or (self.refund_paise > 0 and self.refund_paise == self.price)

    @property
    def back_to_wallet(self) -> int:
        """What of the refund belongs into the wallet: all of it, or what came from there."""
        if self.refund_way == TO_WALLET or not self.refund_paise:
            return self.refund_paise
        return self.refund_paise * self.wallet_paise // self.price

    @property
    def back_to_source(self) -> int:
        late = self.gateway_paise if self.late_payment else 0
        return late + self.refund_paise - self.back_to_wallet

    @property
    def in_wallet(self) -> int:
        spent = 0 if self.is_declined else self.wallet_paise
        return sum(self.topped.values()) - spent + self.back_to_wallet

    @property
    def payments(self) -> list[str]:
        return [name for name in (*self.topped, self.payment, self.late_payment) if name]


@dataclass
class History:
    """Everything that anybody was told."""

    stories: list[Story] = field(default_factory=list)
    bought: dict[str, UUID] = field(default_factory=dict)
    """Payment id at the gateway to the tutor who bought credits by it."""
    booked: set[UUID] = field(default_factory=set)
    completed: set[UUID] = field(default_factory=set)
    confirmed: set[UUID] = field(default_factory=set)
    withdrawn: dict[UUID, int] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, name: str) -> None:
        with self.lock:
            self.counts[name] += 1

    def begin(self, story: Story) -> Story:
        with self.lock:
            self.stories.append(story)
        return story

    def payments(self) -> Iterator[str]:
        """Every payment that the gateway has confirmed to somebody."""
        yield from self.bought
        for story in self.stories:
            yield from story.payments
