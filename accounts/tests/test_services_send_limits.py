"""SEC-04 as far as it reaches here: what is sent and what it costs, exactly, at any speed."""

from datetime import timedelta

import pytest
from django.test import Client as HttpClient
from django.test import RequestFactory

from accounts.clients import Client, ip_of
from accounts.models import LoginAttempt, OtpChallenge, SmsBudgetDay
from accounts.services import locks, send_limits, signin
from accounts.tests.cast import PHONE, ask_code, last_code, together
from notifications.models import Message
from tutorhub.core import clock, outbox

db = pytest.mark.django_db
race = pytest.mark.django_db(transaction=True)


def ask(phone: str = PHONE, ip: str = "203.0.113.7") -> signin.CodeSent:
    return signin.request_code(phone=phone, client=Client(ip, "test"))


def number(n: int) -> str:
    return f"+9198765{n:05d}"


def address(n: int) -> str:
    return f"198.51.{n // 250}.{n % 250 + 1}"


@race
def test_sec_04_of_100_requests_at_once_for_one_number_one_is_sent():
    results = together(100, lambda n: ask(ip=address(n)))
    assert sum(isinstance(result, signin.CodeSent) for result in results) == 1
    assert sum(isinstance(result, send_limits.SentTooOften) for result in results) == 99
    assert Message.objects.count() == 1
    assert LoginAttempt.objects.count() == 100


@race
def test_sec_04_of_100_numbers_at_once_from_one_address_10_are_sent():
    results = together(100, lambda n: ask(number(n)))
    assert sum(isinstance(result, signin.CodeSent) for result in results) == 10
    assert sum(isinstance(result, send_limits.SentTooOften) for result in results) == 90
    assert OtpChallenge.objects.count() == Message.objects.count() == 10


