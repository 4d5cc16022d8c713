"""The account's pages on a phone and on a desk, in English and in Hindi."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from accounts.clients import SIGN_IN
from accounts.clients import Client as Device
from accounts.models import BrowserSession, KnownDevice, User
from accounts.services import emails, tokens
from accounts.tests.cast import last_code, trusted_browser
from accounts.tests.factories import FamilyUserFactory
from tests.browser import PHONE, Visitor
from tutorhub.core import clock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

ANDROID = "Mozilla/5.0 (Linux; Android 14; SM-A057F) Chrome/130.0 Mobile Safari/537.36"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/130.0"


@pytest.fixture
def user() -> User:
    """Somebody on three devices, one of them new since the browser came."""
    user = FamilyUserFactory(name="Meera Rao", phone="+919876500001", email="meera@example.com")
    tokens.issue(user=user, client=Device("203.0.113.9", "TutorHub-App/3"))
    other = Client(headers={"User-Agent": WINDOWS})
    other.force_login(user, backend="accounts.backends.PhoneBackend")
    session = other.session
    session[SIGN_IN] = {**session[SIGN_IN], "device": WINDOWS, "network": "203.0.113.9"}
    session.save()
    return user


def enter(visitor: Visitor, user: User, *, is_due: bool = False) -> Client:
    """Give this browser a sign-in of the person that may do everything, or has to prove itself."""
    client = trusted_browser(user)
    session = client.session
    session[SIGN_IN] = {**session[SIGN_IN], "device": ANDROID, "proof_due": is_due}
    session.save()
    KnownDevice.objects.filter(pk=session[SIGN_IN]["known_device"]).update(proof_due=is_due)
    name = settings.SESSION_COOKIE_NAME
    value = client.cookies[name].value
    visitor.context.add_cookies([{"name": name, "value": value, "url": visitor.base_url}])
    return client


def speak(visitor: Visitor, language: str) -> None:
    visitor.context.add_cookies(
        [{"name": "django_language", "value": language, "url": visitor.base_url}]
    )


@pytest.mark.parametrize("language", ["en", "hi"])
def test_every_page_fits_and_is_accessible(screen: Visitor, user: User, language: str) -> None:
    enter(screen, user)
    speak(screen, language)
    User.objects.filter(pk=user.pk).update(new_device_at=clock.now() + timedelta(seconds=1))
    for name in ("", "phone/", "email/", "confirm/", "devices/"):
        screen.go(f"/account/{name}")
        screen.check()
        screen.picture(f"account-{name.strip('/') or 'show'}-{language}")
        heading = screen.page.locator("h1").inner_text()
        assert heading.isascii() == (language == "en"), heading
        assert screen.transferred() < 60 * 1024
    expect(screen.page.locator(".new-device")).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "hi"])
@pytest.mark.parametrize("email", ["meera@example.com", None])
def test_the_proof_after_a_long_absence(
    screen: Visitor, user: User, language: str, email: str | None
) -> None:
    User.objects.filter(pk=user.pk).update(email=email)
    enter(screen, user, is_due=True)
    speak(screen, language)
    screen.go("/account/")
    assert screen.page.url.endswith("/account/prove/")
    screen.check()
    screen.picture(f"account-prove-{'mail' if email else 'staff'}-{language}")


def test_signing_another_device_out(phone: Visitor, user: User) -> None:
    enter(phone, user)
    page = phone.go("/account/devices/")
    row = page.locator("li", has_text="Firefox, Windows")
    with page.expect_navigation():
        row.get_by_role("button", name="Sign out there").click()
    phone.check()
    assert page.locator("li", has_text="Firefox, Windows").count() == 0
    assert BrowserSession.objects.filter(user=user).count() == 1
    with page.expect_navigation():
        page.get_by_role("button", name="Sign out all other devices").click()
    assert page.get_by_role("button", name="Sign out there").count() == 0


def test_changing_the_number_from_the_account_page(
    visitors: Callable[[dict[str, Any]], Visitor], user: User
) -> None:
    visitor = visitors(PHONE)
    enter(visitor, user)
    user.refresh_from_db()
    page = visitor.go("/account/")
    page.get_by_role("link", name="Change the number").click()
    page.get_by_label("New mobile number").fill("98765 00055")
    with page.expect_navigation():
        page.get_by_role("button", name="Send the code").click()
    visitor.check()
    visitor.picture("account-phone-code-en")
    page.get_by_label("Code").fill(last_code("+919876500055", "new_phone_code"))
    with page.expect_navigation():
        page.get_by_role("button", name="Use this number").click()
    visitor.check()
    user.refresh_from_db()
    assert user.phone == "+919876500055"


@pytest.mark.parametrize("language", ["en", "hi"])
def test_following_the_link_in_the_mail(phone: Visitor, user: User, language: str) -> None:
    client = enter(phone, user)
    emails.request(user, client.session[SIGN_IN]["id"], email="new@example.com")
    change = user.email_changes.get()
    change.token_hash = emails._digest("the-token")
    change.save()
    speak(phone, language)
    page = phone.go("/account/email/the-token/")
    phone.check()
    phone.picture(f"account-email-confirm-{language}")
    with page.expect_navigation():
        page.locator("main button").click()
    user.refresh_from_db()
    assert user.email == "new@example.com"
    phone.complaints.clear()
    phone.go("/account/email/the-token/")
    phone.picture(f"account-email-used-{language}")
    assert not phone.overflows()
