"""The pages of money: access, wiring, what they show, how often they ask the database."""

import re

import pytest
from django.test import Client

from accounts.tests.cast import trust
from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from payments.models import PaymentOrder, Payout
from payments.services import credits, earnings, orders, payout_methods
from payments.tests import factories
from payments.tests.paying import opened
from tutorhub.core.tests.threads import run_together

pytestmark = pytest.mark.django_db

TUTOR_PAGES = ["/credits/", "/earnings/", "/payouts/", "/payout-method/", "/tax-profile/"]
MOST_QUERIES = 8


def browse(user) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.PhoneBackend")
    trust(client, user)
    return client


@pytest.fixture
def tutor(settings):
    settings.PAYOUT_FIRST_WAIT = factories.timedelta(0)
    return factories.rich_tutor(200_000)


@pytest.mark.parametrize("path", TUTOR_PAGES)
class TestTutorPages:
    def test_access(self, path):
        assert "/signin/" in Client().get(path).url
        assert browse(FamilyUserFactory()).get(path).status_code == 403

    def test_it_shows(self, path, tutor):
        assert browse(tutor).get(path).status_code == 200
        assert browse(TutorUserFactory()).get(path).status_code == 200

    def test_it_asks_little(self, path, tutor, django_assert_max_num_queries):
        factories.earn(tutor)
        factories.give_credits(tutor)
        factories.payouts_request(tutor)
        factories.payouts_request(tutor)
        client = browse(tutor)
        with django_assert_max_num_queries(MOST_QUERIES):
            client.get(path)


class TestCredits:
    def test_buying_leads_to_the_checkout(self, tutor, razorpay_simulator):
        answer = browse(tutor).post("/credits/buy/", {"pack": "pack-10"})
        page = browse(tutor).get(answer.url)
        assert 'data-amount="58882"' in page.content.decode()

    def test_a_gateway_that_is_away_is_said(self, tutor, razorpay_simulator):
        razorpay_simulator.faults("api.500", method="POST", path="orders")
        answer = browse(tutor).post(
            "/credits/buy/", {"pack": "pack-10"}, headers={"referer": "http://testserver/credits/"}
        )
        assert answer.url == "http://testserver/credits/"


class TestCheckout:
    @pytest.fixture
    def order(self, razorpay_simulator):
        return opened()

    def test_not_yours_is_not_found(self, order):
        stranger = browse(FamilyUserFactory())
        assert stranger.get(f"/checkout/{order.pk}/").status_code == 404
        assert stranger.get(f"/checkout/{order.pk}/result/").status_code == 404

    def test_the_policy_lets_checkout_in_here_and_nowhere_else(self, order, settings):
        client = browse(order.payer)
        origin = settings.CHECKOUT_ORIGINS[0]
        answer = client.get(f"/checkout/{order.pk}/")
        policy = answer["Content-Security-Policy"]
        for directive in ("script-src", "frame-src", "connect-src"):
            part = next(p for p in policy.split(";") if p.strip().startswith(directive))
            assert origin in part, directive
        assert "unsafe" not in policy
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin-allow-popups"
        other = client.get(f"/checkout/{order.pk}/result/")["Content-Security-Policy"]
        assert "frame-src" not in other

    def test_the_page_asks_little(self, order, django_assert_max_num_queries):
        client = browse(order.payer)
        with django_assert_max_num_queries(MOST_QUERIES):
            client.get(f"/checkout/{order.pk}/")
        with django_assert_max_num_queries(MOST_QUERIES):
            client.get(f"/checkout/{order.pk}/result/")

    def test_the_way_back_without_cookies(self, order, razorpay_simulator):
        handed = razorpay_simulator.pay(order.razorpay_order_id)
        answer = Client(enforce_csrf_checks=True).post("/checkout/callback", handed)
        assert answer.url == f"/checkout/{order.pk}/result/"
        order.refresh_from_db()
        assert order.status == "PAID"
        page = browse(order.payer).get(answer.url).content.decode()
        assert f"/classes/{order.purpose_id}/" in page
        assert browse(order.payer).get(f"/checkout/{order.pk}/").url == answer.url

    def test_a_failed_payment_can_be_tried_again(self, order, razorpay_simulator):
        handed = razorpay_simulator.pay(order.razorpay_order_id, "fail")
        error = handed["error"]
        fields = {
            "error[code]": error["code"],
            "error[metadata][order_id]": order.razorpay_order_id,
        }
        answer = Client().post("/checkout/callback", fields)
        assert answer.url == f"/checkout/{order.pk}/result/"

    def test_a_forged_return_is_refused(self, order):
        fields = {
            "razorpay_order_id": order.razorpay_order_id,
            "razorpay_payment_id": "pay_1",
            "razorpay_signature": "0" * 64,
        }
        assert Client().post("/checkout/callback", fields).status_code == 422

    def test_an_order_nobody_knows(self):
        assert Client().post("/checkout/callback", {"razorpay_order_id": "x"}).status_code == 404

    @pytest.mark.parametrize("outcome", ["fail", "authorize"])
    def test_what_is_not_paid_is_not_called_paid(self, order, razorpay_simulator, outcome):
        razorpay_simulator.pay(order.razorpay_order_id, outcome)
        page = browse(order.payer).get(f"/checkout/{order.pk}/result/").content.decode()
        assert "alert success" not in page

    def test_an_expired_order_has_no_button(self, order):
        orders.expire_for(purpose="session", purpose_id=order.purpose_id)
        page = browse(order.payer).get(f"/checkout/{order.pk}/").content.decode()
        assert 'id="pay"' not in page

    def test_an_order_that_could_not_be_opened_is_opened_by_trying_again(
        self, razorpay_simulator, tutor
    ):
        order = credits.start_topup(pack=credits.packs()[0], by=tutor)
        client = browse(tutor)
        assert "Try again" in client.get(f"/checkout/{order.pk}/").content.decode()
        client.post(f"/checkout/{order.pk}/")
        order.refresh_from_db()
        assert order.status == "OPEN"


