"""A suspended tutor teaches nobody: what is to come is called off, and its money goes back once."""

from datetime import timedelta

import pytest
from django.db.models import Sum

from accounts.models import User
from accounts.services import erasures, users
from accounts.tests.factories import StaffFactory
from curriculum.models import Subject
from marketplace import policies
from marketplace.models import Enquiry, Lead, SessionEvent, TutoringSession
from marketplace.services import bookings, enquiries, leads, sessions, suspensions
from marketplace.tests.factories import (
    EnquiryFactory,
    LeadFactory,
    OfferFactory,
    hear,
    make_completed,
    make_in_progress,
    make_scheduled,
    order_for,
)
from notifications.models import Message
from payments.models import LedgerEntry, Refund
from payments.services import ledger
from payments.tests.disputing import dispute_of, end, payment_of
from payments.tests.factories import pay
from students.tests.factories import LearnerFactory
from tutorhub.core import clock, outbox
from tutorhub.core.models import AuditEvent, OutboxRow
from tutors import news as tutors_news
from tutors.models import Badge, TutorProfile
from tutors.services import verification
from tutors.tasks import watch_badges
from tutors.tests.factories import TutorFactory, claimed

pytestmark = pytest.mark.django_db

Status = TutoringSession.Status


@pytest.fixture
def moderator():
    return StaffFactory(group="moderator")


def hide(session, moderator):
    """A moderator suspends the tutor."""
    verification.suspend(claimed(session.tutor, moderator), by=moderator, reason="Complaints")


def shut(session, moderator):
    """Staff suspend the whole account."""
    users.suspend(session.tutor.user, by=moderator, reason="Complaints")


def leave(session, _moderator):
    """The tutor asks to be forgotten."""
    erasures.erase(session.tutor.user, by=session.tutor.user)


def assert_books_balance():
    for row in LedgerEntry.objects.values("unit").annotate(d=Sum("debit"), c=Sum("credit")):
        assert row["d"] == row["c"]


@pytest.mark.parametrize("end", [hide, shut, leave])
def test_every_coming_class_is_called_off_and_all_money_goes_back(end, moderator):
    first = make_scheduled()
    second = make_scheduled(
        lead__tutor=first.tutor, start_at=clock.now() + timedelta(days=8), price_paise=900_00
    )
    of_another = make_scheduled()
    end(first, moderator)
    hear()
    for session in (first, second):
        session.refresh_from_db()
        assert session.status == Status.CANCELLED
        assert session.cancelled_at is not None
        assert ledger.balance("session_escrow", session.pk) == 0
        assert session.events.filter(kind=SessionEvent.Kind.CANCELLED).count() == 1
        audited = AuditEvent.objects.get(object_id=str(session.pk), action="session.cancelled")
        assert audited.data == {"why": "tutor_suspended"}
    assert sorted(Refund.objects.values_list("amount_paise", flat=True)) == [600_00, 900_00]
    assert_books_balance()
    of_another.refresh_from_db()
    assert of_another.status == Status.SCHEDULED
    assert ledger.balance("session_escrow", of_another.pk) == 600_00


def test_both_sides_are_told_each_in_their_language(moderator):
    session = make_scheduled()
    User.objects.filter(pk=session.learner.family.user_id).update(language="hi")
    hide(session, moderator)
    hear()
    to_family = Message.objects.get(template="class_without_tutor")
    assert to_family.user_id == session.learner.family.user_id
    assert "रद्द" in to_family.text
    assert "₹\xa0600" in to_family.text
    to_tutor = Message.objects.get(template="class_of_suspended")
    assert to_tutor.user_id == session.tutor.user_id
    assert "is called off" in to_tutor.text
    # Why is between us and the tutor, and whose child it is no longer theirs.
    assert "Complaints" not in to_family.text


@pytest.mark.parametrize("kind", [tutors_news.TUTOR_SUSPENDED])
def test_heard_twice_the_money_goes_back_once(kind, moderator):
    session = make_scheduled()
    hide(session, moderator)
    hear()
    for _again in range(2):
        outbox.announce(kind, tutor_id=session.tutor_id)
        hear()
    assert not OutboxRow.objects.filter(kind=kind, done_at__isnull=True).exists()
    assert OutboxRow.objects.filter(kind=kind).count() == 3
    assert Refund.objects.get().amount_paise == 600_00
    assert Message.objects.filter(template="class_without_tutor").count() == 1
    assert session.events.filter(kind=SessionEvent.Kind.CANCELLED).count() == 1
    assert_books_balance()


