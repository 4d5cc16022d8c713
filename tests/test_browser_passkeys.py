"""Passkeys in a real Chromium whose authenticator is a virtual one."""

from typing import Any

import pytest

from accounts.clients import SIGN_IN
from accounts.models import BrowserSession, KnownDevice, LoginAttempt, Passkey, User
from accounts.session_store import SessionStore
from accounts.tests.authenticator import Authenticator, passkey_of
from accounts.tests.cast import unproved
from accounts.tests.factories import FamilyUserFactory, StaffFactory, TutorUserFactory, totp_token
from accounts.tests.test_sec_11_staff import PASSWORD
from tests.browser import DESKTOP, PHONE, Visitor, axe
from tests.passkeys import Sensor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CANCELLED = "it was cancelled, or took too long"


@pytest.fixture(autouse=True)
def _site(settings: Any, live_server: Any) -> None:
    assert live_server.url.startswith("http://localhost:")
    settings.SITE_URL = live_server.url


def look(visitor: Visitor, name: str) -> None:
    """At the width of a phone and of a desk."""
    for screen in (PHONE, DESKTOP):
        visitor.page.set_viewport_size(screen["viewport"])
        axe(visitor.page)
        assert not visitor.overflows()
        visitor.picture(f"passkey-{name}")


def sign_in_to_office(visitor: Visitor, user: User) -> None:
    page = visitor.go("/admin/login/?next=/admin/security/")
    page.get_by_label("E-mail").fill(user.email or "")
    page.get_by_label("Password").fill(PASSWORD)


def test_staff_add_a_passkey_and_sign_in_with_it(phone: Visitor) -> None:
    user, sensor = StaffFactory(is_superuser=True, name="Asha"), Sensor(phone)
    sign_in_to_office(phone, user)
    look(phone, "staff-1-door")
    phone.page.get_by_label("Code of your authenticator").fill(totp_token(user))
    phone.page.get_by_role("button", name="Sign in").click()
    phone.page.get_by_role("heading", name="Passkeys").wait_for()
    look(phone, "staff-2-none")
    phone.page.get_by_label("Name").fill("Blue key")
    phone.page.get_by_role("button", name="Add a passkey").click()
    phone.page.get_by_text("The passkey is added.").wait_for()
    look(phone, "staff-3-added")
    assert len(sensor.keys()) == 1
    phone.page.get_by_role("button", name="Log out").click()
    sign_in_to_office(phone, user)
    sensor.works(False)
    phone.page.get_by_role("button", name="Use a passkey").click()
    phone.page.get_by_text(CANCELLED).wait_for()
    look(phone, "staff-4-cancelled")
    sensor.works(True)
    phone.page.get_by_role("button", name="Use a passkey").click()
    phone.page.get_by_role("heading", name="Passkeys").wait_for()
    assert Passkey.objects.get(user=user).last_used_at is not None
    assert LoginAttempt.objects.filter(kind="password", is_success=True).count() == 2
    phone.go("/admin/confirm/?next=/admin/security/")
    look(phone, "staff-5-confirm")
    phone.page.get_by_role("button", name="Use a passkey").click()
    phone.page.get_by_role("button", name="Remove").click()
    phone.page.get_by_text("The passkey is removed.").wait_for()
    assert not Passkey.objects.exists()
    assert phone.complaints == []


def before_code(visitor: Visitor, user: User) -> None:
    """Signed in for long, but no code was entered a moment ago."""
    visitor.sign_in(user)
    unproved()


