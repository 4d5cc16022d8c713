"""The simulator keeps Razorpay's rules: orders, payments, refunds, payouts, settlements."""

import http.client
import json
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest

from payments.tests.simulator import RazorpaySimulator, SimulatorError

Json = dict[str, Any]


class Api:
    """Bare HTTP with the account's keys, for requests the gateway would never send."""

    def __init__(self, simulator: RazorpaySimulator) -> None:
        self.address = urlsplit(simulator.url)
        self.simulator = simulator

    def __call__(
        self, method: str, path: str, body: Any = None, key: str = "sim_key_secret", **headers: str
    ) -> tuple[int, Json]:
        connection = http.client.HTTPConnection(str(self.address.hostname), self.address.port)
        token = b64encode(f"rzp_test_simulator:{key}".encode()).decode()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        data = None if body is None else json.dumps(body)
        connection.request(method, path, data, {"Authorization": f"Basic {token}", **sent})
        answer = connection.getresponse()
        status, found = answer.status, json.loads(answer.read())
        connection.close()
        return status, found

    def order(self, **changes: Any) -> Json:
        status, found = self(
            "POST", "/v1/orders", {"amount": 100_000, "currency": "INR", **changes}
        )
        assert status == 200, found
        return found

    def paid(self, **changes: Any) -> str:
        handed = self.simulator.pay(self.order(**changes)["id"])
        return str(handed["razorpay_payment_id"])

    def refund(self, payment_id: str, body: Json, key: str = "refund-key-1") -> tuple[int, Json]:
        path = f"/v1/payments/{payment_id}/refund"
        return self("POST", path, body, X_Refund_Idempotency=key)

    def fund_account(self, number: str = "1234567890") -> str:
        contact = self("POST", "/v1/contacts", {"name": "Ravi Kumar"})[1]["id"]
        bank = {"name": "Ravi Kumar", "ifsc": "HDFC0000001", "account_number": number}
        body = {"contact_id": contact, "account_type": "bank_account", "bank_account": bank}
        return str(self("POST", "/v1/fund_accounts", body)[1]["id"])

    def payout(self, key: str | None = "payout-1", **changes: Any) -> tuple[int, Json]:
        body = {
            "account_number": "2323230000000001",
            "fund_account_id": changes.pop("fund_account_id", None) or self.fund_account(),
            "amount": 80_000,
            "currency": "INR",
            "mode": "IMPS",
            "purpose": "payout",
            **changes,
        }
        headers = {} if key is None else {"X_Payout_Idempotency": key}
        return self("POST", "/v1/payouts", body, **headers)


@pytest.fixture
def api(razorpay_simulator: RazorpaySimulator) -> Api:
    return Api(razorpay_simulator)


class TestErrors:
    def test_wrong_keys(self, api: Api) -> None:
        status, body = api("GET", "/v1/orders", key="wrong")
        assert (status, body["error"]["code"]) == (401, "BAD_REQUEST_ERROR")

    def test_unknown_url_and_id(self, api: Api) -> None:
        assert api("GET", "/v1/nothing")[0] == 404
        status, body = api("GET", "/v1/orders/order_none")
        assert (status, body["error"]["description"]) == (400, "The id provided does not exist")

    @pytest.mark.parametrize(
        ("change", "reason", "field"),
        [
            ({"amount": 99}, "amount_less_than_minimum_amount", "amount"),
            ({"amount": 100.5}, "input_validation_failed", "amount"),
            ({"amount": "500"}, "input_validation_failed", "amount"),
            ({"amount": True}, "input_validation_failed", "amount"),
            ({"amount": None}, "input_validation_failed", "amount"),
            ({"currency": "USD"}, "input_validation_failed", "currency"),
            ({"receipt": "r" * 41}, "input_validation_failed", "receipt"),
            ({"notes": {str(n): "x" for n in range(16)}}, "input_validation_failed", "notes"),
            ({"notes": {"a": "x" * 257}}, "input_validation_failed", "notes"),
            ({"surprise": 1}, "extra_field_sent", "surprise"),
            (
                {
                    "payment": {
                        "capture": "automatic",
                        "capture_options": {"automatic_expiry_period": 11},
                    }
                },
                "input_validation_failed",
                "automatic_expiry_period",
            ),
        ],
    )
    def test_bad_orders(self, api: Api, change: Json, reason: str, field: str) -> None:
        body = {"amount": 100_000, "currency": "INR", **change}
        status, answer = api("POST", "/v1/orders", body)
        assert status == 400
        assert (answer["error"]["reason"], answer["error"]["field"]) == (reason, field)

    def test_a_list_has_at_most_a_hundred(self, api: Api) -> None:
        status, body = api("GET", "/v1/payments?count=101")
        assert status == 400
        assert body["error"]["description"] == "The count may not be greater than 100."

    def test_a_body_that_is_no_json(self, api: Api) -> None:
        assert api("POST", "/v1/orders", [1])[0] == 400


