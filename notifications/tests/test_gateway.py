"""MSG91 and WhatsApp over real HTTP: what is sent, and what each kind of trouble is called."""

import socket
from typing import Any

import pytest

from notifications import gateway
from notifications.gateway import calls, msg91
from notifications.gateway.interface import Outgoing
from notifications.tests.simulator import ProviderSimulator

PROVIDERS = {"sms": gateway.Msg91, "whatsapp": gateway.WhatsApp}


@pytest.fixture(params=["sms", "whatsapp"])
def channel(request) -> str:
    return request.param


def outgoing(**changes: Any) -> Outgoing:
    return Outgoing(
        **{
            "key": "0190f3c2-0000-7000-8000-000000000001",
            "to": "+919876543210",
            "template_id": "class_booked_en",
            "language": "en",
            "subject": "Booked",
            "body": "Booked: Maths with Meera",
            "values": (("subject", "Maths"), ("tutor", "Meera")),
            **changes,
        }
    )


def send(channel: str, **changes: Any) -> str:
    return PROVIDERS[channel]().send(outgoing(**changes))


def test_the_id_values_and_reference_arrive(provider_simulator: ProviderSimulator, channel: str):
    known_as = send(channel)
    sent = provider_simulator.sent(channel)
    assert [one["id"] for one in sent] == [known_as]
    assert sent[0]["to"] == "919876543210"
    assert sent[0]["template"] == "class_booked_en"
    assert sent[0]["reference"] == "0190f3c2-0000-7000-8000-000000000001"
    names = ["subject", "tutor"] if channel == "sms" else ["1", "2"]
    assert sent[0]["values"] == dict(zip(names, ["Maths", "Meera"], strict=True))


def test_whatsapp_has_the_code_in_text_and_button(provider_simulator: ProviderSimulator):
    send("whatsapp", values=(("code", "123456"), ("minutes", "5")), is_code=True)
    assert provider_simulator.sent()[0]["values"] == {"1": "123456"}


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
@pytest.mark.parametrize("value", ["", "  ", "Two\nlines\tand" + " " * 9 + "a gap"])
def test_ugly_values_are_made_acceptable(
    provider_simulator: ProviderSimulator, channel: str, value: str
):
    send(channel, values=(("notes", value),))
    taken = next(iter(provider_simulator.sent()[0]["values"].values()))
    assert taken == (" ".join(value.split()) or "-")


def test_dlt_takes_30_characters_and_whole_links():
    assert msg91.shortened("x" * 31) == "x" * 28 + ".."
    assert msg91.shortened("y" * 30) == "y" * 30
    link = "https://tutorhub.example/sessions/0190f3c2-0000-7000-8000-000000000001/"
    assert msg91.shortened(link) == link


def test_a_template_without_an_id_is_refused(provider_simulator: ProviderSimulator, channel: str):
    with pytest.raises(gateway.Refused, match="no template id"):
        send(channel, template_id="")
    assert provider_simulator.sent() == []


@pytest.mark.parametrize(
    ("fault", "options", "error", "is_taken"),
    [
        ("api.refuse", {}, gateway.Refused, False),
        ("api.429", {}, gateway.TryAgain, False),
        ("api.html502", {}, gateway.Unknown, False),
        ("api.redirect", {}, gateway.Unknown, False),
        ("api.reset", {}, gateway.Unknown, False),
        ("api.lost", {}, gateway.Unknown, True),
        ("api.garbage", {}, gateway.Unknown, True),
        ("api.huge", {}, gateway.Unknown, True),
        ("api.hang", {"seconds": 2}, gateway.Unknown, False),
        ("api.timeout", {"seconds": 2}, gateway.Unknown, True),
    ],
)
def test_each_trouble_has_its_error(
    provider_simulator: ProviderSimulator,
    channel: str,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
    options: dict[str, Any],
    error: type[gateway.DeliveryFailed],
    is_taken: bool,
):
    monkeypatch.setattr(calls, "TIMEOUT", (1.0, 0.5))
    provider_simulator.faults(fault, **options)
    with pytest.raises(error):
        send(channel)
    assert len(provider_simulator.sent()) == is_taken
    assert send(channel)


@pytest.mark.parametrize(
    ("channel", "error"), [("sms", gateway.Unknown), ("whatsapp", gateway.TryAgain)]
)
def test_a_500_is_believed_only_in_words_we_know(
    provider_simulator: ProviderSimulator, channel: str, error: type[gateway.DeliveryFailed]
):
    """Meta says with a code of its own that nothing was sent; MSG91 has no such code."""
    provider_simulator.faults("api.500")
    with pytest.raises(error):
        send(channel)


def test_a_slow_answer_is_an_answer(provider_simulator: ProviderSimulator, channel: str):
    provider_simulator.faults("api.slow", seconds=0.2)
    assert send(channel)


@pytest.mark.parametrize("code", [130429, 131048, 131056, 80007, 131000])
def test_whatsapp_limits_are_for_now(provider_simulator: ProviderSimulator, code: int):
    provider_simulator.faults("api.refuse", value=code)
    with pytest.raises(gateway.TryAgain):
        send("whatsapp")


@pytest.mark.parametrize("code", [100, 131026, 131047, 132000, 132001, 190])
def test_whatsapp_refusals_are_for_good(provider_simulator: ProviderSimulator, code: int):
    provider_simulator.faults("api.refuse", value=code)
    with pytest.raises(gateway.Refused) as refused:
        send("whatsapp")
    assert refused.value.code == f"whatsapp {code}"


def test_a_wrong_key_is_a_refusal(provider_simulator: ProviderSimulator, channel: str, settings):
    settings.MSG91_AUTH_KEY = settings.WHATSAPP_ACCESS_TOKEN = "wrong"
    with pytest.raises(gateway.Refused):
        send(channel)


def test_a_template_nobody_registered_is_a_refusal(
    provider_simulator: ProviderSimulator, channel: str
):
    provider_simulator.register(class_booked_en=3)
    with pytest.raises(gateway.Refused):
        send(channel)
    provider_simulator.register(class_booked_en=2)
    assert send(channel)


def test_nobody_at_the_address_means_that_nothing_was_sent(settings, channel: str):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{probe.getsockname()[1]}"
    settings.MSG91_BASE_URL = settings.WHATSAPP_BASE_URL = nobody
    with pytest.raises(gateway.TryAgain):
        send(channel)


def test_no_error_holds_the_number_or_the_text(provider_simulator: ProviderSimulator, channel: str):
    provider_simulator.faults("api.refuse")
    with pytest.raises(gateway.Refused) as refused:
        send(channel)
    assert "9876543210" not in str(refused.value)
    assert "Meera" not in str(refused.value)
