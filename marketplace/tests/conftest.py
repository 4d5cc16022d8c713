"""The cast: a family with a learner, a tutor with credits, and people from outside."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.tests.factories import FamilyUserFactory
from payments.tests.factories import give_credits
from students.tests.factories import LearnerFactory
from tutors.tests.factories import TutorFactory


@pytest.fixture
def learner(db):
    return LearnerFactory()


@pytest.fixture
def family(learner):
    return learner.family.user


@pytest.fixture
def tutor(db):
    profile = TutorFactory()
    give_credits(profile.user)
    return profile


@pytest.fixture
def outsider(db):
    return FamilyUserFactory()


@pytest.fixture
def as_user():
    """An API client signed in as somebody."""

    def sign_in(user):
        client = APIClient()
        client.force_authenticate(user)
        return client

    return sign_in


@pytest.fixture
def browse():
    """A browser signed in as somebody."""

    def sign_in(user):
        client = Client()
        client.force_login(user, backend="accounts.backends.PhoneBackend")
        return client

    return sign_in


@pytest.fixture
def whatsapp(settings):
    """Messages are written, by one channel."""
    settings.MESSAGE_CHANNELS = {
        **dict.fromkeys(["sms", "email"], "off"),
        "whatsapp": "notifications.gateway.DevInbox",
    }
