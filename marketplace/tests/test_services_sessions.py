import contextlib
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group

from accounts.tests.factories import StaffFactory
from marketplace import policies
from marketplace.models import Review, SessionEvent, TutoringSession
from marketplace.services import reviews, sessions
from marketplace.tests.factories import (
    HomeOfferFactory,
    LeadAcceptedFactory,
    book,
    make_completed,
    make_in_progress,
    make_released,
    make_scheduled,
)
from notifications.models import Message
from payments import gateway
from payments.models import Payment, PaymentOrder, Refund
from payments.policies import FINANCE
from payments.services import disputes, earnings, ledger, refund_decisions
from tutorhub.core import clock

pytestmark = pytest.mark.django_db

Status = TutoringSession.Status


@pytest.fixture(autouse=True)
def _online_only(settings):
    settings.MESSAGE_CHANNELS = {"whatsapp": "off", "sms": "off", "email": "off"}


def test_a_class_starts_from_15_minutes_before_its_time():
    session = make_scheduled()
    with (
        clock.at(session.start_at - timedelta(minutes=16)),
        pytest.raises(policies.TooEarly),
    ):
        sessions.start(session, by=session.tutor.user)
    with clock.at(session.start_at - timedelta(minutes=15)):
        assert sessions.start(session, by=session.tutor.user).status == Status.IN_PROGRESS
    with clock.at(session.start_at), pytest.raises(policies.WrongMoment):
        sessions.start(session, by=session.tutor.user)


def test_a_class_ended_early_is_released_no_sooner():
    session = make_in_progress()
    with clock.at(session.start_at + timedelta(minutes=1)):
        done = sessions.complete(session, by=session.tutor.user)
    assert done.release_due_at == session.end_at + timedelta(hours=72)


def test_a_home_visit_needs_both_codes():
    session = book(HomeOfferFactory())
    tutor = session.tutor.user
    with clock.at(session.start_at):
        for wrong in ("", "0000", session.end_code):
            with pytest.raises(sessions.WrongCode):
                sessions.start(session, by=tutor, code=wrong)
        session = sessions.start(session, by=tutor, code=session.start_code)
        with pytest.raises(sessions.WrongCode):
            sessions.complete(session, by=tutor, code=session.start_code)
        done = sessions.complete(session, by=tutor, code=session.end_code)
    assert done.status == Status.COMPLETED
    assert session.events.get(kind=SessionEvent.Kind.STARTED).data == {"with_code": True}


def test_codes_cannot_be_guessed_for_long():
    session = book(HomeOfferFactory())
    with clock.at(session.start_at):
        for _ in range(policies.CODE_TRIES):
            with pytest.raises(sessions.WrongCode):
                sessions.start(session, by=session.tutor.user, code="0000")
        with pytest.raises(sessions.TooManyCodes):
            sessions.start(session, by=session.tutor.user, code=session.start_code)


def test_completing_books_the_tutors_part_and_the_time_taught():
    session = make_completed()
    assert session.status == Status.COMPLETED
    booked = earnings.booked(session.pk)
    assert booked.gross == 600_00
    assert booked.commission == 90_00
    assert booked.gross == booked.commission + booked.gst + booked.tds + booked.tcs + booked.net
    assert ledger.balance("session_escrow", session.pk) == 0
    assert ledger.balance("tutor_held", session.tutor.user_id) == booked.net
    session.tutor.refresh_from_db()
    assert session.tutor.minutes_taught == 60


def test_a_class_cannot_be_completed_twice_or_before_it_starts():
    session = make_scheduled()
    with pytest.raises(policies.WrongMoment):
        sessions.complete(session, by=session.tutor.user)
    session = make_completed()
    with pytest.raises(policies.WrongMoment):
        sessions.complete(session, by=session.tutor.user)
    session.tutor.refresh_from_db()
    assert session.tutor.minutes_taught == 60


@pytest.mark.scenario(23)
def test_the_commission_is_that_of_the_booking():
    session = make_in_progress()
    TutoringSession.objects.update(commission_bps=1000)
    done = sessions.complete(session, by=session.tutor.user)
    assert earnings.booked(done.pk).commission == 60_00


