"""Many people at once, in real transactions; each lock has a control in which too many win."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.db.models import QuerySet
from django.test import Client
from rest_framework.test import APIClient

from marketplace.models import Enquiry, Lead, TutoringSession
from marketplace.models.enquiries import EnquiryQuerySet
from marketplace.services import bookings, leads, sessions
from marketplace.tests.factories import (
    EnquiryFactory,
    LeadAcceptedFactory,
    LeadFactory,
    OfferFactory,
    make_in_progress,
    order_for,
)
from notifications.models import Message
from payments.models import CreditLot, LedgerTxn, Payment, PaymentOrder, Refund, TaxRate
from payments.services import captures, earnings, events, ledger
from payments.services import credits as lead_credits
from payments.tests.factories import give_credits, pay, payment_entity
from students.tests.factories import LearnerFactory
from tutorhub.core import clock, outbox
from tutorhub.core.errors import DomainError
from tutorhub.core.models import OutboxRow
from tutors.models import TutorProfile
from tutors.tests.factories import TutorFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

Status = TutoringSession.Status


def together(acts: Sequence[Callable[[], Any]]) -> Counter[str]:
    """Run all at the same moment, each on its own connection; count what came of them."""
    gate = threading.Barrier(len(acts))
    outcomes: list[str] = []

    def run(act: Callable[[], Any]) -> None:
        try:
            gate.wait()
            act()
            outcomes.append("won")
        except DomainError as error:
            outcomes.append(error.code)
        except Exception as error:
            outcomes.append(type(error).__name__)
            raise
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(outcomes)


def accepting(lead: Lead, days: float = 3) -> Callable[[], Any]:
    start_at = clock.now() + timedelta(days=days)
    return lambda: leads.accept(
        lead, by=lead.tutor.user, start_at=start_at, duration_min=60, rate_paise=600_00
    )


def leads_of_many(number: int) -> list[Lead]:
    enquiry = EnquiryFactory()
    found = [LeadFactory(enquiry=enquiry) for _ in range(number)]
    for lead in found:
        give_credits(lead.tutor.user, "pack-5")
    return found


@pytest.mark.scenario(21)
def test_of_fifty_tutors_three_get_a_lead():
    found = leads_of_many(50)
    outcomes = together([accepting(lead) for lead in found])
    assert outcomes == {"won": 3, "lead_taken": 47}
    assert TutoringSession.objects.count() == 3
    assert Lead.objects.accepted().count() == 3
    balances = sorted(lead_credits.balance(lead.tutor.user) for lead in found)
    assert balances == [4] * 3 + [5] * 47


def test_control_without_the_enquirys_lock_more_than_three_get_it(monkeypatch):
    found = leads_of_many(8)
    everybody_counted = threading.Barrier(8, timeout=10)
    check = leads.policies.check_has_place

    def slow_check(enquiry: Enquiry) -> None:
        check(enquiry)
        everybody_counted.wait()

    monkeypatch.setattr(leads.policies, "check_has_place", slow_check)
    monkeypatch.setattr(EnquiryQuerySet, "locked", QuerySet.all)
    outcomes = together([accepting(lead) for lead in found])
    assert outcomes["won"] == 8


def test_one_credit_buys_one_of_twenty_leads():
    tutor = TutorFactory()
    give_credits(tutor.user, "pack-5")
    for _ in range(4):
        lead_credits.claim(tutor=tutor.user, lead_id=LeadFactory(tutor=tutor).pk)
    found = [LeadFactory(tutor=tutor) for _ in range(20)]
    outcomes = together([accepting(lead, days=1 + n) for n, lead in enumerate(found)])
    assert outcomes == {"won": 1, "out_of_credits": 19}
    assert lead_credits.balance(tutor.user) == 0
    assert CreditLot.objects.get().used == 5
    assert TutoringSession.objects.count() == 1
    assert Lead.objects.filter(status=Lead.Status.ACCEPTED).count() == 1


@pytest.mark.scenario(21)
def test_one_lead_accepted_ten_times_at_once_costs_one_credit():
    tutor = TutorFactory()
    give_credits(tutor.user)
    lead = LeadFactory(tutor=tutor)
    outcomes = together([accepting(lead) for _ in range(10)])
    assert outcomes == {"won": 1, "lead_answered": 9}
    assert lead_credits.balance(tutor.user) == 9


def test_two_families_cannot_get_one_slot():
    tutor = TutorFactory()
    give_credits(tutor.user)
    found = [LeadFactory(tutor=tutor) for _ in range(6)]
    outcomes = together([accepting(lead) for lead in found])
    assert outcomes == {"won": 1, "slot_taken": 5}
    assert lead_credits.balance(tutor.user) == 9


def test_control_without_the_constraint_two_families_get_one_slot():
    rule = next(
        rule
        for rule in TutoringSession._meta.constraints
        if rule.name == "session_tutor_not_double_booked"
    )
    tutor = TutorFactory()
    give_credits(tutor.user)
    found = [LeadFactory(tutor=tutor) for _ in range(2)]
    with connection.schema_editor() as editor:
        editor.remove_constraint(TutoringSession, rule)
    try:
        assert together([accepting(lead) for lead in found]) == {"won": 2}
    finally:
        TutoringSession.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(TutoringSession, rule)


def hear(kind: str) -> list[Callable[[], Any]]:
    return [
        lambda pk=row.pk: outbox.attempt(pk)
        for row in OutboxRow.objects.filter(handler=f"marketplace.{kind}")
    ]


def test_one_payment_heard_twenty_times_books_once():
    offer = OfferFactory()
    order = order_for(offer)
    entity = payment_entity(order)
    outcomes = together(
        [lambda: captures.apply_capture(entity["id"], fetched=dict(entity))] * 10
        + [lambda: bookings.expire(offer.pk)] * 10
    )
    assert set(outcomes) == {"won"}
    offer.refresh_from_db()
    assert offer.status == Status.SCHEDULED
    assert offer.events.filter(kind="paid").count() == 1
    assert ledger.balance("session_escrow", offer.pk) == 600_00
    assert Payment.objects.filter(order=order).count() == 1


def test_three_offers_of_one_enquiry_paid_at_once_book_one_and_return_two():
    enquiry = EnquiryFactory(status=Enquiry.Status.MATCHED)
    offers = [OfferFactory(lead=LeadAcceptedFactory(enquiry=enquiry)) for _ in range(3)]
    entities = [payment_entity(order_for(offer)) for offer in offers]
    together(
        [
            lambda entity=entity: captures.apply_capture(entity["id"], fetched=entity)
            for entity in entities
        ]
    )
    for act in hear("book_paid_session") + hear("book_late_session"):
        act()
    statuses = Counter(TutoringSession.objects.values_list("status", flat=True))
    assert statuses == {Status.SCHEDULED: 1, Status.CANCELLED: 2}
    assert Refund.objects.count() == 2
    booked = TutoringSession.objects.get(status=Status.SCHEDULED)
    for offer in offers:
        expected = 600_00 if offer.pk == booked.pk else 0
        assert ledger.balance("session_escrow", offer.pk) == expected


def test_a_learner_paid_for_twice_at_one_time_has_one_class():
    learner = LearnerFactory()
    start_at = clock.now() + timedelta(days=5)
    offers = [
        OfferFactory(lead=LeadAcceptedFactory(enquiry__learner=learner), start_at=start_at)
        for _ in range(4)
    ]
    orders = [order_for(offer) for offer in offers]
    together([lambda order=order: pay(order) for order in orders])
    statuses = Counter(TutoringSession.objects.values_list("status", flat=True))
    assert statuses == {Status.SCHEDULED: 1, Status.CANCELLED: 3}
    assert Refund.objects.count() == 3


@pytest.mark.scenario(15)
def test_late_money_and_a_new_offer_for_one_slot_leave_one_holder():
    offer = OfferFactory()
    order = order_for(offer)
    with clock.at(offer.pay_by):
        bookings.expire(offer.pk)
    lead = LeadFactory(tutor=TutorProfile.objects.get(pk=offer.tutor_id))
    give_credits(lead.tutor.user)
    start_at = offer.start_at
    outcomes = together(
        [
            lambda: pay(PaymentOrder.objects.get(pk=order.pk)),
            lambda: leads.accept(
                lead, by=lead.tutor.user, start_at=start_at, duration_min=60, rate_paise=600_00
            ),
        ]
    )
    holders = TutoringSession.objects.filter(status__in=TutoringSession.HOLDS_TUTOR)
    assert holders.count() == 1
    offer.refresh_from_db()
    if offer.status == Status.SCHEDULED:
        assert outcomes == {"won": 1, "slot_taken": 1}
        assert not Refund.objects.exists()
    else:
        assert outcomes == {"won": 2}
        assert Refund.objects.count() == 1


@pytest.mark.scenario(3)
def test_the_callback_and_the_webhooks_confirm_a_class_once(razorpay_simulator):
    """Whoever comes second hears that it is paid, and nobody is told twice."""
    offer = OfferFactory()
    family = offer.learner.family.user
    order = bookings.start_payment(offer, by=family)
    handed = razorpay_simulator.pay(order.razorpay_order_id)
    statuses: list[int] = []

    def come_back() -> None:
        api = APIClient()
        api.force_authenticate(family)
        answer = api.post(
            "/api/v1/payments/verify", handed, headers={"Idempotency-Key": uuid4().hex}
        )
        statuses.append(answer.status_code)
        assert answer.json()["status"] == "PAID"

    def deliver() -> None:
        statuses.extend(razorpay_simulator.deliver(Client()))
        for row in OutboxRow.objects.filter(kind=events.PROCESS, done_at=None):
            outbox.attempt(row.pk)

    assert together([come_back] * 4 + [deliver] * 2) == {"won": 6}
    assert set(statuses) == {200}
    outbox.drain()
    offer.refresh_from_db()
    assert offer.status == Status.SCHEDULED
    assert offer.events.filter(kind="paid").count() == 1
    told = Message.objects.filter(template="class_booked", user_id=family.pk)
    assert told.count() == told.values("channel").distinct().count() > 0
    assert ledger.balance("session_escrow", offer.pk) == 600_00


def ending(session: TutoringSession) -> list[Callable[[], Any]]:
    """The tutor's clicks, and a schedule that ends and releases what it finds."""

    def click() -> None:
        with clock.at(session.end_at):
            sessions.complete(session, by=session.tutor.user)

    def by_the_clock() -> None:
        with clock.at(session.end_at + timedelta(days=4)):
            sessions.queue_due()
            sessions.release(session.pk)

    return [click] * 4 + [by_the_clock] * 4


