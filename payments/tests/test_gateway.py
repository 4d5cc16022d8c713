"""The gateway against the simulator, over real HTTP."""

import threading
from typing import Any

import pytest
import razorpay
import requests

from payments import gateway
from payments.tests.simulator import RazorpaySimulator

CALLBACK_SIGNATURE = "aef4eea51d84ac5a1da4f3f5104a34c58904a78b242ea098fd72627528c5743a"
WEBHOOK_SIGNATURE = "1087b6f9bbc17a994d27439cd760245879d6e886329f41de78b62e5b5435fdea"
WEBHOOK_BODY = (
    b'{"entity":"event","account_id":"acc_Sim0000000001A","event":"payment.captured",'
    b'"contains":["payment"],"payload":{"payment":{"entity":{"id":"pay_Sim0000000001A",'
    b'"entity":"payment","amount":100000,"currency":"INR","status":"captured",'
    b'"order_id":"order_Sim0000000001A","captured":true,"notes":[]}}},"created_at":1790000000}'
)


def order(receipt: str = "bk-1", **changes: Any) -> dict[str, Any]:
    wanted = {
        "amount_paise": 100_000,
        "receipt": receipt,
        "notes": {"a": "b"},
        "expiry_minutes": 15,
    }
    return gateway.client().create_order(**{**wanted, **changes})


def captured(simulator: RazorpaySimulator, receipt: str = "bk-1") -> str:
    return str(simulator.pay(order(receipt)["id"])["razorpay_payment_id"])


def refund(payment_id: str, key: str = "refund-key-1", amount: int = 40_000) -> dict[str, Any]:
    return gateway.client().refund_payment(
        payment_id, amount_paise=amount, idempotency_key=key, notes={}, receipt="rf-1"
    )


def fund_account(**changes: Any) -> str:
    client = gateway.client()
    contact = client.create_contact(
        name="Ravi Kumar", email="ravi@example.test", phone="+919000000002", reference_id="t1"
    )
    bank = {"name": "Ravi Kumar", "ifsc": "HDFC0000001", "account_number": "1234567890"}
    return str(
        client.create_fund_account_bank(contact_id=contact["id"], **{**bank, **changes})["id"]
    )


def payout(fund_account_id: str, key: str = "payout-key-1", **changes: Any) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "account_number": "2323230000000001",
        "fund_account_id": fund_account_id,
        "amount_paise": 80_000,
        "mode": "IMPS",
        "reference_id": "po-1",
        "narration": "TutorHub earnings",
        "idempotency_key": key,
    }
    return gateway.client().create_payout(**{**wanted, **changes})


