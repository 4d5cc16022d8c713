"""SEC-11: staff and the second factor."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import LoginAttempt, User
from accounts.services import staff
from accounts.tests.cast import ask_code
from accounts.tests.factories import FamilyUserFactory, StaffFactory, totp_token
from accounts.tests.urls import every_url
from tutorhub.core import clock
from tutorhub.core.http import MACHINES
from tutorhub.core.models import AuditEvent

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
STAFF_BACKEND = "accounts.backends.StaffBackend"


def member(kind: str) -> User:
    user: User = StaffFactory(is_superuser=kind == "superuser")
    if kind != "superuser":
        staff.ensure_groups()
        user.groups.add(Group.objects.get(name=kind))
    return user


def enter(client: Client, user: User, *, token: str = "", password: str = PASSWORD, **extra: str):
    return client.post(
        "/admin/login/?next=/admin/",
        {
            "username": user.email,
            "password": password,
            "otp_token": token or totp_token(user),
            "next": "/admin/",
        },
        **extra,
    )


@pytest.mark.parametrize("kind", ["moderator", "finance", "support", "superuser"])
def test_sec_11_without_the_second_factor_no_page_opens(kind: str):
    client = Client()
    client.force_login(member(kind), backend=STAFF_BACKEND)
    tried, wrong = 0, []
    for path, _view in every_url():
        # Machines come with a signature; nobody's cookie is looked at there.
        if path in {"/admin/login/", "/admin/logout/"} or path.startswith(MACHINES):
            continue
        tried += 1
        response = client.get(path)
        if response.status_code not in {302, 403} or response.content:
            wrong.append((path, response.status_code))
        if client.post(path).status_code not in {302, 403}:
            wrong.append((path, "post"))
    assert tried > 30
    assert wrong == []


@pytest.mark.parametrize("kind", ["moderator", "finance", "support", "superuser"])
def test_sec_11_password_and_code_open_the_back_office(kind: str):
    client = Client()
    response = enter(client, member(kind))
    assert response.status_code == 302
    assert response["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/accounts/user/").status_code == 200
    attempt = LoginAttempt.objects.get(kind="password")
    assert attempt.is_success


def test_sec_11_neither_password_nor_code_alone_is_enough():
    user = member("moderator")
    for password, token in ((PASSWORD, "000000"), ("wrong", ""), (PASSWORD, " ")):
        client = Client()
        assert enter(client, user, password=password, token=token).status_code == 200
        assert client.get("/admin/").status_code == 302
        TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)


def test_sec_11_a_code_works_once():
    user = member("moderator")
    token = totp_token(user)
    first, second = Client(), Client()
    assert enter(first, user, token=token).status_code == 302
    assert enter(second, user, token=token).status_code == 200
    assert second.get("/admin/").status_code == 302


def test_sec_11_another_ones_code_is_no_use():
    user, colleague = member("moderator"), member("moderator")
    assert enter(Client(), user, token=totp_token(colleague)).status_code == 200


def test_sec_11_staff_have_no_number_and_no_session_by_code():
    user = member("moderator")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(phone="+919876500031")
    client = Client()
    client.force_login(user, backend="accounts.backends.PhoneBackend")
    response = client.get("/signin/")
    assert not response.wsgi_request.user.is_authenticated
    assert ask_code(Client(), "+919876500031").status_code == 202


def test_sec_11_families_have_no_way_into_the_back_office():
    client = Client()
    client.force_login(FamilyUserFactory(), backend="accounts.backends.PhoneBackend")
    response = client.get("/admin/accounts/user/")
    assert response.status_code == 302
    assert "/admin/login/" in response["Location"]
    family = FamilyUserFactory()
    family.set_password(PASSWORD)
    family.email = "family@example.com"
    family.save()
    TOTPDevice.objects.create(user=family, confirmed=True)
    assert enter(Client(), family).status_code == 200


def test_sec_11_thirty_idle_minutes_end_the_session():
    client, start = Client(), clock.now()
    enter(client, member("moderator"))
    with clock.at(start):
        assert client.get("/admin/").status_code == 200
    with clock.at(start + timedelta(minutes=29)):
        assert client.get("/admin/").status_code == 200
    with clock.at(start + timedelta(minutes=58)):
        assert client.get("/admin/").status_code == 200
    with clock.at(start + timedelta(minutes=89)):
        assert client.get("/admin/").status_code == 302
    with clock.at(start + timedelta(minutes=89)):
        assert client.get("/admin/").status_code == 302


def test_sec_11_eight_hours_end_the_session():
    client, start = Client(), clock.now()
    enter(client, member("moderator"))
    for minutes in range(0, 480, 20):
        with clock.at(start + timedelta(minutes=minutes)):
            assert client.get("/admin/").status_code == 200
    with clock.at(start + timedelta(minutes=481)):
        assert client.get("/admin/").status_code == 302


def test_sec_11_passwords_cannot_be_guessed_from_one_place(settings):
    user, client = member("moderator"), Client()
    for _ in range(settings.STAFF_FAILURES):
        enter(client, user, password="wrong")
    assert enter(client, user).status_code == 200
    assert client.get("/admin/").status_code == 302
    assert LoginAttempt.objects.filter(reason="throttled").count() == 1
    elsewhere = Client()
    assert enter(elsewhere, user, REMOTE_ADDR="198.51.100.9").status_code == 302


def test_sec_11_seeds_are_shown_to_nobody():
    client = Client()
    enter(client, member("superuser"))
    assert client.get("/admin/otp_totp/totpdevice/").status_code == 404


def test_sec_11_groups_have_what_the_apps_named_and_no_more():
    staff.ensure_groups()
    user = member("finance")
    assert user.has_perm("accounts.view_user")
    assert not user.has_perm("accounts.suspend_user")
    assert member("moderator").has_perm("accounts.suspend_user")
    extra = Permission.objects.get(codename="delete_user")
    Group.objects.get(name="finance").permissions.add(extra)
    staff.ensure_groups()
    assert not Group.objects.get(name="finance").permissions.filter(pk=extra.pk).exists()


def test_sec_11_a_right_that_no_model_has_is_refused(monkeypatch):
    monkeypatch.setitem(staff._rights, "finance", {"accounts.view_user", "accounts.view_usr"})
    with pytest.raises(LookupError, match=r"accounts\.view_usr"):
        staff.ensure_groups()


def test_sec_11_setup_staff_makes_one(monkeypatch, capsys):
    monkeypatch.setenv("STAFF_PASSWORD", PASSWORD)
    call_command("setup_staff", "Asha@Example.com", "--name", "Asha", "--group", "finance")
    user = User.objects.get(email="asha@example.com")
    assert list(user.groups.values_list("name", flat=True)) == ["finance"]
    assert "otpauth://totp/" in capsys.readouterr().out
    assert enter(Client(), user).status_code == 302


def test_sec_11_setup_staff_changes_the_groups_of_a_colleague():
    user = member("moderator")
    assert user.has_perm("accounts.suspend_user")
    call_command("setup_staff", user.email.upper(), "--group", "finance", "--set-groups")
    user = User.objects.get(pk=user.pk)
    assert list(user.groups.values_list("name", flat=True)) == ["finance"]
    assert not user.has_perm("accounts.suspend_user")
    row = AuditEvent.objects.get(action="staff.groups_set")
    assert row.data == {"before": ["moderator"], "groups": ["finance"]}
    with pytest.raises(CommandError, match="--set-groups"):
        call_command("setup_staff", user.email, "--group", "support")
    with pytest.raises(CommandError, match="No member of staff"):
        call_command("setup_staff", "nobody@example.com", "--set-groups")


def test_sec_11_moderators_suspend_in_the_admin_with_a_reason():
    client, family = Client(), FamilyUserFactory()
    enter(client, member("moderator"))
    data = {"action": "suspend", "_selected_action": str(family.pk)}
    client.post("/admin/accounts/user/", data)
    family.refresh_from_db()
    assert family.is_active
    client.post("/admin/accounts/user/", {**data, "reason": "spam"})
    family.refresh_from_db()
    assert not family.is_active


def test_sec_11_finance_cannot_suspend():
    client, family = Client(), FamilyUserFactory()
    enter(client, member("finance"))
    data = {"action": "suspend", "_selected_action": str(family.pk), "reason": "spam"}
    client.post("/admin/accounts/user/", data)
    family.refresh_from_db()
    assert family.is_active