def test_the_familys_word_releases_the_money():
    session = make_released()
    assert session.status == Status.RELEASED
    assert ledger.balance("tutor_held", session.tutor.user_id) == 0
    assert ledger.balance("tutor_earnings", session.tutor.user_id) == (
        earnings.booked(session.pk).net
    )
    with pytest.raises(policies.WrongMoment):
        sessions.confirm(session, by=session.learner.family.user)


@pytest.mark.parametrize(("is_first", "hours"), [(True, 72), (False, 48)])
def test_silence_releases_the_money_in_time(is_first, hours, drain):
    session = make_in_progress()
    TutoringSession.objects.filter(pk=session.pk).update(is_first_of_pair=is_first)
    end = session.end_at
    with clock.at(end):
        sessions.complete(session, by=session.tutor.user)
    with clock.at(end + timedelta(hours=hours, seconds=-1)):
        assert sessions.queue_due() == 0
        sessions.release(session.pk)
        session.refresh_from_db()
        assert session.status == Status.COMPLETED
    with clock.at(end + timedelta(hours=hours)):
        assert sessions.queue_due() == 1
        assert sessions.queue_due() == 1
        drain()
        sessions.release(session.pk)
    session.refresh_from_db()
    assert session.status == Status.RELEASED
    assert ledger.balance("tutor_held", session.tutor.user_id) == 0


def test_a_disputed_class_is_not_released():
    session = make_completed()
    TutoringSession.objects.update(status=Status.DISPUTED)
    with clock.at(session.release_due_at + timedelta(days=1)):
        assert sessions.queue_due() == 0
        assert sessions.release(session.pk).status == Status.DISPUTED


def write(session, side="family", stars=5, **values):
    by = session.learner.family.user if side == "family" else session.tutor.user
    return reviews.write(session, by=by, stars=stars, **values)


def test_a_review_is_hidden_for_a_week_and_then_counts(drain):
    session = make_released()
    review = write(session, stars=4, text="Kind. 98765 43210")
    assert review.text == "Kind. •••"
    assert not Review.objects.shown().exists()
    session.tutor.refresh_from_db()
    assert session.tutor.rating_count == 0
    drain()
    assert not Review.objects.shown().exists()
    with clock.at(review.written_at + timedelta(days=7)):
        drain()
        reviews.publish(review.pk)
    session.tutor.refresh_from_db()
    assert (session.tutor.rating_sum, session.tutor.rating_count) == (4, 1)
    assert Review.objects.shown().count() == 1


def test_reviews_are_shown_at_once_when_both_sides_have_written(drain):
    session = make_released()
    write(session, stars=5)
    write(session, side="tutor", stars=3)
    assert Review.objects.shown().count() == 2
    with clock.at(clock.now() + timedelta(days=8)):
        drain()
    session.tutor.refresh_from_db()
    assert (session.tutor.rating_sum, session.tutor.rating_count) == (5, 1)


def test_the_average_is_shown_from_three_reviews_on(settings):
    settings.REVIEW_HIDDEN_FOR = timedelta(0)
    tutor = None
    for stars in (5, 4, 3):
        lead = {"lead": LeadAcceptedFactory(tutor=tutor)} if tutor else {}
        days = timedelta(days=stars)
        session = make_released(start_at=clock.now() + days, **lead)
        tutor = session.tutor
        tutor.refresh_from_db()
        assert tutor.rating is None
        write(session, stars=stars)
    tutor.refresh_from_db()
    assert tutor.rating == 4.0


def test_a_review_needs_a_released_class():
    for session in (make_scheduled(), make_completed(start_at=clock.now() + timedelta(days=9))):
        with pytest.raises(policies.ReviewRefused):
            write(session)


def test_a_review_is_written_once_and_within_14_days():
    session = make_released()
    with (
        clock.at(session.released_at + timedelta(days=14, seconds=1)),
        pytest.raises(policies.ReviewRefused),
    ):
        write(session)
    write(session)
    with pytest.raises(policies.AlreadyReviewed):
        write(session, stars=1)


