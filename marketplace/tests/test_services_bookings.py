from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.tests.factories import StaffFactory
from curriculum.models import Board
from marketplace import policies
from marketplace.models import Enquiry, Lead, SessionEvent, TutoringSession
from marketplace.services import bookings, sessions
from marketplace.tests.factories import (
    EnquiryFactory,
    HomeOfferFactory,
    LeadAcceptedFactory,
    LeadFactory,
    OfferFactory,
    book,
    make_scheduled,
    order_for,
)
from marketplace.tests.hearing import kinds, run_news
from notifications.models import Message
from payments.models import Payment, PaymentOrder, Refund
from payments.services import captures, earnings, ledger, orders, refund_decisions, wallets
from payments.tests.factories import fund_wallet, pay
from students.tests.factories import add_guardian
from tutorhub.core import clock, outbox
from tutors.services import profiles
from tutors.services.profiles import OfferingDetails, ProfileDetails

pytestmark = pytest.mark.django_db

Status = TutoringSession.Status


def test_paying_opens_one_order_at_the_gateway(razorpay_simulator):
    offer = OfferFactory()
    family = offer.learner.family.user
    order = bookings.start_payment(offer, by=family)
    assert order.razorpay_order_id
    assert (order.amount_paise, order.payer) == (600_00, family)
    assert bookings.start_payment(offer, by=family).pk == order.pk


def test_the_other_guardian_waits_while_one_is_paying(razorpay_simulator):
    offer = OfferFactory()
    second = add_guardian(offer.learner.family).user
    theirs = bookings.start_payment(offer, by=offer.learner.family.user)
    with pytest.raises(orders.AnotherPays):
        bookings.start_payment(offer, by=second)
    orders.give_up(theirs, by=theirs.payer)
    assert bookings.start_payment(offer, by=second).payer == second


def left_alone(offer: TutoringSession, **values) -> PaymentOrder:
    """The first guardian's order, and half an hour later."""
    order = bookings.start_payment(offer, by=offer.learner.family.user, **values)
    begun = clock.now() - timedelta(minutes=30)
    PaymentOrder.objects.filter(pk=order.pk).update(created_at=begun)
    return order


def test_what_the_first_guardian_left_alone_makes_way(razorpay_simulator, drain):
    offer = OfferFactory()
    fund_wallet(offer.learner.family.user, 200_00)
    theirs = left_alone(offer, method="mixed")
    second = add_guardian(offer.learner.family).user
    order = bookings.start_payment(offer, by=second)
    assert order.payer == second
    theirs.refresh_from_db()
    assert theirs.status == PaymentOrder.Status.EXPIRED
    # What it held of the first guardian's wallet is theirs again.
    assert wallets.balance(theirs.payer).cash_paise == 200_00
    # And if that page is paid after all, the money goes back.
    razorpay_simulator.pay(order.razorpay_order_id)
    captures.ask_about(order)
    razorpay_simulator.pay(theirs.razorpay_order_id)
    captures.ask_about(theirs)
    drain()
    offer.refresh_from_db()
    assert offer.order_id == order.pk
    assert Refund.objects.get(payment__order=theirs).amount_paise == theirs.amount_paise


def pays(razorpay_simulator, order: PaymentOrder) -> None:
    razorpay_simulator.pay(order.razorpay_order_id)
    captures.ask_about(order)


def test_late_money_that_fits_no_more_leaves_the_class_to_who_is_paying(razorpay_simulator, drain):
    offer = OfferFactory()
    first = offer.learner.family.user
    fund_wallet(first, 200_00)
    theirs = left_alone(offer, method="mixed")
    second = add_guardian(offer.learner.family).user
    order = bookings.start_payment(offer, by=second)
    # What was held is spent on something else, and then the old page is paid.
    later = {"lead__enquiry__learner": offer.learner, "start_at": offer.end_at}
    bookings.start_payment(OfferFactory(**later), by=first, method="mixed")
    pays(razorpay_simulator, theirs)
    drain()
    offer.refresh_from_db()
    assert offer.status == Status.PENDING_PAYMENT
    assert Refund.objects.get(payment__order=theirs).amount_paise == theirs.amount_paise
    pays(razorpay_simulator, order)
    drain()
    offer.refresh_from_db()
    assert (offer.status, offer.order_id) == (Status.SCHEDULED, order.pk)


