from urllib.parse import urlencode

import pytest
from django.conf import settings

from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from students.models import Learner
from students.tests.factories import LearnerFactory

pytestmark = pytest.mark.django_db

FORM = {
    "name": "Aarav",
    "grade": "11",
    "board": "CBSE",
    "subjects": ["physics"],
    "mode": "home",
    "pin_code": "560034",
    "budget_min": "300",
    "budget_max": "800",
    "languages": ["en"],
    "guardian_name": "Priya",
    "guardian_phone": "98765 43210",
    "guardian_relation": "mother",
    "consent": "on",
}


@pytest.fixture
def family(client):
    user = FamilyUserFactory(phone="+919876543210")
    client.force_login(user, backend="accounts.backends.PhoneBackend")
    return user


def test_the_form_says_what_and_why_and_ticks_nothing(client, family):
    page = client.get("/family/learners/new/").content.decode()
    assert "to find tutors near you" in page
    assert 'href="/privacy/"' in page
    box = page[page.index('name="consent"') - 60 : page.index('name="consent"') + 120]
    assert "checked" not in box


def test_a_learner_is_saved_in_paise(client, family):
    answer = client.post("/family/learners/new/", FORM)
    assert answer.status_code == 302
    learner = Learner.objects.get()
    assert (learner.budget_min_paise, learner.budget_max_paise) == (300_00, 800_00)
    assert learner.consent.notice.version == settings.CONSENT_NOTICE_VERSION


@pytest.mark.parametrize(
    ("wanted", "to"),
    [
        ("/enquiries/new/?tutor=ravi-12345", "/enquiries/new/?tutor=ravi-12345"),
        ("//evil.example/", "/dashboard/"),
        ("https://evil.example/", "/dashboard/"),
    ],
)
def test_after_the_first_learner_the_way_goes_on_to_what_was_wanted(client, family, wanted, to):
    answer = client.post(f"/family/learners/new/?{urlencode({'next': wanted})}", FORM)
    assert answer.url == to


@pytest.mark.parametrize("change", [{"consent": ""}, {"pin_code": "999999"}, {"grade": "14"}])
def test_mistakes_are_shown_on_the_form(client, family, change):
    answer = client.post("/family/learners/new/", {**FORM, **change})
    assert answer.status_code == 422
    assert not Learner.objects.exists()


def test_a_learner_is_changed(client, family):
    learner = LearnerFactory(family__user=family)
    url = f"/family/learners/{learner.pk}/"
    assert "Aarav Sharma" in client.get(url).content.decode()
    assert client.post(url, {**FORM, "name": "Aarav S."}).status_code == 302
    learner.refresh_from_db()
    assert learner.name == "Aarav S."


def test_not_mine_is_not_found(client, family):
    assert client.get(f"/family/learners/{LearnerFactory().pk}/").status_code == 404


def test_tutors_and_strangers_stay_out(client):
    assert client.get("/family/learners/new/").status_code == 302
    client.force_login(TutorUserFactory(), backend="accounts.backends.PhoneBackend")
    assert client.get("/family/learners/new/").status_code == 403


def test_the_consent_is_withdrawn_and_can_be_given_again(client, family):
    learner = LearnerFactory(family__user=family)
    url = f"/family/learners/{learner.pk}/"
    assert client.post(f"{url}withdraw-consent/").status_code == 302
    learner = Learner.objects.get(pk=learner.pk)
    assert not learner.has_live_consent
    assert "was withdrawn" in client.get(url).content.decode()
    assert client.post(url, FORM).status_code == 302
    assert Learner.objects.get(pk=learner.pk).has_live_consent
    other = LearnerFactory()
    assert client.post(f"/family/learners/{other.pk}/withdraw-consent/").status_code == 404