class TestPayouts:
    def test_asking_and_taking_back(self, tutor):
        client = browse(tutor)
        assert client.post("/payouts/", {"amount": "800"}).status_code == 302
        payout = Payout.objects.get()
        assert payout.amount_paise == 80_000
        client.post(f"/payouts/{payout.pk}/cancel/")
        assert earnings.summary(tutor).available_paise == 164_600

    @pytest.mark.parametrize("amount", ["1", "99999", "x", "-5", "800.001"])
    def test_what_cannot_be_is_said_on_the_form(self, tutor, amount):
        answer = browse(tutor).post("/payouts/", {"amount": amount})
        assert answer.status_code == 200
        assert answer.context["form"].errors
        assert Payout.objects.count() == 0

    def test_another_tutors_payout_is_not_found(self, tutor):
        payout = factories.payouts_request(tutor)
        stranger = browse(TutorUserFactory())
        assert stranger.post(f"/payouts/{payout.pk}/cancel/").status_code == 404

    def test_the_account_is_saved_or_the_field_named(self):
        tutor = TutorUserFactory()
        client = browse(tutor)
        details = {"kind": "upi", "holder_name": "Ravi Kumar", "vpa": "ravi@okbank"}
        wrong = client.post("/payout-method/", {**details, "pan": "1"})
        assert "pan" in wrong.context["form"].errors
        assert client.post("/payout-method/", {**details, "pan": "ABCDE1234F"}).status_code == 302
        assert payout_methods.current(tutor).vpa == "ravi@okbank"


def key_on(page: str) -> str:
    return re.search(r'name="idempotency_key" value="([^"]+)"', page)[1]


def test_two_clicks_on_one_page_ask_for_one_payout(tutor):
    client = browse(tutor)
    key = key_on(client.get("/payouts/").content.decode())
    for _click in range(2):
        answer = client.post("/payouts/", {"amount": "500", "idempotency_key": key})
        assert (answer.status_code, answer["Location"]) == (302, "/payouts/")
    assert Payout.objects.filter(tutor=tutor).count() == 1
    assert key not in client.get("/payouts/").content.decode()


def test_an_amount_that_was_wrong_can_be_put_right_on_the_same_page(tutor):
    client = browse(tutor)
    key = key_on(client.get("/payouts/").content.decode())
    assert client.post("/payouts/", {"amount": "1", "idempotency_key": key}).status_code == 200
    assert client.post("/payouts/", {"amount": "500", "idempotency_key": key}).status_code == 302
    assert Payout.objects.get().amount_paise == 500_00


def test_another_amount_from_a_page_that_was_sent_asks_for_nothing(tutor):
    client = browse(tutor)
    key = key_on(client.get("/payouts/").content.decode())
    client.post("/payouts/", {"amount": "500", "idempotency_key": key})
    again = client.post("/payouts/", {"amount": "600", "idempotency_key": key})
    assert again.status_code == 422
    assert Payout.objects.get().amount_paise == 500_00


@pytest.mark.django_db(transaction=True)
def test_many_clicks_at_the_same_moment_ask_for_one_payout(tutor):
    key = key_on(browse(tutor).get("/payouts/").content.decode())
    clients = [browse(tutor) for _ in range(6)]
    answers = run_together(
        6, lambda n: clients[n].post("/payouts/", {"amount": "500", "idempotency_key": key})
    )
    assert {answer.status_code for answer in answers} == {302}
    assert Payout.objects.count() == 1


def test_two_clicks_buy_one_pack(tutor, razorpay_simulator):
    client = browse(tutor)
    key = key_on(client.get("/credits/").content.decode())
    bought = [
        client.post("/credits/buy/", {"pack": "pack-10", "idempotency_key": key}) for _ in range(2)
    ]
    assert bought[0]["Location"] == bought[1]["Location"]
    assert PaymentOrder.objects.filter(payer=tutor).count() == 1
