"""SEC-28: logs, and what is stored about failures, name nobody."""

import io
import logging
from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.tests.factories import FamilyUserFactory
from tests.leaks import FORMAT, PERSON
from tutorhub.core import logs, outbox
from tutorhub.core.logs import Formatter, describe, scrub
from tutorhub.core.models import OutboxRow

log = logging.getLogger("tutorhub.sec28")

CANARIES = [
    "+919812345678",
    "+91 98123 45678",
    "9812345678",
    "98123-45678",
    "919812345678",
    "asha.k+school@example.co.in",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "2345 6789 0124",
    "234567890124",
    "ABCPK1234F",
]
LINKS = [
    "https://files.example/a?X-Amz-Signature=SECRET&X-Amz-Credential=SECRET",
    "/papers/1?sig=SECRET",
    "/account/email/?token=SECRET",
    "/x?a=1&code=SECRET",
]
HARMLESS = [
    "order 01a2137d-5d7b-77f8-bf2c-f30dd5b65298 is PAID",
    "payment pay_Sim0000000001A of 100000 paise at 1790000000",
    "2026-11-25 16:17:47,123 WARNING outbox row 12 failed, try 3",
    "receipt TH/26-27/0000001, PIN code 560034",
    "refund rfnd_9812345678AbCd",
]


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What production's handler writes of the logger of this module, which tells nobody else."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Formatter(FORMAT, style="{"))
    log.addHandler(handler)
    log.propagate = False
    yield stream
    log.removeHandler(handler)
    log.propagate = True


@pytest.mark.parametrize("canary", CANARIES)
def test_sec_28_a_person_is_scrubbed(canary):
    assert canary not in scrub(f"could not tell {canary}: away")
    assert scrub(f"could not tell {canary}: away").endswith(": away")


@pytest.mark.parametrize("link", LINKS)
def test_sec_28_what_opens_a_door_is_scrubbed(link):
    assert "SECRET" not in scrub(f"GET {link} 500")


@pytest.mark.parametrize("text", HARMLESS)
def test_ids_amounts_and_times_stay(text):
    assert scrub(text) == text


@pytest.mark.django_db
def test_sec_28_a_refused_row_is_in_no_traceback(written):
    user = FamilyUserFactory(name="Canary\nof two lines")
    for change in (
        lambda: FamilyUserFactory(phone=user.phone),
        lambda: connection.cursor().execute("SELECT %s::uuid", [user.name]),
        lambda: connection.cursor().execute(
            "INSERT INTO accounts_user (name, phone) VALUES (%s, %s)", [user.name, user.phone]
        ),
    ):
        try:
            with transaction.atomic():
                change()
        except Exception:
            log.exception("it went wrong")
            log.exception("it went wrong once more")
    told = written.getvalue()
    assert told.count("it went wrong") == 6
    assert "23505 " in told
    assert "test_sec_28_logs.py" in told
    assert "Canary" not in told
    assert user.phone not in told
    assert not PERSON.search(told)


@pytest.mark.django_db
def test_sec_28_a_message_that_quotes_an_error_ends_before_the_row(written):
    user = FamilyUserFactory()
    try:
        with transaction.atomic():
            FamilyUserFactory(phone=user.phone)
    except IntegrityError as error:
        log.warning("waits: %s", error)
    assert "waits: duplicate key" in written.getvalue()
    assert user.phone not in written.getvalue()


@pytest.mark.django_db(transaction=True)
def test_sec_28_a_failed_row_of_the_outbox_quotes_no_row(monkeypatch):
    user = FamilyUserFactory()

    def collide(payload: outbox.Payload) -> None:
        FamilyUserFactory(phone=user.phone)

    monkeypatch.setitem(outbox.handlers, "test.collide", outbox.Handler("test.collide", collide))
    row = outbox.later("test.collide", {})
    with pytest.raises(IntegrityError):
        outbox.attempt(row)
    assert OutboxRow.objects.get(pk=row).last_error.startswith("IntegrityError 23505 ")
    assert user.phone not in OutboxRow.objects.get(pk=row).last_error


def test_an_error_without_a_person_is_told_as_it_is():
    assert describe(ValueError("no such board")) == "ValueError: no such board"


def test_the_watch_over_all_tests_can_fail(leaks):
    """Its control: what it is there for is seen, in a message and in a traceback."""
    logging.getLogger("tutorhub.sec28.control").error("told %s", "+919812345678")
    assert leaks == ["told +919812345678"]
    leaks.clear()


def test_production_writes_with_it(settings):
    assert settings.LOGGING["formatters"]["line"]["()"] == f"{logs.__name__}.Formatter"
    assert settings.LOGGING["root"]["handlers"] == ["console"]
    assert settings.LOGGING["handlers"]["console"]["formatter"] == "line"


@pytest.mark.django_db
def test_sec_28_postgresql_writes_down_no_rows():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('log_error_verbosity'), "
            "current_setting('log_min_error_statement')"
        )
        assert cursor.fetchone() == ("terse", "panic")
