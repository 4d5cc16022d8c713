"""Webhooks with a bad signature: counted, and staff are told when they do not stop.

A secret that was changed on one side only looks just so, and after 24 h of refusals Razorpay stops
sending. One or two are a stranger at the door.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction

from accounts.services import alarms
from payments.models import GatewayEvent, RefusedWebhooks
from tutorhub.core import clock

RUN = 5
"""So many in an hour, with no good one after them, are a run."""
ALARM = "webhook_signatures"


@transaction.atomic
def note() -> int:
    """Count one more in this hour and ring, once an hour, when it is a run. Returns the count."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO payments_refusedwebhooks AS known (hour, count, last_at)
            VALUES (%s, 1, %s)
            ON CONFLICT (hour) DO UPDATE SET count = known.count + 1, last_at = excluded.last_at
            RETURNING count
            """,
            [_hour(now), now],
        )
        count = int(cursor.fetchone()[0])
    # Asked once per hour and not at every refusal: a stranger may send millions.
    if count == RUN:
        alarms.ring(ALARM)
    return count


def run_of_refusals() -> RefusedWebhooks | None:
    """The last hour of the last day that had a run of them, unless a good one came afterwards."""
    since = _hour(clock.now()) - timedelta(days=1)
    found = RefusedWebhooks.objects.filter(hour__gte=since, count__gte=RUN).order_by("-hour")
    refused = found.first()
    # Version 7 identifiers are in the order of time, and the primary key is the index at hand.
    good = GatewayEvent.objects.order_by("-pk").values_list("received_at", flat=True).first()
    if refused is None or (good is not None and good > refused.last_at):
        return None
    return refused


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
