"""SEC-11: the second factor when the authenticator is lost, replaced, or asked for again."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import RecoveryCode
from accounts.services import recovery, staff_codes
from accounts.tests.factories import StaffFactory, totp_token
from accounts.tests.test_sec_11_staff import STAFF_BACKEND, enter, member
from notifications.models import Message
from tutorhub.core import clock
from tutorhub.core.models import AuditEvent
from tutorhub.core.tests.threads import run_together

pytestmark = pytest.mark.django_db


def is_in(client) -> bool:
    return client.get("/admin/").status_code == 200


def signed_in(user):
    """A while ago, so that the code of the sign-in does not count as fresh any more."""
    client = Client()
    assert enter(client, user).status_code == 302
    session = client.session
    session.pop(staff_codes.FRESH)
    session.save()
    return client


def fresh(user):
    """Signed in, and the code entered again."""
    client = signed_in(user)
    session = client.session
    session[staff_codes.FRESH] = clock.now().timestamp()
    session.save()
    return client


class TestRecoveryCodes:
    def test_sec_11_each_opens_the_door_once(self):
        user = member("moderator")
        codes = recovery.renew(user, by=user)
        assert len(set(codes)) == 10
        client = Client()
        enter(client, user, token=codes[0])
        assert is_in(client)
        again = Client()
        enter(again, user, token=codes[0])
        assert not is_in(again)
        assert recovery.left(user) == 9
        assert AuditEvent.objects.filter(action="staff.recovery_code_used").count() == 1
        mail = Message.objects.filter(template="second_factor").order_by("-pk").first()
        assert "9 of the list are left" in mail.body

    def test_sec_11_however_they_are_typed(self):
        user = member("moderator")
        code = recovery.renew(user, by=user)[0]
        client = Client()
        enter(client, user, token=f" {code.upper().replace('-', ' ')}")
        assert is_in(client)

    def test_sec_11_a_new_list_ends_the_old_one(self):
        user = member("moderator")
        old = recovery.renew(user, by=user)[0]
        recovery.renew(user, by=user)
        client = Client()
        enter(client, user, token=old)
        assert not is_in(client)

    def test_sec_11_of_somebody_else_they_are_worth_nothing(self):
        user, other = member("moderator"), member("moderator")
        recovery.renew(user, by=user)
        code = recovery.renew(other, by=other)[0]
        client = Client()
        enter(client, user, token=code)
        assert not is_in(client)
        assert recovery.left(other) == 10

    def test_sec_11_without_the_password_they_are_not_looked_at(self):
        user = member("moderator")
        code = recovery.renew(user, by=user)[0]
        enter(Client(), user, token=code, password="wrong")
        assert recovery.left(user) == 10

    def test_sec_11_guessing_is_slowed(self):
        user = member("moderator")
        code = recovery.renew(user, by=user)[0]
        enter(Client(), user, token="aaaaa-aaaaa")
        client = Client()
        enter(client, user, token=code)
        assert not is_in(client)
        assert recovery.left(user) == 10

    def test_sec_11_they_are_not_readable_in_the_database(self):
        user = member("moderator")
        codes = recovery.renew(user, by=user)
        stored = set(RecoveryCode.objects.values_list("code_hash", flat=True))
        assert len(stored) == 10
        assert not any(code in text for code in codes for text in stored)


@pytest.mark.django_db(transaction=True)
def test_sec_11_two_at_once_use_one_code_once():
    user = StaffFactory(is_superuser=True)
    code = recovery.renew(user, by=user)[0]

    def sign_in(_number):
        client = Client()
        enter(client, user, token=code)
        return is_in(client)

    assert sorted(run_together(4, sign_in)) == [False, False, False, True]


class TestStepUp:
    def test_sec_11_the_second_factor_is_changed_after_a_fresh_code_only(self):
        user = member("finance")
        client = signed_in(user)
        for path in ("/admin/security/", "/admin/security/authenticator/"):
            answer = client.get(path)
            assert (answer.status_code, answer["Location"].split("?")[0]) == (
                302,
                "/admin/confirm/",
            )
        assert client.post("/admin/security/codes/").status_code == 302
        assert not RecoveryCode.objects.exists()

    def test_sec_11_the_code_leads_on_and_counts_five_minutes(self):
        user = member("finance")
        client = signed_in(user)
        # The code that signed in is used up.
        TOTPDevice.objects.update(last_t=-1)
        wrong = client.post("/admin/confirm/", {"token": "000000", "next": "/admin/security/"})
        assert wrong.status_code == 422
        TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
        answer = client.post(
            "/admin/confirm/", {"token": totp_token(user), "next": "/admin/security/"}
        )
        assert answer["Location"] == "/admin/security/"
        assert client.get("/admin/security/").status_code == 200
        with clock.at(clock.now() + timedelta(minutes=5)):
            assert client.get("/admin/security/").status_code == 302

    @pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example", "javascript:x"])
    def test_sec_11_it_leads_nowhere_else(self, path):
        user = member("finance")
        client = signed_in(user)
        TOTPDevice.objects.update(last_t=-1)
        answer = client.post("/admin/confirm/", {"token": totp_token(user), "next": path})
        assert answer["Location"] == "/admin/"

    def test_sec_11_a_recovery_code_is_no_fresh_code(self):
        user = member("finance")
        client = signed_in(user)
        code = recovery.renew(user, by=user)[0]
        answer = client.post("/admin/confirm/", {"token": code[:8]})
        assert answer.status_code == 422
        assert recovery.left(user) == 10


class TestLost:
    def test_sec_11_who_came_in_by_a_recovery_code_sets_up_another_authenticator(self):
        user = member("moderator")
        code = recovery.renew(user, by=user)[0]
        client = Client()
        enter(client, user, token=code)
        assert client.get("/admin/security/authenticator/").status_code == 200
        new = TOTPDevice.objects.get(user=user, confirmed=False)
        token = f"{totp(new.bin_key):06d}"
        client.post("/admin/security/authenticator/", {"token": token})
        assert list(TOTPDevice.objects.filter(user=user)) == [new]


class TestPages:
    def test_sec_11_a_list_is_shown_once(self):
        user = member("moderator")
        client = fresh(user)
        text = client.post("/admin/security/codes/").text
        assert text.count("<code>") == 10
        answer = client.get("/admin/security/")
        assert "<code>" not in answer.text
        assert "10 recovery codes are left" in answer.text
        assert "no-store" in answer["Cache-Control"]

    def test_sec_11_another_authenticator_ends_the_first(self):
        user = member("moderator")
        old = TOTPDevice.objects.get(user=user)
        client = fresh(user)
        assert "<svg" in client.get("/admin/security/authenticator/").text
        new = TOTPDevice.objects.get(user=user, confirmed=False)
        wrong = client.post("/admin/security/authenticator/", {"token": "000000"})
        assert wrong.status_code == 422
        assert TOTPDevice.objects.get(user=user, confirmed=True) == old
        TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
        token = f"{totp(new.bin_key):06d}"
        assert client.post("/admin/security/authenticator/", {"token": token}).status_code == 302
        assert list(TOTPDevice.objects.filter(user=user)) == [new]
        assert is_in(client)

    def test_sec_11_a_key_that_was_seen_before_is_worth_nothing(self):
        user = member("moderator")
        client = fresh(user)
        client.get("/admin/security/authenticator/")
        seen = TOTPDevice.objects.get(user=user, confirmed=False)
        client.get("/admin/security/authenticator/")
        new = TOTPDevice.objects.get(user=user, confirmed=False)
        assert new.key != seen.key
        TOTPDevice.objects.filter(pk=new.pk).update(created_at=clock.now() - timedelta(minutes=61))
        token = f"{totp(new.bin_key):06d}"
        assert client.post("/admin/security/authenticator/", {"token": token}).status_code == 422
        assert not TOTPDevice.objects.filter(user=user, key=new.key).exists()

    def test_sec_11_one_that_was_only_begun_opens_nothing(self):
        user = member("moderator")
        new = recovery.begin_authenticator(user)
        client = Client()
        enter(client, user, token=f"{totp(new.bin_key):06d}")
        assert not is_in(client)


def test_sec_11_operators_remake_what_is_lost(monkeypatch):
    user = member("moderator")
    old = TOTPDevice.objects.get(user=user)
    out = StringIO()
    call_command("setup_staff", user.email, "--new-device", stdout=out)
    assert out.getvalue().count("-") >= 10
    assert not TOTPDevice.objects.filter(pk=old.pk).exists()
    client = Client()
    enter(client, user)
    assert is_in(client)
    with pytest.raises(CommandError, match="No member of staff"):
        call_command("setup_staff", "nobody@example.com", "--new-device")


def test_sec_11_the_back_office_can_have_a_host_of_its_own(settings):
    settings.ADMIN_HOST = "office.tutorhub.example"
    user = member("superuser")
    client = Client()
    client.force_login(user, backend=STAFF_BACKEND)
    public, office = "tutorhub.example", "office.tutorhub.example"
    assert client.get("/admin/login/", headers={"host": public}).status_code == 404
    assert client.get("/admin/login/", headers={"host": office}).status_code == 200
    assert client.get("/", headers={"host": office}).status_code == 404
    assert Client().get("/", headers={"host": public}).status_code == 200
    assert client.get("/health/live", headers={"host": office}).status_code != 404
