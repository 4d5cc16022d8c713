"""From one channel to the next: when, when not, and never twice by the same."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from notifications import catalogue, gateway
from notifications.catalogue import Category, Template
from notifications.models import Delivery, Message
from notifications.services import deliveries, messages
from notifications.tests.simulator import ProviderSimulator
from tutorhub.core import clock, outbox
from tutorhub.core.models import OutboxRow

pytestmark = pytest.mark.django_db

PHONE = "+919876543210"
MAIL = "asha@example.com"
CODE_AFTER = timedelta(seconds=31)
AFTER = timedelta(minutes=11)


@pytest.fixture(autouse=True)
def templates(monkeypatch: pytest.MonkeyPatch) -> dict[str, Template]:
    made = {
        "note": Template("note", "Hello %(name)s", subject="A note"),
        "code": Template(
            "code", "%(name)s is it", category=Category.AUTHENTICATION, channels=("whatsapp", "sms")
        ),
    }
    monkeypatch.setattr(catalogue, "_templates", {**catalogue._templates, **made})
    return made


def tell(template: str = "note", **more: object) -> Message:
    message = messages.tell(
        template=catalogue._templates[template],
        values={"name": "123456"},
        **{"phone": PHONE, **more},
    )
    assert message is not None
    return message


def attempts(message: Message) -> list[tuple[str, str]]:
    return list(message.deliveries.values_list("channel", "status"))


def later(after: timedelta) -> None:
    with clock.at(clock.now() + after):
        outbox.drain()


def known_on_whatsapp(simulator: ProviderSimulator, client: Client) -> None:
    tell()
    outbox.drain()
    simulator.receipt("delivered")
    simulator.deliver(client)
    outbox.drain()


def test_one_that_delivered_is_the_only_one(provider_simulator: ProviderSimulator, client: Client):
    message = tell(email=MAIL)
    outbox.drain()
    provider_simulator.receipt("sent", "delivered", "read")
    provider_simulator.deliver(client)
    outbox.drain()
    later(AFTER)
    assert attempts(message) == [("whatsapp", "read")]
    assert [one["provider"] for one in provider_simulator.sent()] == ["whatsapp"]
    assert mail.outbox == []
    message.refresh_from_db()
    assert message.status == "read"


def test_refused_for_good_goes_on_at_once(provider_simulator: ProviderSimulator):
    provider_simulator.faults("api.refuse", value=131026)
    message = tell()
    outbox.drain()
    assert attempts(message) == [("whatsapp", "failed"), ("sms", "sent")]
    message.refresh_from_db()
    assert (message.channel, message.status) == ("sms", "sent")


def test_failed_by_receipt_goes_on_at_once(provider_simulator: ProviderSimulator, client: Client):
    message = tell()
    outbox.drain()
    provider_simulator.receipt("failed")
    provider_simulator.deliver(client)
    outbox.drain()
    assert attempts(message) == [("whatsapp", "failed"), ("sms", "sent")]


def test_without_a_receipt_the_next_waits_its_time(provider_simulator: ProviderSimulator):
    message = tell(email=MAIL)
    outbox.drain()
    later(timedelta(minutes=9))
    assert attempts(message) == [("whatsapp", "sent")]
    later(AFTER)
    assert attempts(message) == [("whatsapp", "sent"), ("sms", "sent")]
    later(2 * AFTER)
    assert attempts(message)[2:] == [("email", "sent")]
    assert [m.to for m in mail.outbox] == [[MAIL]]


def test_a_late_receipt_after_the_next_went_starts_no_third(
    provider_simulator: ProviderSimulator, client: Client
):
    message = tell(email=MAIL)
    outbox.drain()
    later(AFTER)
    provider_simulator.receipt("delivered", provider="whatsapp")
    provider_simulator.deliver(client)
    later(3 * AFTER)
    assert attempts(message) == [("whatsapp", "delivered"), ("sms", "sent")]
    assert mail.outbox == []


def test_a_code_goes_on_sooner(provider_simulator: ProviderSimulator):
    message = tell("code", good_for=timedelta(minutes=5))
    outbox.drain()
    assert attempts(message) == [("sms", "sent")]
    later(CODE_AFTER)
    assert attempts(message) == [("sms", "sent"), ("whatsapp", "sent")]


def test_a_code_for_a_number_known_on_whatsapp_goes_there_first(
    provider_simulator: ProviderSimulator, client: Client
):
    known_on_whatsapp(provider_simulator, client)
    message = tell("code")
    outbox.drain()
    assert attempts(message) == [("whatsapp", "sent")]


def test_a_number_that_is_not_on_whatsapp_is_spared_it(
    provider_simulator: ProviderSimulator,
):
    provider_simulator.faults("api.refuse", value=131026)
    tell()
    outbox.drain()
    message = tell()
    outbox.drain()
    assert attempts(message) == [("sms", "sent")]
    with clock.at(clock.now() + timedelta(days=31)):
        message = tell()
        outbox.drain()
    assert attempts(message)[0] == ("whatsapp", "sent")


def test_a_code_too_old_gets_no_second_channel(provider_simulator: ProviderSimulator):
    message = tell("code", good_for=timedelta(seconds=20))
    outbox.drain()
    later(CODE_AFTER)
    assert attempts(message) == [("sms", "sent")]


@pytest.mark.parametrize("fault", ["api.lost", "api.garbage", "api.reset", "api.html502"])
def test_what_nobody_knows_is_never_handed_over_again(
    provider_simulator: ProviderSimulator, fault: str
):
    provider_simulator.faults(fault)
    message = tell()
    outbox.drain()
    first = message.deliveries.get()
    assert (first.status, first.is_unknown) == ("queued", True)
    later(timedelta(seconds=21))
    assert attempts(message) == [("whatsapp", "queued"), ("sms", "sent")]
    later(AFTER)
    assert len(provider_simulator.sent("whatsapp")) <= 1


def test_a_receipt_says_what_the_lost_answer_did_not(
    provider_simulator: ProviderSimulator, client: Client
):
    provider_simulator.faults("api.lost")
    message = tell()
    outbox.drain()
    provider_simulator.receipt("delivered")
    assert provider_simulator.deliver(client) == [200]
    outbox.drain()
    later(AFTER)
    assert attempts(message) == [("whatsapp", "delivered")]
    assert message.deliveries.get().provider_id == provider_simulator.sent()[0]["id"]


def test_a_message_nobody_knows_of_is_given_up_and_still_found_delivered(
    provider_simulator: ProviderSimulator, client: Client
):
    provider_simulator.faults("api.lost")
    message = tell(channels=("sms",))
    outbox.drain()
    later(AFTER)
    message.refresh_from_db()
    assert (message.status, message.error) == ("failed", "unknown")
    provider_simulator.receipt("delivered")
    provider_simulator.deliver(client)
    outbox.drain()
    message.refresh_from_db()
    assert (message.status, message.error) == ("delivered", "")


def test_refused_for_now_is_tried_again_by_the_same_channel(
    provider_simulator: ProviderSimulator,
):
    provider_simulator.faults("api.429")
    message = tell()
    with pytest.raises(gateway.TryAgain):
        outbox.drain()
    later(timedelta(seconds=5))
    assert attempts(message) == [("whatsapp", "sent")]
    assert len(provider_simulator.sent()) == 1


def test_refused_for_now_for_too_long_gives_the_next_its_turn(
    provider_simulator: ProviderSimulator,
):
    provider_simulator.faults("api.429", path="/v23", count=-1)
    message = tell()
    with pytest.raises(gateway.TryAgain):
        outbox.drain()
    row = OutboxRow.objects.get(kind=deliveries.SEND)
    OutboxRow.objects.filter(pk=row.pk).update(due_at=clock.now() + timedelta(hours=1))
    later(AFTER)
    assert attempts(message) == [("whatsapp", "failed"), ("sms", "sent")]
    later(timedelta(hours=2))
    assert provider_simulator.sent("whatsapp") == []


def test_a_worker_that_died_in_the_call_leaves_what_nobody_knows(
    provider_simulator: ProviderSimulator, monkeypatch: pytest.MonkeyPatch
):
    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    message = tell()
    with monkeypatch.context() as patch:
        patch.setattr(deliveries, "_taken", die)
        with pytest.raises(Killed):
            outbox.drain()
    assert len(provider_simulator.sent()) == 1
    later(timedelta(minutes=1))
    assert len(provider_simulator.sent("whatsapp")) == 1
    assert message.deliveries.get(number=1).is_unknown


def test_every_channel_refused_is_a_failure(provider_simulator: ProviderSimulator):
    provider_simulator.faults("api.refuse", count=2)
    message = tell()
    outbox.drain()
    message.refresh_from_db()
    assert message.status == "failed"
    assert attempts(message) == [("whatsapp", "failed"), ("sms", "failed")]


def test_a_secret_lives_as_long_as_a_channel_may_need_it(
    provider_simulator: ProviderSimulator, settings
):
    settings.DEVELOPMENT_PAGES = False
    message = tell("code", good_for=timedelta(minutes=5))
    assert "123456" not in message.body + message.values_text
    outbox.drain()
    message.refresh_from_db()
    assert message.values == ["123456"]
    later(CODE_AFTER)
    message.refresh_from_db()
    assert (message.body, message.values_text) == ("", "")
    assert provider_simulator.sent("whatsapp")[0]["values"] == {"1": "123456"}


def test_a_secret_is_wiped_when_it_has_arrived(
    provider_simulator: ProviderSimulator, client: Client, settings
):
    settings.DEVELOPMENT_PAGES = False
    message = tell("code", good_for=timedelta(minutes=5))
    outbox.drain()
    provider_simulator.receipt("delivered")
    provider_simulator.deliver(client)
    outbox.drain()
    message.refresh_from_db()
    assert (message.status, message.body, message.values_text) == ("delivered", "", "")


class TestPurse:
    @pytest.fixture
    def paid(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        taken: list[int] = []
        monkeypatch.setattr(deliveries, "_purses", {})
        deliveries.register_purse("code", lambda paise: taken.append(paise) or sum(taken) <= 30)
        return taken

    def test_the_first_channel_was_prepaid_and_the_second_pays(
        self, provider_simulator: ProviderSimulator, paid: list[int]
    ):
        message = tell("code", prepaid_paise=25)
        outbox.drain()
        assert paid == []
        later(CODE_AFTER)
        assert paid == [15]
        assert [one.cost_paise for one in message.deliveries.all()] == [25, 15]

    def test_what_the_cheaper_first_left_is_used(
        self, provider_simulator: ProviderSimulator, client: Client, paid: list[int]
    ):
        known_on_whatsapp(provider_simulator, client)
        tell("code", prepaid_paise=25)
        outbox.drain()
        later(CODE_AFTER)
        assert paid == [15]  # 25 for the SMS, less the 10 that WhatsApp left

    def test_without_money_there_is_no_second_channel(
        self, provider_simulator: ProviderSimulator, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(deliveries, "_purses", {"code": lambda _paise: False})
        message = tell("code", prepaid_paise=25)
        outbox.drain()
        later(CODE_AFTER)
        assert attempts(message) == [("sms", "sent")]


def test_two_workers_with_one_row_hand_it_over_once(provider_simulator: ProviderSimulator):
    """The second finds the intent of the first and takes it for a call without an answer."""
    message = tell()
    payload = {"message": str(message.pk), "number": 1}
    assert deliveries._begin(message.pk, 1, lambda: None) is not None
    deliveries.send(payload, lambda: None)
    assert provider_simulator.sent() == []
    assert Delivery.objects.get().is_unknown


def test_an_old_row_does_not_hand_over_the_next_attempt(provider_simulator: ProviderSimulator):
    provider_simulator.faults("api.429", path="/v23")
    message = tell()
    with pytest.raises(gateway.TryAgain):
        outbox.drain()
    payload = {"message": str(message.pk), "number": 1}
    deliveries.fall_back(payload)
    deliveries.send(payload, lambda: None)
    assert provider_simulator.sent() == []
    assert attempts(message) == [("whatsapp", "failed"), ("sms", "queued")]
