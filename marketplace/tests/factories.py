"""One factory per state of an enquiry, a lead and a session, made beside the services.

The pupil pays 600 rupees an hour for one hour, a week from now.
"""

from datetime import timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from marketplace.models import Enquiry, Lead, TutoringSession
from marketplace.policies import policy_in_force
from marketplace.services import bookings, sessions
from payments.models import PaymentOrder
from payments.services import credits as lead_credits
from payments.tests.factories import give_credits, open_order, pay
from students.tests.factories import LearnerFactory
from tutorhub.core import clock, outbox
from tutorhub.core.models import OutboxRow
from tutors.tests.factories import TutorFactory

Status = TutoringSession.Status


class EnquiryFactory(DjangoModelFactory[Enquiry]):
    """An enquiry nobody was asked about yet."""

    class Meta:
        model = Enquiry

    learner = factory.SubFactory(LearnerFactory)
    subject_id = "physics"
    grade = 11
    board_id = "CBSE"
    mode = "online"
    budget_max_paise = 800_00
    place_id = "560034"


class LeadFactory(DjangoModelFactory[Lead]):
    class Meta:
        model = Lead

    enquiry = factory.SubFactory(EnquiryFactory)
    tutor = factory.SubFactory(TutorFactory)
    score = 500
    reasons = ["Teaches CBSE class 11 Physics"]


class LeadAcceptedFactory(LeadFactory):
    """Accepted for one of five credits."""

    class Meta:
        skip_postgeneration_save = True

    status = Lead.Status.ACCEPTED
    viewed_at = factory.LazyFunction(clock.now)
    answered_at = factory.LazyFunction(clock.now)
    enquiry = factory.SubFactory(EnquiryFactory, status=Enquiry.Status.MATCHED)

    @factory.post_generation
    def credit(self, create: bool, value: object, **kwargs: Any) -> None:
        give_credits(self.tutor.user, "pack-5")
        lead_credits.claim(tutor=self.tutor.user, lead_id=self.pk)


class OfferFactory(DjangoModelFactory[TutoringSession]):
    """A session that waits for payment. Pass `lead` to make more offers for one enquiry."""

    class Meta:
        model = TutoringSession

    lead = factory.SubFactory(LeadAcceptedFactory)
    enquiry = factory.LazyAttribute(lambda o: o.lead.enquiry)
    tutor = factory.LazyAttribute(lambda o: o.lead.tutor)
    learner = factory.LazyAttribute(lambda o: o.enquiry.learner)
    subject = factory.LazyAttribute(lambda o: o.enquiry.subject)
    mode = "online"
    status = Status.PENDING_PAYMENT
    start_at = factory.LazyFunction(lambda: clock.now() + timedelta(days=7))
    end_at = factory.LazyAttribute(lambda o: o.start_at + timedelta(hours=1))
    pay_by = factory.LazyAttribute(lambda o: min(o.start_at, clock.now() + timedelta(hours=48)))
    rate_paise = 600_00
    price_paise = 600_00
    commission_bps = 1500
    policy = factory.LazyFunction(policy_in_force)


class HomeOfferFactory(OfferFactory):
    mode = "home"
    start_code = "4719"
    end_code = "8253"


def order_for(session: TutoringSession) -> PaymentOrder:
    """The session's order, open at the gateway without asking one."""
    return open_order(bookings._order(session, by=session.learner.family.user))


def book(session: TutoringSession) -> TutoringSession:
    """Pay an offer: its money is in escrow and the class is scheduled."""
    pay(order_for(session))
    outbox.drain()
    session.refresh_from_db()
    return session


def make_scheduled(**values: Any) -> TutoringSession:
    return book(OfferFactory(**values))


def make_in_progress(**values: Any) -> TutoringSession:
    """A class that has begun, at its time."""
    session = make_scheduled(**values)
    with clock.at(session.start_at):
        return sessions.start(session, by=session.tutor.user, code=session.start_code)


def make_completed(**values: Any) -> TutoringSession:
    session = make_in_progress(**values)
    with clock.at(session.end_at):
        return sessions.complete(session, by=session.tutor.user, code=session.end_code)


def make_released(**values: Any) -> TutoringSession:
    session = make_completed(**values)
    with clock.at(session.end_at + timedelta(hours=1)):
        return sessions.confirm(session, by=session.learner.family.user)


def hear() -> None:
    """Let everybody hear the news and do the jobs that are due, with nobody at the gateway."""
    for _round in range(5):
        waiting = OutboxRow.objects.filter(done_at__isnull=True, due_at__lte=clock.now())
        rows = [row for row in waiting.order_by("created_at", "pk") if not _is_call(row)]
        for row in rows:
            outbox.attempt(row.pk)
        if not rows:
            return


def _is_call(row: OutboxRow) -> bool:
    return outbox.handlers[row.handler].is_call