class TestOrders:
    def test_empty_notes_are_a_list(self, api: Api) -> None:
        assert api.order()["notes"] == []
        assert api.order(notes={"a": "b"})["notes"] == {"a": "b"}

    def test_a_receipt_is_used_once(self, api: Api) -> None:
        first = api.order(receipt="r1")
        status, body = api("POST", "/v1/orders", {**_bare(), "receipt": "r1"})
        assert status == 400
        assert body["error"]["description"] == "Order receipt should be unique."
        assert api.order(receipt="r1", unique_receipt=True)["id"] == first["id"]

    def test_or_as_often_as_the_account_lets(self, api: Api) -> None:
        api.simulator.settings(unique_receipts=False)
        assert api.order(receipt="r1")["id"] != api.order(receipt="r1")["id"]

    def test_only_notes_can_be_changed(self, api: Api) -> None:
        path = f"/v1/orders/{api.order()['id']}"
        assert api("PATCH", path, {"notes": {"a": "b"}})[1]["notes"] == {"a": "b"}
        assert api("PATCH", path, {"amount": 1})[0] == 400

    def test_pages_newest_first(self, api: Api) -> None:
        made = [api.order()["id"] for _ in range(3)]
        items = api("GET", "/v1/orders?count=1&skip=1")[1]["items"]
        assert [item["id"] for item in items] == [made[1]]

    def test_created_attempted_paid_for_good(self, api: Api) -> None:
        order_id = api.order()["id"]
        api.simulator.pay(order_id, "fail")
        assert api("GET", f"/v1/orders/{order_id}")[1]["status"] == "attempted"
        payment_id = api.simulator.pay(order_id)["razorpay_payment_id"]
        api.refund(payment_id, {})
        order = api("GET", f"/v1/orders/{order_id}")[1]
        assert (order["status"], order["amount_paid"], order["amount_due"]) == ("paid", 100_000, 0)


