from datetime import timedelta

import pytest

from accounts.tests.factories import StaffFactory
from marketplace import policies
from marketplace.models import Enquiry, Lead, SessionEvent, TutoringSession
from marketplace.services import bookings, enquiries, leads
from marketplace.tests.factories import (
    EnquiryFactory,
    LeadAcceptedFactory,
    LeadFactory,
    book,
)
from notifications.models import Message
from payments.services import credits as lead_credits
from payments.tests.factories import give_credits
from tutorhub.core import clock
from tutors.models import TutorProfile
from tutors.tests.factories import TutorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return LeadFactory()


@pytest.fixture
def tutor(lead):
    give_credits(lead.tutor.user)
    return lead.tutor.user


def accept(lead, by=None, **values):
    terms = {
        "start_at": clock.now() + timedelta(days=3),
        "duration_min": 90,
        "rate_paise": 600_00,
        **values,
    }
    return leads.accept(lead, by=by or lead.tutor.user, **terms)


def test_looking_marks_a_lead_once(lead):
    first = leads.view(lead, by=lead.tutor.user)
    assert first.status == Lead.Status.VIEWED
    assert leads.view(first, by=lead.tutor.user).viewed_at == first.viewed_at


def test_accepting_makes_an_offer_for_one_credit(lead, tutor):
    session = accept(lead, message="Call me: 98765 43210")
    assert session.status == TutoringSession.Status.PENDING_PAYMENT
    assert session.price_paise == 900_00
    assert session.minutes == 90
    assert session.commission_bps == 1500
    assert session.policy["version"] == policies.POLICY_VERSION
    assert session.message == "Call me: •••"
    assert lead_credits.balance(tutor) == 9
    lead.refresh_from_db()
    assert lead.status == Lead.Status.ACCEPTED
    lead.enquiry.refresh_from_db()
    assert lead.enquiry.status == Enquiry.Status.MATCHED
    assert session.events.get().kind == SessionEvent.Kind.OFFERED
    family = lead.enquiry.learner.family.user
    told = Message.objects.get(user_id=family.pk)
    assert (told.template, told.channels[:2]) == ("offer_made", ["whatsapp", "sms"])


def test_without_a_credit_nothing_is_claimed(lead):
    with pytest.raises(lead_credits.OutOfCredits) as refused:
        accept(lead)
    assert refused.value.extra["packs"]
    lead.refresh_from_db()
    assert lead.status == Lead.Status.NEW
    assert lead.enquiry.status == Enquiry.Status.OPEN
    assert not TutoringSession.objects.exists()


def test_a_fourth_tutor_comes_too_late(lead, tutor):
    for _ in range(3):
        LeadAcceptedFactory(enquiry=lead.enquiry)
    with pytest.raises(policies.LeadTaken):
        accept(lead)
    assert lead_credits.balance(tutor) == 10


def test_how_many_may_accept_is_a_setting(lead, tutor, settings):
    settings.LEAD_MAX_ACCEPTS = 1
    LeadAcceptedFactory(enquiry=lead.enquiry)
    with pytest.raises(policies.LeadTaken):
        accept(lead)


def test_accepting_twice_is_refused(lead, tutor):
    accept(lead)
    with pytest.raises(policies.LeadAnswered):
        accept(lead)
    assert lead_credits.balance(tutor) == 9


def test_of_a_closed_enquiry_the_tutor_hears_that_it_is_over(lead, tutor):
    """Also once its leads have expired with it."""
    enquiries.close(lead.enquiry, by=lead.enquiry.learner.family.user)
    lead.refresh_from_db()
    assert lead.status == Lead.Status.EXPIRED
    with pytest.raises(policies.EnquiryOver):
        accept(lead)


def test_a_lead_that_expired_while_the_tutor_was_away_is_answered_no_more(lead, tutor):
    Lead.objects.update(status="EXPIRED")
    with pytest.raises(policies.LeadAnswered):
        accept(lead)


@pytest.mark.parametrize("status", ["PENDING", "SUSPENDED", "REJECTED"])
def test_only_approved_tutors_accept(lead, tutor, status):
    TutorProfile.objects.update(status=status)
    with pytest.raises(policies.TutorNotListed):
        accept(lead)


@pytest.mark.parametrize("status", ["BOOKED", "CLOSED", "EXPIRED"])
def test_an_enquiry_that_is_over_cannot_be_answered(lead, tutor, status):
    Enquiry.objects.update(status=status)
    with pytest.raises(policies.EnquiryOver):
        accept(lead)


@pytest.mark.parametrize(
    "values",
    [
        {"start_at": clock.now() - timedelta(minutes=1)},
        {"start_at": clock.now() + timedelta(days=91)},
        {"duration_min": 29},
        {"duration_min": 241},
        {"rate_paise": 49_99},
        {"rate_paise": 1600_01},
    ],
)
def test_offers_out_of_bounds_are_refused(lead, tutor, values):
    with pytest.raises(policies.OfferOutOfBounds):
        accept(lead, **values)
    assert lead_credits.balance(tutor) == 10


