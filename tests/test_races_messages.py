"""Twelve workers find a message that has not arrived: one gives the next channel its turn."""

import pytest
from django.db import IntegrityError

from accounts.tests.cast import PHONE, together
from notifications.models import Delivery, Message
from notifications.services import deliveries, messages
from notifications.tests.simulator import ProviderSimulator
from tutorhub.core import outbox
from tutorhub.core.models import OutboxRow
from tutors.messages import RESTORED

pytestmark = pytest.mark.django_db(transaction=True)


def fall_back_at_once() -> list[object]:
    message = messages.tell(template=RESTORED, values={}, phone=PHONE)
    assert message is not None
    outbox.drain()
    payload = {"message": str(message.pk), "number": 1}
    return together(12, lambda _n: deliveries.fall_back(payload), threads=12)


def test_one_next_attempt_is_made(provider_simulator: ProviderSimulator):
    assert fall_back_at_once() == [None] * 12
    assert list(Delivery.objects.values_list("channel", flat=True)) == ["whatsapp", "sms"]
    assert OutboxRow.objects.filter(kind=deliveries.SEND, done_at=None).count() == 1


def test_negative_control_without_the_locks_several_try(
    provider_simulator: ProviderSimulator, monkeypatch: pytest.MonkeyPatch
):
    """The database's own rule is then all that keeps a second SMS away."""
    for model in (Message, Delivery):
        monkeypatch.setattr(type(model.objects.all()), "locked", lambda rows: rows)
    results = fall_back_at_once()
    assert any(isinstance(result, IntegrityError) for result in results)
