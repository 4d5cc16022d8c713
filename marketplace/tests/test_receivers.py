import pytest

from accounts import news as accounts_news
from accounts.models import Consent, User
from accounts.services import erasures, staff, users
from accounts.tests.factories import StaffFactory
from marketplace.models import Enquiry, Lead, TutoringSession
from marketplace.tasks import expire_unpaid, release_due
from marketplace.tests.factories import (
    EnquiryFactory,
    LeadFactory,
    OfferFactory,
    hear,
    make_completed,
    make_scheduled,
)
from notifications.models import Message
from payments import news
from payments.services import ledger
from students.services import agreements
from tutorhub.core import clock, outbox
from tutors import news as tutors_news
from tutors.services import verification
from tutors.tests.factories import claimed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (news.ORDER_PAID, "marketplace.book_paid_session"),
        (news.ORDER_PAID_LATE, "marketplace.book_late_session"),
        (news.ORDER_REFUNDED, "marketplace.heed_refund"),
        (news.DISPUTE_CHANGED, "marketplace.heed_payment_dispute"),
        (accounts_news.CONSENT_WITHDRAWN, "marketplace.heed_withdrawn_consent"),
        (accounts_news.USER_SUSPENDED, "marketplace.end_business_of_suspended"),
        (accounts_news.USER_RESTORED, "marketplace.welcome_back_account"),
        (accounts_news.USER_ERASED, "marketplace.end_business_of_erased"),
        (accounts_news.USER_ERASED, "students.forget_family"),
        (accounts_news.USER_ERASED, "tutors.forget_person"),
        (tutors_news.TUTOR_SUSPENDED, "marketplace.end_business_of_hidden_tutor"),
        (tutors_news.TUTOR_UNLISTED, "marketplace.end_new_business_of_unlisted"),
        (tutors_news.TUTOR_LISTED, "marketplace.welcome_back_tutor"),
    ],
)
def test_the_wires_are_connected(kind, name):
    assert name in outbox.receivers[kind]


def test_a_withdrawn_consent_ends_the_search(drain):
    offer = OfferFactory()
    other = EnquiryFactory()
    agreements.withdraw(offer.learner, by=offer.learner.family.user)
    drain()
    offer.refresh_from_db()
    offer.enquiry.refresh_from_db()
    other.refresh_from_db()
    assert offer.status == TutoringSession.Status.CANCELLED
    assert offer.enquiry.status == Enquiry.Status.CLOSED
    assert other.status == Enquiry.Status.OPEN


def test_an_erased_family_is_forgotten_and_its_money_goes_back():
    session = make_scheduled()
    family = session.learner.family
    enquiry = EnquiryFactory(learner=session.learner, note="Aarav is shy")
    erasures.erase(family.user, by=family.user)
    hear()
    session = TutoringSession.objects.with_details().get(pk=session.pk)
    assert (session.learner.name, session.learner.guardian.name) == ("", "")
    assert not session.learner.guardian.phone.startswith("+")
    assert session.status == TutoringSession.Status.CANCELLED
    assert not ledger.balance("session_escrow", session.pk)
    assert not Consent.objects.about(session.learner_id).exclude(guardian_name="").exists()
    enquiry.refresh_from_db()
    assert (enquiry.status, enquiry.note) == (Enquiry.Status.CLOSED, "")


def test_a_suspended_tutor_has_no_offers_left(drain):
    offer = OfferFactory()
    lead = LeadFactory(tutor=offer.tutor)
    boss = StaffFactory()
    User.objects.filter(pk=boss.pk).update(is_superuser=True)
    boss.refresh_from_db()
    users.suspend(offer.tutor.user, by=boss, reason="Complaints")
    drain()
    offer.refresh_from_db()
    lead.refresh_from_db()
    assert offer.status == TutoringSession.Status.CANCELLED
    assert lead.status == Lead.Status.EXPIRED


def test_a_tutor_whom_moderators_suspend_has_no_offers_left_and_families_are_told(drain):
    offer = OfferFactory()
    lead = LeadFactory(tutor=offer.tutor)
    staff.ensure_groups()
    moderator = StaffFactory(group="moderator")
    verification.suspend(claimed(offer.tutor, moderator), by=moderator, reason="Complaints")
    drain()
    offer.refresh_from_db()
    lead.refresh_from_db()
    assert offer.status == TutoringSession.Status.CANCELLED
    assert lead.status == Lead.Status.EXPIRED
    told = Message.objects.filter(template="offer_cancelled").values_list("user_id", flat=True)
    assert set(told) == {offer.learner.family.user_id}
    assert not Message.objects.filter(template="offer_withdrawn").exists()


def test_the_schedule_expires_and_releases(drain):
    offer = OfferFactory()
    with clock.at(offer.pay_by):
        expire_unpaid()
        drain()
    offer.refresh_from_db()
    assert offer.status == TutoringSession.Status.EXPIRED
    session = make_completed()
    with clock.at(session.release_due_at):
        release_due()
        drain()
    session.refresh_from_db()
    assert session.status == TutoringSession.Status.RELEASED
