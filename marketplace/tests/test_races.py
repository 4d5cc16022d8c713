"""Many people at once, in real transactions; each lock has a control in which too many win."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import QuerySet

from marketplace.models import Enquiry, Lead, TutoringSession
from marketplace.models.enquiries import EnquiryQuerySet
from marketplace.services import bookings, leads
from marketplace.tests.factories import (
    EnquiryFactory,
    LeadAcceptedFactory,
    LeadFactory,
    OfferFactory,
    order_for,
)
from payments.models import CreditLot, Payment, PaymentOrder, Refund
from payments.services import captures, ledger
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