class TestPayments:
    def test_a_second_success_goes_back_by_itself(self, api: Api) -> None:
        order_id = api.order()["id"]
        api.simulator.pay(order_id)
        second = api.simulator.pay(order_id)["razorpay_payment_id"]
        payment = api("GET", f"/v1/payments/{second}")[1]
        assert (payment["status"], payment["captured"]) == ("refunded", False)
        assert api.simulator.events()[-3:] == [
            "payment.authorized",
            "refund.created",
            "refund.processed",
        ]
        assert api.simulator.state()["totals"]["captured_paise"] == 100_000

    def test_unless_the_account_settles_directly(self, api: Api) -> None:
        order_id = api.order()["id"]
        api.simulator.pay(order_id)
        api.simulator.pay(order_id, capture=True)
        assert api.simulator.state()["totals"]["captured_paise"] == 200_000
        assert api.simulator.events().count("order.paid") == 1

    def test_no_attempt_while_another_is_authorised(self, api: Api) -> None:
        order_id = api.order()["id"]
        api.simulator.pay(order_id, "authorize")
        with pytest.raises(SimulatorError):
            api.simulator.pay(order_id)

    def test_manual_orders_wait_for_us(self, api: Api) -> None:
        order_id = api.order(payment={"capture": "manual"})["id"]
        handed = api.simulator.pay(order_id)
        payment = api("GET", f"/v1/payments/{handed['razorpay_payment_id']}")[1]
        assert (payment["status"], payment["fee"]) == ("authorized", None)

    def test_late_is_failed_first_and_never_captured_by_itself(self, api: Api) -> None:
        handed = api.simulator.pay(api.order()["id"], "late")
        assert handed["error"]["reason"] == "payment_failed"
        assert api.simulator.events() == ["payment.failed", "payment.authorized"]
        last = json.loads(api.simulator.webhooks()[-1]["body"])
        assert last["payload"]["payment"]["entity"]["late_authorized"] is True

    def test_late_on_a_paid_order_goes_back(self, api: Api) -> None:
        order_id = api.order()["id"]
        late = api.simulator.pay(order_id, "fail")["razorpay_payment_id"]
        api.simulator.pay(order_id)
        assert api.simulator.authorize_late(late)["status"] == "refunded"

    def test_capture_is_exact_and_once(self, api: Api) -> None:
        handed = api.simulator.pay(api.order()["id"], "authorize")
        path = f"/v1/payments/{handed['razorpay_payment_id']}/capture"
        assert api("POST", path, {"amount": 99_999, "currency": "INR"})[0] == 400
        assert api("POST", path, {"amount": {"amount": 100_000}, "currency": "INR"})[0] == 400
        assert api("POST", path, {"amount": 100_000, "currency": "INR"})[1]["captured"] is True
        status, body = api("POST", path, {"amount": 100_000, "currency": "INR"})
        assert status == 400
        assert body["error"]["description"] == "This payment has already been captured"

    def test_no_capture_after_the_window(self, api: Api) -> None:
        options = {"automatic_expiry_period": 12, "manual_expiry_period": 20}
        order = api.order(payment={"capture": "automatic", "capture_options": options})
        payment_id = api.simulator.pay(order["id"], "authorize")["razorpay_payment_id"]
        api.simulator.advance(20 * 60 + 1)
        path = f"/v1/payments/{payment_id}/capture"
        assert api("POST", path, {"amount": 100_000, "currency": "INR"})[0] == 400
        assert api("GET", f"/v1/payments/{payment_id}")[1]["status"] == "refunded"

    def test_unknown_outcomes_are_refused(self, api: Api) -> None:
        with pytest.raises(SimulatorError):
            api.simulator.pay(api.order()["id"], "maybe")


class TestRefunds:
    def test_never_more_than_was_paid(self, api: Api) -> None:
        payment_id = api.paid()
        assert api.refund(payment_id, {"amount": 60_000}, "refund-key-1")[0] == 200
        assert api.refund(payment_id, {"amount": 40_001}, "refund-key-2")[0] == 400
        assert api.refund(payment_id, {}, "refund-key-3")[1]["amount"] == 40_000
        status, body = api.refund(payment_id, {}, "refund-key-4")
        assert (status, body["error"]["reason"]) == (400, "payment_fully_refunded")

    def test_one_key_one_request(self, api: Api) -> None:
        payment_id = api.paid()
        first = api.refund(payment_id, {"amount": 40_000})[1]
        assert api.refund(payment_id, {"amount": 40_000})[1]["id"] == first["id"]
        status, body = api.refund(payment_id, {"amount": 30_000})
        assert (status, body["error"]["reason"]) == (400, "idempotency_key_reused")

    def test_a_short_key_is_refused(self, api: Api) -> None:
        assert api.refund(api.paid(), {}, "short")[0] == 400

    def test_at_once_with_one_key_is_in_progress(self, api: Api) -> None:
        payment_id = api.paid()
        api.simulator.settings(work_seconds=0.1)
        with ThreadPoolExecutor(2) as pool:
            statuses = sorted(
                status for status, _ in pool.map(lambda _: api.refund(payment_id, {}), range(2))
            )
        assert statuses == [200, 409]

    def test_a_bare_number_as_body_is_refused(self, api: Api) -> None:
        assert api("POST", f"/v1/payments/{api.paid()}/refund", 500)[0] == 400

    def test_pending_ones_can_fail(self, api: Api) -> None:
        api.simulator.settings(refund_status="pending")
        payment_id = api.paid()
        refund_id = api.refund(payment_id, {})[1]["id"]
        api.simulator.refund(refund_id, "failed")
        payment = api("GET", f"/v1/payments/{payment_id}")[1]
        assert (payment["status"], payment["amount_refunded"]) == ("captured", 0)
        assert payment["refund_status"] is None
        with pytest.raises(SimulatorError):
            api.simulator.refund(refund_id, "processed")


