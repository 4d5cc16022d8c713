"""The API of money: shapes, access, errors."""

import pytest
from rest_framework.test import APIClient

from accounts.tests.cast import trusted_api
from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from payments.models import Payout
from payments.services import credits, earnings
from payments.tests import factories
from tutorhub.core.tests.threads import run_together

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
    return APIClient(raise_request_exception=False) if user is None else trusted_api(user)


def call(user, method, path, body=None, **headers):
    return getattr(api(user), method)(f"/api/v1{path}", body or {}, format="json", headers=headers)


@pytest.fixture
def tutor(settings):
    settings.PAYOUT_FIRST_WAIT = factories.timedelta(0)
    tutor = factories.rich_tutor(200_000)
    factories.settle()
    return tutor


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
    answer = call(tutor, "get", "/tutors/earnings").json()
    months = answer.pop("months")
    assert answer == {
        "available_paise": 164_600,
        "withdrawable_paise": 164_600,
        "held_paise": 0,
        "pending_paise": 0,
        "paid_paise": 0,
        "receivable_paise": 0,
        "chargebacks": [],
        "debts": [],
    }
    assert len(months) == 12
    assert months[-1]["left_paise"] == 164_600


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


def ask_payout(tutor, amount, key):
    body = {"amount_paise": amount}
    return call(tutor, "post", "/tutors/payouts", body, **{"Idempotency-Key": key})


def test_a_key_stands_for_one_amount(tutor):
    ask_payout(tutor, 80_000, "k")
    answer = ask_payout(tutor, 50_000, "k")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "idempotency_mismatch")
    assert earnings.summary(tutor).pending_paise == 80_000


def test_a_refused_payout_leaves_no_trace_and_is_refused_again(tutor):
    """Posting runs inside the transaction of the key, which a refusal must not spoil."""
    answers = [ask_payout(tutor, 10_000_000, "k") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert answers[0].content == answers[1].content
    assert Payout.objects.count() == 0
    assert ask_payout(tutor, 80_000, "another").status_code == 201


@pytest.mark.django_db(transaction=True)
def test_one_key_at_the_same_moment_asks_for_one_payout(tutor):
    answers = run_together(8, lambda n: ask_payout(tutor, 50_000, "k"))
    assert {answer.status_code for answer in answers} == {201}
    assert {answer.json()["id"] for answer in answers} == {str(Payout.objects.get().pk)}


@pytest.mark.django_db(transaction=True)
def test_control_without_keys_each_asks_for_one(tutor):
    run_together(
        3, lambda n: call(tutor, "post", "/tutors/payouts", {"amount_paise": 50_000}).status_code
    )
    assert Payout.objects.count() == 3


def test_a_topup_that_could_not_reach_the_gateway_is_tried_again_under_its_key(
    tutor, razorpay_simulator
):
    key = {"Idempotency-Key": "k"}
    razorpay_simulator.faults("api.500", method="POST", path="orders")
    away = call(tutor, "post", "/tutors/wallet/topup", {"pack": "pack-10"}, **key)
    orders = [
        call(tutor, "post", "/tutors/wallet/topup", {"pack": "pack-10"}, **key).json()
        for _ in range(2)
    ]
    assert away.status_code == 503
    assert orders[0] == orders[1]
    assert orders[0]["status"] == "OPEN"


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
    client = api(tutor)
    with django_assert_max_num_queries(3):
        assert client.get("/api/v1/tutors/payouts").status_code == 200
