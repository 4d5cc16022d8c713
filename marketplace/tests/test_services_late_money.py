"""Money that comes when the time to pay is over (scenario 15)."""

from datetime import timedelta

import pytest

from accounts.tests.factories import StaffFactory
from marketplace.models import SessionEvent, TutoringSession
from marketplace.services import bookings, sessions
from marketplace.tests.factories import (
    LeadAcceptedFactory,
    OfferFactory,
    book,
    order_for,
)
from marketplace.tests.hearing import kinds, run_news
from notifications.models import Message
from payments.models import Payment, PaymentOrder, Refund
from payments.services import freezes, ledger, orders, refund_decisions, wallets
from payments.tests.disputing import dispute_of, end
from payments.tests.factories import fund_wallet, open_order, pay
from tutorhub.core import clock, outbox
from tutors.models import TutorProfile

pytestmark = pytest.mark.django_db

Status = TutoringSession.Status


def expired_with_order():
    offer = OfferFactory()
    order = order_for(offer)
    with clock.at(offer.pay_by):
        bookings.expire(offer.pk)
    offer.refresh_from_db()
    order.refresh_from_db()
    assert offer.status == Status.EXPIRED
    return offer, order


@pytest.mark.scenario(15)
def test_late_money_books_the_class_while_the_slot_is_free():
    offer, order = expired_with_order()
    pay(order)
    run_news()
    offer.refresh_from_db()
    assert offer.status == Status.SCHEDULED
    assert ledger.balance("session_escrow", offer.pk) == 600_00
    assert not Refund.objects.exists()
    bookings.order_paid_late(order_id=order.pk, session_id=offer.pk)
    assert kinds(offer).count(SessionEvent.Kind.PAID) == 1


def expired_mixed_payment(*, is_released=True):
    """Of which nothing was paid so far; Razorpay was asked and has said so, or was not yet."""
    offer = OfferFactory()
    family = offer.learner.family.user
    fund_wallet(family, 200_00)
    order = open_order(bookings._order(offer, by=family, method="mixed"))
    with clock.at(offer.pay_by):
        for _ in range(2):
            bookings.expire(offer.pk)
    assert wallets.balance(family) == (0, 0)
    order = wallets.release_hold(order) if is_released else PaymentOrder.objects.get(pk=order.pk)
    assert order.hold == ("released" if is_released else "held")
    return offer, order, family


def test_a_late_mixed_payment_books_the_class_with_what_is_in_the_wallet():
    offer, order, family = expired_mixed_payment()
    pay(order)
    run_news()
    offer.refresh_from_db()
    assert offer.status == Status.SCHEDULED
    assert ledger.balance("session_escrow", offer.pk) == 600_00
    assert wallets.balance(family) == (0, 0)


def test_a_late_mixed_payment_books_the_class_with_what_is_still_held():
    offer, order, family = expired_mixed_payment(is_released=False)
    pay(order)
    run_news()
    offer.refresh_from_db()
    order.refresh_from_db()
    assert (offer.status, order.hold) == (Status.SCHEDULED, "used")
    assert ledger.balance("session_escrow", offer.pk) == 600_00
    assert (wallets.balance(family), ledger.balance("wallet_hold", order.pk)) == ((0, 0), 0)


def test_a_late_mixed_payment_and_what_is_held_go_back_when_the_slot_is_taken():
    offer, order, family = expired_mixed_payment(is_released=False)
    OfferFactory(lead=LeadAcceptedFactory(tutor=offer.tutor), start_at=offer.start_at)
    pay(order)
    run_news()
    offer.refresh_from_db()
    assert (offer.status, offer.order_id) == (Status.EXPIRED, None)
    assert Refund.objects.get().amount_paise == 400_00
    assert (wallets.balance(family), ledger.balance("wallet_hold", order.pk)) == ((200_00, 0), 0)


def test_a_late_mixed_payment_goes_back_when_the_wallet_was_spent():
    offer, order, family = expired_mixed_payment()
    other = OfferFactory(
        lead=LeadAcceptedFactory(enquiry__learner=offer.learner),
        start_at=offer.start_at + timedelta(days=1),
        price_paise=150_00,
    )
    bookings.start_payment(other, by=family, method="wallet")
    pay(order)
    run_news()
    offer.refresh_from_db()
    assert (offer.status, offer.order_id) == (Status.EXPIRED, None)
    assert Refund.objects.get().amount_paise == 400_00
    assert wallets.balance(family) == (50_00, 0)
    assert set(kinds(offer)) == {SessionEvent.Kind.EXPIRED, SessionEvent.Kind.MONEY_RETURNED}


def test_a_wallet_payment_for_a_class_that_cannot_be_booked_is_in_the_wallet_again():
    offer = OfferFactory()
    family = offer.learner.family.user
    fund_wallet(family, 600_00)
    bookings.start_payment(offer, by=family, method="wallet")
    TutorProfile.objects.filter(pk=offer.tutor_id).update(status=TutorProfile.Status.SUSPENDED)
    run_news()
    offer.refresh_from_db()
    assert offer.status == Status.CANCELLED
    assert wallets.balance(family) == (600_00, 0)
    assert not Refund.objects.exists()