def test_a_tutor_is_never_double_booked(lead, tutor):
    start_at = clock.now() + timedelta(days=3)
    accept(lead, start_at=start_at)
    other = LeadFactory(tutor=lead.tutor)
    with pytest.raises(bookings.SlotTaken):
        accept(other, start_at=start_at + timedelta(minutes=89))
    assert lead_credits.balance(tutor) == 9
    accept(other, start_at=start_at + timedelta(minutes=90))


def test_two_tutors_may_offer_the_same_time(lead, tutor):
    start_at = clock.now() + timedelta(days=3)
    accept(lead, start_at=start_at)
    other = LeadFactory(enquiry=lead.enquiry, tutor=TutorFactory())
    give_credits(other.tutor.user)
    accept(other, start_at=start_at)
    assert TutoringSession.objects.filter(enquiry=lead.enquiry, start_at=start_at).count() == 2


@pytest.mark.parametrize(
    ("asked", "offered", "held"),
    [("online", "home", "online"), ("either", "", "online"), ("either", "home", "home")],
)
def test_the_mode_is_the_familys_or_the_tutors_choice(asked, offered, held):
    lead = LeadFactory(enquiry=EnquiryFactory(mode=asked))
    give_credits(lead.tutor.user)
    session = accept(lead, mode=offered)
    assert session.mode == held
    assert len(session.start_code) == len(session.end_code) == (4 if held == "home" else 0)


@pytest.mark.parametrize(
    ("hours_ahead", "pay_within"),
    [
        (100, timedelta(hours=48)),
        (20, timedelta(hours=18)),
        (2, timedelta(minutes=15)),
        (0.1, timedelta(hours=0.1)),
    ],
)
def test_the_time_to_pay_follows_the_policy(hours_ahead, pay_within):
    with clock.at(clock.now()):
        deadline = policies.pay_deadline(clock.now() + timedelta(hours=hours_ahead))
        assert deadline == clock.now() + pay_within


def test_declining_costs_nothing_and_is_final(lead, tutor):
    declined = leads.decline(lead, by=tutor, reason="Too far")
    assert (declined.status, declined.decline_reason) == (Lead.Status.DECLINED, "Too far")
    assert lead_credits.balance(tutor) == 10
    with pytest.raises(policies.LeadAnswered):
        accept(lead)
    with pytest.raises(policies.LeadAnswered):
        leads.decline(lead, by=tutor)


def test_an_offer_promises_the_wait_of_its_own_terms(lead, tutor, settings):
    """72 hours for a pair's first class, 48 after it; later changes of the rules are not its."""
    first = accept(lead)
    assert first.release_hours == 72
    book(first)
    again = LeadFactory(tutor=lead.tutor, enquiry__learner=lead.enquiry.learner)
    second = accept(again, start_at=clock.now() + timedelta(days=5))
    settings.RELEASE_AFTER = timedelta(hours=1)
    assert second.release_hours == 48


def test_the_same_wish_within_30_days_costs_nothing(lead, tutor):
    accept(lead)
    again = LeadFactory(
        tutor=lead.tutor,
        enquiry=EnquiryFactory(learner=lead.enquiry.learner),
    )
    accept(again, start_at=clock.now() + timedelta(days=5))
    again.refresh_from_db()
    assert again.status == Lead.Status.REFUNDED
    assert lead_credits.balance(tutor) == 9
    assert "last 30 days" in Message.objects.get(template="lead_refunded_duplicate").body


def test_the_same_wish_after_30_days_costs_a_credit(lead, tutor):
    accept(lead)
    Lead.objects.filter(pk=lead.pk).update(
        answered_at=clock.now() - timedelta(days=30), viewed_at=clock.now() - timedelta(days=31)
    )
    again = LeadFactory(
        tutor=lead.tutor,
        enquiry=EnquiryFactory(learner=lead.enquiry.learner),
    )
    accept(again, start_at=clock.now() + timedelta(days=5))
    assert lead_credits.balance(tutor) == 8


def test_another_subject_of_the_same_child_costs_a_credit(lead, tutor):
    accept(lead)
    other = LeadFactory(
        tutor=lead.tutor,
        enquiry=EnquiryFactory(learner=lead.enquiry.learner, subject_id="chemistry"),
    )
    accept(other, start_at=clock.now() + timedelta(days=5))
    assert lead_credits.balance(tutor) == 8


def test_staff_give_the_credit_of_a_dead_number_back_once(lead, tutor):
    accept(lead)
    staff = StaffFactory(group="moderator")
    leads.report_dead_number(lead, by=staff)
    leads.report_dead_number(lead, by=staff)
    assert lead_credits.balance(tutor) == 10
    assert "does not work" in Message.objects.get(template="lead_refunded_dead").body


def test_nobody_but_staff_calls_a_number_dead(lead, tutor):
    accept(lead)
    with pytest.raises(policies.NotForStaff):
        leads.report_dead_number(lead, by=tutor)