def test_heard_after_the_tutor_was_restored_it_leaves_everything_alone(moderator):
    session = make_scheduled()
    hide(session, moderator)
    verification.restore(claimed(session.tutor, moderator), by=moderator, reason="A mistake")
    hear()
    session.refresh_from_db()
    assert session.status == Status.SCHEDULED
    assert not Refund.objects.exists()


def test_what_has_begun_or_is_over_stays(moderator):
    begun = make_in_progress()
    over = make_completed()
    for session in (begun, over):
        hide(session, moderator)
    hear()
    begun.refresh_from_db()
    over.refresh_from_db()
    assert (begun.status, over.status) == (Status.IN_PROGRESS, Status.COMPLETED)
    assert not Refund.objects.exists()


def test_unpaid_offers_end_and_money_on_its_way_goes_back(moderator):
    offer = OfferFactory()
    order = order_for(offer)
    hide(offer, moderator)
    hear()
    offer.refresh_from_db()
    assert offer.status == Status.CANCELLED
    pay(order)
    hear()
    assert Refund.objects.get().amount_paise == offer.price_paise
    assert ledger.balance("session_escrow", offer.pk) == 0
    assert_books_balance()


def test_a_suspension_between_look_and_lock_is_seen_by_a_booking(moderator, monkeypatch):
    """The tutor is suspended after the booking looked and before it has the tutor's lock."""
    offer = OfferFactory()
    order = order_for(offer)
    look = bookings._may_be_booked

    def suspended_behind_it(session):
        answer = look(session)
        TutorProfile.objects.filter(pk=session.tutor_id).update(status="SUSPENDED")
        return answer

    monkeypatch.setattr(bookings, "_may_be_booked", suspended_behind_it)
    pay(order)
    hear()
    offer.refresh_from_db()
    assert offer.status == Status.CANCELLED
    assert ledger.balance("session_escrow", offer.pk) == 0


def test_a_suspended_family_keeps_its_paid_classes(moderator):
    session = make_scheduled()
    users.suspend(session.learner.family.user, by=moderator, reason="Rude")
    hear()
    session.refresh_from_db()
    assert session.status == Status.SCHEDULED


class TestBack:
    """A restored tutor is a candidate again, for what families asked in the last two days."""

    def searches(self):
        fitting = EnquiryFactory()
        old = EnquiryFactory(created_at=clock.now() - timedelta(hours=49))
        closed = EnquiryFactory(status=Enquiry.Status.CLOSED)
        other = EnquiryFactory(subject_id="french")
        return fitting, [old, closed, other]

    @pytest.mark.parametrize("whole_account", [False, True])
    def test_fitting_searches_become_leads_once(self, whole_account, moderator):
        tutor = TutorFactory()
        fitting, unfitting = self.searches()
        if whole_account:
            users.suspend(tutor.user, by=moderator, reason="x")
            hear()
            users.restore(tutor.user, by=moderator, reason="Cleared")
        else:
            verification.suspend(claimed(tutor, moderator), by=moderator, reason="x")
            hear()
            verification.restore(claimed(tutor, moderator), by=moderator, reason="Cleared")
        hear()
        suspensions.welcome_back(tutor.user_id)
        hear()
        lead = Lead.objects.get(tutor=tutor)
        assert (lead.enquiry, lead.status) == (fitting, Lead.Status.NEW)
        assert lead.reasons
        assert Message.objects.filter(template="lead_sent", user_id=tutor.user_id).count() == 1
        assert not Lead.objects.filter(enquiry__in=unfitting).exists()

    def test_a_lead_that_expired_with_the_suspension_is_new_again(self, moderator):
        lead = LeadFactory(status=Lead.Status.VIEWED, viewed_at=clock.now())
        verification.suspend(claimed(lead.tutor, moderator), by=moderator, reason="x")
        hear()
        lead.refresh_from_db()
        assert lead.status == Lead.Status.EXPIRED
        verification.restore(claimed(lead.tutor, moderator), by=moderator, reason="Cleared")
        hear()
        asked_at = lead.created_at
        lead.refresh_from_db()
        assert (lead.status, lead.viewed_at) == (Lead.Status.NEW, None)
        assert lead.created_at > asked_at  # How long the tutor takes to answer counts anew.

    def test_what_the_tutor_declined_stays_declined(self, moderator):
        lead = LeadFactory(
            status=Lead.Status.DECLINED, viewed_at=clock.now(), answered_at=clock.now()
        )
        suspensions.welcome_back(lead.tutor.user_id)
        hear()
        lead.refresh_from_db()
        assert lead.status == Lead.Status.DECLINED

    def test_a_tutor_without_identity_is_no_candidate(self):
        tutor = TutorFactory()
        EnquiryFactory()
        Badge.objects.filter(tutor=tutor).update(valid_until=clock.today() - timedelta(days=1))
        suspensions.welcome_back(tutor.user_id)
        hear()
        assert not Lead.objects.exists()

    def test_one_whom_a_lapse_hides_before_the_work_is_done_gets_none(self):
        tutor = TutorFactory()
        enquiry = EnquiryFactory()
        Badge.objects.filter(tutor=tutor).update(valid_until=clock.today() - timedelta(days=1))
        watch_badges()
        enquiries.show_to(enquiry.pk, tutor.pk)
        assert not Lead.objects.exists()


