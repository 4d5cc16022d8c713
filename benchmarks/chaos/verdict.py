"""What the books say, during the drill and after it, against people's and the gateway's memory."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connection, connections
from django.db.models import Count

from benchmarks.chaos import families
from benchmarks.chaos.history import History
from marketplace.models import SessionEvent, TutoringSession
from payments.models import CreditLot, Earning, LedgerTxn, PaymentOrder, Payout, Refund
from payments.services import ledger
from payments.services.reconciling import orders, outgoing, tolerance
from payments.simulator.admin import _totals
from payments.simulator.server import Simulator
from tutorhub.core import clock, outbox
from tutorhub.core.models import OutboxRow

REST_SECONDS = 300
PAID_OUT = {"processed", "processing", "queued"}
BOOKED = {"SCHEDULED", "IN_PROGRESS", "COMPLETED", "RELEASED"}

BALANCE = """
SELECT (SELECT coalesce(sum(abs(off)), 0) FROM (
            SELECT sum(debit) - sum(credit) AS off FROM ledger_entry GROUP BY unit) AS units),
       (SELECT coalesce(sum(abs(a.balance - coalesce(e.moved, 0))), 0)
          FROM ledger_account a
          LEFT JOIN (SELECT account_id, sum(debit - credit) AS moved
                       FROM ledger_entry GROUP BY account_id) e ON e.account_id = a.id
         WHERE a.track_balance AND a.balance <> a.normal * coalesce(e.moved, 0)),
       (SELECT count(*) FROM ledger_account WHERE track_balance AND balance < 0)
