"""Money is given back, or put to use, and just then the payer's bank disputes it.

Whoever gives it back has looked for a chargeback under the payment's lock, so one that opens at
that moment waits until the money is gone; without the lock it would be open already.
"""

from collections.abc import Callable

import pytest
from django.db.models import QuerySet

from accounts.tests.factories import FamilyUserFactory, StaffFactory
from payments.models import GatewayDispute, Payment
from payments.services import disputes, freezes, late_money, orders, refund_decisions
from payments.tests import factories
from payments.tests.disputing import entity
from tutorhub.core.tests.threads import Meeting, run_together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def late_payment() -> Payment:
    order = factories.make_order()
    orders.expire_for(purpose=order.purpose, purpose_id=order.purpose_id)
    return factories.pay(order)


def deciding() -> tuple[Payment, Callable[[], object]]:
    payment, finance = factories.pay(factories.make_order()), StaffFactory(group="finance")
    return payment, lambda: refund_decisions.decide(payment.order, by=finance)


def into_the_wallet() -> tuple[Payment, Callable[[], object]]:
    family = FamilyUserFactory()
    refund = factories.failed_refund(family)
    return refund.payment, lambda: refund_decisions.to_wallet(refund, by=family)


def once_more() -> tuple[Payment, Callable[[], object]]:
    refund, finance = factories.failed_refund(FamilyUserFactory()), StaffFactory(group="finance")
    return refund.payment, lambda: refund_decisions.retry(refund, by=finance)


def using_late_money() -> tuple[Payment, Callable[[], object]]:
    payment = late_payment()
    return payment, lambda: late_money.use(payment.order)


def sending_late_money_back() -> tuple[Payment, Callable[[], object]]:
    payment = late_payment()
    return payment, lambda: late_money.send_back(payment.order)


WAYS = [deciding, into_the_wallet, once_more, using_late_money, sending_late_money_back]


def race(monkeypatch, way) -> Meeting:
    (payment, act), meeting, check = way(), Meeting(), freezes.check_undisputed

    def slow_check(locked: Payment) -> None:
        check(locked)
        meeting.stop()

    monkeypatch.setattr(freezes, "check_undisputed", slow_check)
    opened = entity(payment)
    acts = (act, lambda: meeting.then(lambda: disputes.apply(opened)))
    results = run_together(2, lambda n: acts[n]())
    assert [result for result in results if isinstance(result, Exception)] == []
    assert GatewayDispute.objects.live().count() == 1
    return meeting


@pytest.mark.parametrize("way", WAYS)
def test_the_chargeback_waits_until_the_money_is_gone(monkeypatch, way):
    assert race(monkeypatch, way).did_wait


@pytest.mark.parametrize("way", WAYS)
def test_control_without_the_lock_it_goes_although_it_is_disputed(monkeypatch, way):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)
    assert race(monkeypatch, way).did_wait is False
