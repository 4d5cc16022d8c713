"""The authenticator app against somebody who got hold of the number, or of a sign-in."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import KnownDevice, PasskeyChallenge, User
from accounts.services import (
    authenticator_codes,
    authenticators,
    passkeys,
    proofs,
    stepup,
)
from accounts.services.authenticator_codes import WrongCode, WrongTooOften
from accounts.tests.authenticator import Authenticator, passkey_of
from accounts.tests.cast import step_up, trusted_app, trusted_browser, unproved
from accounts.tests.digits import app_of, digits, wrong
from accounts.tests.factories import TutorUserFactory
from accounts.tests.passkey_cast import HERE, sign_in, step_up_by
from tutorhub.core import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_of_passkeys")]


@pytest.fixture
def user() -> User:
    return TutorUserFactory(email="ravi@example.com")


def enter(user: User, here: UUID, code: str) -> None:
    stepup.verify_authenticator(user, here, code=code, client=HERE)


def known_here(user: User) -> UUID:
    """A sign-in on a device on which the owner has used the app before."""
    here = sign_in(user)
    KnownDevice.objects.filter(user=user).update(has_entered=True)
    return here


def guess(user: User, here: UUID, times: int) -> None:
    key = TOTPDevice.objects.get(user=user, confirmed=True)
    for _ in range(times):
        with pytest.raises(WrongCode):
            enter(user, here, wrong(key))


class TestGuesses:
    def test_sec_05_a_strangers_guesses_do_not_lock_the_owner_out(self, user: User):
        key, here, thief = app_of(user), known_here(user), sign_in(user)
        guess(user, thief, 5)
        with pytest.raises(WrongTooOften):
            enter(user, thief, wrong(key))
        enter(user, here, digits(key))
        assert stepup.is_strong(user, here)

    def test_sec_01_all_unknown_devices_have_five_in_a_day_together(self, user: User):
        key = app_of(user)
        for _ in range(5):
            guess(user, sign_in(user), 1)
        other = sign_in(user)
        with pytest.raises(WrongTooOften) as refused:
            enter(user, other, digits(key))
        assert refused.value.extra["retry_after"] > 0
        assert not stepup.is_strong(user, other)
        later = clock.now() + timedelta(hours=24, seconds=1)
        with clock.at(later):
            enter(user, other, digits(key))

    def test_sec_01_the_owners_device_has_ten(self, user: User):
        key, here = app_of(user), known_here(user)
        guess(user, here, 10)
        with pytest.raises(WrongTooOften):
            enter(user, here, digits(key))

    def test_guesses_at_the_proof_count_with_them(self, user: User):
        key, thief = app_of(user), sign_in(user, is_due=True)
        for _ in range(5):
            with pytest.raises(WrongCode):
                proofs.verify_authenticator(user, thief, code=wrong(key), client=HERE)
        for _ in range(2):
            with pytest.raises(WrongTooOften):
                proofs.verify_authenticator(user, thief, code=digits(key), client=HERE)
        assert proofs.is_due(user, thief)

    def test_a_device_is_known_by_a_right_code_and_by_setting_the_app_up(self, user: User):
        here = sign_in(user)
        step_up(user, here)
        key = authenticators.begin(user, here)
        authenticators.confirm(user, here, token=digits(key))
        assert KnownDevice.objects.get(user=user).has_entered
        there = sign_in(user)
        with pytest.raises(WrongCode):
            enter(user, there, wrong(key))
        assert KnownDevice.objects.filter(has_entered=True).count() == 1
        enter(user, there, digits(key, ahead=1))
        assert KnownDevice.objects.filter(has_entered=True).count() == 2

    def test_a_page_and_the_api_say_that_it_was_too_often(self, user: User):
        key = app_of(user)
        browser, token = trusted_browser(user), trusted_app(user)
        unproved()
        guess(user, sign_in(user), 5)
        page = browser.post("/account/confirm/", {"token": digits(key)})
        assert "Too many wrong codes of your authenticator app" in page.content.decode()
        answer = Client().post(
            "/api/v1/me/step-up/authenticator",
            {"code": digits(key)},
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status_code == 429
        assert answer.json()["errors"][0]["code"] == "too_many_guesses"


class TestAKeyThatWaits:
    """It is seen, and made to count, in the sign-in that asked for it and in no other."""

    @pytest.fixture
    def places(self, user: User) -> tuple[UUID, UUID]:
        here, there = sign_in(user), sign_in(user)
        for place in (here, there):
            step_up(user, place)
        return here, there

    def test_another_sign_in_does_not_see_it(self, user: User, places: tuple[UUID, UUID]):
        here, there = places
        key = authenticators.begin(user, here)
        assert authenticators.waiting(user, here) == key
        assert authenticators.waiting(user, there) is None
        with pytest.raises(WrongCode):
            authenticators.confirm(user, there, token=digits(key))
        assert authenticator_codes.of(user) is None

    def test_another_sign_in_does_not_put_its_own_in_its_place(
        self, user: User, places: tuple[UUID, UUID]
    ):
        here, there = places
        key = authenticators.begin(user, here)
        authenticators.begin(user, there)
        assert authenticators.waiting(user, here) == key
        authenticators.confirm(user, here, token=digits(key))
        assert list(TOTPDevice.objects.filter(user=user)) == [key]

    def test_the_page_of_another_browser_does_not_show_it(self, user: User):
        owner, thief = trusted_browser(user), trusted_browser(user)
        owner.post("/account/authenticator/")
        shown = authenticator_codes.key_of(TOTPDevice.objects.get(user=user))
        assert shown in owner.get("/account/authenticator/confirm/").content.decode()
        answer = thief.get("/account/authenticator/confirm/")
        assert answer["Location"] == "/account/authenticator/"


class TestWhatAFactorProvedThatIsGone:
    def test_of_an_authenticator_that_was_replaced(self, user: User):
        old, here, thief = app_of(user), sign_in(user), sign_in(user)
        enter(user, thief, digits(old))
        enter(user, here, digits(old, ahead=1))
        key = authenticators.begin(user, here)
        authenticators.confirm(user, here, token=digits(key))
        assert stepup.is_strong(user, here)
        assert not stepup.is_strong(user, thief)

    def test_of_an_authenticator_that_was_removed(self, user: User):
        key, here, thief = app_of(user), sign_in(user), sign_in(user)
        passkey_of(user, Authenticator())
        enter(user, thief, digits(key))
        enter(user, here, digits(key, ahead=1))
        authenticators.remove(user, here)
        assert not stepup.is_strong(user, thief)

    def test_of_a_passkey_that_was_removed(self, user: User):
        lost, kept, here, thief = Authenticator(), Authenticator(), sign_in(user), sign_in(user)
        passkey = passkey_of(user, lost)
        passkey_of(user, kept)
        step_up_by(user, thief, lost)
        step_up_by(user, here, kept)
        passkeys.remove(passkey, here, by=user)
        assert stepup.is_strong(user, here)
        assert not stepup.is_strong(user, thief)
        assert PasskeyChallenge.objects.filter(is_proved=True).count() == 1

    def test_wrong_codes_stay_counted(self, user: User):
        key, here, thief = app_of(user), known_here(user), sign_in(user)
        guess(user, thief, 5)
        enter(user, here, digits(key))
        new = authenticators.begin(user, here)
        authenticators.confirm(user, here, token=digits(new))
        with pytest.raises(WrongTooOften):
            enter(user, thief, digits(new, ahead=1))


def test_sec_03_a_code_that_proved_the_account_is_no_step_up(user: User):
    key, here = app_of(user), sign_in(user, is_due=True)
    proofs.verify_authenticator(user, here, code=digits(key), client=HERE)
    assert not proofs.is_due(user, here)
    assert not stepup.is_strong(user, here)
