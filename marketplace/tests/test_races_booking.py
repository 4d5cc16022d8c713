"""A class is booked while somebody begins to pay, or has paid, for another offer of the enquiry.

Each side holds what the other one wants next, unless both take their locks in one order.
"""

from typing import Any

import pytest
from django.db import OperationalError

from marketplace import policies
from marketplace.models import TutoringSession
from marketplace.services import bookings
from marketplace.tests.factories import LeadAcceptedFactory, OfferFactory, order_for
from marketplace.tests.test_races_suspension import late_money
from payments.models import PaymentOrder
from payments.services import invoices, orders
from payments.tests.factories import pay
from tutorhub.core.models import OutboxRow
from tutorhub.core.tests.threads import Meeting, run_together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

Status = TutoringSession.Status


def rival_of(offer: TutoringSession) -> TutoringSession:
    """Another tutor's offer to the same enquiry."""
    return OfferFactory(lead=LeadAcceptedFactory(enquiry=offer.enquiry))


def race_to_begin(monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], TutoringSession]:
    """Paid for one offer; the family presses "pay" at another one; the first becomes a class."""
    offer = OfferFactory()
    rival, order, meeting = rival_of(offer), order_for(offer), Meeting()
    with monkeypatch.context() as patch:
        patch.setattr("tutorhub.core.outbox._Attempt.__call__", lambda self: None)
        pay(order)
    OutboxRow.objects.filter(kind__contains="paid").delete()
    check = policies.check_can_pay

    def slow_check(session: TutoringSession) -> None:
        check(session)
        meeting.stop()

    monkeypatch.setattr(policies, "check_can_pay", slow_check)
    booking = {"order_id": order.pk, "session_id": offer.pk}
    payer = offer.learner.family.user
    acts = [
        lambda: bookings._order(rival, by=payer),
        lambda: meeting.then(lambda: bookings.order_paid(**booking)),
    ]
    results = run_together(2, lambda n: acts[n]())
    offer.refresh_from_db()
    return results, offer


def test_who_begins_to_pay_for_another_offer_does_not_stand_in_the_way(monkeypatch):
    results, offer = race_to_begin(monkeypatch)
    assert [type(result) for result in results] == [PaymentOrder, TutoringSession]
    assert offer.status == Status.SCHEDULED
    rival = TutoringSession.objects.exclude(pk=offer.pk).get()
    assert (rival.status, results[0].purpose_id) == (Status.CANCELLED, rival.pk)
    results[0].refresh_from_db()
    assert results[0].status == PaymentOrder.Status.CANCELLED


def test_control_without_the_rivals_locked_first_one_of_the_two_fails(monkeypatch):
    monkeypatch.setattr(bookings, "_locked_with_rivals", bookings.locked)
    results, _offer = race_to_begin(monkeypatch)
    assert any(isinstance(result, OperationalError) for result in results)


def race_of_receipts(monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], TutoringSession]:
    """Late money makes a class of one offer while another one of the enquiry is being paid."""
    offer, order = late_money(monkeypatch)
    rival_order, meeting = order_for(rival_of(offer)), Meeting()
    issue = invoices.issue_receipt

    def slow_issue(of: PaymentOrder) -> Any:
        if of.pk == rival_order.pk:
            meeting.stop()
        return issue(of)

    monkeypatch.setattr(invoices, "issue_receipt", slow_issue)
    booking = {"order_id": order.pk, "session_id": offer.pk}
    acts = [
        lambda: pay(rival_order),
        lambda: meeting.then(lambda: bookings.order_paid_late(**booking)),
    ]
    results = run_together(2, lambda n: acts[n]())
    offer.refresh_from_db()
    return results, offer


def test_late_money_and_a_payment_for_another_offer_get_their_receipts(monkeypatch):
    results, offer = race_of_receipts(monkeypatch)
    assert [result for result in results if isinstance(result, Exception)] == []
    assert offer.status == Status.SCHEDULED


def test_control_with_the_orders_locked_last_one_of_the_two_fails(monkeypatch):
    monkeypatch.setattr(orders, "lock_live", lambda **values: None)
    results, _offer = race_of_receipts(monkeypatch)
    assert any(isinstance(result, OperationalError) for result in results)