class TestALapse:
    """Without a proof of identity a tutor meets no new family and teaches what was paid."""

    def lapsed(self, tutor):
        Badge.objects.filter(tutor=tutor).update(valid_until=clock.today() - timedelta(days=1))
        watch_badges()
        hear()

    def test_leads_and_unpaid_offers_end_and_paid_classes_stay(self):
        session = make_scheduled()
        lead = LeadFactory(tutor=session.tutor)
        offer = OfferFactory(lead__tutor=session.tutor, start_at=clock.now() + timedelta(days=9))
        self.lapsed(session.tutor)
        for row in (session, lead, offer):
            row.refresh_from_db()
        assert lead.status == Lead.Status.EXPIRED
        assert offer.status == Status.CANCELLED
        assert session.status == Status.SCHEDULED
        assert ledger.balance("session_escrow", session.pk) == session.price_paise
        assert not Refund.objects.exists()
        with clock.at(session.start_at):
            assert sessions.start(session, by=session.tutor.user).status == Status.IN_PROGRESS

    def test_no_lead_is_answered_from_that_midnight_on(self):
        lead = LeadFactory()
        Badge.objects.filter(tutor=lead.tutor).update(valid_until=clock.today() - timedelta(days=1))
        with pytest.raises(policies.IdentityLapsed):
            leads.accept(
                lead,
                by=lead.tutor.user,
                start_at=clock.now() + timedelta(days=1),
                duration_min=60,
                rate_paise=600_00,
            )

    def test_a_family_that_chooses_them_gets_others(self):
        lapsed, learner = TutorFactory(), LearnerFactory()
        Badge.objects.filter(tutor=lapsed).update(valid_until=clock.today() - timedelta(days=1))
        enquiry = enquiries.ask(
            by=learner.family.user,
            learner=learner,
            subject=Subject.objects.get(pk="physics"),
            mode="online",
            tutor=lapsed,
        )
        assert not enquiry.leads.exists()

    def test_heard_after_a_new_proof_it_does_nothing(self):
        lead = LeadFactory()
        suspensions.stop_new(lead.tutor_id)
        lead.refresh_from_db()
        assert lead.status == Lead.Status.NEW


@pytest.mark.parametrize(("ends", "refunded"), [("won", 600_00), ("closed", 600_00), ("lost", 0)])
def test_money_that_the_bank_may_take_back_waits_for_the_bank(moderator, ends, refunded):
    """Sent back by us as well, it would go out twice."""
    session = make_scheduled()
    chargeback = dispute_of(payment_of(session.pk))
    hear()
    hide(session, moderator)
    hear()
    session.refresh_from_db()
    assert session.status == Status.CANCELLED
    assert not Refund.objects.exists()
    assert ledger.balance("session_escrow", session.pk) == 600_00
    end(chargeback, ends)
    hear()
    assert (Refund.objects.aggregate(all=Sum("amount_paise"))["all"] or 0) == refunded
    assert ledger.balance("session_escrow", session.pk) == 0
    assert ledger.balance("chargeback_loss") == 0
    # The class is off: none of it is the tutor's, to be taken back or to be free again.
    told = {"payment_dispute_over", "payment_taken_back"}
    assert not Message.objects.filter(template__in=told).exists()


def test_what_a_bank_left_of_a_class_that_was_called_off_goes_back(moderator):
    session = make_scheduled()
    chargeback = dispute_of(payment_of(session.pk), amount=200_00)
    hide(session, moderator)
    hear()
    end(chargeback, "lost", 200_00)
    hear()
    assert Refund.objects.get().amount_paise == 400_00
    assert ledger.balance("session_escrow", session.pk) == 0
