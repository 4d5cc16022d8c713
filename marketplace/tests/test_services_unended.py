"""Classes that were begun and that nobody ended."""

from datetime import timedelta

import pytest

from marketplace.models import SessionEvent, TutoringSession
from marketplace.services import sessions
from marketplace.tests.factories import make_in_progress, make_scheduled
from notifications.models import Message
from payments.services import ledger
from tutorhub.core import clock, outbox

pytestmark = pytest.mark.django_db

Status = TutoringSession.Status


@pytest.mark.usefixtures("whatsapp")
class TestNeverEnded:
    """A class that was begun does not hold its money for ever."""

    def after(self, session, **ago):
        return clock.at(session.end_at + timedelta(**ago))

    def end_and_hear(self):
        number = sessions.queue_unended()
        outbox.drain()
        return number

    def test_it_is_ended_twelve_hours_later_and_the_family_has_its_time(self):
        session = make_in_progress()
        with self.after(session, hours=11, minutes=59):
            assert self.end_and_hear() == 0
        with self.after(session, hours=12):
            assert self.end_and_hear() == 1
            assert self.end_and_hear() == 0
        session.refresh_from_db()
        ended_at = session.end_at + timedelta(hours=12)
        assert (session.status, session.completed_at) == (Status.COMPLETED, ended_at)
        assert session.release_due_at == ended_at + timedelta(hours=session.release_hours)
        event = session.events.get(kind=SessionEvent.Kind.COMPLETED)
        assert (event.by, event.data) == (None, {"with_code": False})
        told = Message.objects.get(template="class_unended")
        assert told.user_id == session.learner.family.user_id
        assert ledger.balance("session_escrow", session.pk) == 0
        assert ledger.balance("tutor_held", session.tutor.user_id) > 0
        with clock.at(session.release_due_at):
            sessions.queue_due()
            outbox.drain()
        session.refresh_from_db()
        assert session.status == Status.RELEASED

    @pytest.mark.parametrize("is_shut", [False, True])
    def test_at_once_if_the_tutor_may_not_end_it(self, is_shut):
        session = make_in_progress()
        if is_shut:
            type(session.tutor.user).objects.update(is_active=False)
        else:
            type(session.tutor).objects.update(status="SUSPENDED")
        with self.after(session, seconds=-1):
            assert self.end_and_hear() == 0
        with self.after(session):
            assert self.end_and_hear() == 1
        session.refresh_from_db()
        assert session.status == Status.COMPLETED

    def test_the_tutor_may_be_quicker_than_the_work(self):
        session = make_in_progress()
        with self.after(session, hours=12):
            sessions.queue_unended()
            sessions.complete(session, by=session.tutor.user, code=session.end_code)
            outbox.drain()
        event = session.events.get(kind=SessionEvent.Kind.COMPLETED)
        assert event.by == session.tutor.user
        told = Message.objects.filter(template__in=["class_ended", "class_unended"])
        assert [message.template for message in told] == ["class_ended"]

    def test_one_that_never_began_is_none_of_these(self):
        session = make_scheduled()
        with self.after(session, days=3):
            assert self.end_and_hear() == 0

    def test_work_that_found_the_tutor_back_does_not_stand_in_the_way_later(self):
        session = make_in_progress()
        tutors = type(session.tutor).objects
        tutors.update(status="SUSPENDED")
        with self.after(session, minutes=1):
            assert sessions.queue_unended() == 1
            tutors.update(status="APPROVED")
            outbox.drain()
        session.refresh_from_db()
        assert session.status == Status.IN_PROGRESS
        with self.after(session, hours=13):
            assert self.end_and_hear() == 1
        session.refresh_from_db()
        assert session.status == Status.COMPLETED
