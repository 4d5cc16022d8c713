"""Templates: one text for people, operators and Meta."""

import re

import pytest
from django.core.management import call_command

from notifications import catalogue
from notifications.catalogue import Category, Template
from notifications.queries import masked

BOOKED = Template("booked", "%(subject)s with %(tutor)s: %(n)d times %(subject)s. %(url)s")


def test_values_stand_in_the_order_of_the_text_and_once():
    assert BOOKED.values == ("subject", "tutor", "n", "url")
    ordered = BOOKED.ordered({"url": "u", "tutor": "t", "n": 3, "subject": "s", "more": 1})
    assert ordered == ["s", "t", "3", "u"]


def test_a_missing_value_is_a_mistake_and_not_a_gap():
    with pytest.raises(KeyError):
        BOOKED.ordered({"subject": "s"})


def test_texts_to_register():
    assert BOOKED.for_sms("en") == (
        "TutorHub: ##subject## with ##tutor##: ##n## times ##subject##. ##url##"
    )
    assert BOOKED.for_dlt("en") == (
        "TutorHub: {#var#} with {#var#}: {#var#} times {#var#}. {#var#}"
    )
    assert BOOKED.for_whatsapp("en") == (
        "TutorHub: {{1}} with {{2}}: {{3}} times {{1}}. {{4}}\nTutorHub"
    )


def test_two_templates_with_one_name_are_a_mistake(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(catalogue, "_templates", {})
    catalogue.define("a", "One")
    catalogue.define("a", "One")
    with pytest.raises(ValueError, match="two templates"):
        catalogue.define("a", "Two")


def test_every_template_says_the_same_with_the_same_values_in_every_language():
    everything = catalogue.every()
    assert len(everything) > 30
    for template in everything:
        english, hindi = template.for_whatsapp("en"), template.for_whatsapp("hi")
        assert english != hindi, f"{template.name} is not translated"
        numbers = set(re.findall(r"\{\{(\d+)\}\}", english))
        assert numbers == set(re.findall(r"\{\{(\d+)\}\}", hindi)), template.name
        assert template.title("en") == "" or template.title("hi") != template.title("en")


def test_codes_have_the_code_first_and_go_by_no_email():
    codes = [one for one in catalogue.every() if one.category == Category.AUTHENTICATION]
    assert codes
    for template in codes:
        assert template.values[0] == "code"
        assert "email" not in template.channels


def test_without_a_table_the_simulators_names_are_used(settings):
    settings.MESSAGE_TEMPLATE_IDS = None
    assert catalogue.provider_id("signin_code", "sms", "hi") == "signin_code_hi"
    assert catalogue.provider_id("nobody_defined_this", "sms", "hi") == ""


def test_what_is_missing_is_named(settings):
    settings.MESSAGE_TEMPLATE_IDS = {
        "signin_code": {"en": {"sms": "1", "whatsapp": "signin_code"}, "hi": {"sms": "2"}}
    }
    missing = catalogue.missing(["sms", "whatsapp", "email"])
    assert "signin_code/hi/whatsapp" in missing
    assert "class_booked/en/sms" in missing
    assert not {"signin_code/en/sms", "signin_code/en/whatsapp", "signin_code/hi/sms"} & {*missing}
    assert not [one for one in missing if one.startswith("lead_sent") and one.endswith("sms")]
    assert catalogue.provider_id("signin_code", "sms", "hi") == "2"


def test_the_command_writes_what_is_to_be_registered(capsys: pytest.CaptureFixture[str]):
    call_command("message_templates")
    text = capsys.readouterr().out
    assert "TutorHub: ##code## is your TutorHub sign-in code." in text
    assert "class_booked (hi, utility)" in text
    call_command("message_templates", "--file")
    assert '"signin_code"' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("address", "seen"),
    [
        ("+919876543210", "+9198…10"),
        ("asha@example.com", "a…@example.com"),
        ("12345", "…"),
        ("", "…"),
    ],
)
def test_masked(address: str, seen: str):
    assert masked(address) == seen