def dearer_commission() -> None:
    """The rate of the platform changes between the booking and the end of the class."""
    rate = {"name": "commission_session", "label": "Commission on classes", "bps": 2500}
    TaxRate.objects.create(**rate, from_on=clock.today())


@pytest.fixture
def rates_as_they_were():
    """Rates are kept between tests, as what migrations filled."""
    before = set(TaxRate.objects.values_list("pk", flat=True))
    yield
    TaxRate.objects.exclude(pk__in=before).delete()


def completions(session: TutoringSession) -> int:
    return LedgerTxn.objects.filter(idem_key=f"booking:{session.pk}:complete").count()


@pytest.mark.scenario(23)
def test_a_class_ended_from_all_sides_is_booked_once_by_its_own_terms(rates_as_they_were):
    session = make_in_progress()
    dearer_commission()
    assert earnings.commission_bps(kind="session", on=clock.today()) == 2500
    outcomes = together(ending(session))
    assert outcomes == {"won": 5, "wrong_status": 3}
    session.refresh_from_db()
    assert completions(session) == 1
    assert earnings.booked(session.pk).commission == 90_00
    assert session.events.filter(kind="completed").count() == 1
    assert ledger.balance("session_escrow", session.pk) == 0


def test_control_without_the_lock_every_click_gets_past_the_check(monkeypatch):
    """Then the year's lock and the key in the ledger are what is left: booked once all the same."""
    session = make_in_progress()
    everybody_looked = threading.Barrier(4, timeout=10)
    check = sessions.policies.check_can_complete
    looks = threading.local()

    def slow_check(found: TutoringSession) -> None:
        check(found)
        looks.count = getattr(looks, "count", 0) + 1
        if looks.count == 2:  # The second look is the one after the lock.
            everybody_looked.wait()

    monkeypatch.setattr(sessions.policies, "check_can_complete", slow_check)
    monkeypatch.setattr(type(TutoringSession.objects.all()), "locked", QuerySet.all)
    outcomes = together(ending(session)[:4])
    assert outcomes["won"] > 1, outcomes
    assert completions(session) == 1
