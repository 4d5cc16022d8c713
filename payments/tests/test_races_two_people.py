"""What two people decide, approved by several at once."""

import threading
from unittest.mock import Mock

import pytest

from accounts.models import User
from accounts.services import erasures
from accounts.tests.factories import FamilyUserFactory, StaffFactory
from payments.models import OrderRefund, PromoGrant, RefundRequest
from payments.models.two_people import TwoPersonQuerySet
from payments.services import ledger, promos, refund_requests, two_people, wallets
from payments.tests.factories import make_order, pay
from tutorhub.core.tests.threads import Meeting, run_together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bosses(db):
    return [StaffFactory(group="finance") for _ in range(4)]


@pytest.fixture
def grant(db):
    family, finance = FamilyUserFactory(), StaffFactory(group="finance")
    return promos.ask(user=family, amount_paise=250_00, reason="Sorry", by=finance)


@pytest.fixture
def asked(db, settings):
    """A part of an order, so that it could be given back twice."""
    settings.REFUND_ALONE_MAXIMUM_PAISE = 0
    order, finance = make_order(), StaffFactory(group="finance")
    pay(order)
    return refund_requests.decide_or_ask(order, by=finance, amount_paise=300_00, to_wallet=True)


@pytest.fixture
def both_look(monkeypatch):
    """Neither of two goes on before the other one has looked, too."""

    both = threading.Barrier(2, timeout=10)
    check = two_people.check_is_second

    def slow_check(row, by):
        check(row, by)
        both.wait()

    monkeypatch.setattr(two_people, "check_is_second", slow_check)


def names(results):
    return sorted(type(result).__name__ for result in results)


def test_a_refund_is_given_once(asked, bosses):
    results = run_together(4, lambda n: refund_requests.approve(asked, by=bosses[n]))
    assert names(results) == ["InvalidTransition"] * 3 + ["RefundRequest"]
    assert OrderRefund.objects.count() == 1
    assert wallets.balance(asked.order.payer) == (300_00, 0)


@pytest.mark.usefixtures("both_look")
def test_control_without_its_lock_a_refund_is_given_twice(asked, bosses, monkeypatch):
    monkeypatch.setattr(TwoPersonQuerySet, "locked", lambda self: self)
    results = run_together(2, lambda n: refund_requests.approve(asked, by=bosses[n]))
    assert names(results) == ["RefundRequest"] * 2
    assert wallets.balance(asked.order.payer) == (600_00, 0)


def test_two_questions_at_once_are_one(asked, bosses):
    refund_requests.reject(asked, by=asked.requested_by)
    order = asked.order
    results = run_together(
        4, lambda n: refund_requests.decide_or_ask(order, by=bosses[n], to_wallet=True)
    )
    assert names(results) == ["AlreadyRequested"] * 3 + ["RefundRequest"]
    assert RefundRequest.objects.filter(status="REQUESTED").count() == 1


def test_promotional_balance_is_given_once(grant, bosses):
    results = run_together(4, lambda n: promos.approve(grant, by=bosses[n]))
    assert names(results) == ["InvalidTransition"] * 3 + ["PromoGrant"]
    assert wallets.balance(grant.user) == (0, 250_00)


@pytest.mark.usefixtures("both_look")
def test_control_without_its_lock_both_think_they_gave_it(grant, bosses, monkeypatch):
    """The key in the ledger still holds; without the lock it is all there is."""
    monkeypatch.setattr(TwoPersonQuerySet, "locked", lambda self: self)
    results = run_together(2, lambda n: promos.approve(grant, by=bosses[n]))
    assert names(results) == ["PromoGrant"] * 2
    assert ledger.balance("student_promo", grant.user_id) == 250_00


def test_given_and_rejected_at_once(grant, bosses):
    acts = [promos.approve, promos.reject]
    results = run_together(2, lambda n: acts[n](grant, by=bosses[n]))
    assert names(results) == ["InvalidTransition", "PromoGrant"]
    grant.refresh_from_db()
    is_given = grant.status == PromoGrant.Status.APPROVED
    assert wallets.balance(grant.user) == (0, 250_00 if is_given else 0)


def race_with_leaving(grant, boss, monkeypatch):
    """Whether the family that leaves has waited for the balance that is being given."""
    meeting, move = Meeting(), PromoGrant.move_to

    def slow_move(self, *args, **values):
        meeting.stop()
        return move(self, *args, **values)

    monkeypatch.setattr(PromoGrant, "move_to", slow_move)
    acts = [
        lambda: promos.approve(grant, by=boss),
        lambda: meeting.then(lambda: erasures.leave(grant.user, by=grant.user)),
    ]
    assert names(run_together(2, lambda n: acts[n]())) == ["PromoGrant", "User"]
    return meeting.did_wait


def test_whoever_leaves_waits_until_it_is_given(grant, bosses, monkeypatch):
    assert race_with_leaving(grant, bosses[0], monkeypatch)


def test_control_without_the_lock_on_the_account_it_is_given_to_nobody(grant, bosses, monkeypatch):
    monkeypatch.setattr(promos, "User", Mock(objects=Mock(select_for_update=unlocked_users)))
    assert not race_with_leaving(grant, bosses[0], monkeypatch)


def unlocked_users(**options):
    return User.objects.all()
