"""Ten thousand webhooks come at once; a relay and a worker of two processes work through them.

Two events speak of each payment (`payment.captured`, `order.paid`), and every twentieth is
delivered twice. What counts is that each payment is applied once; how fast is measured from the
first event that is closed until the last, with the gateway asked about each over HTTP.
"""

import hashlib
import hmac
import itertools
import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection

from benchmarks.report import Figure
from benchmarks.timing import Connection
from payments.models import CreditLot, CreditPack, GatewayEvent, LedgerTxn, PaymentOrder
from payments.services import credits
from tutorhub.core import clock
from tutorhub.core.ids import uuid7
from tutorhub.core.models import OutboxRow
from tutorhub.core.processes import die_with_parent
from tutors.models import TutorProfile

ROOT = Path(__file__).resolve().parents[2]
EVENTS = int(os.environ.get("BENCH_EVENTS", "10000"))
NAMES = ("payment.captured", "order.paid")
SENDERS = 8
TWICE = 20
PATIENCE_SECONDS = 1800
Event = tuple[bytes, dict[str, str]]


def measure(ours: int) -> dict[str, Figure]:
    orders = _orders(EVENTS // len(NAMES))
    events = [_event(name, order) for order in orders for name in NAMES]
    taken_in = _send(ours, events + events[::TWICE])
    seconds = _drain(orders[0].amount_paise, len(events))
    wrong = _wrong(orders)
    print(
        f"webhook_drain: {len(events)} events taken in at {taken_in:.0f} a second,"
        f" worked through in {seconds:.0f} s",
        flush=True,
    )
    return {
        # Ten thousand in a quarter of an hour.
        "webhook_drain": Figure(round(len(events) / seconds, 1), ">= 11.1", "events/s"),
        "webhook_applied_wrong": Figure(wrong, "<= 0", "things"),
    }


def _orders(count: int) -> list[PaymentOrder]:
    """As many tutors have opened a pack of credits at the gateway and paid it."""
    pack = CreditPack.objects.on_sale()[0]
    run = uuid.uuid4().hex[:6]
    tutors = TutorProfile.objects.listed().order_by("pk").values_list("user_id", flat=True)
    state = settings.COMPANY_STATE
    cost = credits.price(pack, state=state)
    terms = {"credits": pack.credits, "pack": pack.code, "state": state, **cost}
    return PaymentOrder.objects.bulk_create(
        PaymentOrder(
            id=(pk := uuid7()),
            purpose=PaymentOrder.Purpose.CREDIT_PACK,
            purpose_id=pack.pk,
            payer_id=tutor,
            status=PaymentOrder.Status.OPEN,
            amount_paise=terms["price_paise"],
            description="credits",
            terms=terms,
            receipt=f"or-{pk.hex}",
            razorpay_order_id=f"order_{run}{number:08d}",
            expires_at=clock.now() + timedelta(hours=24),
        )
        for number, tutor in zip(range(count), itertools.cycle(tutors), strict=False)
    )


def _payment_id(order: PaymentOrder) -> str:
    return (order.razorpay_order_id or "").replace("order_", "pay_")


def _event(name: str, order: PaymentOrder) -> Event:
    payment = {"id": _payment_id(order), "order_id": order.razorpay_order_id, "status": "captured"}
    body = json.dumps(
        {"event": name, "payload": {"payment": {"entity": payment}}, "created_at": 1_790_000_000}
    ).encode()
    secret = settings.RAZORPAY_WEBHOOK_SECRETS[0].encode()
    return body, {
        "Content-Type": "application/json",
        "X-Razorpay-Signature": hmac.new(secret, body, hashlib.sha256).hexdigest(),
        "X-Razorpay-Event-Id": uuid.uuid4().hex[:14],
    }


def _send(ours: int, events: Sequence[Event]) -> float:
    """Deliver them over several connections; how many a second were answered 200."""
    refused: list[int] = []

    def deliver(some: Sequence[Event]) -> None:
        server = Connection(ours)
        answers = [server.post("/webhooks/razorpay", *event).status for event in some]
        refused.extend(status for status in answers if status != 200)
        server.close()

    threads = [
        threading.Thread(target=deliver, args=(events[number::SENDERS],))
        for number in range(SENDERS)
    ]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if refused:
        raise SystemExit(f"{len(refused)} webhooks were refused, the first with {refused[0]}")
    return len(events) / (time.perf_counter() - started)


def _drain(amount_paise: int, count: int) -> float:
    """Seconds from the moment the worker is at work until no event is open."""
    with ExitStack() as stack:
        gateway = stack.enter_context(
            _process("-m", "benchmarks.gateway", str(amount_paise), reads=True)
        )
        assert gateway.stdout is not None
        url = f"http://127.0.0.1:{gateway.stdout.readline().decode().strip()}"
        celery = ("-m", "celery", "--quiet", "-A", "tutorhub", "worker", "--concurrency", "2")
        stack.enter_context(
            _process(*celery, "--without-gossip", "--without-mingle", RAZORPAY_BASE_URL=url)
        )
        stack.enter_context(_process("manage.py", "relay"))
        _wait_until_open_are(count - 1)
        started = time.perf_counter()
        _wait_until_open_are(0)
        return time.perf_counter() - started


def _wait_until_open_are(count: int) -> None:
    """Until no more than so many events wait for the worker."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while GatewayEvent.objects.filter(status=GatewayEvent.Status.RECEIVED).count() > count:
        if time.monotonic() > deadline:
            raise SystemExit("the worker does not get on with the webhooks")
        time.sleep(0.25)


@contextmanager
def _process(
    *words: str, reads: bool = False, **environment: str
) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        [sys.executable, *words],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tutorhub.settings", **environment},
        stdout=subprocess.PIPE if reads else subprocess.DEVNULL,
        preexec_fn=die_with_parent,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


def _wrong(orders: Sequence[PaymentOrder]) -> int:
    """Events that did not end well, and payments not applied exactly once, in every place."""
    ids = [order.pk for order in orders]
    run = _payment_id(orders[0])[: len("pay_") + 6]
    booked = LedgerTxn.objects.filter(idem_key__startswith=f"rzp:capture:{run}")
    fees = LedgerTxn.objects.filter(idem_key__startswith=f"rzp:fee:{run}")
    found = {
        "paid": PaymentOrder.objects.filter(pk__in=ids, status="PAID").count(),
        "booked": booked.filter(kind="lead_pack_sale").count(),
        "not set aside": len(orders) - booked.exclude(kind="lead_pack_sale").count(),
        "fees": fees.count(),
        "lots": CreditLot.objects.filter(order__in=ids).count(),
        "events": GatewayEvent.objects.filter(status="DONE").count() // len(NAMES),
    }
    wrong = {name: count for name, count in found.items() if count != len(orders)}
    if wrong:
        print(f"webhook_drain: of {len(orders)} there are {wrong}", flush=True)
    _forget()
    return sum(abs(len(orders) - count) for count in wrong.values())


def _forget() -> None:
    """Leave no events behind; what was booked stays, as it must."""
    OutboxRow.objects.filter(done_at__isnull=True).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM payments_gatewayevent")
