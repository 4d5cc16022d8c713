"""One factory per kind of message."""

import factory
from factory.django import DjangoModelFactory

from notifications.models import Message
from tutorhub.core import clock


class SentMessageFactory(DjangoModelFactory[Message]):
    class Meta:
        model = Message

    to = "+919876543210"
    channel = "sms"
    template = "note"
    body = factory.Sequence(lambda n: f"Message {n}")
    status = Message.Status.SENT
    sent_at = factory.LazyFunction(clock.now)
