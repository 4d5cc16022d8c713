"""Taking in a webhook, against a view that writes one row."""

import hashlib
import hmac
import itertools
import json
import uuid

from django.conf import settings
from django.db import connection

from benchmarks.report import Figure
from benchmarks.timing import Answer, Connection, compare

PATH = "/webhooks/razorpay"
PER_ROUND = 30

_numbers = itertools.count(1)


def prepare() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_webhook")
        cursor.execute("CREATE TABLE bench_webhook (id bigserial PRIMARY KEY, body bytea NOT NULL)")


def measure(ours: int, bare: int) -> dict[str, Figure]:
    product, baseline = Connection(ours), Connection(bare)
    found = compare(
        lambda event: _post(product, event),
        lambda event: _post(baseline, event),
        lambda: [_event() for _ in range(PER_ROUND)],
    )
    product.close()
    baseline.close()
    _forget()
    print(f"webhook_intake: {found.ours:.2f} ms, bare {found.bare:.2f} ms", flush=True)
    return {"webhook_intake": Figure(round(found.ratio, 2), "<= 2.0", "times bare")}


def _event() -> tuple[bytes, dict[str, str]]:
    """A signed event about a payment that nobody has heard of."""
    payment = {
        "id": f"pay_Bench{next(_numbers):09d}",
        "entity": "payment",
        "amount": 100_000,
        "currency": "INR",
        "status": "captured",
        "order_id": "order_Bench000000001",
        "captured": True,
        "notes": [],
    }
    event = {
        "entity": "event",
        "account_id": "acc_Sim0000000001A",
        "event": "payment.captured",
        "contains": ["payment"],
        "payload": {"payment": {"entity": payment}},
        "created_at": 1_790_000_000,
    }
    body = json.dumps(event).encode()
    secret = settings.RAZORPAY_WEBHOOK_SECRETS[0].encode()
    headers = {
        "Content-Type": "application/json",
        "X-Razorpay-Signature": hmac.new(secret, body, hashlib.sha256).hexdigest(),
        "X-Razorpay-Event-Id": uuid.uuid4().hex[:14],
    }
    return body, headers


def _post(server: Connection, event: tuple[bytes, dict[str, str]]) -> Answer:
    answer = server.post(PATH, *event)
    if answer.status != 200:
        raise SystemExit(f"a webhook answered {answer.status}: {answer.body[:500]!r}")
    return answer


def _forget() -> None:
    """Leave no events behind that a worker on this database would look into."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_outboxrow WHERE handler LIKE 'payments.%'")
        cursor.execute("DELETE FROM payments_gatewayevent")
        cursor.execute("DROP TABLE bench_webhook")
