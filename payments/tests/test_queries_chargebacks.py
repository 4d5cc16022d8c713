"""Chargebacks on the pages about money: payments of families, earnings of tutors; their reasons."""

import pytest
from django.test import Client
from django.utils import translation
from rest_framework.test import APIClient

from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from payments.models import Payment
from payments.queries import chargebacks, debts, reasons
from payments.services import ledger, orders, wallets
from payments.tests import factories
from payments.tests.disputing import (
    class_in,
    dispute_of,
    end,
    payment_of,
    topped_up,
)

pytestmark = pytest.mark.django_db


def browse(user) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.PhoneBackend")
    return client


def api(user) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


class TestReasons:
    @pytest.mark.parametrize(
        ("code", "meaning"),
        [
            ("goods_or_services_not_received_or_partially_received", "not_received"),
            ("services_not_received", "not_received"),
            ("13.1", "not_received"),
            ("rzp02", "without_permission"),
            ("1064", "not_received"),
            ("128", "without_permission"),
            ("4834", "twice"),
            ("non_matching_account_number", "technical"),
            ("processed_invalid_expired_card", "technical"),
            ("credit-not-processed", "refund_missing"),
            ("cardholder_does_not_recognise", "not_recognised"),
            ("chargeback", "unknown"),
            ("pre_arbitration", "unknown"),
            ("", "unknown"),
        ],
    )
    def test_codes_and_names(self, code, meaning):
        assert reasons.meaning_of(code) == meaning

    def test_every_code_has_a_sentence_in_both_languages(self):
        assert set(reasons.BY_CODE.values()) | {"unknown"} == set(reasons.SENTENCES)
        assert {meaning for meaning, _ in reasons.WORDS} <= set(reasons.SENTENCES)
        for sentence in reasons.SENTENCES.values():
            with translation.override("hi"):
                assert str(sentence) != sentence_in_english(sentence)

    def test_no_code_means_two_things(self):
        codes = [code for listed in reasons.CODES.values() for code in listed.split()]
        assert len(codes) == len(set(codes))


def sentence_in_english(sentence) -> str:
    with translation.override("en"):
        return str(sentence)


class TestPayer:
    def test_an_open_one_about_a_class(self):
        order = factories.make_order()
        payment = factories.pay(order)
        dispute_of(payment, reason_code="13.1")
        html = browse(order.payer).get(f"/payments/{order.pk}/").text
        assert "Your bank questions ₹\u00a01,000 of this payment" in html
        assert "frozen until then" in html
        assert "The class or service was not given" in html
        assert "13.1" not in html
        body = api(order.payer).get(f"/api/v1/payments/{order.pk}").json()
        (one,) = body["chargebacks"]
        assert (one["status"], one["reason"], one["money"]) == ("open", "not_received", [])
        assert one["todo"]

    def test_a_top_up_is_not_frozen(self):
        payment = topped_up(FamilyUserFactory())
        dispute_of(payment)
        (one,) = chargebacks.of_order(payment.order)
        assert not any("frozen" in text for text in one.texts)

    def test_lost_in_part(self):
        order = factories.make_order()
        payment = factories.pay(order)
        end(dispute_of(payment), "lost", 40_000)
        html = browse(order.payer).get(f"/payments/{order.pk}/").text
        assert "Your bank has taken ₹\u00a0400 back" in html
        assert "cannot give it back a second time" in html

    def test_lost_money_that_was_in_the_wallet(self):
        family = FamilyUserFactory()
        payment = topped_up(family)
        end(dispute_of(payment), "lost")
        (one,) = chargebacks.of_order(payment.order)
        assert any("has been taken out of it" in text for text in one.texts)

    def test_lost_money_that_was_spent_is_owed(self):
        family = FamilyUserFactory()
        payment = topped_up(family)
        order = factories.make_order(payer=family, method="wallet", amount_paise=70_000)
        assert order.is_paid
        end(dispute_of(payment), "lost")
        (one,) = chargebacks.of_order(payment.order)
        assert any("You owe ₹\u00a0700 now" in text for text in one.texts)

    def test_a_bank_that_asks_again(self):
        payment = factories.pay(factories.make_order())
        end(dispute_of(payment), "won")
        dispute_of(payment, phase="pre_arbitration")
        again, before = chargebacks.of_order(payment.order)
        assert "asked again" in again.reason
        assert (again.tone, before.tone) == ("DISPUTED", "RESOLVED")

    def test_what_was_given_back_is_not_said_to_stay_paid(self):
        payment = factories.pay(factories.make_order())
        order = payment.order
        chargeback = dispute_of(payment)
        (one,) = chargebacks.of_order(order)
        assert any("comes back to you" in text for text in one.texts)
        end(chargeback, "won")
        wallets.choose_refunds(order.payer, is_to_wallet=True, by=order.payer)
        orders.return_paid(order)
        (one,) = chargebacks.of_order(order)
        assert (one.title, one.label) == (
            "Your bank has closed the matter: we give the money back",
            "Given back",
        )
        (one,) = chargebacks.of_class(order.purpose_id, TutorUserFactory())
        assert one.label == "Given back"
        assert not any("goes on as planned" in text for text in one.texts)

    def test_late_money_waits_for_the_bank_and_not_for_our_staff(self):
        order = factories.make_order()
        orders.expire_for(purpose=order.purpose, purpose_id=order.purpose_id)
        chargeback = dispute_of(factories.pay(order))
        html = browse(order.payer).get(f"/payments/{order.pk}/").text
        assert "what your bank leaves of it comes back to you" in html
        assert "Our staff look at it" not in html
        end(chargeback, "closed")
        html = browse(order.payer).get(f"/payments/{order.pk}/").text
        assert "we give the money back" in html
        assert "Refund of ₹\u00a01,000.00" in html

    def test_it_takes_one_query(self, django_assert_num_queries):
        order = factories.make_order()
        dispute_of(factories.pay(order))
        with django_assert_num_queries(1):
            chargebacks.of_order(order)


