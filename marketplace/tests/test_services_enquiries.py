from datetime import timedelta

import pytest

from accounts.tests.factories import FamilyUserFactory
from curriculum.queries import find_subject
from marketplace.models import Enquiry, Lead, TutoringSession
from marketplace.services import enquiries, leads
from marketplace.tests.factories import (
    EnquiryFactory,
    LeadAcceptedFactory,
    LeadFactory,
    OfferFactory,
    order_for,
)
from notifications.models import Message
from payments.models import PaymentOrder
from payments.services import credits as lead_credits
from students.models import Learner
from students.policies import ConsentMissing
from students.services import agreements
from students.tests.factories import LearnerFactory
from tutorhub.core import clock, places
from tutorhub.core.errors import InvalidTransition
from tutorhub.core.tests.threads import run_together
from tutors.tests.factories import TutorFactory, TutorPendingFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner():
    return LearnerFactory()


@pytest.fixture
def family(learner):
    return learner.family.user


def ask(learner, by, **values):
    return enquiries.ask(
        by=by, learner=learner, subject=find_subject("physics"), mode="online", **values
    )


def test_matching_tutors_get_the_lead_and_a_message(learner, family):
    fits, other = TutorFactory(), TutorFactory(offering__subject_slug="french")
    pending = TutorPendingFactory()
    enquiry = ask(learner, family)
    assert enquiry.status == Enquiry.Status.OPEN
    assert (enquiry.grade, enquiry.board_id, enquiry.place_id) == (11, "CBSE", "560034")
    assert enquiry.budget_max_paise == learner.budget_max_paise
    lead = enquiry.leads.get()
    assert lead.tutor == fits
    assert lead.reasons
    told = set(Message.objects.values_list("user_id", flat=True))
    assert told == {fits.user_id}
    assert not {other.user_id, pending.user_id} & told
    assert learner.name not in Message.objects.get().body


def test_the_chosen_tutor_is_asked_first_even_without_a_match(learner, family):
    fits, chosen = TutorFactory(), TutorFactory(offering__subject_slug="french")
    enquiry = ask(learner, family, tutor=chosen)
    assert [lead.tutor for lead in enquiry.leads.all()] == [chosen, fits]
    assert enquiry.leads.first().match_score == 0


def test_a_tutor_who_is_not_approved_gets_nothing_even_if_chosen(learner, family):
    assert ask(learner, family, tutor=TutorPendingFactory()).leads.count() == 0


def test_phone_numbers_are_taken_out_of_the_note(learner, family):
    enquiry = ask(learner, family, note="Call +91 98765-43210 or a.b@example.com, class 11")
    assert enquiry.note == "Call ••• or •••, class 11"


def test_without_consent_nothing_is_asked(learner, family):
    agreements.withdraw(learner, by=family)
    TutorFactory()
    with pytest.raises(ConsentMissing):
        ask(learner, family)
    assert not Enquiry.objects.exists()


def test_the_learner_has_to_be_the_familys_own(learner):
    with pytest.raises(Learner.DoesNotExist):
        ask(learner, FamilyUserFactory())


def test_an_unknown_place_is_refused(learner, family):
    with pytest.raises(places.UnknownPinCode):
        ask(learner, family, pin_code="999999")


def test_closing_ends_leads_and_offers_and_gives_unread_credits_back(drain):
    waiting = LeadFactory(enquiry__status=Enquiry.Status.MATCHED)
    enquiry = waiting.enquiry
    accepted = LeadAcceptedFactory(enquiry=enquiry)
    offer = OfferFactory(lead=accepted)
    enquiries.close(enquiry, by=enquiry.learner.family.user)
    enquiry.refresh_from_db()
    waiting.refresh_from_db()
    accepted.refresh_from_db()
    offer.refresh_from_db()
    assert enquiry.status == Enquiry.Status.CLOSED
    assert waiting.status == Lead.Status.EXPIRED
    assert accepted.status == Lead.Status.REFUNDED
    assert offer.status == TutoringSession.Status.CANCELLED
    assert lead_credits.balance(accepted.tutor.user) == 5


