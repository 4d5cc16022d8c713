"""SEC-29 (a): no child is in use without a live consent, and a withdrawal stops what needs it.

The services ask (`students.policies.NEEDS`), PostgreSQL asks again for whoever goes around them,
and a withdrawal that comes at the same moment as an act is decided by the learner's lock.
"""

import threading
import time
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from accounts.models import Consent
from accounts.services import consents
from marketplace import policies
from marketplace.models import Enquiry, Lead, TutoringSession
from marketplace.services import bookings, enquiries, leads, sessions, withdrawals
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
from marketplace.tests.test_races import accepting, together
from notifications.models import Message
from payments.models import Refund
from payments.services import credits as lead_credits
from payments.services import ledger
from payments.tests.factories import give_credits, pay
from students.models import Learner
from students.models.learners import LearnerQuerySet
from students.policies import ConsentMissing
from students.services import agreements
from students.tests.factories import LearnerFactory
from tutorhub.core import clock

Status = TutoringSession.Status
CLASSES = [Consent.Purpose.CLASSES]


def withdraw(learner, purposes=tuple(Consent.Purpose)):
    return agreements.withdraw(learner, by=learner.family.user, purposes=purposes)


def check_now():
    """What PostgreSQL would look at when the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def now(act, *args, **kwargs):
    act(*args, **kwargs)
    check_now()


@pytest.mark.django_db
class TestInTheDatabase:
    def test_sec_29_a_child_without_a_live_consent_is_impossible(self):
        learner = LearnerFactory()
        check_now()
        with pytest.raises(IntegrityError, match="no live consent"), transaction.atomic():
            now(consents.withdraw, learner.pk, by=None)
        withdraw(learner)
        check_now()
        with pytest.raises(IntegrityError, match="no live consent"), transaction.atomic():
            now(Learner.objects.filter(pk=learner.pk).update, paused_at=None)

    def test_the_consent_of_another_child_does_not_count(self):
        one, other = LearnerFactory(), LearnerFactory()
        with pytest.raises(IntegrityError, match="no live consent"), transaction.atomic():
            now(Learner.objects.filter(pk=one.pk).update, consent=other.consent)

    def test_the_consent_to_another_purpose_does_not_count(self):
        learner = LearnerFactory()
        to_classes = consents.live(learner.pk)["classes"]
        with pytest.raises(IntegrityError, match="no live consent"), transaction.atomic():
            now(Learner.objects.filter(pk=learner.pk).update, consent=to_classes)

    def test_no_enquiry_is_written_for_a_paused_child(self):
        learner = withdraw(LearnerFactory())
        with pytest.raises(IntegrityError, match="nothing may be asked"), transaction.atomic():
            EnquiryFactory(learner=learner)

    def test_no_class_is_written_or_moved_on_without_consent(self):
        offer = OfferFactory()
        withdraw(offer.learner, CLASSES)
        with pytest.raises(IntegrityError, match="no class may be planned"), transaction.atomic():
            OfferFactory(lead__enquiry=offer.enquiry, start_at=clock.now() + timedelta(days=9))
        with pytest.raises(IntegrityError, match="no class may be planned"), transaction.atomic():
            TutoringSession.objects.filter(pk=offer.pk).update(status=Status.SCHEDULED)

    def test_what_has_begun_can_be_finished(self):
        session = make_in_progress()
        withdraw(session.learner)
        TutoringSession.objects.filter(pk=session.pk).update(status=Status.COMPLETED)
        session.refresh_from_db()
        assert session.status == Status.COMPLETED


@pytest.mark.django_db
class TestTheServicesAsk:
    def test_nothing_is_asked(self):
        learner = withdraw(LearnerFactory())
        with pytest.raises(ConsentMissing):
            enquiries.ask(
                by=learner.family.user, learner=learner, subject=learner.subjects.first(),
                mode="online",
            )  # fmt: skip

    def test_no_lead_is_accepted_and_no_credit_taken(self):
        lead = LeadFactory()
        give_credits(lead.tutor.user)
        withdraw(lead.enquiry.learner, CLASSES)
        with pytest.raises(policies.EnquiryOver):
            accepting(lead)()
        assert lead_credits.balance(lead.tutor.user) == 10

    def test_nothing_is_paid(self):
        offer = OfferFactory()
        withdraw(offer.learner, CLASSES)
        with pytest.raises(ConsentMissing):
            bookings.start_payment(offer, by=offer.learner.family.user)

    def test_no_class_starts(self):
        session = make_scheduled()
        withdraw(session.learner, CLASSES)
        with clock.at(session.start_at), pytest.raises(ConsentMissing):
            sessions.start(session, by=session.tutor.user)

    def test_money_that_comes_afterwards_goes_back(self):
        offer = OfferFactory()
        order = order_for(offer)
        withdraw(offer.learner, CLASSES)
        pay(order)
        hear()
        offer.refresh_from_db()
        assert offer.status == Status.CANCELLED
        assert Refund.objects.get().amount_paise == offer.price_paise
        assert ledger.balance("session_escrow", offer.pk) == 0

    def test_with_a_profile_alone_tutors_are_asked_and_none_is_booked(self):
        lead = LeadFactory()
        give_credits(lead.tutor.user)
        learner = withdraw(lead.enquiry.learner, CLASSES)
        asked = enquiries.ask(
            by=learner.family.user, learner=learner, subject=lead.enquiry.subject, mode="online"
        )
        assert asked.status == Enquiry.Status.OPEN


@pytest.mark.django_db
class TestAWithdrawal:
    @pytest.mark.parametrize("purposes", [CLASSES, tuple(Consent.Purpose)])
    def test_sec_29_it_calls_off_what_is_to_come_and_all_money_goes_back(self, purposes):
        session, offer = make_scheduled(), OfferFactory()
        waiting = LeadFactory(enquiry__learner=session.learner)
        withdraw(session.learner, purposes)
        hear()
        session.refresh_from_db()
        waiting.refresh_from_db()
        offer.refresh_from_db()
        assert session.status == Status.CANCELLED
        assert ledger.balance("session_escrow", session.pk) == 0
        assert Refund.objects.get().amount_paise == session.price_paise
        assert waiting.status == Lead.Status.EXPIRED
        waiting.enquiry.refresh_from_db()
        assert waiting.enquiry.status == Enquiry.Status.CLOSED
        # That of another child stays.
        assert offer.status == Status.PENDING_PAYMENT

    def test_both_sides_are_told_and_the_tutor_not_why(self):
        session = make_scheduled()
        withdraw(session.learner)
        hear()
        told = Message.objects.filter(
            template__in=["class_without_consent", "class_without_family"]
        )
        assert {message.user_id for message in told} == {
            session.tutor.user_id,
            session.learner.family.user_id,
        }
        to_tutor = told.filter(user_id=session.tutor.user_id)[0].text
        assert "consent" not in to_tutor
        assert "Aarav" not in to_tutor

    def test_a_class_that_has_begun_is_finished(self):
        session = make_in_progress()
        withdraw(session.learner)
        hear()
        with clock.at(session.end_at):
            session = sessions.complete(session, by=session.tutor.user)
            session = sessions.confirm(session, by=session.learner.family.user)
        assert session.status == Status.RELEASED

    def test_a_class_that_is_over_stays_as_it_is(self):
        session = make_completed()
        withdraw(session.learner)
        hear()
        session.refresh_from_db()
        assert session.status == Status.COMPLETED
        assert not Refund.objects.exists()

    def test_heard_late_it_leaves_alone_what_a_new_consent_allowed(self):
        session = make_scheduled()
        before = clock.now()
        with clock.at(before + timedelta(minutes=1)):
            later = EnquiryFactory(learner=session.learner)
            withdrawals.stop(session.learner_id, before=before)
            withdrawals.stop(session.learner_id, before=before)
        later.refresh_from_db()
        session.refresh_from_db()
        assert (later.status, session.status) == (Enquiry.Status.OPEN, Status.CANCELLED)
        assert Refund.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
class TestAtTheSameMoment:
    """Whoever gets the learner's lock first is first; nothing is left standing either way."""

    def test_withdrawn_while_a_tutor_accepts(self):
        for _round in range(5):
            lead = LeadFactory()
            give_credits(lead.tutor.user, "pack-5")
            learner = lead.enquiry.learner
            outcomes = together([accepting(lead), lambda learner=learner: withdraw(learner)])
            assert set(outcomes) <= {"won", "enquiry_over"}
            hear()
            standing = TutoringSession.objects.filter(learner=learner).unpaid()
            assert not standing.exists()

    def test_withdrawn_while_the_money_arrives(self):
        for _round in range(5):
            offer = OfferFactory()
            order = order_for(offer)
            pay(order)
            together([hear_of(order, offer), lambda offer=offer: withdraw(offer.learner)])
            hear()
            offer.refresh_from_db()
            assert offer.status == Status.CANCELLED
            assert ledger.balance("session_escrow", offer.pk) == 0

    def test_control_without_the_learners_lock_a_tutor_is_accepted_after_the_withdrawal(
        self, monkeypatch
    ):
        lead = LeadFactory()
        give_credits(lead.tutor.user)
        learner = lead.enquiry.learner
        has_checked = threading.Event()
        check = leads.check_consent

        def slow_check(of, action):
            check(of, action)
            has_checked.set()
            deadline = time.monotonic() + 10
            while consents.live(learner.pk) and time.monotonic() < deadline:
                time.sleep(0.02)

        def withdraw_in_between():
            assert has_checked.wait(10)
            withdraw(learner)

        monkeypatch.setattr(leads, "check_consent", slow_check)
        monkeypatch.setattr(LearnerQuerySet, "locked", QuerySet.all)
        with without_trigger("marketplace_tutoringsession", "session_made_with_consent"):
            outcomes = together([accepting(lead), withdraw_in_between])
        assert outcomes == {"won": 2}
        # Made when there was no consent any more; the news of the withdrawal then ended it.
        offer = TutoringSession.objects.get(learner=learner)
        assert offer.created_at > Consent.objects.about(learner.pk).first().withdrawn_at

    def test_without_the_lock_the_database_still_refuses(self, monkeypatch):
        lead = LeadFactory()
        give_credits(lead.tutor.user)
        learner = lead.enquiry.learner
        monkeypatch.setattr(leads, "check_consent", lambda of, action: withdraw(learner))
        with pytest.raises(IntegrityError, match="no class may be planned"):
            accepting(lead)()


def hear_of(order, offer):
    return lambda: bookings.order_paid(order_id=order.pk, session_id=offer.pk)


class without_trigger:  # noqa: N801 - reads like a word of the test
    """A table without one of its triggers, for a control."""

    def __init__(self, table, name):
        self.table, self.name = table, name

    def __enter__(self):
        self._set("DISABLE")

    def __exit__(self, *error):
        self._set("ENABLE")

    def _set(self, word):
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {self.table} {word} TRIGGER {self.name}")