class TestTutor:
    @pytest.mark.parametrize(
        ("place", "rows"),
        [
            ("held", [82_300]),
            ("released", [82_300]),
            ("paid_out", [0, 82_300]),
        ],
    )
    def test_what_is_frozen(self, place, rows, tutor):
        session, payment = class_in(place, tutor)
        dispute_of(payment)
        (one,) = chargebacks.of_tutor(tutor)
        assert [paise for _label, paise in one.rows] == rows
        html = browse(tutor).get("/earnings/").text
        assert "Payments that banks question" in html
        assert f"/classes/{session}/" in html

    def test_after_a_lost_one_the_debt_and_each_recovery(self, tutor):
        session, payment = class_in("paid_out", tutor)
        end(dispute_of(payment), "lost")
        later = factories.earn(tutor, 50_000)
        last = factories.earn(tutor, 90_000)
        rows = debts.of_tutor(tutor)
        # The tutor's part of 50,000 is 41,150, which leaves 41,150 of 82,300.
        assert [(row.paise, row.left_paise) for row in rows] == [
            (-41_150, 0),
            (-41_150, 41_150),
            (82_300, 82_300),
        ]
        assert [row.session_id for row in rows] == [last, later, session]
        html = browse(tutor).get("/earnings/").text
        assert "What you owed, and how it came in" in html
        body = api(tutor).get("/api/v1/tutors/earnings").json()
        assert [row["paise"] for row in body["debts"]] == [-41_150, -41_150, 82_300]
        assert body["chargebacks"][0]["session"] == str(session)
        assert body["chargebacks"][0]["money"] == [
            {"what": "To come off your next earnings", "paise": 82_300}
        ]

    def test_what_a_thaw_recovers_names_its_class(self, tutor):
        session, payment = class_in("released", tutor)
        opened = dispute_of(payment)
        _spent, other = class_in("paid_out", tutor)
        end(dispute_of(other), "lost")
        assert ledger.balance("tutor_receivable", tutor.pk) > 0
        end(opened, "won")
        assert debts.of_tutor(tutor)[0].session_id == session

    def test_a_won_one_says_since_when_it_is_free(self, tutor):
        _session, payment = class_in("released", tutor)
        end(dispute_of(payment), "won")
        (one,) = chargebacks.of_tutor(tutor)
        assert "is yours again since" in one.texts[0]
        assert "₹\u00a0823" in browse(tutor).get("/earnings/").text

    def test_other_tutors_see_nothing(self, tutor):
        _session, payment = class_in("held", tutor)
        dispute_of(payment)
        other = TutorUserFactory()
        factories.earn(other)
        assert chargebacks.of_tutor(other) == []
        assert "Payments that banks question" not in browse(other).get("/earnings/").text

    def test_many_take_as_few_queries_as_one(self, tutor, django_assert_num_queries):
        for _ in range(3):
            dispute_of(payment_of(factories.earn(tutor)))
        with django_assert_num_queries(4):
            assert len(chargebacks.of_tutor(tutor)) == 3


def test_hindi_says_all_of_it(tutor):
    """Not one English sentence is left where the reader asked for Hindi."""
    with translation.override("hi"):
        for place, status, deducted in [
            ("held", "open", 0),
            ("released", "won", 0),
            ("paid_out", "lost", 100_000),
        ]:
            _session, payment = class_in(place, tutor)
            opened = dispute_of(payment)
            if status != "open":
                end(opened, status, deducted)
            order = Payment.objects.get(pk=payment.pk).order
            for one in [*chargebacks.of_order(order), *chargebacks.of_tutor(tutor)]:
                said = [one.title, one.label, one.reason, *one.texts, *one.todo]
                said += [label for label, _paise in one.rows]
                said += [word for step in one.steps for word in (step.title, step.text) if word]
                english = [words for words in said if words.isascii()]
                assert english == []
        assert not any(row.title.isascii() for row in debts.of_tutor(tutor))
