"""The pages of families and tutors on their way to a class, in a real browser."""

from typing import Any

import pytest

from marketplace.models import Enquiry
from marketplace.tests.factories import (
    EnquiryFactory,
    HomeOfferFactory,
    LeadAcceptedFactory,
    LeadFactory,
    OfferFactory,
    book,
    make_completed,
    make_released,
)
from students.tests.factories import LearnerFactory
from tests.browser import Visitor
from tutors.tests.factories import TutorFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def see(visitor: Visitor, user: Any, pages: dict[str, str]) -> None:
    visitor.sign_in(user)
    for name, path in pages.items():
        visitor.go(path)
        visitor.picture(name)
        visitor.check()


def test_pages_of_a_family(screen: Visitor) -> None:
    learner = LearnerFactory()
    tutor = TutorFactory()
    enquiry = EnquiryFactory(learner=learner, status=Enquiry.Status.MATCHED)
    for message in ("I can start on Tuesday and bring last year's papers.", ""):
        OfferFactory(lead=LeadAcceptedFactory(enquiry=enquiry), message=message)
    waiting = EnquiryFactory(learner=learner)
    home = HomeOfferFactory(lead=LeadAcceptedFactory(enquiry__learner=learner))
    home = book(home)
    pages = {
        "learner-new": "/family/learners/new/",
        "learner-edit": f"/family/learners/{learner.pk}/",
        "enquiry-new": f"/enquiries/new/?tutor={tutor.slug}",
        "enquiry-list": "/enquiries/",
        "enquiry-offers": f"/enquiries/{enquiry.pk}/",
        "enquiry-waiting": f"/enquiries/{waiting.pk}/",
        "session-list": "/classes/",
        "session-offer": f"/classes/{enquiry.sessions.first().pk}/",
        "session-booked": f"/classes/{home.pk}/",
    }
    see(screen, learner.family.user, pages)


def test_pages_of_a_tutor(screen: Visitor) -> None:
    tutor = TutorFactory()
    lead = LeadFactory(
        tutor=tutor,
        enquiry__mode="either",
        enquiry__note="Finds numericals hard.",
        enquiry__preferred_times=["Weekday evenings", "Sundays"],
    )
    offer = OfferFactory(lead=LeadAcceptedFactory(tutor=tutor))
    pages = {
        "lead-list": "/leads/",
        "lead-detail": f"/leads/{lead.pk}/",
        "session-list-tutor": "/classes/",
        "session-offer-tutor": f"/classes/{offer.pk}/",
    }
    see(screen, tutor.user, pages)


def test_a_class_that_is_over(screen: Visitor) -> None:
    session = make_completed()
    see(screen, session.learner.family.user, {"session-completed": f"/classes/{session.pk}/"})
    session = make_released()
    see(screen, session.tutor.user, {"session-released-tutor": f"/classes/{session.pk}/"})
    see(screen, session.learner.family.user, {"session-released": f"/classes/{session.pk}/"})
