"""One code of an authenticator that is sent twice at the same moment."""

import contextlib
import threading

import pytest
from django.db.models import QuerySet
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import AuthenticatorProof, User
from accounts.services import authenticator_codes, authenticators, stepup
from accounts.services.authenticator_codes import WrongCode
from accounts.tests.cast import strong_step_up
from accounts.tests.digits import app_of, digits
from accounts.tests.factories import TutorUserFactory
from accounts.tests.passkey_cast import HERE, sign_in
from tutorhub.core.tests.threads import run_together

pytestmark = pytest.mark.django_db(transaction=True)


def entered(user: User, count: int) -> list[object]:
    """So many sign-ins enter the same code at once; None for each that it was right for."""
    device, places = app_of(user), [sign_in(user) for _ in range(count)]
    code = digits(device)
    results = run_together(
        count,
        lambda n: stepup.verify_authenticator(user, places[n], code=code, client=HERE),
    )
    assert all(result is None or isinstance(result, WrongCode) for result in results), results
    return results


def test_sec_03_a_code_counts_once() -> None:
    assert entered(TutorUserFactory(), 8).count(None) == 1
    assert AuthenticatorProof.objects.count() == 1


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

    def slow_new(user: User) -> TOTPDevice:
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait()
        return new(user)

    monkeypatch.setattr(authenticator_codes, "new", slow_new)
    run_together(2, lambda _n: authenticators.begin(user, here))
    return TOTPDevice.objects.filter(user=user).count()


def test_two_that_begin_at_once_leave_one_key(monkeypatch: pytest.MonkeyPatch) -> None:
    assert begun_at_once(monkeypatch) == 1


def test_the_control_without_the_lock_they_leave_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authenticators, "_lock", lambda user: None)
    assert begun_at_once(monkeypatch) == 2