@race
def test_sec_04_negative_control_without_the_lock_more_are_sent(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(locks, "hold", lambda kind, name: None)
    results = together(60, lambda n: ask(number(n)), threads=30)
    assert sum(isinstance(result, signin.CodeSent) for result in results) > 10


@race
def test_sec_04_the_days_budget_is_never_passed(settings):
    settings.SMS_COST_PAISE, settings.SMS_DAILY_BUDGET_PAISE = 25, 7 * 25 + 24
    settings.OTP_SENDS_PER_HOUR_BY_BLOCK = settings.OTP_SENDS_PER_DAY_BY_BLOCK = 100
    results = together(60, lambda n: ask(number(n), ip=address(n)))
    assert all(isinstance(result, signin.CodeSent) for result in results)
    assert Message.objects.count() == 7
    assert OtpChallenge.objects.filter(is_sent=True).count() == 7
    budget = SmsBudgetDay.objects.get()
    assert (budget.spent_paise, budget.sent) == (175, 7)


@db
def test_sec_04_a_budget_smaller_than_one_message_sends_none(settings):
    settings.SMS_DAILY_BUDGET_PAISE = settings.SMS_COST_PAISE - 1
    ask()
    assert not Message.objects.exists()
    assert not SmsBudgetDay.objects.exists()


@db
def test_sec_04_a_new_day_has_a_new_budget(settings):
    settings.SMS_DAILY_BUDGET_PAISE = settings.SMS_COST_PAISE
    start = clock.now()
    with clock.at(start):
        ask(number(1))
        ask(number(2))
    with clock.at(start + timedelta(days=1)):
        ask(number(3))
    assert set(Message.objects.values_list("to", flat=True)) == {number(1), number(3)}


@db
def test_the_waits_grow_and_then_the_share_of_strangers_is_used_up():
    moment = clock.now()
    waits = []
    for _ in range(5):
        with clock.at(moment):
            sent = ask()
            waits.append(sent.resend_after)
            with pytest.raises(send_limits.SentTooOften) as refused:
                ask()
            last_wait = refused.value.extra["retry_after"]
        moment += timedelta(seconds=sent.resend_after)
    assert waits == [60, 120, 300, 300, 300]
    # Four sends after the first took 60 + 120 + 300 + 300 seconds; strangers have five a day.
    assert last_wait == 86400 - 780


@db
def test_five_a_day_to_one_number_for_strangers():
    start = clock.now()
    for hour in range(5):
        with clock.at(start + timedelta(hours=hour * 2)):
            ask(ip=address(hour))
    with clock.at(start + timedelta(hours=20)):
        with pytest.raises(send_limits.SentTooOften) as refused:
            ask(ip=address(99))
        assert refused.value.extra["retry_after"] == 4 * 3600
    with clock.at(start + timedelta(hours=24)):
        ask(ip=address(99))


@db
def test_thirty_a_day_from_one_address():
    start = clock.now()
    for n in range(30):
        with clock.at(start + timedelta(minutes=7 * n)):
            ask(number(n))
    with clock.at(start + timedelta(hours=5)), pytest.raises(send_limits.SentTooOften):
        ask(number(99))


@db
def test_signing_in_ends_the_wait_but_not_the_count():
    start = clock.now()
    with clock.at(start):
        for _ in range(5):
            ask()
            code = last_code(PHONE)
            signin.verify_code(phone=PHONE, code=code, role="student", client=Client())
        with pytest.raises(send_limits.SentTooOften):
            ask()


@db
def test_a_forwarded_address_counts_only_from_our_own_proxies(settings):
    request = RequestFactory().get(
        "/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="1.1.1.1, 2.2.2.2, 3.3.3.3"
    )
    settings.TRUSTED_PROXY_COUNT = 0
    assert ip_of(request) == "10.0.0.1"
    settings.TRUSTED_PROXY_COUNT = 1
    assert ip_of(request) == "3.3.3.3"
    settings.TRUSTED_PROXY_COUNT = 2
    assert ip_of(request) == "2.2.2.2"
    settings.TRUSTED_PROXY_COUNT = 9
    assert ip_of(request) == "10.0.0.1"


@db
@pytest.mark.parametrize(
    ("raw", "seen"), [("", "0.0.0.0"), ("rubbish", "0.0.0.0"), ("::ffff:1.2.3.4", "1.2.3.4")]
)
def test_odd_addresses(raw: str, seen: str):
    assert ip_of(RequestFactory().get("/", REMOTE_ADDR=raw)) == seen


def test_one_ipv6_customer_is_one_network():
    assert Client("2001:db8:1:2::1").network == Client("2001:db8:1:2:ffff::9").network
    assert Client("2001:db8:1:2::1").network != Client("2001:db8:1:3::1").network


@db
def test_a_made_up_header_does_not_get_around_the_limit():
    statuses = [
        ask_code(HttpClient(), number(n), HTTP_X_FORWARDED_FOR=address(n)).status_code
        for n in range(11)
    ]
    assert statuses == [202] * 10 + [429]


@db
def test_sec_04_a_second_channel_is_paid_from_the_same_budget(provider_simulator, settings):
    settings.SMS_COST_PAISE, settings.WHATSAPP_COST_PAISE = 25, 15
    settings.SMS_DAILY_BUDGET_PAISE = 25 + 15
    start = clock.now()
    with clock.at(start):
        ask()
        outbox.drain()
    assert SmsBudgetDay.objects.get().spent_paise == 25
    with clock.at(start + timedelta(seconds=31)):
        outbox.drain()
    assert [sent["provider"] for sent in provider_simulator.sent()] == ["sms", "whatsapp"]
    assert SmsBudgetDay.objects.get().spent_paise == 40


@db
def test_sec_04_a_second_channel_over_the_budget_is_not_used(provider_simulator, settings):
    settings.SMS_COST_PAISE, settings.WHATSAPP_COST_PAISE = 25, 15
    settings.SMS_DAILY_BUDGET_PAISE = 25 + 14
    start = clock.now()
    with clock.at(start):
        ask()
        outbox.drain()
    with clock.at(start + timedelta(seconds=31)):
        outbox.drain()
    assert [sent["provider"] for sent in provider_simulator.sent()] == ["sms"]
    assert SmsBudgetDay.objects.get().spent_paise == 25


@db
def test_sec_04_a_code_is_paid_at_the_price_of_the_dearest_channel(settings):
    settings.SMS_COST_PAISE, settings.WHATSAPP_COST_PAISE = 25, 40
    ask()
    assert SmsBudgetDay.objects.get().spent_paise == 40
    settings.MESSAGE_CHANNELS = {**settings.MESSAGE_CHANNELS, "whatsapp": "off"}
    ask(number(2))
    assert SmsBudgetDay.objects.get().spent_paise == 65