class TestPayouts:
    @pytest.mark.parametrize("key", [None, "abc", "k" * 37])
    def test_the_key_is_mandatory(self, api: Api, key: str | None) -> None:
        assert api.payout(key)[0] == 400

    def test_another_request_under_the_key_is_refused(self, api: Api) -> None:
        account = api.fund_account()
        assert api.payout(fund_account_id=account)[0] == 200
        assert api.payout(fund_account_id=account, amount=90_000)[0] == 400

    @pytest.mark.parametrize(
        "change",
        [
            {"amount": 99},
            {"mode": "imps"},
            {"mode": "UPI"},
            {"narration": "n" * 31},
            {"narration": "no-dashes"},
            {"reference_id": "r" * 41},
            {"fund_account_id": "fa_none"},
        ],
    )
    def test_bad_payouts(self, api: Api, change: Json) -> None:
        assert api.payout(**change)[0] == 400

    def test_lifecycle_and_money(self, api: Api) -> None:
        api.simulator.settings(x_balance=100_000)
        payout_id = api.payout()[1]["id"]
        assert api.simulator.settings()["x_balance"] == 100_000 - 80_000 - 590
        assert api.simulator.payout(payout_id, "processed")["utr"]
        assert api.simulator.payout(payout_id, "reversed")["status"] == "reversed"
        assert api.simulator.settings()["x_balance"] == 100_000
        assert api.simulator.events() == [
            *("transaction.created", "payout.initiated", "payout.processed"),
            *("transaction.created", "payout.reversed"),
        ]
        with pytest.raises(SimulatorError):
            api.simulator.payout(payout_id, "processed")

    def test_low_balance_queues_or_refuses(self, api: Api) -> None:
        api.simulator.settings(x_balance=100)
        assert api.payout("payout-1")[0] == 400
        queued = api.payout("payout-2", queue_if_low_balance=True)[1]
        assert queued["status"] == "queued"
        cancelled = api("POST", f"/v1/payouts/{queued['id']}/cancel", {})[1]
        assert cancelled["status"] == "cancelled"

    def test_goes_on_by_itself_when_told_so(self, api: Api) -> None:
        api.simulator.settings(payout_seconds=0)
        good = api.payout("payout-1")[1]["id"]
        bad = api.payout("payout-2", fund_account_id=api.fund_account("1234569999"))[1]["id"]
        assert api.simulator.simulator.scheduler.wait_idle(5)
        states = {p["id"]: p["status"] for p in api.simulator.state()["payouts"]}
        assert states == {good: "processed", bad: "failed"}

    def test_a_list_needs_the_account(self, api: Api) -> None:
        assert api("GET", "/v1/payouts")[0] == 400


class TestMoneyThatLeaves:
    def test_a_lost_dispute_takes_its_amount(self, api: Api) -> None:
        payment_id = api.paid()
        dispute_id = api.simulator.dispute(payment_id, amount=60_000)["id"]
        api.simulator.decide(dispute_id, "under_review")
        assert api.simulator.decide(dispute_id, "lost")["amount_deducted"] == 60_000
        with pytest.raises(SimulatorError):
            api.simulator.decide(dispute_id, "won")

    def test_accepting_is_losing(self, api: Api) -> None:
        dispute_id = api.simulator.dispute(api.paid())["id"]
        assert api("POST", f"/v1/disputes/{dispute_id}/accept", {})[1]["status"] == "lost"

    def test_settlements_empty_the_clearing(self, api: Api) -> None:
        payment_id = api.paid()
        api.refund(payment_id, {"amount": 40_000})
        api.simulator.faults("data.fee_null")
        api.paid()
        assert api.simulator.state()["totals"]["fees_paise"] == 2_360
        settlement = api.simulator.settle()
        assert settlement["amount"] == 2 * 97_640 - 40_000
        totals = api.simulator.state()["totals"]
        assert (totals["clearing_paise"], totals["fees_paise"]) == (0, 4_720)
        assert api.simulator.settle()["amount"] == 0


class TestDeterminism:
    def test_the_same_calls_make_the_same_ids(self, api: Api) -> None:
        first = api.order()["id"]
        api.simulator.reset()
        assert api.order()["id"] == first
        assert len(first) == len("order_") + 14


def _bare() -> Json:
    return {"amount": 100_000, "currency": "INR"}
