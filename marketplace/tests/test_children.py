"""What a tutor sees of a child, by the link between them, in pages, API and messages."""

from datetime import timedelta

import pytest

from accounts.models import Consent, User
from marketplace import policies, queries
from marketplace.models import TutoringSession
from marketplace.services import bookings, enquiries
from marketplace.tests.factories import (
    LeadFactory,
    OfferFactory,
    hear,
    make_released,
    make_scheduled,
)
from notifications.models import Message
from students.services import agreements
from students.tests.factories import LearnerFactory, add_guardian
from tutorhub.core import clock

pytestmark = pytest.mark.django_db

NAME, UNNAMED = "Aarav", "a class 11 student"


def child(session, reader=None):
    shown = TutoringSession.objects.with_details().get(pk=session.pk)
    return queries.child_of(shown, reader or session.tutor.user)


def seen_by(client, paths):
    """Everything that the tutor's pages or API say."""
    answers = [client.get(path) for path in paths]
    assert {answer.status_code for answer in answers} == {200}
    return "".join(answer.content.decode() for answer in answers)


def everywhere(session):
    pages = ["/classes/", "/classes/?past", f"/classes/{session.pk}/", "/leads/", "/tutor/"]
    api = ["sessions/", f"sessions/{session.pk}", "tutors/leads/inbox"]
    return pages, [f"/api/v1/{path}" for path in api]


def test_an_offer_names_no_child(browse, as_user):
    offer = OfferFactory()
    user = offer.tutor.user
    pages, api = everywhere(offer)
    said = seen_by(browse(user), pages) + seen_by(as_user(user), api)
    assert NAME not in said
    assert offer.learner.guardian.phone not in said
    assert UNNAMED in said
    assert child(offer) == queries.Child(UNNAMED, 11, "Koramangala, Bengaluru", queries.Link.NONE)


def test_a_lead_names_no_child(browse, as_user):
    lead = LeadFactory()
    user = lead.tutor.user
    pages = ["/leads/", f"/leads/{lead.pk}/", "/tutor/"]
    api = ["/api/v1/tutors/leads/inbox", f"/api/v1/tutors/leads/{lead.pk}"]
    said = seen_by(browse(user), pages) + seen_by(as_user(user), api)
    assert NAME not in said
    assert UNNAMED in said


def test_linked_the_tutor_sees_first_name_class_area_and_the_guardians_number(browse, as_user):
    session = make_scheduled()
    user = session.tutor.user
    pages, api = everywhere(session)
    said = seen_by(browse(user), pages) + seen_by(as_user(user), api)
    assert NAME in said
    assert "Sharma" not in said.replace(session.learner.guardian.name, "")
    assert session.learner.guardian.phone in said
    assert child(session) == queries.Child(NAME, 11, "Koramangala, Bengaluru", queries.Link.LINKED)


def test_thirty_days_after_the_last_class_the_first_name_is_left(browse, as_user):
    session = make_released()
    user = session.tutor.user
    with clock.at(session.end_at + timedelta(days=30)):
        assert child(session).link == queries.Link.LINKED
        assert session.learner.guardian.phone in seen_by(
            as_user(user), [f"/api/v1/sessions/{session.pk}"]
        )
    with clock.at(session.end_at + timedelta(days=30, seconds=1)):
        assert child(session) == queries.Child(NAME, None, "", queries.Link.WAS_LINKED)
        pages, api = everywhere(session)
        said = seen_by(as_user(user), api[:2]) + seen_by(browse(user), pages[:3])
    assert session.learner.guardian.phone not in said
    assert session.learner.guardian.name not in said
    assert "Koramangala" not in said
    assert "class 11" not in said
    assert NAME in said


def test_another_class_keeps_the_link_alive():
    session = make_released()
    with clock.at(session.end_at + timedelta(days=29)):
        again = OfferFactory(
            lead__tutor=session.tutor,
            lead__enquiry__learner=session.learner,
            start_at=clock.now() + timedelta(days=7),
        )
        assert child(again).link == queries.Link.LINKED
    with clock.at(session.end_at + timedelta(days=31)):
        # An offer alone is no class.
        assert child(session).link == queries.Link.WAS_LINKED


def test_a_class_with_another_tutor_links_nobody_else():
    session = make_scheduled()
    other = OfferFactory(
        lead__enquiry__learner=session.learner, start_at=clock.now() + timedelta(days=9)
    )
    assert child(other).link == queries.Link.NONE


def test_without_consent_the_link_is_over():
    session = make_released()
    agreements.withdraw(
        session.learner, by=session.learner.family.user, purposes=[Consent.Purpose.CLASSES]
    )
    assert child(session).link == queries.Link.WAS_LINKED


def test_the_family_sees_its_child_as_it_is(as_user):
    offer = OfferFactory()
    said = as_user(offer.learner.family.user).get(f"/api/v1/sessions/{offer.pk}").json()
    assert said["learner"]["name"] == "Aarav Sharma"


def test_messages_to_a_tutor_name_the_child_once_it_is_linked():
    lead = LeadFactory()
    enquiries.ask(
        by=lead.enquiry.learner.family.user,
        learner=lead.enquiry.learner,
        subject=lead.enquiry.subject,
        mode="online",
        note="Aarav needs help",
        tutor=lead.tutor,
    )
    first = OfferFactory()
    bookings.cancel(first, by=first.learner.family.user)
    second = make_scheduled()
    tutors = User.objects.filter(role="tutor").values("pk")
    to_tutors = Message.objects.filter(user_id__in=tutors)
    booked = to_tutors.filter(template="class_booked")
    assert {m.user_id for m in booked} == {second.tutor.user_id}
    assert all(NAME in m.text for m in booked)
    assert to_tutors.exclude(template="class_booked").exists()
    assert not [m for m in to_tutors.exclude(template="class_booked") if NAME in m.text]


@pytest.mark.parametrize(
    ("note", "kept"),
    [
        ("Aarav is shy", "••• is shy"),
        ("AARAV Sharma's marks", "••• •••'s marks"),
        ("Aaravind is a friend", "Aaravind is a friend"),
        ("Aarav, class 11", "•••, class 11"),
    ],
)
def test_the_childs_name_is_taken_out_of_the_note(note, kept):
    assert policies.hide_name(note, "Aarav Sharma") == kept


def test_short_words_of_a_name_stay():
    assert policies.hide_name("My son is a good boy", "A Jo Is") == "My son is a good boy"
    assert policies.hide_name("anything", "") == "anything"


def test_each_guardian_is_told():
    offer = OfferFactory()
    second = add_guardian(offer.learner.family).user
    bookings.cancel(offer, by=offer.tutor.user)
    told = Message.objects.filter(template="offer_cancelled").values_list("user_id", flat=True)
    assert set(told) == {offer.learner.family.user_id, second.pk}


def test_an_erased_child_is_a_student():
    session = make_scheduled()
    LearnerFactory._meta.model.objects.filter(pk=session.learner_id).update(name="")
    hear()
    assert child(session).name == "a student"
