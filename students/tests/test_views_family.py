"""The pages of consents, guardians and children."""

import re

import pytest

from accounts.services import consents
from accounts.tests.factories import FamilyUserFactory, newer_notice
from notifications.models import Message
from students.models import Learner
from students.queries import member
from students.tests.factories import LearnerFactory, add_guardian, invitation
from students.tests.test_views_learners import FORM

pytestmark = pytest.mark.django_db

BACKEND = "accounts.backends.PhoneBackend"


@pytest.fixture
def learner():
    return LearnerFactory()


@pytest.fixture
def holder(client, learner):
    client.force_login(learner.family.user, backend=BACKEND)
    return learner.family.user


def text_of(client, url):
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_ledger_says_what_when_how_and_offers_to_withdraw(client, holder, learner):
    page = text_of(client, "/family/consents/")
    for words in ("Meera (Mother)", "Notice 2026-11-01 (en)", "Aarav Sharma"):
        assert words in page
    for consent in consents.live(learner.pk).values():
        assert f"/family/consents/{consent.pk}/withdraw/" in page
    assert 'name="consent"' not in page


def test_many_children_cost_no_more_queries(client, holder, learner, django_assert_max_num_queries):
    LearnerFactory.create_batch(4, family=learner.family)
    with django_assert_max_num_queries(9):
        text_of(client, "/family/consents/")
    with django_assert_max_num_queries(9):
        text_of(client, "/family/learners/")


def test_one_purpose_is_withdrawn_and_given_again(client, holder, learner):
    consent = consents.live(learner.pk)["classes"]
    assert client.post(f"/family/consents/{consent.pk}/withdraw/").status_code == 302
    page = text_of(client, "/family/consents/")
    assert "Not agreed" in page
    url = f"/family/learners/{learner.pk}/agree/"
    client.post(url)
    assert set(consents.live(learner.pk)) == {"learner_profile"}
    client.post(url, {"consent": "on"})
    assert set(consents.live(learner.pk)) == {"classes", "learner_profile"}


def test_a_new_notice_is_shown_in_full_and_asked_about(client, holder, learner, settings):
    newer_notice("2027-01-01", settings)
    page = text_of(client, "/family/consents/")
    assert "Notice 2027-01-01" in page
    assert 'name="consent"' in page
    client.post(f"/family/learners/{learner.pk}/agree/", {"consent": "on"})
    assert Learner.objects.get(pk=learner.pk).consent.notice.version == "2027-01-01"


def test_the_second_guardian_is_not_offered_what_is_not_theirs(client, learner):
    client.force_login(add_guardian(learner.family).user, backend=BACKEND)
    page = text_of(client, "/family/consents/")
    assert "alone may withdraw it" in page
    assert "/withdraw/" not in page


def test_a_number_that_is_not_ones_own_leads_to_the_code_and_on(client):
    user = FamilyUserFactory()
    client.force_login(user, backend=BACKEND)
    answer = client.post("/family/learners/new/?next=%2Ftutors%2F", FORM)
    learner = Learner.objects.get()
    assert answer.url == f"/family/learners/{learner.pk}/guardian-code/?next=%2Ftutors%2F"
    page = text_of(client, answer.url)
    assert "+91••••••3210" in page
    assert "9876543210" not in re.sub(r'href="[^"]*"', "", page)
    message = Message.objects.get(to="+919876543210", template="guardian_code")
    code = re.search(r"\b\d{6}\b", message.text).group()
    assert client.post(answer.url, {"code": "1"}).status_code == 422
    assert client.post(answer.url, {"code": code}).url == "/tutors/"
    assert Learner.objects.get().consent.is_proved
    assert "Nothing is left to do" in text_of(client, answer.url)


def test_a_second_code_has_to_wait(client):
    client.force_login(FamilyUserFactory(), backend=BACKEND)
    client.post("/family/learners/new/", FORM)
    url = f"/family/learners/{Learner.objects.get().pk}/guardian-code/send/"
    assert client.post(url).status_code == 429


def test_invited_joined_and_removed(client, holder, learner):
    assert (
        client.post("/family/people/", {"phone": "98222 00022", "relation": "father"}).status_code
        == 302
    )
    assert "+919822200022" in text_of(client, "/family/people/")
    joining = FamilyUserFactory(phone="+919822200022", name="Rohan")
    client.force_login(joining, backend=BACKEND)
    page = text_of(client, "/family/invites/")
    assert holder.name in page
    accept = re.search(r'action="(/family/invites/[^"]+/accept/)"', page).group(1)
    assert client.post(accept).url == "/family/learners/"
    assert "Aarav Sharma" in text_of(client, "/family/learners/")
    client.force_login(holder, backend=BACKEND)
    assert "Rohan" in text_of(client, "/family/people/")
    client.post(f"/family/people/{member(joining).pk}/remove/")
    client.force_login(joining, backend=BACKEND)
    assert "Aarav" not in text_of(client, "/family/learners/")


def test_a_mistake_is_shown_on_the_form(client, holder):
    for phone in ("123", holder.phone):
        answer = client.post("/family/people/", {"phone": phone, "relation": "father"})
        assert answer.status_code == 422


def test_declined_and_taken_back(client, holder, learner):
    first = invitation(learner.family)
    assert client.post(f"/family/invites/{first.pk}/take-back/").status_code == 302
    second = invitation(learner.family)
    client.force_login(FamilyUserFactory(phone=second.phone), backend=BACKEND)
    assert client.post(f"/family/invites/{second.pk}/decline/").status_code == 302
    for invite, outcome in ((first, "taken_back"), (second, "declined")):
        invite.refresh_from_db()
        assert invite.outcome == outcome


def test_the_second_guardian_sees_no_form_to_invite(client, learner):
    client.force_login(add_guardian(learner.family).user, backend=BACKEND)
    assert 'name="phone"' not in text_of(client, "/family/people/")


def test_a_child_is_taken_out_after_a_word_about_what_happens(client, holder, learner):
    url = f"/family/learners/{learner.pk}/remove/"
    assert "erased after 30 days" in text_of(client, url)
    assert client.post(url).url == "/family/learners/"
    assert client.get(url).status_code == 404
    assert "Aarav" not in text_of(client, "/family/learners/")


def test_the_privacy_page_is_the_notice_in_force(client):
    assert "Thirty days after the last class" in text_of(client, "/privacy/")
