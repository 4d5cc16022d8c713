"""Every family's money against its own memory and the gateway's, to the paisa."""

from typing import Any, Protocol

from benchmarks.chaos.history import History, Story
from payments.models import Earning, OrderRefund, Payment, PaymentOrder, Refund
from payments.services import ledger
from payments.simulator.server import Simulator


class Finds(Protocol):
    """What a verdict notes."""

    def lose(self, what: str) -> None: ...

    def double(self, what: str) -> None: ...

    def off(self, what: str, paise: int) -> None: ...


def judge(found: Finds, history: History, simulator: Simulator) -> None:
    with simulator.books.lock:
        captured = {
            payment["id"]: int(payment["amount"])
            for payment in simulator.books.all("payments", captured=True)
        }
        refunds = [
            refund
            for refund in simulator.books.all("refunds", _is_ours=True)
            if refund["status"] != "failed"
        ]
    for story in history.stories:
        payments = _payments(story)
        sent = [refund for refund in refunds if refund["payment_id"] in payments]
        _is_conserved(found, story, sum(captured.get(name, 0) for name in payments), sent)
        if story.is_over:
            _is_as_told(found, story, sent)


def _payments(story: Story) -> set[str]:
    """The family's payments for itself: what we have booked, and what the gateway told it."""
    booked = Payment.objects.filter(order__payer=story.family)
    return {*booked.values_list("razorpay_payment_id", flat=True), *story.payments}


def _is_conserved(found: Finds, story: Story, came_in: int, sent: list[Any]) -> None:
    """What the gateway took from a family is somewhere, once, whatever was the last it heard."""
    here = {
        "wallet": ledger.balance("student_wallet", story.family),
        "hold": sum(ledger.balance("wallet_hold", pk) for pk in _orders(story)),
        "escrow": ledger.balance("session_escrow", story.session),
        "refund_payable": sum(ledger.balance("refund_payable", pk) for pk in _refunds(story)),
        "unapplied": sum(
            ledger.balance("unapplied", pk)
            for pk in Payment.objects.filter(order__payer=story.family).values_list("pk", flat=True)
        ),
        "earned": _earned(story),
        "sent back": sum(refund["amount"] for refund in sent),
    }
    off = sum(here.values()) - came_in
    found.off(f"{story.tender} of {story.session}: {came_in} came in, {here}", off)


def _is_as_told(found: Finds, story: Story, sent: list[Any]) -> None:
    """To the paisa where the family expects it, and nothing is still on its way."""
    name = f"{story.tender} of {story.session}"
    wallet = ledger.balance("student_wallet", story.family)
    found.off(f"{name}: in the wallet of {story.in_wallet}", wallet - story.in_wallet)
    due = story.back_to_source
    found.off(f"{name}: back at its source of {due}", sum(row["amount"] for row in sent) - due)
    for pk in _orders(story):
        found.off(f"{name}: still held", ledger.balance("wallet_hold", pk))
    if story.is_undone or story.is_completed:
        found.off(f"{name}: still in escrow", ledger.balance("session_escrow", story.session))
    if story.is_completed:
        expected = story.price - story.refund_paise
        found.off(f"{name}: earned of {expected}", _earned(story) - expected)
    decided = OrderRefund.objects.filter(order=story.order, decided_by__isnull=False).count()
    if decided > bool(story.refund_paise):
        found.double(f"{name}: refunded {decided} times")
    if decided < bool(story.refund_paise):
        found.lose(f"{name}: its refund")


def _orders(story: Story) -> list[Any]:
    return list(PaymentOrder.objects.filter(payer=story.family).values_list("pk", flat=True))


def _refunds(story: Story) -> list[Any]:
    mine = Refund.objects.filter(payment__order__payer=story.family)
    return list(mine.values_list("pk", flat=True))


def _earned(story: Story) -> int:
    earning = Earning.objects.filter(session_id=story.session).first()
    return 0 if earning is None else earning.gross_paise