@pytest.mark.scenario(15)
def test_late_money_goes_back_when_the_slot_is_taken():
    offer, order = expired_with_order()
    taken = OfferFactory(lead=LeadAcceptedFactory(tutor=offer.tutor), start_at=offer.start_at)
    pay(order)
    run_news()
    offer.refresh_from_db()
    taken.refresh_from_db()
    assert (offer.status, taken.status) == (Status.EXPIRED, Status.PENDING_PAYMENT)
    assert Refund.objects.get().amount_paise == 600_00
    assert ledger.balance("session_escrow", offer.pk) == 0
    bookings.order_paid_late(order_id=order.pk, session_id=offer.pk)
    assert Refund.objects.count() == 1


def test_late_money_that_finance_gave_back_first_books_nothing(monkeypatch):
    offer, order = expired_with_order()
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "receivers", {})
        payment = pay(order)
        refund_decisions.return_set_aside(payment, by=StaffFactory(group="finance"))
    bookings.order_paid_late(order_id=order.pk, session_id=offer.pk)
    offer.refresh_from_db()
    assert (offer.status, offer.order_id) == (Status.EXPIRED, None)
    assert Refund.objects.get().amount_paise == 600_00


def test_late_money_goes_back_when_the_time_is_past():
    offer, order = expired_with_order()
    with clock.at(offer.start_at + timedelta(minutes=1)):
        pay(order)
        run_news()
    offer.refresh_from_db()
    assert offer.status == Status.EXPIRED
    assert Refund.objects.count() == 1


def test_late_money_goes_back_when_the_family_has_booked_another():
    offer, order = expired_with_order()
    book(OfferFactory(lead=LeadAcceptedFactory(enquiry=offer.enquiry)))
    pay(order)
    run_news()
    offer.refresh_from_db()
    assert offer.status == Status.EXPIRED
    assert Refund.objects.count() == 1


def test_late_money_for_a_tutor_who_was_suspended_meanwhile_goes_back():
    offer, order = expired_with_order()
    TutorProfile.objects.filter(pk=offer.tutor_id).update(status=TutorProfile.Status.SUSPENDED)
    pay(order)
    run_news()
    offer.refresh_from_db()
    assert offer.status == Status.EXPIRED
    assert Refund.objects.get().amount_paise == 600_00


class TestABankAsksBeforeTheClassHears:
    """The news of late money waited, and meanwhile the payer's bank disputes it."""

    def paid_and_disputed(self, monkeypatch, order, **values):
        with monkeypatch.context() as patch:
            patch.setattr(outbox, "receivers", {})
            payment = pay(order)
            chargeback = dispute_of(payment, **values)
        return payment, chargeback

    def test_it_buys_nothing_while_the_bank_may_take_it(self, monkeypatch):
        offer, order = expired_with_order()
        payment, _chargeback = self.paid_and_disputed(monkeypatch, order)
        bookings.order_paid_late(order_id=order.pk, session_id=offer.pk)
        offer.refresh_from_db()
        assert (offer.status, offer.order_id) == (Status.EXPIRED, None)
        assert not Refund.objects.exists()
        assert ledger.balance("unapplied", payment.pk) == 600_00
        assert Message.objects.filter(template="money_waits").exists()
        assert not Message.objects.filter(template="money_returned").exists()

    @pytest.mark.parametrize(
        ("ends", "deducted", "sent"),
        [("won", 0, 600_00), ("closed", 0, 600_00), ("lost", 200_00, 400_00), ("lost", 600_00, 0)],
    )
    def test_what_the_bank_leaves_goes_back_by_itself(self, monkeypatch, ends, deducted, sent):
        offer, order = expired_with_order()
        payment, chargeback = self.paid_and_disputed(monkeypatch, order)
        bookings.order_paid_late(order_id=order.pk, session_id=offer.pk)
        end(chargeback, ends, deducted)
        run_news()
        assert sum(refund.amount_paise for refund in Refund.objects.all()) == sent
        payment.refresh_from_db()
        assert payment.place == Payment.Place.RETURNED
        assert ledger.balance("unapplied", payment.pk) == 0
        assert ledger.balance("chargeback_loss") == 0
        bookings.order_paid_late(order_id=order.pk, session_id=offer.pk)
        assert sum(refund.amount_paise for refund in Refund.objects.all()) == sent

    @pytest.mark.parametrize("ends", ["won", "lost"])
    def test_heard_when_the_bank_has_decided_it_books_nothing(self, monkeypatch, ends):
        offer, order = expired_with_order()
        _payment, chargeback = self.paid_and_disputed(monkeypatch, order)
        end(chargeback, ends)
        bookings.order_paid_late(order_id=order.pk, session_id=offer.pk)
        offer.refresh_from_db()
        assert (offer.status, offer.order_id) == (Status.EXPIRED, None)
        assert Refund.objects.count() == (ends == "won")

    def test_what_is_held_of_the_wallet_does_not_wait_for_the_bank(self, monkeypatch):
        offer, order, family = expired_mixed_payment(is_released=False)
        _payment, chargeback = self.paid_and_disputed(monkeypatch, order)
        bookings.order_paid_late(order_id=order.pk, session_id=offer.pk)
        assert (wallets.balance(family), Refund.objects.count()) == ((200_00, 0), 0)
        end(chargeback, "won")
        assert Refund.objects.get().amount_paise == 400_00
        assert wallets.balance(family) == (200_00, 0)

    def test_with_two_complaints_it_waits_for_the_last(self, monkeypatch):
        offer, order = expired_with_order()
        payment, first = self.paid_and_disputed(monkeypatch, order, amount=100_00)
        second = dispute_of(payment, amount=100_00)
        bookings.order_paid_late(order_id=order.pk, session_id=offer.pk)
        end(first, "won")
        assert not Refund.objects.exists()
        end(second, "won")
        assert Refund.objects.get().amount_paise == 600_00


