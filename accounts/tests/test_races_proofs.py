"""Two at one account at the same moment, who lock its device, its session and itself."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import AppSession, KnownDevice, Passkey, User
from accounts.services import (
    devices,
    factors,
    passkey_answers,
    passkey_signin,
    proofs,
    stepup,
    tokens,
    users,
)
from accounts.services.passkey_answers import Asker, PasskeyRefused
from accounts.tests.authenticator import SITE, Authenticator, passkey_of
from accounts.tests.digits import app_of, digits
from accounts.tests.factories import FamilyUserFactory, StaffFactory
from accounts.tests.passkey_cast import HERE, sign_in
from tutorhub.core import clock
from tutorhub.core.tests.threads import Meeting, run_together

pytestmark = pytest.mark.django_db(transaction=True)


def together(monkeypatch: pytest.MonkeyPatch) -> tuple[User, list[object], Meeting]:
    """The proof stops once it has found the device; the same device lets the number go then."""
    user = FamilyUserFactory()
    here, code, meeting = sign_in(user, is_due=True), digits(app_of(user)), Meeting()
    settle = proofs.settle

    def slow_settle(*args: object, **kwargs: object) -> None:
        meeting.stop()
        settle(*args, **kwargs)

    monkeypatch.setattr(proofs, "settle", slow_settle)
    acts = [
        lambda: proofs.verify_authenticator(user, here, code=code, client=HERE),
        lambda: meeting.then(lambda: proofs.start_clean(user, here)),
    ]
    results = run_together(2, lambda n: acts[n]())
    user.refresh_from_db()
    return user, results, meeting


def test_sec_07_who_has_proved_it_keeps_the_number(monkeypatch: pytest.MonkeyPatch):
    user, results, meeting = together(monkeypatch)
    assert results[0] is None
    assert isinstance(results[1], proofs.NothingToProve)
    assert meeting.did_wait
    assert user.phone


def test_sec_10_to_suspend_somebody_whose_app_shows_a_sign_of_life_does_not_fail(
    monkeypatch: pytest.MonkeyPatch,
):
    """The app's session is locked before the account there, and after it here."""
    user, staff = FamilyUserFactory(), StaffFactory()
    with clock.at(clock.now() - timedelta(minutes=6)):
        device = KnownDevice.objects.create(user=user, kind="app", secret_hash="-")
        pair = tokens.issue(user=user, client=HERE, device=device)
    meeting, touch = Meeting(), tokens._touch

    def slow_touch(session: AppSession) -> None:
        meeting.stop()
        touch(session)

    monkeypatch.setattr(tokens, "_touch", slow_touch)
    acts = [
        lambda: tokens.rotate(refresh=pair.refresh, client=HERE),
        lambda: meeting.then(lambda: users.suspend(user, by=staff, reason="stolen")),
    ]
    results = run_together(2, lambda n: acts[n]())
    assert not [result for result in results if isinstance(result, Exception)], results
    assert meeting.did_wait
    user.refresh_from_db()
    assert not user.is_active
    assert AppSession.objects.get(user=user).ended_by == AppSession.End.STAFF


def test_to_forget_the_factors_of_somebody_who_signs_in_by_passkey_does_not_fail(
    monkeypatch: pytest.MonkeyPatch, settings: Any
):
    """A passkey that is used is locked before its account, and so it is where it is forgotten."""
    settings.SITE_URL = SITE
    user, staff, key = FamilyUserFactory(), StaffFactory(), Authenticator()
    passkey_of(user, key)
    asker = Asker("a browser", HERE)
    answer = key.answer(passkey_signin.request(asker))
    meeting, announce = Meeting(), devices._announce

    def slow_announce(user: User, device: KnownDevice) -> None:
        meeting.stop()
        announce(user, device)

    monkeypatch.setattr(devices, "_announce", slow_announce)
    acts = [
        lambda: passkey_signin.verify(answer=answer, asker=asker),
        lambda: meeting.then(lambda: factors.forget(user, by=staff, reason="lost both")),
    ]
    results = run_together(2, lambda n: acts[n]())
    assert not [result for result in results if isinstance(result, Exception)], results
    assert meeting.did_wait
    assert not Passkey.objects.exists()


def test_to_forget_the_factors_of_somebody_who_steps_up_with_one_does_not_fail(
    monkeypatch: pytest.MonkeyPatch, settings: Any
):
    """What a passkey was asked is locked before the passkey, and left alone where that goes."""
    settings.SITE_URL = SITE
    user, staff, key = FamilyUserFactory(), StaffFactory(), Authenticator()
    passkey_of(user, key)
    here = sign_in(user)
    answer = key.answer(stepup.request_passkey(user, here, client=HERE))
    forgetting, look = Meeting(), passkey_answers._passkey

    def slow_look(*args: Any) -> Passkey | None:
        forgetting.stop()
        return look(*args)

    monkeypatch.setattr(passkey_answers, "_passkey", slow_look)
    acts = [
        lambda: stepup.verify_passkey(user, here, answer=answer, client=HERE),
        lambda: forgetting.then(lambda: factors.forget(user, by=staff, reason="lost both")),
    ]
    refused, forgotten = run_together(2, lambda n: acts[n]())
    assert isinstance(refused, PasskeyRefused), refused
    assert forgotten == user
    assert not stepup.is_strong(user, here)
