"""The authenticator app in a real Chromium, on a phone and on a desk, in English and Hindi."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import expect

from accounts.models import AuthenticatorProof, User
from accounts.services import authenticator_codes
from accounts.services.authenticator_codes import WrongTooOften
from accounts.tests.cast import unproved
from accounts.tests.digits import app_of, digits, wrong
from accounts.tests.factories import TutorUserFactory
from payments.tests import factories
from tests.browser import DESKTOP, PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _site(settings: Any, live_server: Any) -> None:
    settings.SITE_URL = live_server.url
    settings.PAYOUTS_TAKE_SECOND_FACTOR = True


@pytest.fixture
def tutor() -> User:
    tutor: User = factories.rich_tutor(200_000)
    User.objects.filter(pk=tutor.pk).update(name="Ravi Kumar", email="ravi@example.com")
    factories.settle()
    return tutor


def look(visitor: Visitor, name: str) -> None:
    """At the width of a phone and of a desk."""
    for screen in (PHONE, DESKTOP):
        visitor.page.set_viewport_size(screen["viewport"])
        visitor.check()
        visitor.picture(f"authenticator-{name}")


def in_language(visitor: Visitor, language: str) -> Callable[[str], str]:
    cookie = {"name": "django_language", "value": language, "url": visitor.base_url}
    visitor.context.add_cookies([cookie])

    def said(text: str) -> str:
        with translation.override(language):
            return translation.gettext(text)

    return said


@pytest.mark.parametrize("language", ["en", "hi"])
def test_from_the_payout_to_an_authenticator_and_back(
    phone: Visitor, tutor: User, language: str
) -> None:
    said = in_language(phone, language)
    phone.sign_in(tutor)
    page = phone.go("/payouts/")
    look(phone, f"1-payouts-{language}")
    page.get_by_role("link", name=said("Confirm that it is you")).click()
    page.get_by_role("heading", name=said("One step before you are paid")).wait_for()
    look(phone, f"2-needed-{language}")
    page.get_by_role("link", name=said("Set up an authenticator app")).click()
    page.get_by_role("button", name=said("Set it up")).wait_for()
    look(phone, f"3-show-{language}")
    page.get_by_role("button", name=said("Set it up")).click()
    page.get_by_role("img", name=said("QR code")).wait_for()
    look(phone, f"4-confirm-{language}")
    device = TOTPDevice.objects.get(user=tutor)
    way = page.get_by_role("link", name=said("Open in the app")).get_attribute("href")
    assert way == authenticator_codes.address_of(device, User.objects.get(pk=tutor.pk))
    page.get_by_text(authenticator_codes.key_of(device)).wait_for()
    page.get_by_label(said("Code of your authenticator app")).fill(digits(device))
    page.get_by_role("button", name=said("Use this one")).click()
    page.wait_for_url("**/payouts/")
    page.get_by_text(said("The authenticator app is set up.")).wait_for()
    page.get_by_role("button", name=said("Ask for it")).wait_for()
    look(phone, f"5-back-{language}")


@pytest.mark.parametrize("language", ["en", "hi"])
def test_an_authenticator_is_asked_for_and_removed(
    phone: Visitor, tutor: User, language: str
) -> None:
    said = in_language(phone, language)
    device = app_of(tutor)
    phone.sign_in(tutor)
    unproved()
    page = phone.go("/account/devices/")
    look(phone, f"6-devices-{language}")
    page.get_by_role("link", name=said("Change the authenticator app")).click()
    page.get_by_label(said("Code of your authenticator app")).wait_for()
    assert page.get_by_role("button", name=said("Send the code")).count() == 0
    look(phone, f"7-strong-{language}")
    page.get_by_label(said("Code of your authenticator app")).fill(wrong(device))
    page.get_by_role("button", name=said("Use the authenticator app")).click()
    page.get_by_text(
        said("This code is not right. Wait for the next one and try again.")
    ).wait_for()
    phone.complaints.clear()
    look(phone, f"8-wrong-{language}")
    page.get_by_label(said("Code of your authenticator app")).fill(digits(device))
    page.get_by_role("button", name=said("Use the authenticator app")).click()
    page.get_by_role("button", name=said("Remove the authenticator app")).wait_for()
    look(phone, f"9-change-{language}")
    page.get_by_role("button", name=said("Remove the authenticator app")).click()
    page.get_by_text(said("The authenticator app is removed.")).wait_for()
    assert not TOTPDevice.objects.exists()


@pytest.mark.parametrize("language", ["en", "hi"])
def test_whoever_has_a_factor_is_asked_for_it_before_the_account_ends(
    phone: Visitor, language: str
) -> None:
    user = TutorUserFactory()
    device = app_of(user)
    said = in_language(phone, language)
    phone.sign_in(user)
    unproved()
    page = phone.go("/account/data/erase/")
    page.get_by_text(
        said("Confirm first that it is you, with a passkey or your authenticator app.")
    ).wait_for()
    look(phone, f"10-erase-{language}")
    page.get_by_role("link", name=said("Go on")).click()
    expect(page.get_by_label(said("Code of your authenticator app"))).to_be_visible()
    assert page.get_by_role("button", name=said("Send the code")).count() == 0
    for _ in range(5):
        AuthenticatorProof.objects.create(user=user, holder="-", is_right=False)
    page.get_by_label(said("Code of your authenticator app")).fill(digits(device))
    page.get_by_role("button", name=said("Use the authenticator app")).click()
    with translation.override(language):
        page.get_by_text(str(WrongTooOften.message)).wait_for()
    phone.complaints.clear()
    look(phone, f"11-too-often-{language}")
    assert User.objects.get(pk=user.pk).is_active
