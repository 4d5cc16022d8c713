"""The pages of a family's wallet, payments and refunds."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.test import Client

from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from payments.models import PaymentOrder, Refund
from payments.queries.payments import add_working_days, expected_by, payment_page, steps
from payments.queries.wallets import PAGE, wallet_page, wants_refunds
from payments.services import orders, refund_decisions, refunds, wallets
from payments.tests.factories import failed_refund, fund_wallet, make_order, pay
from payments.tests.paying import opened
from tutorhub.core import clock

pytestmark = pytest.mark.django_db

MOST_QUERIES = 8


def browse(user) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.PhoneBackend")
    return client


def text(answer) -> str:
    return answer.content.decode().replace("\xa0", " ")


@pytest.fixture
def family():
    return FamilyUserFactory()


class TestWallet:
    def test_for_families_only(self, family):
        assert "/signin/" in Client().get("/wallet/").url
        assert browse(TutorUserFactory()).get("/wallet/").status_code == 403
        assert browse(family).get("/wallet/").status_code == 200

    def test_what_is_in_it(self, family, django_assert_max_num_queries):
        fund_wallet(family, 600_00, promo_paise=50_00)
        make_order(payer=family, amount_paise=1_000_00, method="mixed")
        fund_wallet(family, 300_00)
        client = browse(family)
        with django_assert_max_num_queries(MOST_QUERIES):
            page = text(client.get("/wallet/"))
        for said in ("₹ 300", "₹ 650", "Set aside", "+ ₹ 600.00", "- ₹ 650.00", "gift: - ₹ 50.00"):
            assert said in page, said

    def test_where_refunds_go(self, family):
        client = browse(family)
        for chosen in (True, False):
            value = "wallet" if chosen else "source"
            page = client.post("/wallet/refunds/", {"goes_to": value}, follow=True)
            assert page.context["choice"].initial == {"goes_to": value}
            assert wants_refunds(family) is chosen
        client.post("/wallet/refunds/", {"goes_to": "elsewhere"})
        assert wants_refunds(family) is False

    def test_adding_leads_to_the_checkout(self, family, razorpay_simulator):
        client = browse(family)
        answer = client.post("/wallet/", {"amount": "500.50"})
        assert 'data-amount="50050"' in text(client.get(answer.url))
        order = PaymentOrder.objects.get()
        pay(order)
        assert "The money is in your wallet" in text(client.get(f"/checkout/{order.pk}/result/"))
        assert wallets.balance(family) == (500_50, 0)

    @pytest.mark.parametrize("amount", ["", "x", "99.99", "10000.01", "1e9", "-5", "100.001"])
    def test_wrong_amounts_are_said_beside_the_field(self, family, amount):
        answer = browse(family).post("/wallet/", {"amount": amount})
        assert answer.status_code == 200
        assert answer.context["form"].errors["amount"]
        assert not PaymentOrder.objects.exists()

    def test_switched_off(self, family, settings):
        settings.WALLET_TOPUPS = False
        client = browse(family)
        assert "Nothing can be added now" in text(client.get("/wallet/"))
        answer = client.post("/wallet/", {"amount": "500"})
        assert "cannot be added" in str(answer.context["form"].errors)

    def test_the_history_adds_up_over_its_pages(self, family, django_assert_max_num_queries):
        fund_wallet(family, 9_000_00, promo_paise=50_00)
        for _ in range(12):
            orders.return_paid(make_order(payer=family, amount_paise=100_00, method="wallet"))
        seen, before = [], None
        while True:
            with django_assert_max_num_queries(MOST_QUERIES - 2):
                page = wallet_page(family, before=before)
            seen += page.rows
            before = page.next_before
            if before is None:
                break
        assert len(seen) == 26 > PAGE
        assert seen[0].balance == wallets.balance(family)
        for newer, older in pairwise(seen):
            assert newer.balance.cash_paise - newer.cash_paise == older.balance.cash_paise
            assert newer.balance.promo_paise - newer.promo_paise == older.balance.promo_paise
        assert seen[-1].balance.total_paise == seen[-1].change_paise
        assert browse(family).get(f"/wallet/?before={seen[PAGE - 1].id}").status_code == 200

    def test_a_place_in_the_list_is_an_id(self, family):
        assert browse(family).get("/wallet/?before=1%20OR%201").status_code == 404


class TestCheckoutWithAWallet:
    def test_without_a_balance_there_is_no_offer(self, family):
        order = make_order(payer=family)
        assert "wallet-offer" not in text(browse(family).get(f"/checkout/{order.pk}/"))

    def test_a_part_is_offered_to_the_paisa(self, family, razorpay_simulator, drain):
        fund_wallet(family, 300_50, promo_paise=20_25)
        order = opened(payer=family)
        client = browse(family)
        page = text(client.get(f"/checkout/{order.pk}/"))
        for said in ("Use ₹ 320.75 from the wallet", "₹ 20.25", "₹ 300.50", "₹ 679.25"):
            assert said in page, said
        answer = client.post(f"/checkout/{order.pk}/method/", {"method": "mixed"})
        page = text(client.get(answer.url))
        assert 'data-amount="67925"' in page
        assert wallets.balance(family) == (0, 0)
        mixed = PaymentOrder.objects.latest("pk")
        assert "Set aside until you pay the rest" in text(client.get("/wallet/"))
        back = client.post(f"/checkout/{mixed.pk}/give-up/")
        assert back.url == f"/classes/{order.purpose_id}/"
        assert wallets.balance(family) == (0, 0)
        page = text(client.get("/wallet/"))
        assert "Maths, 1 h: ₹ 320.75" in page
        assert "as soon as the bank has confirmed that nothing was paid" in page
        drain()
        assert "has confirmed" not in text(client.get("/wallet/"))
        assert wallets.balance(family) == (300_50, 20_25)

    def test_all_of_it_is_paid_at_once(self, family, razorpay_simulator):
        fund_wallet(family, 1_200_00)
        order = opened(payer=family)
        client = browse(family)
        assert "Pay ₹ 1,000 from the wallet" in text(client.get(f"/checkout/{order.pk}/"))
        answer = client.post(f"/checkout/{order.pk}/method/", {"method": "wallet"}, follow=True)
        assert "We hold the money until the class has happened" in text(answer)
        assert wallets.balance(family) == (200_00, 0)
        again = client.post(f"/checkout/{order.pk}/method/", {"method": "wallet"}, follow=True)
        assert again.status_code == 200
        assert wallets.balance(family) == (200_00, 0)

    def test_a_gateway_that_is_away_leaves_an_order_to_try_again(self, family, razorpay_simulator):
        fund_wallet(family, 300_00)
        order = opened(payer=family)
        razorpay_simulator.faults("api.500", method="POST", path="orders")
        client = browse(family)
        answer = client.post(f"/checkout/{order.pk}/method/", {"method": "mixed"}, follow=True)
        assert "Try again" in text(answer)

    def test_other_methods_are_not_found(self, family):
        order = make_order(payer=family)
        answer = browse(family).post(f"/checkout/{order.pk}/method/", {"method": "gold"})
        assert answer.status_code == 404


class TestPayments:
    def test_the_list(self, family, django_assert_max_num_queries):
        fund_wallet(family, 300_00)
        for _ in range(3):
            pay(make_order(payer=family))
        given_up = make_order(payer=family, amount_paise=777_00)
        orders.give_up(given_up, by=family)
        client = browse(family)
        with django_assert_max_num_queries(MOST_QUERIES):
            page = text(client.get("/payments/"))
        assert page.count("₹ 1,000.00") == 3
        assert "₹ 777" not in page

    def test_pages_of_the_list(self, family):
        for _ in range(21):
            pay(make_order(payer=family))
        client = browse(family)
        first = client.get("/payments/")
        assert len(first.context["orders"]) == 20
        assert len(client.get(f"/payments/{first.context['next_url']}").context["orders"]) == 1

    def test_a_payment_with_everything(self, family, django_assert_max_num_queries):
        fund_wallet(family, 300_00, promo_paise=50_00)
        order = make_order(payer=family, method="mixed")
        payment = pay(order)
        order.refresh_from_db()
        refunds.refund_order(order, reason="test", amount_paise=500_00)
        client = browse(family)
        with django_assert_max_num_queries(MOST_QUERIES):
            page = text(client.get(f"/payments/{order.pk}/"))
        for said in (payment.razorpay_payment_id, "Refund of ₹ 342.11", "₹ 157.89", "₹ 650.00"):
            assert said in page, said
        assert browse(FamilyUserFactory()).get(f"/payments/{order.pk}/").status_code == 404

    def test_a_failed_refund_is_taken_as_credit(self, family):
        refund = failed_refund(family)
        client = browse(family)
        path = f"/payments/{refund.payment.order_id}/"
        assert "Put ₹ 1,000 into my wallet" in text(client.get(path))
        assert (
            browse(FamilyUserFactory()).post(f"/refunds/{refund.pk}/to-wallet/").status_code == 404
        )
        answer = client.post(f"/refunds/{refund.pk}/to-wallet/")
        assert answer.url == path
        assert wallets.balance(family) == (1_000_00, 0)
        page = text(client.get(path))
        assert "Put into your wallet" in page
        assert "into my wallet" not in page


class TestWhereARefundIs:
    def now(self, refund, **values) -> str:
        for name, value in values.items():
            setattr(refund, name, value)
        return next(s.title for s in steps(refund, was_retried=False) if s.state == "now")

    @pytest.fixture
    def refund(self, family):
        order = make_order(payer=family)
        pay(order)
        return orders.return_paid(order).gateway_refund

    def test_on_its_way(self, refund):
        assert self.now(refund) == "With Razorpay"
        assert self.now(refund, status="UNKNOWN") == "With Razorpay"
        assert self.now(refund, status="PENDING") == "With Razorpay"
        day = clock.now()
        assert self.now(refund, status="PROCESSED", closed_at=day) == "With your bank"
        with clock.at(day + timedelta(days=30)):
            assert self.now(refund) == "In your account"

    def test_the_day_and_the_reference(self, refund):
        refunds.record(
            refund,
            {"id": "rfnd_1", "status": "processed", "acquirer_data": {"arn": "74332745678"}},
        )
        refund.refresh_from_db()
        assert refund.bank_reference == "74332745678"
        last = steps(refund, was_retried=False)[-1]
        assert "74332745678" in last.text
        assert str(expected_by(refund).year) in last.text

    def test_a_reference_that_comes_later_is_kept(self, refund):
        for data in ({"arn": None}, {"rrn": "123"}, []):
            refunds.record(refund, {"id": "rfnd_1", "status": "processed", "acquirer_data": data})
        refund.refresh_from_db()
        assert refund.bank_reference == "123"

    def test_working_days(self):
        friday = clock.today()
        while friday.weekday() != 4:
            friday += timedelta(days=1)
        assert (add_working_days(friday, 7) - friday).days == 11

    def test_sent_again(self, family, finance):
        refund = failed_refund(family)
        refund_decisions.retry(refund, by=finance)
        page = payment_page(PaymentOrder.objects.get(pk=refund.payment.order_id))
        assert [view.refund.status for view in page.refunds] == ["FAILED", "INITIATED"]
        assert not any(view.can_take_as_credit for view in page.refunds)
        assert Refund.objects.count() == 2