@pytest.fixture
def paid_twice(monkeypatch):
    """A class that late money bought, and the other payment of the same family, heard of after."""
    offer = OfferFactory()
    family = offer.learner.family.user
    fund_wallet(family, 200_00)
    first = order_for(offer)
    second = open_order(orders.change_method(first, method="mixed", by=family))
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "receivers", {})
        payment = pay(second)
        pay(first)
    bookings.order_paid_late(order_id=first.pk, session_id=offer.pk)
    offer.refresh_from_db()
    assert (offer.status, offer.order_id) == (Status.SCHEDULED, first.pk)
    return offer, second, payment


class TestABankAsksAboutTheOtherPaymentOfAClass:
    def test_it_takes_what_went_into_the_wallet_and_not_the_class(self, paid_twice):
        offer, second, payment = paid_twice
        wallets.choose_refunds(second.payer, is_to_wallet=True, by=second.payer)
        bookings.order_paid(order_id=second.pk, session_id=offer.pk)
        assert wallets.balance(second.payer) == (600_00, 0)
        chargeback = dispute_of(payment)
        assert not freezes.is_frozen(offer.pk)
        end(chargeback, "lost")
        run_news()
        offer.refresh_from_db()
        assert offer.status == Status.SCHEDULED
        assert ledger.balance("session_escrow", offer.pk) == 600_00
        assert wallets.balance(second.payer) == (200_00, 0)
        assert ledger.balance("chargeback_loss") == 0

    @pytest.mark.parametrize(("ends", "back"), [("won", 400_00), ("lost", 0)])
    def test_what_waited_for_the_bank_goes_back_beside_the_class(self, paid_twice, ends, back):
        offer, second, payment = paid_twice
        chargeback = dispute_of(payment)
        bookings.order_paid(order_id=second.pk, session_id=offer.pk)
        assert not Refund.objects.exists()
        assert ledger.balance("session_escrow", offer.pk) == 1_200_00
        end(chargeback, ends)
        run_news()
        offer.refresh_from_db()
        assert offer.status == Status.SCHEDULED
        assert ledger.balance("session_escrow", offer.pk) == 600_00
        assert sum(refund.amount_paise for refund in Refund.objects.all()) == back
        assert wallets.balance(second.payer) == (200_00, 0)
        assert not freezes.is_frozen(offer.pk)

    def test_the_class_is_paid_out_when_its_time_came_meanwhile(self, paid_twice):
        """The freeze holds all the money of the class; its own release has come and gone."""
        offer, second, payment = paid_twice
        chargeback = dispute_of(payment)
        bookings.order_paid(order_id=second.pk, session_id=offer.pk)
        tutor = offer.tutor.user
        with clock.at(offer.start_at):
            offer = sessions.start(offer, by=tutor, code=offer.start_code)
        with clock.at(offer.end_at):
            sessions.complete(offer, by=tutor, code=offer.end_code)
        offer.refresh_from_db()
        with clock.at(offer.release_due_at):
            sessions.release(offer.pk)
            offer.refresh_from_db()
            assert offer.status == Status.COMPLETED
            end(chargeback, "lost")
            run_news()
        offer.refresh_from_db()
        assert offer.status == Status.RELEASED
        assert ledger.balance("session_escrow", offer.pk) == 0


@pytest.mark.parametrize(("ends", "back"), [("won", 600_00), ("lost", 0)])
def test_money_for_a_withdrawn_offer_waits_for_the_bank_and_then_goes_back(monkeypatch, ends, back):
    offer = OfferFactory()
    order = order_for(offer)
    TutorProfile.objects.filter(pk=offer.tutor_id).update(status=TutorProfile.Status.SUSPENDED)
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "receivers", {})
        chargeback = dispute_of(pay(order))
    bookings.order_paid(order_id=order.pk, session_id=offer.pk)
    offer.refresh_from_db()
    assert (offer.status, Refund.objects.count()) == (Status.CANCELLED, 0)
    assert Message.objects.filter(template="money_waits", user_id=order.payer_id).exists()
    end(chargeback, ends)
    run_news()
    assert sum(refund.amount_paise for refund in Refund.objects.all()) == back
    assert ledger.balance("session_escrow", offer.pk) == 0