def test_late_money_that_books_the_class_ends_the_other_payment(razorpay_simulator, drain):
    offer = OfferFactory()
    theirs = left_alone(offer)
    order = bookings.start_payment(offer, by=add_guardian(offer.learner.family).user)
    pays(razorpay_simulator, theirs)
    drain()
    offer.refresh_from_db()
    order.refresh_from_db()
    assert (offer.status, offer.order_id) == (Status.SCHEDULED, theirs.pk)
    assert order.status == PaymentOrder.Status.CANCELLED


def test_between_paid_and_booked_nobody_pays_again(razorpay_simulator, monkeypatch):
    monkeypatch.setattr(outbox, "receivers", {})
    offer = OfferFactory()
    second = add_guardian(offer.learner.family).user
    fund_wallet(second, 600_00)
    pays(razorpay_simulator, bookings.start_payment(offer, by=offer.learner.family.user))
    assert offer.status == Status.PENDING_PAYMENT
    with pytest.raises(bookings.JustPaid):
        bookings.start_payment(offer, by=second, method="wallet")
    assert wallets.balance(second).cash_paise == 600_00


def test_money_given_back_before_we_heard_of_it_books_nothing(razorpay_simulator, monkeypatch):
    offer = OfferFactory()
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "receivers", {})
        order = bookings.start_payment(offer, by=offer.learner.family.user)
        pays(razorpay_simulator, order)
        refund_decisions.decide(order, by=StaffFactory(group="finance"))
    bookings.order_paid(order_id=order.pk, session_id=offer.pk)
    offer.refresh_from_db()
    assert (offer.status, offer.order_id) == (Status.CANCELLED, None)
    assert Refund.objects.get().amount_paise == order.amount_paise


def test_choosing_another_way_to_pay_is_no_new_turn(razorpay_simulator):
    offer = OfferFactory()
    first = offer.learner.family.user
    fund_wallet(first, 200_00)
    theirs = left_alone(offer)
    newer = orders.change_method(theirs, method="mixed", by=first)
    assert newer.pk != theirs.pk
    second = add_guardian(offer.learner.family).user
    assert bookings.start_payment(offer, by=second).payer == second


def test_whoever_comes_back_after_an_hour_has_a_turn_again(razorpay_simulator):
    offer = OfferFactory()
    theirs = left_alone(offer)
    orders.give_up(theirs, by=theirs.payer)
    before = clock.now() - timedelta(minutes=61)
    PaymentOrder.objects.filter(pk=theirs.pk).update(created_at=before)
    assert bookings.start_payment(offer, by=theirs.payer).pk != theirs.pk
    with pytest.raises(orders.AnotherPays):
        bookings.start_payment(offer, by=add_guardian(offer.learner.family).user)


def test_a_payment_that_was_made_meanwhile_counts(razorpay_simulator):
    offer = OfferFactory()
    theirs = left_alone(offer)
    razorpay_simulator.pay(theirs.razorpay_order_id, "authorize")
    with pytest.raises((orders.AnotherPays, bookings.JustPaid)):
        bookings.start_payment(offer, by=add_guardian(offer.learner.family).user)
    theirs.refresh_from_db()
    assert theirs.status == PaymentOrder.Status.PAID


def test_without_an_answer_of_the_gateway_nothing_makes_way(razorpay_simulator):
    offer = OfferFactory()
    theirs = left_alone(offer)
    second = add_guardian(offer.learner.family).user
    razorpay_simulator.faults("api.500", path="/payments")
    with pytest.raises(orders.AnotherPays):
        bookings.start_payment(offer, by=second)
    theirs.refresh_from_db()
    assert theirs.is_live


