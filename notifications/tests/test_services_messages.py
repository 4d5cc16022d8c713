"""Messages: queued with their reason, sent once, secrets wiped."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction

from notifications import catalogue, gateway
from notifications.models import Message
from notifications.services import deliveries, messages
from tutorhub.core import clock, outbox
from tutorhub.core.models import OutboxRow

pytestmark = pytest.mark.django_db

PHONE = "+919876543210"


class Recorder:
    is_instant = False
    has_receipts = False
    may_repeat = False
    sent: list[gateway.Outgoing] = []
    failures = 0

    def send(self, message: gateway.Outgoing) -> str:
        Recorder.sent.append(message)
        if len(Recorder.sent) <= Recorder.failures:
            raise gateway.TryAgain("busy")
        return "provider-1"


@pytest.fixture
def recorder(settings) -> type[Recorder]:
    Recorder.sent, Recorder.failures = [], 0
    name = f"{Recorder.__module__}.Recorder"
    settings.MESSAGE_CHANNELS = {"sms": name, "whatsapp": name, "email": name}
    return Recorder


def test_one_message_and_one_call_whatever_channels_there_are(drain):
    message = messages.tell(
        phone=PHONE, template="t", body="Hello", channels=("whatsapp", "sms", "email")
    )
    assert message.channels == ["whatsapp", "sms"]
    assert OutboxRow.objects.get().payload == {"message": str(message.pk), "number": 1}
    drain()
    message.refresh_from_db()
    assert (message.status, message.channel) == ("sent", "whatsapp")
    assert message.deliveries.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_channel_that_is_tried_at_once_and_is_busy_stops_no_page(recorder, monkeypatch):
    monkeypatch.setattr(recorder, "is_instant", True)
    recorder.failures = 1
    messages.tell(phone=PHONE, template="t", body="Hello", channels=("sms",))
    assert (len(recorder.sent), OutboxRow.objects.get().tries) == (1, 1)


def test_nobody_to_tell_is_no_message():
    assert messages.tell(template="t", body="Hello", phone="", email="") is None
    assert not OutboxRow.objects.exists()


def test_a_message_whose_reason_was_rolled_back_never_was():
    with transaction.atomic():
        messages.tell(phone=PHONE, template="t", body="Hello")
        transaction.set_rollback(True)
    assert not Message.objects.exists()
    assert not OutboxRow.objects.exists()


def test_a_channel_that_is_off_gets_nothing(settings):
    settings.MESSAGE_CHANNELS = {**settings.MESSAGE_CHANNELS, "whatsapp": "off"}
    message = messages.tell(phone=PHONE, template="t", body="Hello")
    assert message.channels == ["sms"]


def test_a_provider_that_fails_is_asked_again_with_the_same_key(recorder):
    recorder.failures = 1
    messages.tell(phone=PHONE, template="t", body="Hello", channels=("sms",))
    with pytest.raises(gateway.TryAgain):
        outbox.drain()
    with clock.at(clock.now() + timedelta(minutes=1)):
        outbox.drain()
    assert len({message.key for message in recorder.sent}) == 1
    assert len(recorder.sent) == 2
    message = Message.objects.get()
    assert (message.status, message.deliveries.get().provider_id) == ("sent", "provider-1")


def test_a_sent_message_is_not_sent_again(recorder, drain):
    messages.tell(phone=PHONE, template="t", body="Hello", channels=("sms",))
    drain()
    payload = {"message": str(Message.objects.get().pk), "number": 1}
    deliveries.send(payload, lambda: None)
    assert len(recorder.sent) == 1


def test_a_secret_is_sealed_while_it_waits_and_wiped_after(recorder, drain, settings):
    settings.DEVELOPMENT_PAGES = False
    messages.tell(phone=PHONE, template="t", body="Code 123456", channels=("sms",), secret=True)
    assert "123456" not in Message.objects.get().body
    drain()
    assert recorder.sent[0].body == "Code 123456"
    message = Message.objects.get()
    assert (message.body, message.text) == ("", "")


def test_development_keeps_a_secret_for_its_inbox(recorder, drain):
    messages.tell(phone=PHONE, template="t", body="Code 123456", channels=("sms",), secret=True)
    drain()
    message = Message.objects.get()
    assert "123456" not in message.body
    assert message.text == "Code 123456"


def test_what_is_late_is_not_sent(recorder):
    start = clock.now()
    messages.tell(
        phone=PHONE,
        template="t",
        body="Code 123456",
        channels=("sms",),
        secret=True,
        good_for=timedelta(minutes=5),
    )
    with clock.at(start + timedelta(minutes=6)):
        outbox.drain()
    message = Message.objects.get()
    assert (message.status, message.error, message.body) == ("failed", "expired", "")
    assert recorder.sent == []
    assert not OutboxRow.objects.filter(done_at__isnull=True).exists()


def test_a_notice_also_goes_by_email(settings, drain):
    settings.MESSAGE_CHANNELS = {**settings.MESSAGE_CHANNELS, "email": "notifications.gateway.Smtp"}
    notice = catalogue.Template("n", "Hello", subject="News", also_by_email=True)
    messages.tell(template=notice, values={}, phone=PHONE, email="asha@example.com")
    drain()
    assert [(m.to, m.subject) for m in mail.outbox] == [(["asha@example.com"], "News")]
    told = Message.objects.order_by("channel").values_list("channel", "channels")
    assert list(told) == [("email", ["email"]), ("whatsapp", ["whatsapp", "sms"])]


def test_mail_goes_through_django(settings, drain):
    settings.MESSAGE_CHANNELS = {
        **settings.MESSAGE_CHANNELS,
        "email": "notifications.gateway.Smtp",
    }
    messages.tell(
        email="asha@example.com", subject="Paid", template="t", body="Hello", channels=("email",)
    )
    drain()
    assert [(m.to, m.subject, m.body) for m in mail.outbox] == [
        (["asha@example.com"], "Paid", "Hello")
    ]


@pytest.mark.django_db(transaction=True)
def test_the_development_inbox_has_it_right_after_the_commit():
    messages.tell(phone=PHONE, template="t", body="Hello", channels=("sms",))
    assert Message.objects.get().status == "sent"
    assert outbox.drain() == 0


@pytest.mark.django_db(transaction=True)
def test_a_provider_with_a_network_waits_for_the_relay(recorder):
    messages.tell(phone=PHONE, template="t", body="Hello", channels=("sms",))
    assert recorder.sent == []
    assert Message.objects.get().status == "queued"