def test_a_credit_is_not_given_back_once_the_family_has_read_the_answer():
    accepted = LeadAcceptedFactory()
    enquiries.mark_opened(accepted.enquiry)
    enquiries.close(accepted.enquiry, by=accepted.enquiry.learner.family.user)
    accepted.refresh_from_db()
    assert accepted.status == Lead.Status.ACCEPTED


def test_closing_cancels_the_open_order():
    offer = OfferFactory()
    order = order_for(offer)
    enquiries.close(offer.enquiry, by=offer.learner.family.user)
    order.refresh_from_db()
    assert order.status == PaymentOrder.Status.CANCELLED


def test_closing_twice_is_refused():
    enquiry = EnquiryFactory()
    enquiries.close(enquiry, by=enquiry.learner.family.user)
    with pytest.raises(InvalidTransition):
        enquiries.close(enquiry, by=enquiry.learner.family.user)


def test_an_enquiry_expires_after_its_time_unless_an_offer_waits(drain):
    old, held = EnquiryFactory(), OfferFactory().enquiry
    Enquiry.objects.update(expires_at=clock.now() - timedelta(minutes=1))
    fresh = EnquiryFactory()
    assert enquiries.queue_stale() == 1
    drain()
    for enquiry in (old, held, fresh):
        enquiry.refresh_from_db()
    assert old.status == Enquiry.Status.EXPIRED
    assert held.status == Enquiry.Status.MATCHED
    assert fresh.status == Enquiry.Status.OPEN


def test_the_credit_of_an_answer_nobody_read_comes_back_after_72_hours(drain):
    unread = LeadAcceptedFactory()
    with clock.at(clock.now() + timedelta(hours=71)):
        assert leads.queue_refunds() == 0
    with clock.at(clock.now() + timedelta(hours=73)):
        assert leads.queue_refunds() == 1
        drain()
    unread.refresh_from_db()
    assert unread.status == Lead.Status.REFUNDED
    assert lead_credits.balance(unread.tutor.user) == 5


class TestSentTwice:
    """A form whose answer was lost, or a double tap."""

    def test_the_same_question_answers_the_first(self, learner, family):
        tutor = TutorFactory()
        first = ask(learner, family, note="Optics", preferred_times=["weekday_evening"])
        again = ask(learner, family, note="Optics", preferred_times=["weekday_evening"])
        assert (again.pk, Enquiry.objects.count()) == (first.pk, 1)
        assert Lead.objects.filter(tutor=tutor).count() == 1
        assert Message.objects.values("user_id").distinct().count() == 1

    @pytest.mark.parametrize(
        "other",
        [
            {"note": "Waves"},
            {"budget_max_paise": 999_00},
            {"pin_code": "560001"},
            {"preferred_times": ["weekend_morning"]},
        ],
    )
    def test_another_question_is_another(self, learner, family, other):
        first = ask(learner, family, note="Optics")
        assert ask(learner, family, **{"note": "Optics", **other}).pk != first.pk

    def test_another_tutor_another_child_or_later_is_another(self, learner, family):
        one, other = TutorFactory(), TutorFactory(offering__subject_slug="french")
        sister = LearnerFactory(family=learner.family, name="Diya")
        first = ask(learner, family, tutor=one)
        assert ask(learner, family, tutor=one).pk == first.pk
        assert ask(learner, family, tutor=other).pk != first.pk
        assert ask(sister, family, tutor=one).pk != first.pk
        with clock.at(clock.now() + timedelta(minutes=11)):
            assert ask(learner, family, tutor=one).pk != first.pk

    def test_after_closing_it_is_asked_anew(self, learner, family):
        first = ask(learner, family)
        enquiries.close(first, by=family)
        assert ask(learner, family).pk != first.pk


@pytest.mark.django_db(transaction=True)
def test_a_hundred_taps_ask_once():
    learner = LearnerFactory()
    family = learner.family.user
    TutorFactory()
    answers = run_together(100, lambda _number: ask(learner, family).pk, threads=8)
    assert len(set(answers)) == 1
    assert Lead.objects.count() == 1
