"""SEC-12: the audit trail cannot be changed without a trace."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.tasks import check_audit, watch_chores
from accounts.tests.factories import FamilyUserFactory
from tutorhub.core import audit, audit_seals, clock
from tutorhub.core.models import AuditEvent, AuditSeal, OutboxRow

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return FamilyUserFactory()


def written(user, count=1):
    return [audit.record("thing.done", user, by=user, n=n) for n in range(count)]


def sealed(after=timedelta(hours=1)) -> int:
    with clock.at(clock.now() + after):
        return audit_seals.seal()


def wrong() -> list[int]:
    return [one.number for one in audit_seals.broken()]


def test_sec_12_an_untouched_trail_fits(user, monkeypatch):
    monkeypatch.setattr(audit_seals, "MOST_ROWS", 3)
    written(user, 7)
    assert sealed() == 3
    assert sealed() == 0
    written(user, 2)
    assert sealed() == 1
    assert list(AuditSeal.objects.order_by("number").values_list("number", "count")) == [
        *((1, 3), (2, 3), (3, 1), (4, 2)),
    ]
    assert wrong() == []


def test_sec_12_a_backlog_is_sealed_as_far_as_a_worker_lives(user, monkeypatch):
    """A worker that is ended half-way has made a beginning, and the next one goes on."""
    monkeypatch.setattr(audit_seals, "MOST_ROWS", 2)
    written(user, 6)
    digest = audit_seals._digest
    begun = []

    def ended(previous, rows):
        begun.append(previous)
        if len(begun) == 3:
            raise KeyboardInterrupt
        return digest(previous, rows)

    with monkeypatch.context() as patch:
        patch.setattr(audit_seals, "_digest", ended)
        with pytest.raises(KeyboardInterrupt):
            sealed()
    assert AuditSeal.objects.count() == 2
    assert sealed() == 1
    assert wrong() == []


def test_sec_12_staff_hear_of_seals_that_are_late(user):
    written(user)
    rang = OutboxRow.objects.filter(payload={"what": "audit_unsealed"})
    for minutes, expected in ((59, 0), (61, 1)):
        with clock.at(clock.now() + timedelta(minutes=minutes)):
            watch_chores()
        assert rang.count() == expected
    rang.delete()
    sealed(after=timedelta(minutes=61))
    with clock.at(clock.now() + timedelta(minutes=61)):
        watch_chores()
    assert not rang.exists()


def test_sec_12_what_may_still_be_joined_is_not_sealed(user):
    written(user)
    assert sealed(after=timedelta(minutes=9)) == 0
    assert sealed(after=timedelta(minutes=11)) == 1


@pytest.mark.parametrize(
    "tamper",
    [
        lambda rows: rows.filter(data={"n": 1}).update(data={"n": 2}),
        lambda rows: rows.filter(data={"n": 1}).update(action="thing.dona"),
        lambda rows: rows.filter(data={"n": 1}).update(at=clock.now()),
        lambda rows: rows.filter(data={"n": 1}).update(actor_id=None),
        lambda rows: rows.filter(data={"n": 1}).delete(),
    ],
)
def test_sec_12_a_changed_byte_breaks_its_seal_and_no_other(user, monkeypatch, tamper):
    monkeypatch.setattr(audit_seals, "MOST_ROWS", 2)
    written(user, 6)
    sealed()
    tamper(AuditEvent.objects)
    assert wrong() == [1]


def test_sec_12_a_row_that_was_put_in_later_breaks_it(user):
    first, last = written(user, 2)
    sealed()
    AuditEvent.objects.filter(pk=last.pk).delete()
    last.data = {"n": 1}
    between = AuditEvent(pk=type(first.pk)(int=first.pk.int + 1), action="x", object_id="1")
    last.save(force_insert=True)
    assert wrong() == []
    between.save(force_insert=True)
    assert wrong() == [1]


def test_sec_12_a_seal_that_was_made_anew_breaks_the_next(user, monkeypatch):
    """Whoever changes a row and its seal must change every seal after it."""
    monkeypatch.setattr(audit_seals, "MOST_ROWS", 1)
    written(user, 3)
    sealed()
    AuditEvent.objects.filter(data={"n": 0}).update(action="other")
    rows = AuditEvent.objects.filter(action="other")
    AuditSeal.objects.filter(number=1).update(digest=audit_seals._digest("", rows))
    assert wrong() == [2]


def test_sec_12_a_seal_that_is_missing_shows(user, monkeypatch):
    monkeypatch.setattr(audit_seals, "MOST_ROWS", 1)
    written(user, 3)
    sealed()
    AuditSeal.objects.filter(number=2).delete()
    assert wrong() == [3]


def test_sec_12_staff_hear_of_it(user):
    written(user, 2)
    sealed()
    check_audit()
    assert not OutboxRow.objects.filter(handler="accounts.ring_alarm").exists()
    call_command("verify_audit", stdout=StringIO())
    AuditEvent.objects.filter(data={"n": 0}).update(action="other")
    check_audit()
    assert OutboxRow.objects.get(handler="accounts.ring_alarm").payload == {"what": "audit_trail"}
    with pytest.raises(CommandError, match="1 seals"):
        call_command("verify_audit", stderr=StringIO())
