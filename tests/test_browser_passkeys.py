"""Passkeys in a real Chromium whose authenticator is a virtual one."""

from typing import Any

import pytest

from accounts.models import LoginAttempt, Passkey, User
from accounts.tests.factories import StaffFactory, totp_token
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
        visitor.page.set_viewport_size(screen["viewport"])  # type: ignore[arg-type]
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
