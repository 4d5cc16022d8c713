"""SEC-02 and SEC-04: limits by the operator of the network, if a file tells who that is."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as HttpClient

from accounts.clients import Client
from accounts.models import LoginAttempt, OtpChallenge
from accounts.services import codes, forgetting, locks, send_limits, signin
from accounts.tests.cast import ask_page, last_code, together
from tutorhub.core import clock, outbox
from tutorhub.core.models import AuditEvent
from tutorhub.core.tests.operator_files import AMAZON, JIO, SMALL

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("operators_known")]

# The third byte is the neighbourhood, and each number lies in a thousand of its own: only the
# operator is the same.
OF = {AMAZON: "10.16", JIO: "10.55", SMALL: "10.64", None: "10.99"}


def client(operator: int | None, n: int) -> Client:
    return Client(f"{OF[operator]}.{n % 250}.{n // 250 + 1}", "bot")


def phone(n: int) -> str:
    return f"+919{n:06d}000"


def is_sent(operator: int | None, n: int) -> bool:
    try:
        signin.request_code(phone=phone(n), client=client(operator, n))
    except send_limits.SentTooOften:
        return False
    return True


def failures(operator: int, numbers: int) -> None:
    """A login log of the last hour in which this many numbers failed at one operator."""
    LoginAttempt.objects.bulk_create(
        LoginAttempt(
            kind="code", phone=phone(n), ip=client(operator, n).ip, operator=operator,
            reason="code_invalid",
        )
        for n in range(numbers)
    )  # fmt: skip
    # As many that got in elsewhere, so that the breaker of all stays closed.
    LoginAttempt.objects.bulk_create(
        LoginAttempt(kind="code", phone=phone(100_000 + n), ip="10.98.1.1", is_success=True)
        for n in range(numbers)
    )


def guess(operator: int | None, n: int) -> type[Exception] | None:
    try:
        signin.verify_code(phone=phone(n), code="123456", client=client(operator, n))
    except (codes.CodeRefused, signin.SignInPaused) as refusal:
        return type(refusal)
    return None


def test_sec_04_it_is_written_down_with_the_code_and_the_attempt():
    assert is_sent(JIO, 1)
    assert is_sent(None, 2)
    assert [row.operator for row in OtpChallenge.objects.order_by("created_at")] == [JIO, None]
    assert set(LoginAttempt.objects.values_list("operator", flat=True)) == {JIO, None}


def test_sec_04_programs_in_a_data_centre_get_twenty_an_hour_and_sixty_a_day():
    start = clock.now()
    sent = []
    for hour in range(5):
        with clock.at(start + timedelta(hours=hour, minutes=hour)):
            sent.append(sum(is_sent(AMAZON, 100 * hour + n) for n in range(22)))
            assert is_sent(SMALL, 100 * hour + 50)
            assert is_sent(None, 100 * hour + 51)
    assert sent == [20, 20, 20, 0, 0]
    with clock.at(start + timedelta(hours=24, minutes=1)):
        assert is_sent(AMAZON, 900)


def test_sec_04_the_wait_is_until_the_oldest_send_is_an_hour_old(settings: Any):
    settings.OTP_SENDS_PER_HOUR_BY_HOSTING = 2
    start = clock.now()
    for minute in (0, 20):
        with clock.at(start + timedelta(minutes=minute)):
            assert is_sent(AMAZON, minute)
    with clock.at(start + timedelta(minutes=30)):
        with pytest.raises(send_limits.SentTooOften) as refused:
            signin.request_code(phone=phone(99), client=client(AMAZON, 99))
        assert refused.value.extra["retry_after"] == 30 * 60


def test_sec_04_a_carrier_gets_a_share_of_what_the_day_pays_for(settings: Any):
    settings.SMS_COST_PAISE, settings.SMS_DAILY_BUDGET_PAISE = 25, 16_000 * 25
    assert send_limits._limits_of_operator(JIO) == (4000, 9600)
    assert send_limits._limits_of_operator(SMALL) == (300, 1000)
    assert send_limits._limits_of_operator(AMAZON) == (20, 60)
    # A small budget does not make a carrier less than any other operator.
    settings.SMS_DAILY_BUDGET_PAISE = 100 * 25
    assert send_limits._limits_of_operator(JIO) == (300, 1000)


def test_sec_04_one_carrier_leaves_money_for_the_others(settings: Any):
    settings.SMS_COST_PAISE, settings.SMS_DAILY_BUDGET_PAISE = 25, 40 * 25
    settings.OTP_SENDS_PER_HOUR_BY_OPERATOR = settings.OTP_SENDS_PER_DAY_BY_OPERATOR = 1
    assert sum(is_sent(JIO, n) for n in range(20)) == 10
    assert is_sent(None, 99)
    assert OtpChallenge.objects.filter(is_sent=True).count() == 11


def test_sec_04_devices_that_are_known_are_not_counted(settings: Any):
    settings.OTP_SENDS_PER_HOUR_BY_HOSTING = 2
    browser = HttpClient(REMOTE_ADDR="10.16.1.1")
    ask_page(browser, phone(1))
    browser.post("/signin/code/", {"code": last_code(phone(1)), "role": "student"})
    browser.post("/signout/")
    assert ask_page(browser, phone(1)).status_code == 302
    assert is_sent(AMAZON, 2)
    assert not is_sent(AMAZON, 3)
    with clock.at(clock.now() + timedelta(minutes=5)):
        assert ask_page(browser, phone(1)).status_code == 302
    assert OtpChallenge.objects.filter(phone=phone(1)).count() == 3


def test_sec_04_what_is_erased_keeps_no_operator():
    is_sent(JIO, 1)
    row = LoginAttempt.objects.get()
    forgetting._seal_sign_ins(row.pk, forgetting.Q(pk=row.pk))
    row.refresh_from_db()
    assert (row.phone, row.operator) == ("", None)


@pytest.mark.django_db(transaction=True)
def test_sec_04_at_once_no_more_get_through(settings: Any):
    settings.OTP_SENDS_PER_HOUR_BY_HOSTING = 5
    assert together(40, lambda n: is_sent(AMAZON, n), threads=20).count(True) == 5


@pytest.mark.django_db(transaction=True)
def test_sec_04_negative_control_without_its_lock_more_do(
    settings: Any, monkeypatch: pytest.MonkeyPatch
):
    settings.OTP_SENDS_PER_HOUR_BY_HOSTING = 5
    hold, limits = locks.hold, send_limits._waits_at_operator
    all_have_looked = threading.Barrier(6, timeout=10)

    def all_but_one(kind: str, name: str) -> None:
        if kind != "operator":
            hold(kind, name)

    def slowly(*args: Any) -> Any:
        waits = limits(*args)
        all_have_looked.wait()
        return waits

    monkeypatch.setattr(locks, "hold", all_but_one)
    monkeypatch.setattr(send_limits, "_waits_at_operator", slowly)
    assert together(6, lambda n: is_sent(AMAZON, n)).count(True) == 6


@pytest.mark.parametrize(("operator", "most"), [(AMAZON, 20), (SMALL, 200), (JIO, 1000)])
def test_sec_02_an_operator_where_many_numbers_fail_waits_alone(operator: int, most: int):
    failures(operator, most - 1)
    assert guess(operator, 50_001) is codes.CodeRefused
    # That guess was the last one that it took.
    assert guess(operator, 50_002) is signin.SignInPaused
    for other in OF.keys() - {operator}:
        assert guess(other, 50_003) is codes.CodeRefused
    outbox.drain()
    event = AuditEvent.objects.get(action="signin.alarm")
    assert event.data == {"what": f"spraying_from_operator_{operator}"}


def test_sec_02_a_broken_file_lets_people_sign_in(settings: Any, tmp_path: Any):
    broken = tmp_path / "broken.mmdb"
    broken.write_bytes(b"nothing of the kind" * 100)
    settings.ASN_DATABASE = str(broken)
    signin.request_code(phone=phone(1), client=client(JIO, 1))
    code = last_code(phone(1))
    assert signin.verify_code(phone=phone(1), code=code, role="student", client=client(JIO, 1))
    assert OtpChallenge.objects.get().operator is None
