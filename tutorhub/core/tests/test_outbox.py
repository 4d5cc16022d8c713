import pytest
from django.db import IntegrityError, transaction

from tutorhub.core import clock, outbox
from tutorhub.core.ids import uuid7
from tutorhub.core.models import AuditEvent, OutboxRow

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "handlers", {})
    monkeypatch.setattr(outbox, "receivers", {})


def test_a_job_runs_once_however_often_it_is_delivered():
    outbox.job("core.note")(
        lambda payload: AuditEvent.objects.create(action="note", object_id=payload["n"])
    )
    outbox.later("core.note", {"n": "1"})
    row = OutboxRow.objects.get()

    assert outbox.attempt(row.pk) is True
    assert outbox.attempt(row.pk) is False
    assert AuditEvent.objects.count() == 1


def test_a_failing_job_leaves_no_effect_and_is_due_again():
    def fail(payload):
        AuditEvent.objects.create(action="note", object_id="1")
        raise ValueError("no")

    outbox.job("core.fail")(fail)
    outbox.later("core.fail", {})
    row = OutboxRow.objects.get()

    with pytest.raises(ValueError):
        outbox.attempt(row.pk)
    row.refresh_from_db()
    assert AuditEvent.objects.count() == 0
    assert (row.tries, row.done_at, row.dead_at) == (1, None, None)
    assert row.due_at > row.created_at


def test_leases_keep_two_relays_apart():
    outbox.job("core.note")(lambda payload: None)
    outbox.later("core.note", {})
    assert len(outbox.lease_due()) == 1
    assert outbox.lease_due() == []


def test_news_is_tried_right_after_the_commit():
    seen = []

    @outbox.receiver("core.happened")
    def on_happened(payload):
        seen.append(payload["n"])

    outbox.announce("core.happened", n=3)
    assert seen == [3]
    assert OutboxRow.objects.get().done_at is not None


def test_what_fails_right_after_the_commit_stops_neither_the_page_nor_the_others():
    """It is the relay's business. Django names what failed, so it has to have a name."""
    seen = []

    @outbox.receiver("core.happened")
    def on_happened(payload):
        raise ValueError("no")

    @outbox.receiver("core.happened")
    def on_happened_too(payload):
        seen.append(payload["n"])

    with transaction.atomic():
        outbox.announce("core.happened", n=3)
    assert seen == [3]
    left = OutboxRow.objects.get(done_at__isnull=True)
    assert (left.tries, left.last_error) == (1, "ValueError: no")


def test_a_row_is_given_up_in_the_end_and_can_be_tried_again(monkeypatch):
    def fail(payload):
        raise ValueError("no")

    outbox.job("core.fail")(fail)
    monkeypatch.setattr(outbox, "MAX_TRIES", 2)
    row_id = outbox.later("core.fail", {})
    for _attempt in range(2):
        with pytest.raises(ValueError, match="no"):
            outbox.attempt(row_id)
    assert OutboxRow.objects.get().dead_at is not None
    assert outbox.attempt(row_id) is False

    assert outbox.revive([row_id], by=None) == 1
    assert outbox.revive([row_id], by=None) == 0
    row = OutboxRow.objects.get()
    assert (row.dead_at, row.tries) == (None, 0)
    assert AuditEvent.objects.get().action == "outbox.revived"


def test_a_call_marks_itself_done_and_is_not_run_twice_at_once():
    runs = []

    def call(payload, done):
        runs.append(payload)
        if len(runs) == 1:
            assert outbox.attempt(row_id) is False
            done()

    outbox.call("core.call")(call)
    row_id = outbox.later("core.call", {"n": 1})
    assert outbox.attempt(row_id) is True
    assert outbox.attempt(row_id) is False
    assert runs == [{"n": 1}]


def test_a_call_that_does_not_say_done_comes_back():
    outbox.call("core.call")(lambda payload, done: None)
    row_id = outbox.later("core.call", {})
    assert outbox.attempt(row_id) is False
    row = OutboxRow.objects.get()
    assert row.done_at is None
    assert row.running_until is not None


INSERT_NOTE = """
    INSERT INTO core_auditevent (id, at, actor_role, action, object_type, object_id, data)
    VALUES (%s, now(), '', 'note', '', '1', '{}') ON CONFLICT DO NOTHING
"""


@pytest.fixture
def _noting(_registry: None) -> None:
    outbox.job("core.note")(lambda payload: None)


