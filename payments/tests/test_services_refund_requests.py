"""Refunds that take two people in finance."""

import pytest
from django.db import IntegrityError, transaction

from accounts.tests.factories import StaffFactory
from payments.models import OrderRefund, RefundRequest
from payments.services import earnings, refund_decisions, refund_requests, wallets
from payments.tests.paying import passed_on
from tutorhub.core.errors import InvalidTransition, NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _limit(settings):
    """The order of these tests is of 1000 rupees."""
    settings.REFUND_ALONE_MAXIMUM_PAISE = 600_00


@pytest.fixture
def second():
    return StaffFactory(group="finance")


@pytest.fixture
def asked(paid, finance):
    return refund_requests.decide_or_ask(paid, by=finance, to_wallet=True)


def test_up_to_the_limit_one_person_decides(paid, finance):
    made = refund_requests.decide_or_ask(paid, by=finance, amount_paise=600_00, to_wallet=True)
    assert isinstance(made, OrderRefund)
    assert wallets.balance(paid.payer) == (600_00, 0)


def test_more_waits_for_a_second_one(paid, asked, finance, second):
    assert isinstance(asked, RefundRequest)
    assert not OrderRefund.objects.exists()
    with pytest.raises(NotAllowed) as refused:
        refund_requests.approve(asked, by=finance)
    assert refused.value.code == "maker_is_checker"
    done = refund_requests.approve(asked, by=second)
    assert (done.status, done.decision.amount_paise) == ("APPROVED", 1000_00)
    assert wallets.balance(paid.payer) == (1000_00, 0)
    with pytest.raises(InvalidTransition):
        refund_requests.approve(asked, by=second)


def test_parts_of_an_order_count_together(paid, finance, second):
    refund_decisions.decide(paid, by=finance, amount_paise=400_00, to_wallet=True)
    with pytest.raises(refund_decisions.TwoNeeded):
        refund_decisions.decide(paid, by=second, amount_paise=200_01, to_wallet=True)
    assert wallets.balance(paid.payer) == (400_00, 0)


def test_a_second_person_is_somebody_else(paid, finance):
    with pytest.raises(refund_decisions.TwoNeeded):
        refund_decisions.decide(paid, by=finance, asked_by=finance, to_wallet=True)


def test_one_question_at_a_time(paid, asked, second):
    with pytest.raises(refund_requests.AlreadyRequested):
        refund_requests.decide_or_ask(paid, by=second, to_wallet=False)
    assert RefundRequest.objects.count() == 1


def test_what_cannot_go_back_is_said_at_once(paid, finance):
    with pytest.raises(refund_decisions.refunds.RefundTooLarge):
        refund_requests.decide_or_ask(paid, by=finance, amount_paise=1000_01)
    assert not RefundRequest.objects.exists()


def test_meanwhile_given_back(paid, asked, finance, second):
    """What is left is looked at when it is given, and nothing goes back twice."""
    refund_decisions.decide(paid, by=finance, amount_paise=600_00, to_wallet=True)
    done = refund_requests.approve(asked, by=second)
    assert done.decision.amount_paise == 400_00
    assert wallets.balance(paid.payer) == (1000_00, 0)


def test_whoever_asked_takes_it_back(paid, asked, finance, second):
    refund_requests.reject(asked, by=finance)
    with pytest.raises(InvalidTransition):
        refund_requests.approve(asked, by=second)
    assert isinstance(
        refund_requests.decide_or_ask(paid, by=finance, to_wallet=True), RefundRequest
    )


@pytest.mark.parametrize("act", [refund_requests.approve, refund_requests.reject])
def test_finance_decides(asked, act):
    with pytest.raises(NotAllowed):
        act(asked, by=StaffFactory(group="moderator"))


def test_the_database_says_so_too(paid, asked, finance):
    other = refund_decisions.decide(paid, by=finance, amount_paise=1, to_wallet=True)
    rows = RefundRequest.objects.filter(pk=asked.pk)
    with (
        pytest.raises(IntegrityError, match="refundrequest_maker_not_checker"),
        transaction.atomic(),
    ):
        rows.update(
            status="APPROVED",
            decision=other,
            decided_by=finance,
            decided_at=asked.requested_at,
        )


def test_what_is_taken_from_the_tutor_waits_as_well(paid, finance, second):
    passed_on(paid)
    asked = refund_requests.decide_or_ask(paid, by=finance, to_wallet=True, from_tutor=True)
    assert earnings.left_gross_paise(paid.purpose_id) == 1000_00
    refund_requests.approve(asked, by=second)
    assert earnings.left_gross_paise(paid.purpose_id) == 0
    assert wallets.balance(paid.payer) == (1000_00, 0)