def test_a_tutor_adds_one_steps_up_with_it_and_removes_it(phone: Visitor) -> None:
    user, sensor = TutorUserFactory(name="Ravi Kumar", email="ravi@example.com"), Sensor(phone)
    phone.sign_in(user)
    phone.go("/account/devices/").get_by_role("link", name="Add a passkey").click()
    phone.page.get_by_role("button", name="Add a passkey").wait_for()
    look(phone, "tutor-1-add")
    sensor.works(False)
    phone.page.get_by_role("button", name="Add a passkey").click()
    phone.page.get_by_text(CANCELLED).wait_for()
    look(phone, "tutor-2-cancelled")
    sensor.works(True)
    phone.page.get_by_label("Name").fill("My phone")
    phone.page.get_by_label("Name").press("Enter")
    phone.page.get_by_role("heading", name="My phone").wait_for()
    look(phone, "tutor-3-devices")
    phone.go("/account/passkeys/add/").get_by_role("button", name="Use a passkey").click()
    phone.page.get_by_role("button", name="Add a passkey").click()
    phone.page.get_by_text("has a passkey for your account already").wait_for()
    before_code(phone, user)
    phone.go("/account/email/")
    phone.page.get_by_role("button", name="Use a passkey").wait_for()
    look(phone, "tutor-4-step-up")
    phone.page.get_by_role("button", name="Use a passkey").click()
    phone.page.get_by_label("E-mail address").wait_for()
    phone.go("/account/devices/").get_by_role("link", name="Change My phone").click()
    phone.page.get_by_role("button", name="Remove the passkey").wait_for()
    look(phone, "tutor-5-edit")
    phone.page.get_by_role("button", name="Remove the passkey").click()
    phone.page.get_by_text("The passkey is removed.").wait_for()
    assert not Passkey.objects.exists()
    before_code(phone, user)
    phone.go("/account/email/").get_by_role("button", name="Send the code").wait_for()
    assert phone.page.get_by_role("button", name="Use a passkey").count() == 0
    assert phone.complaints == []


@pytest.mark.parametrize("language", ["en", "hi"])
def test_a_passkey_proves_an_account_that_was_silent(phone: Visitor, language: str) -> None:
    user, sensor = FamilyUserFactory(name="Meera", email="meera@example.com"), Sensor(phone)
    cookie = {"name": "django_language", "value": language, "url": phone.base_url}
    phone.context.add_cookies([cookie])
    phone.sign_in(user)
    phone.go("/account/passkeys/add/")
    look(phone, f"family-1-add-{language}")
    phone.page.locator("button[data-passkey]").click()
    phone.page.wait_for_url("**/account/devices/")
    look(phone, f"family-2-devices-{language}")
    assert len(sensor.keys()) == 1
    KnownDevice.objects.update(proof_due=True)
    store = SessionStore(BrowserSession.objects.get(user=user).session_key)
    store[SIGN_IN] = {**store[SIGN_IN], "proof_due": True}
    store.save()
    phone.go("/account/devices/")
    assert phone.page.url.endswith("/account/prove/")
    look(phone, f"family-3-prove-{language}")
    phone.page.locator("button[data-passkey]").click()
    phone.page.wait_for_url(lambda url: "/account/prove/" not in url)
    assert not KnownDevice.objects.get().proof_due


def test_a_browser_without_passkeys_says_so(phone: Visitor) -> None:
    user = TutorUserFactory()
    phone.context.add_init_script("delete window.PublicKeyCredential")
    phone.sign_in(user)
    page = phone.go("/account/passkeys/add/")
    page.get_by_text("This device or browser has no passkeys.").wait_for()
    assert page.get_by_role("button", name="Add a passkey").count() == 0
    look(phone, "none-1-add")
    passkey_of(user, Authenticator())
    before_code(phone, user)
    page = phone.go("/account/email/")
    page.get_by_text("An SMS is not enough here").wait_for()
    page.get_by_text("Passkeys and authenticator lost?").wait_for()
    assert page.get_by_role("button", name="Use a passkey").count() == 0
    assert page.get_by_role("button", name="Send the code").count() == 0
    look(phone, "none-2-step-up")
    assert phone.complaints == []


@pytest.mark.parametrize("language", ["en", "hi"])
def test_a_family_signs_in_with_a_passkey_alone(phone: Visitor, language: str) -> None:
    user, sensor = FamilyUserFactory(name="Meera"), Sensor(phone)
    phone.sign_in(user)
    phone.go("/account/passkeys/add/").locator("button[data-passkey]").click()
    phone.page.wait_for_url("**/account/devices/")
    phone.context.clear_cookies()
    cookie = {"name": "django_language", "value": language, "url": phone.base_url}
    phone.context.add_cookies([cookie])
    phone.go("/signin/?next=/account/devices/")
    look(phone, f"signin-{language}")
    sensor.works(False)
    phone.page.locator("button[data-passkey]").click()
    phone.page.locator("[data-says]").wait_for()
    look(phone, f"signin-cancelled-{language}")
    sensor.works(True)
    phone.page.locator("button[data-passkey]").click()
    phone.page.wait_for_url("**/family/learners/new/?next=%2Faccount%2Fdevices%2F")
    assert LoginAttempt.objects.get(kind="passkey").user == user
    assert Passkey.objects.get().last_used_at is not None
    assert phone.complaints == []
