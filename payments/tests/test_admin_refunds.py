"""What finance does about refunds and promotional balance in the back office."""

import re

import pytest

from accounts.tests.factories import FamilyUserFactory, StaffFactory, TutorUserFactory
from payments.models import (
    ExternalRefund,
    OrderRefund,
    PaymentOrder,
    PromoGrant,
    Refund,
    RefundRequest,
)
from payments.services import earnings, external_refunds, wallets
from payments.tests.factories import failed_refund, make_order, pay
from payments.tests.paying import passed_on
from payments.tests.test_admin import desk, page
from tutorhub.core import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_of_finance(finance):
    return desk(finance)


def act(client, action, row, **values):
    body = {"action": action, "_selected_action": [row.pk], **values}
    return client.post(page(type(row)), body, follow=True)


@pytest.fixture
def paid():
    order = make_order()
    pay(order)
    return order


def test_a_part_goes_back_to_the_bank_and_the_rest_into_the_wallet(client_of_finance, paid):
    act(client_of_finance, "refund", paid, rupees="400.50")
    assert OrderRefund.objects.get().gateway_paise == 400_50
    assert Refund.objects.get().amount_paise == 400_50
    act(client_of_finance, "refund_to_wallet", paid, rupees="")
    assert wallets.balance(paid.payer) == (599_50, 0)
    said = act(client_of_finance, "refund", paid).content.decode()
    assert "nothing left to pay back" in said


def test_money_goes_back_after_a_fresh_code_only(client_of_finance, paid, settings):
    with clock.at(clock.now() + settings.STEP_UP_LIFE):
        said = act(client_of_finance, "refund", paid).content.decode()
    assert "Confirm that it is you" in said
    assert not OrderRefund.objects.exists()


def test_the_same_form_sent_twice_gives_a_part_back_once(client_of_finance, paid):
    form = client_of_finance.get(page(PaymentOrder)).content.decode()
    key = re.search(r'name="idempotency_key" value="([0-9a-f]{32})"', form)[1]
    body = {"action": "refund", "_selected_action": [paid.pk], "rupees": "400"}
    answers = [
        client_of_finance.post(page(PaymentOrder), {**body, "idempotency_key": key})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert OrderRefund.objects.get().gateway_paise == 400_00
    act(client_of_finance, "refund", paid, rupees="400", idempotency_key="f" * 32)
    assert OrderRefund.objects.count() == 2


@pytest.mark.parametrize("rupees", ["-1", "0", "x", "1.001"])
def test_wrong_amounts_do_nothing(client_of_finance, paid, rupees):
    act(client_of_finance, "refund", paid, rupees=rupees)
    assert not OrderRefund.objects.exists()


def test_a_failed_refund_into_the_wallet(client_of_finance):
    family = FamilyUserFactory()
    refund = failed_refund(family)
    act(client_of_finance, "to_wallet", refund)
    assert wallets.balance(family) == (1_000_00, 0)


@pytest.mark.parametrize(
    ("action", "resolution"), [("take_from_order", "order"), ("take_as_loss", "loss")]
)
def test_a_refund_from_outside_is_decided(client_of_finance, paid, action, resolution):
    external = external_refunds.book(paid.payments.get(), {"id": "rfnd_x", "amount": 100_00})
    act(client_of_finance, action, external)
    external.refresh_from_db()
    assert external.resolution == resolution
    assert client_of_finance.get(page(ExternalRefund)).status_code == 200


def test_promotional_balance_takes_two(client_of_finance, finance):
    family = FamilyUserFactory()
    body = {"user": str(family.pk), "rupees": "250", "reason": "Sorry"}
    answer = client_of_finance.post(page(PromoGrant, "add"), body)
    assert answer.status_code == 302, answer.content
    grant = PromoGrant.objects.get()
    answer = act(client_of_finance, "approve", grant)
    assert "Two people are needed for this." in answer.content.decode()
    assert wallets.balance(family) == (0, 0)
    act(desk(StaffFactory(group="finance")), "approve", grant)
    assert wallets.balance(family) == (0, 250_00)
    grant.refresh_from_db()
    assert (grant.status, grant.requested_by) == ("APPROVED", finance)


def test_promotional_balance_is_for_families(client_of_finance):
    body = {"user": str(TutorUserFactory().pk), "rupees": "250", "reason": "Sorry"}
    answer = client_of_finance.post(page(PromoGrant, "add"), body)
    assert "Promotional balance is for families." in answer.content.decode()
    assert not PromoGrant.objects.exists()


def test_a_large_refund_takes_two(client_of_finance, paid, settings):
    settings.REFUND_ALONE_MAXIMUM_PAISE = 999_99
    answer = act(client_of_finance, "refund_to_wallet", paid)
    assert "somebody else in finance has to agree" in answer.content.decode()
    asked = RefundRequest.objects.get()
    answer = act(client_of_finance, "approve", asked)
    assert "Two people are needed for this." in answer.content.decode()
    assert not OrderRefund.objects.exists()
    act(desk(StaffFactory(group="finance")), "approve", asked)
    assert wallets.balance(paid.payer) == (1000_00, 0)
    answer = client_of_finance.get(page(RefundRequest, "change", asked.pk))
    assert answer.status_code == 200


def test_what_the_tutor_has_is_taken_back(client_of_finance, paid):
    passed_on(paid)
    answer = act(client_of_finance, "refund_to_wallet", paid)
    assert "Take it from the tutor." in answer.content.decode()
    act(client_of_finance, "refund_from_tutor", paid)
    assert OrderRefund.objects.get().amount_paise == 1000_00
    assert earnings.left_gross_paise(paid.purpose_id) == 0


def test_moderators_decide_nothing(paid):
    client = desk(StaffFactory())
    assert act(client, "refund", paid).status_code == 403
    assert client.get(page(PromoGrant, "add")).status_code == 403
    assert PaymentOrder.objects.get(pk=paid.pk).refunded_paise == 0
