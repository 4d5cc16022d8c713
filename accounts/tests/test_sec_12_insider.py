"""SEC-12: what staff see of people, and what stays of their looking."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.models import LoginAttempt
from accounts.services import reveals, staff
from accounts.services.users import ReasonMissing
from accounts.tests.factories import FamilyUserFactory, StaffFactory
from accounts.tests.test_sec_11_staff import enter, member
from tutorhub.core import clock
from tutorhub.core.errors import NotAllowed
from tutorhub.core.models import AuditEvent

pytestmark = pytest.mark.django_db

PHONE = "+919876543210"


@pytest.fixture
def desk():
    client = Client()
    enter(client, member("support"))
    return client


@pytest.fixture
def person():
    return FamilyUserFactory(phone=PHONE, email="meera@example.com")


def act(client, person, **data):
    form = {"action": "reveal", "_selected_action": [str(person.pk)], **data}
    return client.post("/admin/accounts/user/", form, follow=True).text


def test_sec_12_numbers_and_addresses_are_masked(desk, person):
    LoginAttempt.objects.create(kind="otp", phone=PHONE, email=person.email, ip="192.0.2.1")
    for page in (
        "/admin/accounts/user/",
        f"/admin/accounts/user/{person.pk}/change/",
        "/admin/accounts/loginattempt/",
        f"/admin/accounts/loginattempt/{LoginAttempt.objects.get(phone=PHONE).pk}/change/",
    ):
        text = desk.get(page).text
        assert "+9198…10" in text, page
        assert "9876543210" not in text, page
        assert person.email not in text, page


def test_sec_12_they_are_shown_for_a_reason_that_stays(desk, person):
    assert "Say why" in act(desk, person)
    assert PHONE not in act(desk, person)
    text = act(desk, person, reason="ticket 12: cannot sign in")
    assert f"{PHONE} meera@example.com" in text
    event = AuditEvent.objects.get(action="user.revealed")
    assert (event.object_id, event.data) == (
        str(person.pk),
        {"reason": "ticket 12: cannot sign in"},
    )


def test_sec_12_they_are_shown_after_a_fresh_code_only(desk, person, settings):
    with clock.at(clock.now() + settings.STEP_UP_LIFE):
        text = act(desk, person, reason="ticket 12: cannot sign in")
    assert PHONE not in text
    assert "Confirm that it is you" in text
    assert not AuditEvent.objects.filter(action="user.revealed").exists()


def test_sec_12_without_the_right_or_the_reason_nothing_is_shown(person):
    nobody = StaffFactory()
    with pytest.raises(NotAllowed):
        reveals.reveal(person, by=nobody, reason="curious")
    supporter = member("support")
    with pytest.raises(ReasonMissing):
        reveals.reveal(person, by=supporter, reason="  ")
    assert not AuditEvent.objects.filter(action="user.revealed").exists()


def test_sec_12_one_person_at_a_time(desk, person):
    other = FamilyUserFactory()
    data = {"reason": "x", "_selected_action": [str(person.pk), str(other.pk)]}
    text = act(desk, person, **data)
    assert "One at a time" in text
    assert not AuditEvent.objects.filter(action="user.revealed").exists()


def test_sec_12_support_sees_neither_papers_nor_money(desk):
    staff.ensure_groups()
    rights = Group.objects.get(name="support").permissions
    apps = set(rights.values_list("content_type__app_label", flat=True))
    assert apps <= {"accounts", "marketplace"}
    for page in (
        "/admin/tutors/tutorprofile/",
        "/admin/payments/payout/",
        "/admin/payments/health/",
    ):
        assert desk.get(page).status_code in {403, 404}, page


@pytest.mark.parametrize("name", ["auth_group", "django_celery_beat_periodictask"])
def test_sec_12_rights_and_schedules_are_not_edited_by_hand(name):
    with pytest.raises(NoReverseMatch):
        reverse(f"admin:{name}_changelist")
