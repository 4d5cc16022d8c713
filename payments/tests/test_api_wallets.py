"""The API of a family's wallet and payments: the same numbers as on the pages."""

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from payments.models import PaymentOrder
from payments.queries.wallets import wants_refunds
from payments.services import orders, refunds, wallets
from payments.tests.factories import failed_refund, fund_wallet, make_order, pay

pytestmark = pytest.mark.django_db


@pytest.fixture
def family():
    return FamilyUserFactory()


def call(user, method, path, body=None, **headers):
    client = APIClient(raise_request_exception=False)
    if user is not None:
        client.force_authenticate(user)
    return getattr(client, method)(f"/api/v1{path}", body or {}, format="json", headers=headers)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/students/wallet"),
        ("get", "/students/wallet/entries"),
        ("post", "/students/wallet/topup"),
    ],
)
def test_wallets_are_for_families(method, path):
    assert call(None, method, path).status_code == 401
    assert call(TutorUserFactory(), method, path).status_code == 403


def test_the_wallet(family):
    fund_wallet(family, 600_00, promo_paise=50_00)
    order = make_order(payer=family, amount_paise=900_00, method="mixed")
    fund_wallet(family, 300_00)
    assert call(family, "get", "/students/wallet").json() == {
        "balance_paise": 300_00,
        "cash_paise": 300_00,
        "promo_paise": 0,
        "held_paise": 650_00,
        "holds": [
            {
                "order": str(order.pk),
                "description": "Maths, 1 h",
                "held_paise": 650_00,
                "can_be_paid": True,
                "expires_at": timezone.localtime(order.expires_at).isoformat(),
            }
        ],
        "topup_min_paise": 100_00,
        "topup_max_paise": 10_000_00 - 900_00,
        "refunds_to_wallet": False,
    }


def test_a_hold_of_an_order_that_has_ended_is_said_to_be_over(family):
    fund_wallet(family, 600_00)
    orders.give_up(make_order(payer=family, method="mixed"), by=family)
    answer = call(family, "get", "/students/wallet").json()
    assert (answer["held_paise"], answer["balance_paise"]) == (600_00, 0)
    assert [hold["can_be_paid"] for hold in answer["holds"]] == [False]


def test_where_refunds_go(family):
    answer = call(family, "patch", "/students/wallet", {"refunds_to_wallet": True})
    assert answer.json()["refunds_to_wallet"] is True
    assert wants_refunds(family)
    assert call(family, "patch", "/students/wallet", {}).status_code == 400


def test_the_entries(family):
    fund_wallet(family, 3_000_00)
    for _ in range(21):
        make_order(payer=family, amount_paise=100_00, method="wallet")
    first = call(family, "get", "/students/wallet/entries").json()
    assert (len(first["results"]), first["results"][0]["balance_paise"]) == (20, 900_00)
    assert first["results"][0]["cash_paise"] == -100_00
    cursor = first["next"].partition("?")[2]
    second = call(family, "get", f"/students/wallet/entries?{cursor}").json()
    assert (len(second["results"]), second["next"]) == (2, None)
    assert second["results"][-1]["title"] == "Added by you"
    assert call(family, "get", "/students/wallet/entries?cursor=x").status_code == 400


def test_topping_up(family, razorpay_simulator):
    body = {"amount_paise": 500_00}
    headers = {"Idempotency-Key": "one"}
    answer = call(family, "post", "/students/wallet/topup", body, **headers)
    assert answer.status_code == 200, answer.content
    order = answer.json()
    assert (order["amount_paise"], order["status"]) == (500_00, "OPEN")
    assert call(family, "post", "/students/wallet/topup", body, **headers).json() == order
    pay(PaymentOrder.objects.get(pk=order["order"]))
    assert wallets.balance(family) == (500_00, 0)
    refused = call(family, "post", "/students/wallet/topup", {"amount_paise": 1})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "topup_amount"


def test_payments(family):
    fund_wallet(family, 300_00)
    order = make_order(payer=family, method="mixed")
    payment = pay(order)
    order.refresh_from_db()
    refunds.refund_order(order, reason="test", amount_paise=500_00)
    (shown, topup) = call(family, "get", "/payments").json()["results"]
    assert (shown["total_paise"], shown["amount_paise"], shown["wallet_paise"]) == (
        *(1_000_00, 700_00, 300_00),
    )
    assert (shown["refunded_paise"], topup["purpose"]) == (500_00, "wallet_topup")
    page = call(family, "get", f"/payments/{order.pk}").json()
    assert page["attempts"][0]["razorpay_payment_id"] == payment.razorpay_payment_id
    assert page["decisions"][0]["wallet_paise"] == 150_00
    (refund,) = page["refunds"]
    assert (refund["status"], refund["amount_paise"]) == ("INITIATED", 350_00)
    assert [step["state"] for step in refund["steps"]] == ["done", "now", "", ""]
    assert call(FamilyUserFactory(), "get", f"/payments/{order.pk}").status_code == 404
    assert call(FamilyUserFactory(), "get", "/payments").json()["results"] == []


def test_taking_a_failed_refund_as_credit(family):
    refund = failed_refund(family)
    path = f"/payments/refunds/{refund.pk}/to-wallet"
    assert call(FamilyUserFactory(), "post", path).status_code == 404
    answer = call(family, "post", path)
    assert (answer.status_code, answer.json()["status"]) == (200, "CREDITED")
    assert call(family, "post", path).status_code == 409
    assert wallets.balance(family) == (1_000_00, 0)
