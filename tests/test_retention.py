"""What is older than its rule allows goes, and what is not stays."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from accounts.models import DataRequest, LoginAttempt, User
from accounts.tasks import watch_chores
from accounts.tests.factories import FamilyUserFactory, StaffFactory
from notifications.models import Message, ProviderEvent
from payments.models import GatewayEvent
from tutorhub.core import clock, outbox, retention, storage
from tutorhub.core.models import OutboxRow
from tutorhub.core.tasks import clear_out
from tutorhub.core.tests.storages import World
from tutors.models import TutorDocument
from tutors.services import verification
from tutors.tests.factories import TutorFactory, TutorPendingFactory, claimed
from tutors.tests.uploading import received

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def clear(name):
    rule = retention.rules()[name]
    return rule.clear(clock.now() - rule.after)


@pytest.fixture(params=["just within", "over"])
def is_over(request):
    return request.param == "over"


def back(kept, is_over):
    """A moment that is over its period by a minute, or a minute short of it."""
    return clock.now() - kept + timedelta(minutes=-1 if is_over else 1)


def test_the_login_log_goes_after_a_year(is_over):
    at = back(settings.LOGIN_LOG_KEPT, is_over)
    LoginAttempt.objects.create(kind="code", ip="203.0.113.7", at=at)
    assert clear("login_log") == is_over


def test_the_admin_log_goes_after_a_year(is_over):
    user_type = ContentType.objects.get_for_model(User)
    entry = LogEntry.objects.create(user=StaffFactory(), content_type=user_type, action_flag=2)
    LogEntry.objects.filter(pk=entry.pk).update(action_time=back(settings.ADMIN_LOG_KEPT, is_over))
    assert clear("admin_log") == is_over


def test_messages_lose_their_text_and_later_go(is_over):
    at = back(settings.MESSAGE_TEXTS_KEPT, is_over)
    Message.objects.create(to="+91", phone="+91", channel="sms", template="t", body="b")
    Message.objects.update(created_at=at)
    assert clear("messages") == is_over
    assert (Message.objects.get().body == "") == is_over
    Message.objects.update(created_at=back(settings.MESSAGES_KEPT, is_over))
    clear("messages")
    assert Message.objects.exists() != is_over


def test_webhooks_lose_their_body(is_over):
    at = back(settings.GATEWAY_BODIES_KEPT, is_over)
    for status in ("DONE", "RECEIVED"):
        GatewayEvent.objects.create(
            event_key=status, sha256=status, body=b"{}", status=status, received_at=at
        )
    assert clear("gateway_bodies") == is_over
    kept = {event.status: bytes(event.body) for event in GatewayEvent.objects.all()}
    assert kept == {"DONE": b"" if is_over else b"{}", "RECEIVED": b"{}"}


def test_events_of_providers_go(is_over):
    at = back(settings.PROVIDER_EVENTS_KEPT, is_over)
    ProviderEvent.objects.create(provider="sms", sha256="a", sealed="", received_at=at)
    assert clear("provider_events") == is_over


def test_the_outbox_forgets_what_is_done_and_nothing_else(is_over):
    at = back(settings.OUTBOX_KEPT, is_over)
    OutboxRow.objects.create(kind="a", handler="a", done_at=at)
    OutboxRow.objects.create(kind="a", handler="a", dead_at=at)
    OutboxRow.objects.create(kind="a", handler="a", created_at=at)
    assert clear("outbox") == is_over
    assert OutboxRow.objects.filter(done_at=None).count() == 2


def test_copies_of_data_go_after_a_week(disk: World, is_over):
    key = storage.private_key("exports")
    storage.put(key, b"zip", content_type="application/zip")
    at = back(settings.EXPORTS_KEPT, is_over)
    DataRequest.objects.create(
        user=FamilyUserFactory(),
        kind="export",
        status="READY",
        file_key=key,
        asked_at=at,
        due_at=at + DAY,
    )
    assert clear("exports") == is_over
    outbox.drain()
    if is_over:
        assert DataRequest.objects.get().status == "DONE"
        with pytest.raises(storage.MissingFile):
            storage.read(key)
    else:
        assert storage.read(key) == b"zip"


def test_closed_requests_go_after_three_years(is_over):
    at = back(settings.DATA_REQUESTS_KEPT, is_over)
    asked = {"user": FamilyUserFactory(), "kind": "grievance", "due_at": at}
    DataRequest.objects.create(**asked, status="DONE", closed_at=at)
    DataRequest.objects.create(**asked, status="ASKED", asked_at=at)
    assert clear("data_requests") == is_over
    assert DataRequest.objects.filter(status="ASKED").exists()


def test_papers_of_tutors_who_were_sent_back_go(disk: World, is_over):
    sent_back, teaching = TutorPendingFactory(), TutorFactory()
    then = back(settings.REJECTED_PAPERS_KEPT, is_over)
    with clock.at(then - DAY):
        papers = [received(disk, tutor) for tutor in (teaching,)]
        TutorDocument.objects.filter(tutor=sent_back).update(received_at=then - DAY)
    type(sent_back).objects.filter(pk=sent_back.pk).update(updated_at=then - DAY)
    with clock.at(then):
        moderator = StaffFactory(group="moderator")
        verification.reject(claimed(sent_back, moderator), by=moderator, notes="Unreadable")
    had = TutorDocument.objects.filter(tutor=sent_back).count()
    assert had
    assert clear("papers") == (had if is_over else 0)
    assert TutorDocument.objects.get(pk=papers[0].pk).status == "RECEIVED"


def test_rows_that_somebody_holds_are_passed_over(monkeypatch):
    """The statement itself says so: a rule never waits for a lock."""
    statements = []
    with connection.execute_wrapper(
        lambda execute, sql, *rest: (statements.append(sql), execute(sql, *rest))[1]
    ):
        clear("login_log")
    assert any("SKIP LOCKED" in sql for sql in statements)


def test_one_task_asks_for_every_rule_and_each_is_work_of_its_own(disk: World):
    clear_out()
    clear_out()
    rows = OutboxRow.objects.filter(handler=retention.CLEAR)
    assert sorted(row.payload["rule"] for row in rows) == sorted(retention.rules())
    outbox.drain()
    assert not rows.filter(done_at=None).exists()
    clear_out()
    assert rows.all().count() == len(retention.rules())
    with clock.at(clock.now() + timedelta(hours=1)):
        clear_out()
    assert rows.all().count() == 2 * len(retention.rules())
    tasks = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {"core.clear_out", "accounts.watch_chores", "accounts.watch_requests"} <= tasks


def test_a_rule_that_fails_stops_no_other_and_is_noticed(disk: World, monkeypatch):
    def fails(before):
        raise ConnectionError

    broken = replace(retention.rules()["uploads"], clear=fails)
    monkeypatch.setitem(retention._rules, "uploads", broken)
    LoginAttempt.objects.create(
        kind="code", ip="203.0.113.7", at=back(settings.LOGIN_LOG_KEPT, is_over=True)
    )
    start = clock.now()
    for hour in range(8):
        with clock.at(start + timedelta(hours=hour, minutes=1)):
            clear_out()
            for row in OutboxRow.objects.filter(done_at=None, dead_at=None):
                with suppress(ConnectionError):
                    outbox.attempt(row.pk)
            watch_chores()
            assert retention.late() == (["uploads"] if hour == 7 else [])
    assert not LoginAttempt.objects.exists()
    # It waits for its turn all the time, once.
    assert OutboxRow.objects.filter(handler=retention.CLEAR, done_at=None).count() == 1
    assert OutboxRow.objects.filter(payload={"what": "clearing_late"}).count() == 1


def test_a_rule_stops_before_its_worker_is_ended(monkeypatch):
    for _row in range(3):
        LoginAttempt.objects.create(
            kind="code", ip="203.0.113.7", at=back(settings.LOGIN_LOG_KEPT, is_over=True)
        )
    monkeypatch.setattr(retention, "BATCH", 1)
    monkeypatch.setattr(retention, "MOST_SECONDS", -1)
    assert [clear("login_log") for _run in range(4)] == [1, 1, 1, 0]
