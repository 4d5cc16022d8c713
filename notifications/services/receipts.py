"""What providers say became of our messages: kept as it came, then worked through.

Receipts come late, doubled and in any order. Each is one step along `Delivery.TRANSITIONS`, and a
step that does not exist is an old story and is passed over.
"""

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from notifications import gateway
from notifications.gateway import Receipt, msg91, whatsapp
from notifications.models import Channel, Delivery, Message, ProviderEvent
from notifications.services import deliveries
from tutorhub.core import clock, outbox, sealing
from tutorhub.core.ids import uuid7

log = logging.getLogger(__name__)

RECEIVE = "notifications.receive"
GRACE = timedelta(minutes=1)
"""How long a receipt may speak of an attempt whose answer we have not written down yet."""

_READERS: dict[str, Callable[[bytes], list[Receipt]]] = {
    Channel.WHATSAPP.value: whatsapp.receipts,
    Channel.SMS.value: msg91.receipts,
}
_INSERT = f"""
    INSERT INTO {ProviderEvent._meta.db_table}
           (id, provider, sha256, sealed, status, note, received_at)
    VALUES (%s, %s, %s, %s, 'received', '', %s) ON CONFLICT DO NOTHING
"""  # noqa: S608 - the only thing put in is our own table's name


def keep(body: bytes, *, channel: str) -> bool:
    """Keep a webhook that was proved to be the provider's; False if it was here before.

    Raises gateway.Unreadable for what is no text.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise gateway.Unreadable("no text") from error
    pk = uuid7()
    digest = hashlib.sha256(body).hexdigest()
    params = [pk, channel, digest, sealing.seal(text), clock.now()]
    return outbox.later_if_inserted(_INSERT, params, RECEIVE, {"event": pk})


@transaction.atomic
def receive(payload: dict[str, Any]) -> None:
    """The outbox job: take every receipt of one webhook to its attempt."""
    event = ProviderEvent.objects.select_for_update().get(pk=payload["event"])
    if event.status != ProviderEvent.Status.RECEIVED:
        return
    try:
        found = _READERS[event.provider](event.body)
    except gateway.Unreadable as error:
        event.move_to(ProviderEvent.Status.IGNORED, note=str(error), sealed="")
        return
    strangers = sum(not _apply(receipt, event.provider) for receipt in found)
    if strangers and event.received_at > clock.now() - GRACE:
        outbox.later(RECEIVE, payload, due_at=clock.now() + timedelta(seconds=10))
    elif strangers:
        note = f"{strangers} of unknown messages"
        event.move_to(ProviderEvent.Status.IGNORED, note=note, sealed="")
    elif not found:
        # What a person wrote to our number, say; nobody here has a use for it.
        event.move_to(ProviderEvent.Status.IGNORED, note="no receipts", sealed="")
    else:
        event.move_to(ProviderEvent.Status.DONE, sealed="")


def _apply(receipt: Receipt, channel: str) -> bool:
    """Take one receipt to its attempt; False if nobody knows that attempt."""
    known = _find(receipt, channel)
    if known is None:
        return False
    message = Message.objects.locked().get(pk=known.message_id)
    delivery = Delivery.objects.locked().get(pk=known.pk)
    if receipt.provider_id and not delivery.provider_id:
        delivery.provider_id = receipt.provider_id
        delivery.save(update_fields=["provider_id"])
    if delivery.can_move_to(receipt.status):
        _step(message, delivery, receipt)
    return True


def _find(receipt: Receipt, channel: str) -> Delivery | None:
    """By the provider's id, or by our reference when its answer was lost."""
    ours = Q(pk=None)
    if receipt.provider_id:
        ours |= Q(provider_id=receipt.provider_id)
    if reference := _uuid(receipt.reference):
        ours |= Q(pk=reference)
    return Delivery.objects.filter(ours, channel=channel).first()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _step(message: Message, delivery: Delivery, receipt: Receipt) -> None:
    at = _moment(receipt, delivery)
    if receipt.status == Delivery.Status.FAILED:
        deliveries.note_failed(message, delivery, receipt.error or "failed", at)
        return
    times: dict[str, datetime] = {"sent_at": delivery.sent_at or at}
    if receipt.status in (Delivery.Status.DELIVERED, Delivery.Status.READ):
        times["delivered_at"] = delivery.delivered_at or at
    if receipt.status == Delivery.Status.READ:
        times["read_at"] = at
    delivery.move_to(receipt.status, is_unknown=False, error="", **times)
    deliveries.note_sent(message, at)
    if delivery.has_arrived:
        if message.can_move_to(receipt.status):
            message.move_to(receipt.status, error="", sent_at=message.sent_at or at)
        deliveries.wipe(message)


def _moment(receipt: Receipt, delivery: Delivery) -> datetime:
    """When it happened, as far as the provider's clock can be believed."""
    now = clock.now()
    return min(max(receipt.at or now, delivery.created_at), now)
