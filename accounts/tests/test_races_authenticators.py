"""One code of an authenticator that is sent twice at the same moment."""

import contextlib
import threading

import pytest
from django.db.models import QuerySet
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import AuthenticatorProof, KnownDevice, User
from accounts.services import authenticator_codes, authenticators, devices, proofs, stepup
from accounts.services.authenticator_codes import WrongCode, WrongTooOften
from accounts.tests.cast import strong_step_up
from accounts.tests.digits import app_of, digits, wrong
from accounts.tests.factories import TutorUserFactory
from accounts.tests.passkey_cast import HERE, sign_in
from tutorhub.core.tests.threads import Meeting, run_together

pytestmark = pytest.mark.django_db(transaction=True)


def entered(user: User, count: int) -> list[object]:
    """So many sign-ins enter the same code at once; None for each that it was right for."""
    device, places = app_of(user), [sign_in(user) for _ in range(count)]
    code = digits(device)
    results = run_together(
        count,
        lambda n: stepup.verify_authenticator(user, places[n], code=code, client=HERE),
    )
    refused = (WrongCode, WrongTooOften)
    assert all(result is None or isinstance(result, refused) for result in results), results
    return results


def test_sec_03_a_code_counts_once() -> None:
    assert entered(TutorUserFactory(), 8).count(None) == 1
    assert AuthenticatorProof.objects.filter(is_right=True).count() == 1


def test_sec_03_the_control_without_the_lock_it_counts_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both, save = threading.Barrier(2, timeout=10), TOTPDevice.save

    def slow_save(self: TOTPDevice, **options: object) -> None:
        if not self._state.adding:
            both.wait()
        save(self, **options)

    monkeypatch.setattr(TOTPDevice, "save", slow_save)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)
    assert entered(TutorUserFactory(), 2).count(None) == 2


def begun_at_once(monkeypatch: pytest.MonkeyPatch) -> int:
    """How many keys are left when two begin, and the first waits for the second as it makes one."""
    user = TutorUserFactory()
    here = sign_in(user)
    strong_step_up(user, here)
    both, new = threading.Barrier(2, timeout=2), authenticator_codes.new

    def slow_new(user: User, *, holder: str) -> TOTPDevice:
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait()
        return new(user, holder=holder)

    monkeypatch.setattr(authenticator_codes, "new", slow_new)
    run_together(2, lambda _n: authenticators.begin(user, here))
    return TOTPDevice.objects.filter(user=user).count()


def test_two_that_begin_at_once_leave_one_key(monkeypatch: pytest.MonkeyPatch) -> None:
    assert begun_at_once(monkeypatch) == 1


def test_the_control_without_the_lock_they_leave_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authenticators, "_lock", lambda user: None)
    assert begun_at_once(monkeypatch) == 2


def guessed_at_once(user: User, count: int) -> list[object]:
    key, places = app_of(user), [sign_in(user) for _ in range(count)]
    code = wrong(key)
    return run_together(
        count,
        lambda n: stepup.verify_authenticator(user, places[n], code=code, client=HERE),
    )


def test_sec_01_many_guesses_at_once_are_five() -> None:
    results = guessed_at_once(TutorUserFactory(), 12)
    assert sum(isinstance(result, WrongCode) for result in results) == 5
    assert sum(isinstance(result, WrongTooOften) for result in results) == 7


def test_sec_01_the_control_without_the_lock_they_are_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    all_of_them, left = threading.Barrier(12, timeout=10), authenticator_codes._tries_left

    def slow_left(user: User, own: KnownDevice | None) -> int:
        count = left(user, own)
        all_of_them.wait()
        return count

    monkeypatch.setattr(authenticator_codes, "_tries_left", slow_left)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)
    results = guessed_at_once(TutorUserFactory(), 12)
    assert sum(isinstance(result, WrongCode) for result in results) == 12


def test_to_prove_an_account_and_to_remove_the_app_do_not_wait_for_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both lock the account before the key; the other way round one of them would be ended."""
    user = TutorUserFactory()
    key, silent, here = app_of(user), sign_in(user, is_due=True), sign_in(user)
    strong_step_up(user, here)
    meeting, note_life = Meeting(), devices.note_life
    code = digits(key)

    def slow_note(user: User) -> None:
        meeting.stop()
        note_life(user)

    monkeypatch.setattr(devices, "note_life", slow_note)
    acts = [
        lambda: proofs.verify_authenticator(user, silent, code=code, client=HERE),
        lambda: meeting.then(lambda: authenticators.remove(user, here)),
    ]
    assert run_together(2, lambda n: acts[n]()) == [None, None]
    assert meeting.did_wait
    assert not TOTPDevice.objects.exists()
