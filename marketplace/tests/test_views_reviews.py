"""Reviews are public once they are shown, and name no child."""

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.models import Review, TutoringSession
from marketplace.tests.factories import OfferFactory
from tutors.tests.factories import TutorFactory, TutorPendingFactory

pytestmark = pytest.mark.django_db


def review_of(session: TutoringSession, **values: object) -> Review:
    user = session.learner.family.user
    details = {"session": session, "tutor": session.tutor, "written_by": user, "side": "family"}
    return Review.objects.create(**{**details, "stars": 5, "text": "Patient.", **values})


def test_shown_reviews_are_public_without_the_childs_name(client: Client) -> None:
    session = OfferFactory()
    review_of(session, published_at=timezone.now())
    html = client.get(f"/tutors/{session.tutor.slug}/reviews/").text
    assert "Patient." in html
    assert session.learner.name not in html


def test_hidden_reviews_stay_hidden(client: Client) -> None:
    session = OfferFactory()
    review_of(session)
    assert "Patient." not in client.get(f"/tutors/{session.tutor.slug}/reviews/").text


def test_htmx_gets_the_part_alone(client: Client) -> None:
    tutor = TutorFactory()
    answer = client.get(f"/tutors/{tutor.slug}/reviews/", headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert "HX-Request" in answer["Vary"]


def test_unlisted_tutors_have_no_review_page(client: Client) -> None:
    tutor = TutorPendingFactory()
    assert client.get(f"/tutors/{tutor.slug}/reviews/").status_code == 404
