"""The API of money: shapes, access, errors."""

import pytest
from rest_framework.test import APIClient

from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from payments.services import credits
from payments.tests import factories

pytestmark = pytest.mark.django_db

OPERATIONS = [
    ("get", "/tutors/wallet"),
    ("post", "/tutors/wallet/topup"),
    ("get", "/tutors/earnings"),
    ("get", "/tutors/payouts"),
    ("post", "/tutors/payouts"),
    ("get", "/tutors/payout-method"),
    ("put", "/tutors/payout-method"),
]


def api(user) -> APIClient:
    client = APIClient(raise_request_exception=False)
    if user is not None:
        client.force_authenticate(user)
    return client


def call(user, method, path, body=None, **headers):
    return getattr(api(user), method)(f"/api/v1{path}", body or {}, format="json", headers=headers)


@pytest.fixture
def tutor(settings):
    settings.PAYOUT_FIRST_WAIT = factories.timedelta(0)
    return factories.rich_tutor(200_000)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_these_are_for_tutors(method, path):
    assert call(None, method, path).status_code == 401
    assert call(FamilyUserFactory(), method, path).status_code == 403


def test_the_wallet(tutor):
    factories.give_credits(tutor, "pack-5")
    answer = call(tutor, "get", "/tutors/wallet").json()
    assert answer["credits"] == 5
    assert [pack["price_paise"] for pack in answer["packs"]] == [35_282, 58_882, 117_882]


def test_a_pack_is_bought_by_code_or_id_and_verified(tutor, razorpay_simulator):
    answer = call(tutor, "post", "/tutors/wallet/topup", {"pack": "pack-10"}).json()
    assert answer["status"] == "OPEN"
    assert answer["amount_paise"] == 58_882
    assert answer["key_id"] == "rzp_test_simulator"
    by_id = {"pack": str(credits.packs()[1].pk)}
    again = call(tutor, "post", "/tutors/wallet/topup", by_id).json()
    assert again["order"] == answer["order"]
    handed = razorpay_simulator.pay(answer["razorpay_order_id"])
    forged = {**handed, "razorpay_signature": "0" * 64}
    assert call(tutor, "post", "/payments/verify", forged).status_code == 422
    assert call(TutorUserFactory(), "post", "/payments/verify", handed).status_code == 404
    assert call(None, "post", "/payments/verify", handed).status_code == 401
    for _ in range(2):
        paid = call(tutor, "post", "/payments/verify", handed)
        assert (paid.status_code, paid.json()["status"]) == (200, "PAID")
    assert credits.balance(tutor) == 10


def test_a_gateway_that_is_away_answers_503(tutor, razorpay_simulator):
    razorpay_simulator.faults("api.500", method="POST", path="orders")
    answer = call(tutor, "post", "/tutors/wallet/topup", {"pack": "pack-10"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (503, "gateway_unavailable")


def test_a_pack_that_does_not_exist(tutor):
    assert call(tutor, "post", "/tutors/wallet/topup", {"pack": "pack-0"}).status_code == 404


def test_earnings(tutor):
    assert call(tutor, "get", "/tutors/earnings").json() == {
        "available_paise": 164_600,
        "withdrawable_paise": 164_600,
        "held_paise": 0,
        "pending_paise": 0,
        "paid_paise": 0,
    }


def test_a_payout_is_asked_for_once_per_key(tutor):
    for _ in range(2):
        answer = call(
            tutor, "post", "/tutors/payouts", {"amount_paise": 80_000}, **{"Idempotency-Key": "k"}
        )
        assert answer.status_code == 201
    assert answer.json()["status"] == "REQUESTED"
    listed = call(tutor, "get", "/tutors/payouts").json()["results"]
    assert [payout["amount_paise"] for payout in listed] == [80_000]
    assert call(TutorUserFactory(), "get", "/tutors/payouts").json()["results"] == []


@pytest.mark.parametrize(
    ("amount", "status", "code"),
    [
        (10_000_000, 409, "overdraft"),
        (100, 422, "below_minimum"),
        (0, 400, "min_value"),
        (10**15, 400, "max_value"),
        ("x", 400, "invalid"),
        (None, 400, "null"),
    ],
)
def test_payouts_that_cannot_be(tutor, amount, status, code):
    answer = call(tutor, "post", "/tutors/payouts", {"amount_paise": amount})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (status, code)


def test_the_payout_method_shows_no_more_than_its_end():
    tutor = TutorUserFactory()
    assert call(tutor, "get", "/tutors/payout-method").status_code == 404
    details = {
        "kind": "bank",
        "holder_name": "Ravi Kumar",
        "account_number": "123456789012",
        "ifsc": "HDFC0001234",
        "pan": "ABCDE1234F",
    }
    assert call(tutor, "put", "/tutors/payout-method", details).status_code == 200
    shown = call(tutor, "get", "/tutors/payout-method").json()
    assert shown["account"] == "HDFC ••••9012"
    assert shown["pan"] == "••••••234F"
    wrong = call(tutor, "put", "/tutors/payout-method", {**details, "pan": "1"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "pan")


def test_the_payout_list_takes_few_queries(tutor, django_assert_max_num_queries):
    for _ in range(3):
        factories.payouts_request(tutor)
    with django_assert_max_num_queries(3):
        call(tutor, "get", "/tutors/payouts")