def test_a_captured_payment_books_the_class(drain):
    offer = OfferFactory()
    session = book(offer)
    assert session.status == Status.SCHEDULED
    assert session.paid_at
    assert session.is_first_of_pair
    assert session.enquiry.status == Enquiry.Status.BOOKED
    assert kinds(session) == [SessionEvent.Kind.PAID]
    assert ledger.balance("session_escrow", session.pk) == 600_00
    told = set(Message.objects.filter(template="class_booked").values_list("user_id", flat=True))
    assert told == {session.tutor.user_id, session.learner.family.user_id}


def test_hearing_of_a_payment_twice_books_once():
    session = make_scheduled()
    again = bookings.order_paid(order_id=session.order_id, session_id=session.pk)
    assert again.status == Status.SCHEDULED
    assert kinds(session) == [SessionEvent.Kind.PAID]
    assert not Refund.objects.exists()


def test_the_other_offers_are_withdrawn_with_their_orders():
    enquiry = EnquiryFactory(status=Enquiry.Status.MATCHED)
    first, second = (OfferFactory(lead=LeadAcceptedFactory(enquiry=enquiry)) for _ in range(2))
    unanswered = LeadFactory(enquiry=enquiry)
    rival = order_for(second)
    book(first)
    second.refresh_from_db()
    rival.refresh_from_db()
    unanswered.refresh_from_db()
    assert (second.status, rival.status) == (Status.CANCELLED, PaymentOrder.Status.CANCELLED)
    assert kinds(second) == [SessionEvent.Kind.WITHDRAWN]
    assert unanswered.status == Lead.Status.EXPIRED
    assert Message.objects.filter(template="offer_withdrawn", user_id=second.tutor.user_id).exists()


def test_money_for_a_withdrawn_offer_goes_back():
    enquiry = EnquiryFactory(status=Enquiry.Status.MATCHED)
    first, second = (OfferFactory(lead=LeadAcceptedFactory(enquiry=enquiry)) for _ in range(2))
    rival = order_for(second)
    book(first)
    rival.refresh_from_db()
    pay(rival)
    run_news()
    second.refresh_from_db()
    assert second.status == Status.CANCELLED
    assert Refund.objects.get().amount_paise == 600_00
    assert ledger.balance("session_escrow", second.pk) == 0
    assert Message.objects.filter(template="money_returned").exists()


def test_two_paid_offers_of_one_enquiry_book_the_first_and_return_the_second():
    enquiry = EnquiryFactory(status=Enquiry.Status.MATCHED)
    first, second = (OfferFactory(lead=LeadAcceptedFactory(enquiry=enquiry)) for _ in range(2))
    orders = order_for(first), order_for(second)
    for order in orders:
        pay(order)
    run_news()
    statuses = set(TutoringSession.objects.values_list("status", flat=True))
    assert statuses == {Status.SCHEDULED, Status.CANCELLED}
    assert Refund.objects.count() == 1


def test_a_learner_is_never_double_booked():
    session = make_scheduled()
    clash = OfferFactory(
        lead=LeadAcceptedFactory(enquiry__learner=session.learner),
        start_at=session.start_at + timedelta(minutes=30),
    )
    with pytest.raises(bookings.LearnerBusy):
        bookings.start_payment(clash, by=session.learner.family.user)


def test_a_learners_second_payment_for_the_same_time_goes_back():
    first = OfferFactory()
    clash = OfferFactory(
        lead=LeadAcceptedFactory(enquiry__learner=first.learner),
        start_at=first.start_at,
    )
    order = order_for(clash)
    book(first)
    pay(order)
    run_news()
    clash.refresh_from_db()
    assert clash.status == Status.CANCELLED
    assert kinds(clash) == [SessionEvent.Kind.MONEY_RETURNED]
    assert Refund.objects.get().payment.order_id == order.pk