class TestOrders:
    def test_has_the_settings_that_late_money_needs(
        self, razorpay_simulator: RazorpaySimulator
    ) -> None:
        created = order(expiry_minutes=5)
        kept = razorpay_simulator.simulator.books.get("orders", created["id"])
        assert (created["amount"], created["status"]) == (100_000, "created")
        assert kept["_capture"] == {"mode": "automatic", "automatic": 12, "manual": 72}

    def test_the_same_receipt_is_the_same_order(
        self, razorpay_simulator: RazorpaySimulator
    ) -> None:
        assert order()["id"] == order()["id"]
        assert len(razorpay_simulator.state()["orders"]) == 1

    def test_another_amount_under_a_known_receipt_is_refused(
        self, razorpay_simulator: RazorpaySimulator
    ) -> None:
        order()
        with pytest.raises(gateway.Refused) as refused:
            order(amount_paise=100_001)
        assert (refused.value.status, refused.value.field) == (400, "receipt")

    def test_survives_an_account_that_ignores_unique_receipt(
        self, razorpay_simulator: RazorpaySimulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = order()
        sdk = gateway.client()._sdk
        original = sdk.order.create
        monkeypatch.setattr(
            sdk.order,
            "create",
            lambda body: original({key: body[key] for key in body if key != "unique_receipt"}),
        )
        assert order()["id"] == first["id"]

    def test_is_found_by_its_exact_receipt(self, razorpay_simulator: RazorpaySimulator) -> None:
        created = order("bk-7")
        assert gateway.client().find_order_by_receipt("bk-7") == created
        assert gateway.client().find_order_by_receipt("bk") is None

    def test_lists_every_attempt(self, razorpay_simulator: RazorpaySimulator) -> None:
        created = order()
        razorpay_simulator.pay(created["id"], "fail")
        razorpay_simulator.pay(created["id"])
        attempts = gateway.client().order_payments(created["id"])
        assert [attempt["status"] for attempt in attempts] == ["failed", "captured"]
        assert gateway.client().fetch_order(created["id"])["attempts"] == 2

    @pytest.mark.parametrize("value", ["", "order_../../x", "order_1?a=b", "ordér_1", "order"])
    def test_never_puts_a_strange_id_in_a_path(
        self, razorpay_simulator: RazorpaySimulator, value: str
    ) -> None:
        with pytest.raises(gateway.Refused):
            gateway.client().fetch_order(value)


class TestPayments:
    def test_captures_what_was_authorised_late(self, razorpay_simulator: RazorpaySimulator) -> None:
        handed = razorpay_simulator.pay(order()["id"], "late")
        payment_id = handed["razorpay_payment_id"]
        assert gateway.client().fetch_payment(payment_id)["status"] == "authorized"
        taken = gateway.client().capture_payment(payment_id, 100_000)
        assert (taken["status"], taken["fee"], taken["tax"]) == ("captured", 2360, 360)

    def test_capturing_does_not_poison_the_next_capture(
        self, razorpay_simulator: RazorpaySimulator
    ) -> None:
        for receipt, amount in (("bk-1", 100_000), ("bk-2", 50_000)):
            created = order(receipt, amount_paise=amount)
            handed = razorpay_simulator.pay(created["id"], "authorize")
            taken = gateway.client().capture_payment(handed["razorpay_payment_id"], amount)
            assert taken["amount"] == amount

    def test_lists_a_window(self, razorpay_simulator: RazorpaySimulator) -> None:
        payment_id = captured(razorpay_simulator)
        created_at = gateway.client().fetch_payment(payment_id)["created_at"]
        client = gateway.client()
        assert [p["id"] for p in client.list_payments(created_at, created_at)] == [payment_id]
        assert client.list_payments(created_at + 1, created_at + 9) == []


class TestRefunds:
    def test_the_same_key_refunds_once(self, razorpay_simulator: RazorpaySimulator) -> None:
        payment_id = captured(razorpay_simulator)
        assert refund(payment_id)["id"] == refund(payment_id)["id"]
        found = gateway.client().payment_refunds(payment_id)
        assert [item["amount"] for item in found] == [40_000]
        assert gateway.client().fetch_refund(payment_id, found[0]["id"]) == found[0]

    def test_more_than_the_rest_is_a_definite_no(
        self, razorpay_simulator: RazorpaySimulator
    ) -> None:
        payment_id = captured(razorpay_simulator)
        refund(payment_id, "refund-key-1", 60_000)
        with pytest.raises(gateway.Refused) as refused:
            refund(payment_id, "refund-key-2", 60_000)
        assert refused.value.reason == "refund_amount_greater_than_captured"


class TestPayouts:
    def test_the_same_key_pays_once_and_shows_the_latest_state(
        self, razorpay_simulator: RazorpaySimulator
    ) -> None:
        account = fund_account()
        first = payout(account)
        razorpay_simulator.payout(first["id"], "processed")
        again = payout(account)
        assert (again["id"], again["status"]) == (first["id"], "processed")
        assert gateway.client().fetch_payout(first["id"])["utr"]

    def test_is_found_by_reference(self, razorpay_simulator: RazorpaySimulator) -> None:
        made = payout(fund_account())
        find = gateway.client().find_payouts_by_reference
        assert [p["id"] for p in find("po-1", account_number="2323230000000001")] == [made["id"]]
        assert find("po-2", account_number="2323230000000001") == []

    def test_pays_to_a_vpa(self, razorpay_simulator: RazorpaySimulator) -> None:
        client = gateway.client()
        contact = client.create_contact(name="Ravi", email="", phone="", reference_id="t1")
        account = client.create_fund_account_vpa(contact_id=contact["id"], address="ravi@simbank")
        assert payout(account["id"], mode="UPI")["status"] == "processing"

    def test_the_same_person_is_one_contact(self, razorpay_simulator: RazorpaySimulator) -> None:
        assert fund_account() == fund_account()
        assert len(razorpay_simulator.state()["contacts"]) == 1

    def test_knows_the_days_settlement_rows(self, razorpay_simulator: RazorpaySimulator) -> None:
        razorpay_simulator.settings(webhook_url="")
        payment_id = captured(razorpay_simulator)
        razorpay_simulator.simulator.books.clock.frozen = 1_790_000_000  # 21 Sep 2026, 22:23 IST
        razorpay_simulator.settle()
        rows = gateway.client().settlement_rows(year=2026, month=9, day=21)
        assert [(row["entity_id"], row["credit"]) for row in rows] == [(payment_id, 97_640)]


class TestErrors:
    @pytest.mark.parametrize(
        "kind", ["api.409", "api.429", "api.500", "api.html502", "api.reset", "api.lost"]
    )
    def test_no_usable_answer_is_unknown(
        self, razorpay_simulator: RazorpaySimulator, kind: str
    ) -> None:
        razorpay_simulator.faults(kind, path="^/v1/orders$")
        with pytest.raises(gateway.Unknown):
            order()
        assert order()["status"] == "created"
        assert len(razorpay_simulator.state()["orders"]) == 1

    @pytest.mark.parametrize(("kind", "performed"), [("api.timeout", 1), ("api.hang", 0)])
    def test_silence_is_unknown_performed_or_not(
        self,
        razorpay_simulator: RazorpaySimulator,
        monkeypatch: pytest.MonkeyPatch,
        kind: str,
        performed: int,
    ) -> None:
        monkeypatch.setattr(gateway, "TIMEOUT", (1.0, 0.05))
        razorpay_simulator.faults(kind, seconds=5)
        with pytest.raises(gateway.Unknown):
            order()
        assert len(razorpay_simulator.state()["orders"]) == performed

    def test_a_slow_answer_is_an_answer(self, razorpay_simulator: RazorpaySimulator) -> None:
        razorpay_simulator.faults("api.slow", seconds=0.05)
        assert order()["status"] == "created"

    def test_a_lost_payout_is_found_again_with_its_key(
        self, razorpay_simulator: RazorpaySimulator
    ) -> None:
        account = fund_account()
        razorpay_simulator.faults("api.lost", path="^/v1/payouts$")
        with pytest.raises(gateway.Unknown):
            payout(account)
        assert payout(account)["status"] == "processing"
        assert len(razorpay_simulator.state()["payouts"]) == 1

    def test_wrong_keys_are_refused(
        self, razorpay_simulator: RazorpaySimulator, settings: Any
    ) -> None:
        settings.RAZORPAY_KEY_SECRET = "another"
        with pytest.raises(gateway.Refused) as refused:
            order()
        assert refused.value.status == 401

    def test_a_refusal_says_why(self, razorpay_simulator: RazorpaySimulator) -> None:
        with pytest.raises(gateway.Refused) as refused:
            order(amount_paise=99)
        error = refused.value
        assert (error.status, error.code, error.reason) == (
            400,
            "BAD_REQUEST_ERROR",
            "amount_less_than_minimum_amount",
        )
        assert error.description

    def test_nobody_listening_is_unknown(self, settings: Any) -> None:
        settings.RAZORPAY_BASE_URL = "http://127.0.0.1:9"
        with pytest.raises(gateway.Unknown):
            order()

    def test_the_sdk_prints_nothing(
        self, razorpay_simulator: RazorpaySimulator, capsys: pytest.CaptureFixture[str]
    ) -> None:
        razorpay_simulator.faults("api.reset")
        with pytest.raises(gateway.Unknown):
            order()
        assert capsys.readouterr().out == ""

    def test_a_redirect_is_not_followed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[Any] = []

        def request(self: Any, method: str, url: str, **kwargs: Any) -> requests.Response:
            asked.append(kwargs)
            answer = requests.Response()
            answer.status_code, answer._content = 302, b"{}"
            return answer

        monkeypatch.setattr(requests.Session, "request", request)
        with pytest.raises(gateway.Unknown):
            order()
        assert asked[0]["allow_redirects"] is False
        assert asked[0]["timeout"] == gateway.TIMEOUT

    def test_an_answer_that_is_no_entity_is_unknown(
        self, razorpay_simulator: RazorpaySimulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for answer in ("{}", {}, {"id": 7}, []):
            monkeypatch.setattr(gateway.client()._sdk.order, "fetch", lambda _, a=answer: a)
            with pytest.raises(gateway.Unknown):
                gateway.client().fetch_order("order_1")


class TestClient:
    def test_each_thread_has_its_own(self, razorpay_simulator: RazorpaySimulator) -> None:
        seen: list[gateway.Gateway] = []
        thread = threading.Thread(target=lambda: seen.append(gateway.client()))
        thread.start()
        thread.join()
        assert gateway.client() is gateway.client()
        assert seen[0] is not gateway.client()

    def test_asks_no_proxy(
        self, razorpay_simulator: RazorpaySimulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        assert order()["status"] == "created"


class TestSignatures:
    def test_test_vectors(self) -> None:
        assert gateway.verify_callback(
            "order_Sim0000000001A", "pay_Sim0000000001A", CALLBACK_SIGNATURE
        )
        assert len(WEBHOOK_BODY) == 320
        assert gateway.verify_webhook(WEBHOOK_BODY, WEBHOOK_SIGNATURE)

    def test_agrees_with_the_sdk(self, settings: Any) -> None:
        sdk = razorpay.Client(auth=(settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET))
        fields = {
            "razorpay_order_id": "order_Sim0000000001A",
            "razorpay_payment_id": "pay_Sim0000000001A",
            "razorpay_signature": CALLBACK_SIGNATURE,
        }
        assert sdk.utility.verify_payment_signature(fields)
        secret = settings.RAZORPAY_WEBHOOK_SECRETS[0]
        assert sdk.utility.verify_webhook_signature(
            WEBHOOK_BODY.decode(), WEBHOOK_SIGNATURE, secret
        )

    @pytest.mark.parametrize(
        "signature",
        [
            None,
            "",
            WEBHOOK_SIGNATURE.upper(),
            WEBHOOK_SIGNATURE[:-1],
            WEBHOOK_SIGNATURE + "\n",
            "é" * 64,
            "٣" * 64,
            "0" * 64,
            CALLBACK_SIGNATURE,
        ],
    )
    def test_anything_else_is_false(self, signature: Any) -> None:
        assert gateway.verify_webhook(WEBHOOK_BODY, signature) is False
        if signature != CALLBACK_SIGNATURE:
            assert not gateway.verify_callback(
                "order_Sim0000000001A", "pay_Sim0000000001A", signature
            )

    def test_strange_ids_are_false(self) -> None:
        assert not gateway.verify_callback("\udcff|", "é", CALLBACK_SIGNATURE)

    def test_one_changed_byte_is_false(self) -> None:
        assert not gateway.verify_webhook(WEBHOOK_BODY + b" ", WEBHOOK_SIGNATURE)
        assert not gateway.verify_webhook(b"\xff\xfe", WEBHOOK_SIGNATURE)

    def test_a_previous_secret_still_counts(self, settings: Any) -> None:
        settings.RAZORPAY_WEBHOOK_SECRETS = ["new", "sim_webhook_secret"]
        assert gateway.verify_webhook(WEBHOOK_BODY, WEBHOOK_SIGNATURE)
        settings.RAZORPAY_WEBHOOK_SECRETS = ["new"]
        assert not gateway.verify_webhook(WEBHOOK_BODY, WEBHOOK_SIGNATURE)

    def test_an_empty_secret_signs_nothing(self, settings: Any) -> None:
        settings.RAZORPAY_WEBHOOK_SECRETS = [""]
        empty = razorpay.Client(auth=("", "")).utility
        signature = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
        assert empty.verify_webhook_signature("", signature, "")
        assert not gateway.verify_webhook(b"", signature)

    def test_checkout_signs_what_we_accept(self, razorpay_simulator: RazorpaySimulator) -> None:
        created = order()
        handed = razorpay_simulator.pay(created["id"])
        assert gateway.verify_callback(
            created["id"], handed["razorpay_payment_id"], handed["razorpay_signature"]
        )
