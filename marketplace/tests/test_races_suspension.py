"""A tutor is suspended while late money makes a class of an offer that had expired.

Nothing but the tutor's lock orders the two: the suspension looks for classes, and this one is none
yet. With the lock it waits, and then finds the class; without it the class would stay for ever.
"""

import threading
from typing import Any

import pytest

from accounts.services import users
from accounts.tests.factories import StaffFactory
from marketplace.models import TutoringSession
from marketplace.services import bookings
from marketplace.tests.factories import OfferFactory, hear, order_for
from marketplace.tests.test_races import together
from payments.models import PaymentOrder, Refund
from payments.services import ledger
from payments.tests.factories import pay
from tutorhub.core import clock
from tutorhub.core.models import OutboxRow
from tutors.models import TutorProfile
from tutors.services import verification
from tutors.tests.factories import claimed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

Status = TutoringSession.Status


def late_money(monkeypatch: pytest.MonkeyPatch) -> tuple[TutoringSession, PaymentOrder]:
    """Paid after the offer had expired; nobody has heard of it yet."""
    offer = OfferFactory()
    order = order_for(offer)
    with clock.at(offer.pay_by):
        bookings.expire(offer.pk)
    with monkeypatch.context() as patch:
        patch.setattr("tutorhub.core.outbox._Attempt.__call__", lambda self: None)
        pay(order)
    OutboxRow.objects.filter(kind__contains="paid").delete()
    offer.refresh_from_db()
    assert offer.status == Status.EXPIRED
    return offer, order


def suspend(offer: TutoringSession, moderator: Any, *, whole_account: bool) -> None:
    if whole_account:
        users.suspend(offer.tutor.user, by=moderator, reason="x")
    else:
        verification.suspend(offer.tutor, by=moderator, reason="x")


def race(
    monkeypatch: pytest.MonkeyPatch, *, whole_account: bool, patience: float
) -> TutoringSession:
    """The booking has looked at the tutor; now the suspension begins; then the booking goes on."""
    offer, order = late_money(monkeypatch)
    moderator = StaffFactory(group="moderator")
    claimed(offer.tutor, moderator)
    has_looked, is_suspended = threading.Event(), threading.Event()
    look = bookings._locked_tutor

    def slow_look(session: TutoringSession) -> TutorProfile:
        tutor = look(session)
        has_looked.set()
        is_suspended.wait(patience)
        return tutor

    def suspend_meanwhile() -> None:
        assert has_looked.wait(10)
        suspend(offer, moderator, whole_account=whole_account)
        is_suspended.set()

    monkeypatch.setattr(bookings, "_locked_tutor", slow_look)
    booking = {"order_id": order.pk, "session_id": offer.pk}
    outcomes = together([lambda: bookings.order_paid_late(**booking), suspend_meanwhile])
    assert outcomes == {"won": 2}
    hear()
    offer.refresh_from_db()
    return offer


@pytest.mark.parametrize("whole_account", [False, True])
def test_the_suspension_waits_and_calls_the_class_off(
    monkeypatch: pytest.MonkeyPatch, whole_account: bool
) -> None:
    offer = race(monkeypatch, whole_account=whole_account, patience=1)
    assert offer.status == Status.CANCELLED
    assert ledger.balance("session_escrow", offer.pk) == 0
    assert Refund.objects.get().amount_paise == offer.price_paise


@pytest.mark.parametrize("whole_account", [False, True])
def test_control_without_the_lock_the_class_is_left_standing(
    monkeypatch: pytest.MonkeyPatch, whole_account: bool
) -> None:
    def unlocked(session: TutoringSession) -> TutorProfile:
        return TutorProfile.objects.select_related("user").get(pk=session.tutor_id)

    monkeypatch.setattr(bookings, "_locked_tutor", unlocked)
    offer = race(monkeypatch, whole_account=whole_account, patience=10)
    assert offer.status == Status.SCHEDULED
    assert ledger.balance("session_escrow", offer.pk) == offer.price_paise
