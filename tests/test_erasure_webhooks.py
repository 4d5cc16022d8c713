"""What Razorpay told us about somebody who is erased."""

import json
from datetime import timedelta

import pytest

from accounts.models import FormerAddress
from accounts.services import erasures
from accounts.tests.factories import FamilyUserFactory
from payments.models import GatewayEvent
from payments.services import events, webhook_traces
from tests.forgetting import forget
from tutorhub.core import clock, outbox

pytestmark = pytest.mark.django_db

CONTACT = "+919876512345"
BODY = json.dumps({"event": "x", "payload": {"contact": CONTACT}}).encode()


def event(body: bytes = BODY, status: str = "DONE", **values) -> GatewayEvent:
    return GatewayEvent.objects.create(
        event_key=f"e{GatewayEvent.objects.count()}",
        sha256="s",
        body=body,
        status=status,
        found_by=None if status == "RECEIVED" else webhook_traces.of(body),
        **values,
    )


def has_body(row: GatewayEvent) -> bool:
    row.refresh_from_db()
    assert bool(row.body) == bool(row.found_by) or row.status == "RECEIVED"
    return bool(row.body)


def test_an_erasure_empties_what_is_done_ignored_or_nobodys_and_what_is_another_persons_stays():
    user = FamilyUserFactory(phone=CONTACT)
    theirs = [event(status=status) for status in ("DONE", "IGNORED", "ORPHAN")]
    other = event(BODY.replace(b"9876512345", b"9876512346"))
    forget(user)
    assert [has_body(row) for row in theirs] == [False] * 3
    assert has_body(other)


def test_what_is_not_worked_through_yet_is_emptied_a_while_later():
    user = FamilyUserFactory(phone=CONTACT)
    waiting = event(b"{}", status="RECEIVED")
    GatewayEvent.objects.update(body=BODY)
    erasures.erase(user, by=user)
    outbox.drain()
    assert has_body(waiting)
    events._close(waiting.pk, name="x", status="IGNORED", note="")
    with clock.at(clock.now() + timedelta(minutes=31)):
        outbox.drain()
    assert not has_body(waiting)


def test_what_is_newer_at_a_number_of_before_is_somebody_elses():
    user = FamilyUserFactory()
    given_up = clock.now() - timedelta(days=1)
    FormerAddress.objects.create(user=user, address=CONTACT, given_up_at=given_up)
    old = event(received_at=given_up - timedelta(hours=1))
    new = event(received_at=given_up + timedelta(hours=1))
    forget(user)
    assert (has_body(old), has_body(new)) == (False, True)
