"""R3 hears of payouts that a bank sent back after they were paid."""

from datetime import timedelta

import pytest

from payments.models import Payout
from payments.services import ledger, payouts
from payments.services.reconciling import outgoing
from payments.tests import factories
from tutorhub.core import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(razorpay_simulator, finance, settings, drain):
    """A payout that has arrived at its bank, and that we know of."""
    settings.PAYOUT_FIRST_WAIT = settings.PAYOUT_METHOD_WAIT = timedelta(0)
    factories.fund_float()
    asked = factories.payouts_request(factories.rich_tutor(), 80_000)
    payouts.approve(asked, by=finance)
    drain()
    asked.refresh_from_db()
    razorpay_simulator.payout(asked.razorpay_payout_id, "processed")
    outgoing.check_payout(asked.pk)
    asked.refresh_from_db()
    assert asked.status == Payout.Status.PROCESSED
    return asked


def test_one_that_came_back_without_a_webhook_is_the_tutors_again(paid, razorpay_simulator):
    before = ledger.balance("tutor_earnings", paid.tutor_id)
    with clock.at(clock.now() + timedelta(hours=2)):
        razorpay_simulator.payout(paid.razorpay_payout_id, "reversed")
        assert outgoing.reconcile().mended == 1
        assert outgoing.reconcile().mended == 0
    paid.refresh_from_db()
    assert paid.status == Payout.Status.REVERSED
    assert ledger.balance("tutor_earnings", paid.tutor_id) == before + 80_000


def test_one_that_stays_paid_is_left_alone(paid, razorpay_simulator):
    assert outgoing.reconcile().looked == 0


def test_of_more_than_one_page_none_is_left_out(paid, razorpay_simulator, monkeypatch):
    """The one that came back is on the second page: the newest are listed first."""
    razorpay_simulator.payout(paid.razorpay_payout_id, "reversed")
    monkeypatch.setattr(outgoing, "PAGE", 1)
    books = razorpay_simulator.simulator.books
    for number in range(2):
        books.put("payouts", {**books.get("payouts", paid.razorpay_payout_id), "id": f"p{number}"})
    assert outgoing.reconcile().mended == 1


def test_what_is_older_than_a_bank_may_return_is_not_asked_about(paid, razorpay_simulator):
    razorpay_simulator.payout(paid.razorpay_payout_id, "reversed")
    with clock.at(clock.now() + outgoing.RETURNABLE_FOR + timedelta(hours=1)):
        assert outgoing.reconcile().looked == 0