@pytest.mark.usefixtures("whatsapp")
class TestDisputedAtTheBank:
    """The money of a class waits while the payer's bank disputes the payment."""

    def payment(self, session):
        return Payment.objects.get(order_id=session.order_id)

    def news(self, session, drain, status="open", deducted=0, known_as="disp_1"):
        payment = self.payment(session)
        disputes.apply(
            {
                "id": known_as,
                "payment_id": payment.razorpay_payment_id,
                "amount": payment.amount_paise,
                "amount_deducted": deducted,
                "status": status,
            }
        )
        drain()
        session.refresh_from_db()

    def test_it_is_released_after_the_end_and_not_before(self, drain):
        session = make_completed()
        with clock.at(session.release_due_at):
            self.news(session, drain)
            sessions.queue_due()
            drain()
            session.refresh_from_db()
            assert session.status == Status.COMPLETED
            self.news(session, drain, "won")
            assert session.status == Status.RELEASED
        tutor = session.tutor.user
        assert ledger.balance("tutor_earnings", tutor.pk) == earnings.booked(session.pk).net

    def test_an_end_before_its_time_does_not_release_it(self, drain):
        session = make_completed()
        with clock.at(session.release_due_at - timedelta(hours=1)):
            self.news(session, drain)
            self.news(session, drain, "closed")
        assert session.status == Status.COMPLETED

    def test_the_familys_word_counts_when_it_is_over(self, drain):
        session = make_completed()
        with clock.at(session.end_at + timedelta(hours=1)):
            self.news(session, drain)
            sessions.confirm(session, by=session.learner.family.user)
            assert sessions.confirm(session, by=None).status == Status.COMPLETED
            self.news(session, drain, "won")
        assert session.status == Status.RELEASED
        assert session.events.filter(kind="confirmed").count() == 1

    def test_a_class_to_come_is_called_off_and_the_rest_goes_back(self, drain):
        session = make_scheduled()
        self.news(session, drain)
        assert session.status == Status.SCHEDULED
        with contextlib.suppress(gateway.Unknown):  # nobody is there to send the rest to
            self.news(session, drain, "lost", deducted=20_000)
        session.refresh_from_db()
        assert session.status == Status.CANCELLED
        assert ledger.balance("session_escrow", session.pk) == 0
        refund = Refund.objects.get()
        assert refund.amount_paise == session.price_paise - 20_000
        told = Message.objects.filter(template="class_called_off").values_list("user_id", flat=True)
        assert set(told) == {session.tutor.user_id, session.learner.family.user_id}

    def test_a_class_to_come_that_was_lost_as_a_whole_leaves_nothing_to_refund(self, drain):
        session = make_scheduled()
        self.news(session, drain, "lost", deducted=session.price_paise)
        assert session.status == Status.CANCELLED
        assert not Refund.objects.exists()

    def test_both_sides_are_told(self, drain):
        session = make_completed()
        self.news(session, drain)
        self.news(session, drain, "lost", deducted=session.price_paise)
        told = set(Message.objects.values_list("template", "user_id"))
        assert ("payment_disputed", session.tutor.user_id) in told
        assert ("dispute_changed", session.learner.family.user_id) in told


@pytest.mark.usefixtures("whatsapp")
class TestMoneyGivenBackByFinance:
    @pytest.fixture
    def finance(self):
        user = StaffFactory()
        user.groups.add(Group.objects.get(name=FINANCE))
        return user

    def give_back(self, session, finance, drain, paise=None):
        order = PaymentOrder.objects.get(pk=session.order_id)
        refund_decisions.decide(order, amount_paise=paise, to_wallet=True, by=finance)
        drain()
        session.refresh_from_db()

    def test_a_class_without_its_money_is_off(self, finance, drain):
        session = make_scheduled()
        self.give_back(session, finance, drain)
        assert session.status == Status.CANCELLED
        told = Message.objects.filter(template="class_refunded").values_list("user_id", flat=True)
        assert set(told) == {session.tutor.user_id, session.learner.family.user_id}

    def test_a_class_with_part_of_its_money_earns_that_part(self, finance, drain):
        session = make_scheduled()
        self.give_back(session, finance, drain, 20_000)
        assert session.status == Status.SCHEDULED
        with clock.at(session.start_at):
            session = sessions.start(session, by=session.tutor.user, code=session.start_code)
            sessions.complete(session, by=session.tutor.user, code=session.end_code)
        assert earnings.booked(session.pk).gross == session.price_paise - 20_000
        assert ledger.balance("session_escrow", session.pk) == 0