@pytest.mark.parametrize("status", sorted(TutoringSession.PAID))
def test_the_database_refuses_a_second_paid_class_at_the_same_time(status):
    session = make_scheduled()
    clash = OfferFactory(
        lead=LeadAcceptedFactory(enquiry__learner=session.learner), start_at=session.start_at
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        TutoringSession.objects.filter(pk=clash.pk).update(status=status, released_at=clock.now())


def test_an_unpaid_offer_expires_and_frees_the_slot(drain):
    offer = OfferFactory()
    order = order_for(offer)
    with clock.at(offer.pay_by):
        assert bookings.queue_unpaid() == 1
        drain()
    offer.refresh_from_db()
    order.refresh_from_db()
    assert (offer.status, order.status) == (Status.EXPIRED, PaymentOrder.Status.EXPIRED)
    OfferFactory(lead=LeadAcceptedFactory(tutor=offer.tutor), start_at=offer.start_at)


def test_nothing_expires_before_its_time_or_when_paid(drain):
    offer, paid = OfferFactory(), OfferFactory()
    order = order_for(paid)
    assert bookings.queue_unpaid() == 0
    pay(order)
    with clock.at(max(offer.pay_by, paid.pay_by)):
        bookings.expire(paid.pk)
    paid.refresh_from_db()
    assert paid.status == Status.PENDING_PAYMENT
    run_news()
    paid.refresh_from_db()
    assert paid.status == Status.SCHEDULED


def test_an_unpaid_offer_can_be_withdrawn_by_either_side():
    for side in ("family", "tutor"):
        offer = OfferFactory()
        by = offer.learner.family.user if side == "family" else offer.tutor.user
        order = order_for(offer)
        assert bookings.cancel(offer, by=by).status == Status.CANCELLED
        order.refresh_from_db()
        assert order.status == PaymentOrder.Status.CANCELLED


def test_a_paid_class_cannot_be_cancelled_yet():
    session = make_scheduled()
    with pytest.raises(policies.CancellationUnavailable):
        bookings.cancel(session, by=session.learner.family.user)


def test_an_offer_that_is_over_cannot_be_paid():
    offer = OfferFactory()
    with clock.at(offer.pay_by), pytest.raises(policies.OfferOver):
        bookings.start_payment(offer, by=offer.learner.family.user)
    bookings.cancel(offer, by=offer.tutor.user)
    with pytest.raises(policies.OfferOver):
        bookings.start_payment(offer, by=offer.learner.family.user)


def test_starting_to_pay_counts_as_reading_the_answer():
    offer = OfferFactory()
    order_for(offer)
    offer.lead.refresh_from_db()
    assert offer.lead.opened_by_family_at


def test_the_second_class_of_a_pair_is_not_its_first():
    session = make_scheduled()
    again = OfferFactory(
        lead=LeadAcceptedFactory(tutor=session.tutor, enquiry__learner=session.learner),
        start_at=session.start_at + timedelta(days=1),
    )
    assert book(again).is_first_of_pair is False


def test_a_home_class_keeps_its_codes():
    assert book(HomeOfferFactory()).start_code == "4719"


@pytest.mark.scenario(18)
def test_a_price_changed_while_the_family_pays_is_the_old_price(razorpay_simulator):
    """The tutor's listed rate, and even the price of the offer itself."""
    offer = OfferFactory()
    order = bookings.start_payment(offer, by=offer.learner.family.user)
    dearer = OfferingDetails(
        subject=offer.subject,
        boards=[Board.objects.get(pk="CBSE")],
        grade_min=9,
        grade_max=12,
        online_rate_paise=900_00,
    )
    profiles.save(by=offer.tutor.user, details=ProfileDetails(offerings=[dearer]))
    TutoringSession.objects.filter(pk=offer.pk).update(rate_paise=900_00, price_paise=900_00)
    captures.verify_callback(**razorpay_simulator.pay(order.razorpay_order_id))
    run_news()
    offer.refresh_from_db()
    payment = Payment.objects.get(order=order)
    assert (payment.amount_paise, payment.place, payment.alarm) == (600_00, "purpose", "")
    assert (offer.status, offer.order_id) == (Status.SCHEDULED, order.pk)
    assert ledger.balance("session_escrow", offer.pk) == 600_00
    with clock.at(offer.start_at):
        started = sessions.start(offer, by=offer.tutor.user)
        sessions.complete(started, by=offer.tutor.user)
    assert earnings.booked(offer.pk).gross == 600_00