"""


@dataclass
class Baseline:
    """What the books held before the first kill."""

    clearing: int
    float_: int


@dataclass
class Verdict:
    """What is wrong; `str` is the last line of the drill."""

    lost: int = 0
    doubled: int = 0
    paise: int = 0
    lines: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return self.lost == self.doubled == self.paise == 0

    def lose(self, what: str, count: int = 1) -> None:
        self.lost += count
        self.lines.append(f"lost: {what}")

    def double(self, what: str, count: int = 1) -> None:
        self.doubled += count
        self.lines.append(f"doubled: {what}")

    def off(self, what: str, paise: int) -> None:
        if paise:
            self.paise += abs(paise)
            self.lines.append(f"off by {paise} paise: {what}")

    def __str__(self) -> str:
        return f"lost={self.lost} doubled={self.doubled} paise={self.paise}"


class Watcher:
    """Looks at the ledger's invariants while things are being killed."""

    def __init__(self) -> None:
        self.looks = 0
        self.broken: list[tuple[int, int, int]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(2.0):
            try:
                found = _sums()
            except DatabaseError:
                connections.close_all()
                continue
            self.looks += 1
            if any(found):
                self.broken.append(found)
        connections.close_all()


def _sums() -> tuple[int, int, int]:
    """Trial balance, tracked balances against their entries, accounts below zero: all zero."""
    with connection.cursor() as cursor:
        cursor.execute(BALANCE)
        first, second, third = cursor.fetchone()
        return int(first), int(second), int(third)


def baseline(simulator: Simulator) -> Baseline:
    return Baseline(
        clearing=ledger.balance("rzp_clearing") - _totals(simulator.books)["clearing_paise"],
        float_=ledger.balance("rzpx_float"),
    )


def come_to_rest(simulator: Simulator, revive: Callable[[], None]) -> None:
    """Until no webhook is on its way and no work is left; then what R1 and R3 find is done too."""
    deadline = time.monotonic() + REST_SECONDS
    simulator.sender.enable()
    connections.close_all()  # this one died with a database long ago
    while time.monotonic() < deadline:
        revive()
        idle = simulator.sender.wait_idle(5)
        if idle and not _open_work():
            if not _reconcile():
                return
            continue
        time.sleep(0.5)
    raise SystemExit(f"no rest in {REST_SECONDS} s: {_open_work()}")


def _open_work() -> Counter[str]:
    waiting = OutboxRow.objects.filter(done_at__isnull=True, due_at__lte=clock.now())
    waiting |= OutboxRow.objects.filter(done_at__isnull=True, dead_at__isnull=True, tries__gt=0)
    return Counter(waiting.values_list("handler", flat=True))


def _reconcile() -> int:
    """As beat would, twenty minutes and two hours later. Returns what there was to mend."""
    with clock.at(clock.now() + timedelta(minutes=20)):
        due = [pk for pk in orders.due() if simulator_has_money(PaymentOrder.objects.get(pk=pk))]
        tolerance.each(due, orders.check)
    with clock.at(clock.now() + timedelta(hours=2)):
        before = clock.now() - outgoing.UNSETTLED_AFTER
        money = list(Payout.objects.unsettled(before).values_list("pk", flat=True))
        tolerance.each(money, outgoing.check_payout)
        back = list(Refund.objects.unsettled(before).values_list("pk", flat=True))
        tolerance.each(back, outgoing.check_refund)
    outbox.drain()
    return len(due) + len(money) + len(back)


def simulator_has_money(order: PaymentOrder) -> bool:
    """Whether Razorpay was paid for an order that is open in our books."""
    from payments import gateway

    assert order.razorpay_order_id is not None
    paid = gateway.client().order_payments(order.razorpay_order_id)
    return any(payment["status"] == "captured" for payment in paid)


def judge(history: History, simulator: Simulator, before: Baseline, watcher: Watcher) -> Verdict:
    found = Verdict()
    for check in (_captures, _classes, _credits, _payouts, _outbox, families.judge):
        check(found, history, simulator)
    for name, paise in _paise(simulator, before):
        found.off(name, paise)
    for broken in watcher.broken:
        found.off("an invariant during the drill", sum(broken))
    found.lines.append(
        f"checked: {len(history.stories)} families"
        f" ({sum(story.is_over for story in history.stories)} to the end),"
        f" {len(list(history.payments()))} payments, {len(history.completed)} classes,"
        f" {sum(bool(story.refund_paise) for story in history.stories)} refunds,"
        f" {len(history.withdrawn)} payouts; {watcher.looks} looks at the ledger"
    )
    return found


def _captures(found: Verdict, history: History, simulator: Simulator) -> None:
    """Every payment that the gateway captured is booked once, whoever still remembers it."""
    booked = Counter(
        key.split(":")[2]
        for key in LedgerTxn.objects.filter(idem_key__startswith="rzp:capture:").values_list(
            "idem_key", flat=True
        )
    )
    with simulator.books.lock:
        captured = [payment["id"] for payment in simulator.books.all("payments", captured=True)]
    for payment_id in {*captured, *history.payments()}:
        if booked[payment_id] == 0:
            found.lose(f"payment {payment_id}")
        elif booked[payment_id] > 1:
            found.double(f"payment {payment_id} is booked {booked[payment_id]} times")


def _classes(found: Verdict, history: History, simulator: Simulator) -> None:
    status = dict(TutoringSession.objects.values_list("pk", "status"))
    undone = {story.session for story in history.stories if story.is_undone}
    told: list[tuple[str, set[Any], set[str]]] = [
        ("booking", history.booked - undone, BOOKED),
        ("calling off", undone, {"CANCELLED"}),
        ("end", history.completed, {"COMPLETED", "RELEASED"}),
        ("confirmation", history.confirmed, {"RELEASED"}),
    ]
    for what, sessions, expected in told:
        for session in sessions:
            if status[session] not in expected:
                found.lose(f"the {what} of {session} ({status[session]})")
    released = Earning.objects.filter(session_id__in=history.confirmed, status="RELEASED")
    if released.count() != len(history.confirmed):
        found.lose("earnings of confirmed classes", len(history.confirmed) - released.count())
    twice = (
        SessionEvent.objects.values("session", "kind")
        .annotate(times=Count("pk"))
        .filter(times__gt=1)
    )
    for row in twice:
        found.double(f"{row['kind']} of {row['session']}, {row['times']} times")


def _credits(found: Verdict, history: History, simulator: Simulator) -> None:
    lots = Counter(CreditLot.objects.values_list("tutor_id", flat=True))
    for tutor, bought in Counter(history.bought.values()).items():
        # Each tutor had one lot before the drill.
        if lots[tutor] < bought + 1:
            found.lose(f"credits of {tutor}")
        if lots[tutor] > bought + 1:
            found.double(f"credits of {tutor}")


def _payouts(found: Verdict, history: History, simulator: Simulator) -> None:
    ours = {payout.pk: payout for payout in Payout.objects.all()}
    with simulator.books.lock:
        theirs = Counter(
            payout["reference_id"]
            for payout in simulator.books.all("payouts")
            if payout["status"] in PAID_OUT
        )
    for payout_id, amount in history.withdrawn.items():
        if payout_id not in ours or ours[payout_id].amount_paise != amount:
            found.lose(f"payout {payout_id}")
    for payout in ours.values():
        sent = theirs[payout.reference]
        if sent > 1:
            found.double(f"payout {payout.pk} went out {sent} times")
        if payout.status == Payout.Status.PROCESSED and sent == 0:
            found.lose(f"payout {payout.pk} never went out")


def _outbox(found: Verdict, history: History, simulator: Simulator) -> None:
    for row in OutboxRow.objects.filter(dead_at__isnull=False):
        found.lose(f"work given up: {row.handler}: {row.last_error[:120]}")


def _paise(simulator: Simulator, before: Baseline) -> Iterator[tuple[str, int]]:
    trial, tracked, below = _sums()
    yield "trial balance", trial
    yield "tracked balances against their entries", tracked
    yield "accounts below zero", below
    totals: dict[str, Any] = _totals(simulator.books)
    ours = ledger.balance("rzp_clearing") - before.clearing
    yield "clearing against the gateway's books", ours - totals["clearing_paise"]
    spent = before.float_ - ledger.balance("rzpx_float")
    yield "payouts against the gateway's books", spent - totals["paid_out_paise"]