@pytest.mark.usefixtures("_noting")
class TestLaterIfInserted:
    def test_it_writes_the_row_that_later_writes(self):
        pk, rows = uuid7(), OutboxRow.objects.order_by("pk")
        with clock.at(clock.now()):
            outbox.later("core.note", {"n": pk, "at": clock.now()})
            assert outbox.later_if_inserted(
                INSERT_NOTE, [pk], "core.note", {"n": pk, "at": clock.now()}
            )
        expected, found = (
            {name: value for name, value in row.items() if name != "id"} for row in rows.values()
        )
        assert found == expected
        assert AuditEvent.objects.get().pk == pk

    def test_what_was_there_before_asks_for_nothing(self):
        pk = uuid7()
        results = [
            outbox.later_if_inserted(INSERT_NOTE, [pk], "core.note", {"n": n}) for n in (1, 2)
        ]
        assert results == [True, False]
        assert OutboxRow.objects.get().payload == {"n": 1}

    def test_both_rows_or_neither(self, monkeypatch):
        taken = outbox.later("core.note", {})
        monkeypatch.setattr(outbox, "uuid7", lambda: taken)
        with pytest.raises(IntegrityError):
            outbox.later_if_inserted(INSERT_NOTE, [uuid7()], "core.note", {})
        assert not AuditEvent.objects.exists()

    def test_an_unknown_job_is_refused_before_anything_is_written(self):
        with pytest.raises(LookupError):
            outbox.later_if_inserted(INSERT_NOTE, [uuid7()], "core.unknown", {})
        assert not AuditEvent.objects.exists()


class Killed(BaseException):
    """A worker that is ended: nothing more is run, and nothing is noted."""


def _killed(payload, *done):
    AuditEvent.objects.create(action="note", object_id="1")
    raise Killed


def _start_and_be_killed(row_id, times):
    for _start in range(times):
        OutboxRow.objects.update(running_until=None)  # its lease has lapsed
        with pytest.raises(Killed):
            outbox.attempt(row_id)


class TestStartsWithoutAnOutcome:
    @pytest.fixture(autouse=True)
    def _three(self, settings):
        settings.OUTBOX_MOST_STARTS = 3

    @pytest.mark.parametrize("kind", [outbox.job, outbox.call])
    def test_work_that_always_ends_its_worker_is_given_up_in_sight(self, kind):
        kind("core.kill")(_killed)
        row_id = outbox.later("core.kill", {})
        _start_and_be_killed(row_id, 3)
        assert OutboxRow.objects.get().dead_at is None
        OutboxRow.objects.update(running_until=None)

        assert outbox.attempt(row_id) is False
        row = OutboxRow.objects.get()
        assert row.dead_at is not None
        assert "before there was an outcome" in row.last_error
        assert outbox.attempt(row_id) is False

        outbox.revive([row_id], by=None)
        _start_and_be_killed(row_id, 3)

    def test_a_row_that_only_waits_is_never_given_up(self):
        outbox.job("core.note")(lambda payload: None)
        row_id = outbox.later("core.note", {})
        for minute in range(60):
            with clock.at(clock.now() + minute * outbox.LEASE * 2):
                assert outbox.lease_due() == [row_id]
        assert outbox.attempt(row_id) is True

    def test_an_outcome_begins_the_count_anew(self):
        outbox.job("core.kill")(_killed)
        row_id = outbox.later("core.kill", {})
        _start_and_be_killed(row_id, 3)

        def fail(payload):
            raise ValueError("no")

        outbox.handlers["core.kill"] = outbox.Handler("core.kill", fail)
        OutboxRow.objects.update(starts=2)
        with pytest.raises(ValueError, match="no"):
            outbox.attempt(row_id)
        row = OutboxRow.objects.get()
        assert (row.starts, row.tries, row.dead_at) == (0, 1, None)

    def test_a_slow_call_that_succeeds_after_it_was_given_up_is_done(self):
        def slow(payload, done):
            OutboxRow.objects.update(running_until=None, starts=3)
            assert outbox.attempt(row_id) is False
            assert OutboxRow.objects.get().dead_at is not None
            done()

        outbox.call("core.slow")(slow)
        row_id = outbox.later("core.slow", {})
        assert outbox.attempt(row_id) is True
        row = OutboxRow.objects.get()
        assert row.done_at is not None
        assert row.dead_at is None

    def test_the_kills_of_calls_are_not_failures(self):
        outbox.call("core.kill")(_killed)
        row_id = outbox.later("core.kill", {})
        _start_and_be_killed(row_id, 2)
        row = OutboxRow.objects.get()
        assert (row.tries, row.starts) == (0, 2)


def test_a_handler_that_nobody_knows_is_a_failure_like_others():
    row = OutboxRow.objects.create(kind="core.gone", handler="core.gone")
    with pytest.raises(LookupError, match=r"core\.gone"):
        outbox.attempt(row.pk)
    row.refresh_from_db()
    assert row.tries == 1
    assert "core.gone" in row.last_error
