"""What passkeys answer, and what is refused."""

from datetime import timedelta
from typing import Any

import pytest

from accounts import policies
from accounts.clients import Client
from accounts.models import LoginAttempt, Passkey, User
from accounts.services import passkey_answers, passkey_signin, proofs, stepup
from accounts.services.passkey_answers import ChallengeOver, PasskeyRefused
from accounts.tests.authenticator import (
    PRESENT,
    Authenticator,
    passkey_of,
)
from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from accounts.tests.passkey_cast import HERE, sign_in, step_up_by
from tutorhub.core import clock
from tutorhub.core.models import AuditEvent, OutboxRow

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_of_passkeys")]


@pytest.fixture
def user() -> User:
    return TutorUserFactory(email="ravi@example.com")


def test_a_passkey_steps_up_in_its_own_sign_in(user: User):
    device = Authenticator()
    passkey_of(user, device)
    here, elsewhere = sign_in(user), sign_in(user)
    device.count = 1
    step_up_by(user, here, device)
    assert stepup.is_strong(user, here)
    assert not stepup.is_strong(user, elsewhere)
    assert not stepup.is_strong(FamilyUserFactory(), here)
    passkey = Passkey.objects.get()
    assert passkey.sign_count == 1
    assert passkey.last_used_at is not None
    attempt = LoginAttempt.objects.get(kind="step_up")
    assert attempt.is_success
    with clock.at(clock.now() + timedelta(minutes=5, seconds=1)):
        assert not stepup.is_strong(user, here)


def test_a_challenge_answers_once(user: User):
    device, here = Authenticator(), sign_in(user)
    passkey_of(user, device)
    options = stepup.request_passkey(user, here, client=HERE)
    answer = device.answer(options)
    stepup.verify_passkey(user, here, answer=answer, client=HERE)
    with pytest.raises(ChallengeOver):
        stepup.verify_passkey(user, here, answer=answer, client=HERE)


def test_a_wrong_answer_uses_the_challenge_up(user: User):
    device, here = Authenticator(), sign_in(user)
    passkey_of(user, device)
    options = stepup.request_passkey(user, here, client=HERE)
    with pytest.raises(PasskeyRefused):
        stepup.verify_passkey(user, here, answer=Authenticator().answer(options), client=HERE)
    with pytest.raises(ChallengeOver):
        stepup.verify_passkey(user, here, answer=device.answer(options), client=HERE)
    assert not stepup.is_strong(user, here)


def test_a_challenge_is_over_after_five_minutes(user: User):
    device, here = Authenticator(), sign_in(user)
    passkey_of(user, device)
    options = stepup.request_passkey(user, here, client=HERE)
    with clock.at(clock.now() + timedelta(minutes=5, seconds=1)), pytest.raises(ChallengeOver):
        stepup.verify_passkey(user, here, answer=device.answer(options), client=HERE)


def test_a_challenge_is_for_one_sign_in_and_one_purpose(user: User):
    device, here = Authenticator(), sign_in(user)
    passkey_of(user, device)
    options = stepup.request_passkey(user, sign_in(user), client=HERE)
    with pytest.raises(ChallengeOver):
        stepup.verify_passkey(user, here, answer=device.answer(options), client=HERE)
    due = sign_in(user, is_due=True)
    options = proofs.request_passkey(user, due, client=HERE)
    with pytest.raises(ChallengeOver):
        stepup.verify_passkey(user, due, answer=device.answer(options), client=HERE)


def refusal(user: User, device: Authenticator) -> str:
    """Why the device does not step up, as the login log has it."""
    here = sign_in(user)
    with pytest.raises(PasskeyRefused):
        step_up_by(user, here, device)
    assert not stepup.is_strong(user, here)
    return LoginAttempt.objects.get(kind="step_up", user=user).reason


@pytest.mark.parametrize(
    "origin", ["https://tutorhub.example.evil.com", "http://tutorhub.example", "null", ""]
)
def test_another_address_is_refused(user: User, origin: str):
    device = Authenticator(origin)
    passkey_of(user, device)
    assert refusal(user, device) == "passkey_refused"


def test_an_app_of_ours_is_no_other_address(user: User, settings: Any):
    settings.PASSKEY_APP_ORIGINS = ["android:apk-key-hash:abc"]
    device, here = Authenticator("android:apk-key-hash:abc"), sign_in(user)
    passkey_of(user, device)
    step_up_by(user, here, device)
    assert stepup.is_strong(user, here)


def test_somebody_elses_passkey_is_refused(user: User):
    device = Authenticator()
    passkey_of(user, Authenticator())
    passkey_of(FamilyUserFactory(), device)
    assert refusal(user, device) == "passkey_refused"


def test_another_owner_in_the_answer_is_refused(user: User):
    device = Authenticator()
    passkey_of(user, device)
    device.user_handle = FamilyUserFactory().pk.bytes
    assert refusal(user, device) == "passkey_refused"


def test_a_wrong_signature_is_refused(user: User):
    device, other = Authenticator(), Authenticator()
    passkey_of(user, device)
    other.credential_id, other.user_handle = device.credential_id, device.user_handle
    assert refusal(user, other) == "passkey_refused"


def test_without_fingerprint_or_lock_it_is_refused(user: User):
    device = Authenticator()
    passkey_of(user, device)
    device.flags = PRESENT
    assert refusal(user, device) == "passkey_refused"


@pytest.mark.parametrize("count", [6, 7, 0])
def test_a_count_that_does_not_grow_is_refused_and_rings(user: User, count: int):
    device = Authenticator()
    passkey_of(user, device, sign_count=7)
    device.count = count
    assert refusal(user, device) == "passkey_refused"
    assert OutboxRow.objects.filter(payload={"what": "passkey_copied"}).count() == 1
    assert AuditEvent.objects.filter(action="passkey.copied").exists()
    assert Passkey.objects.get().sign_count == 7


def test_a_device_that_counts_nothing_rings_nothing(user: User):
    device, here = Authenticator(), sign_in(user)
    passkey_of(user, device)
    for _ in range(2):
        step_up_by(user, here, device)
    assert not OutboxRow.objects.filter(payload={"what": "passkey_copied"}).exists()


BROKEN = [
    ("userHandle", "AAAA"),
    *(
        (word, text)
        for word in ("authenticatorData", "signature", "clientDataJSON")
        for text in ("", "AAAA", "%%%", "\x00")
    ),
]


@pytest.mark.parametrize(("word", "text"), BROKEN)
def test_an_answer_with_a_broken_part_is_refused(user: User, word: str, text: str):
    device, here = Authenticator(), sign_in(user)
    passkey_of(user, device)
    answer = device.answer(stepup.request_passkey(user, here, client=HERE))
    answer["response"][word] = text
    with pytest.raises(PasskeyRefused):
        stepup.verify_passkey(user, here, answer=answer, client=HERE)


def test_without_a_passkey_there_is_nothing_to_ask(user: User):
    with pytest.raises(passkey_answers.NoPasskey):
        stepup.request_passkey(user, sign_in(user), client=HERE)


def test_a_sign_in_asks_so_often_and_no_more(user: User, settings: Any):
    settings.PASSKEY_CHALLENGES_PER_HOUR_BY_SIGN_IN = 2
    here = sign_in(user)
    passkey_of(user, Authenticator())
    for _ in range(2):
        stepup.request_passkey(user, here, client=HERE)
    with pytest.raises(passkey_answers.AskedTooOften):
        stepup.request_passkey(user, here, client=Client("203.0.113.10"))
    stepup.request_passkey(user, sign_in(user), client=HERE)
    with clock.at(clock.now() + timedelta(minutes=61)):
        stepup.request_passkey(user, here, client=HERE)


def test_sec_05_strangers_at_the_same_address_do_not_lock_the_owner_out(user: User, settings: Any):
    settings.PASSKEY_CHALLENGES_PER_HOUR_BY_ADDRESS = 2
    passkey_of(user, Authenticator())
    for _ in range(2):
        passkey_signin.request(passkey_answers.Asker("a browser", HERE))
    with pytest.raises(passkey_answers.AskedTooOften):
        passkey_signin.request(passkey_answers.Asker("another", HERE))
    stepup.request_passkey(user, sign_in(user), client=HERE)
    passkey_signin.request(passkey_answers.Asker("elsewhere", Client("203.0.113.10")))


def test_a_passkey_is_the_second_proof_of_a_dormant_account(user: User):
    device, due = Authenticator(), sign_in(user, is_due=True)
    passkey_of(user, device)
    with pytest.raises(policies.ProofDue):
        stepup.request_passkey(user, due, client=HERE)
    options = proofs.request_passkey(user, due, client=HERE)
    proofs.verify_passkey(user, due, answer=device.answer(options), client=HERE)
    assert not proofs.is_due(user, due)
    assert LoginAttempt.objects.get(kind="proof").is_success
    with pytest.raises(proofs.NothingToProve):
        proofs.request_passkey(user, due, client=HERE)


def test_a_strangers_passkey_proves_nothing(user: User):
    device, due = Authenticator(), sign_in(user, is_due=True)
    passkey_of(user, Authenticator())
    passkey_of(FamilyUserFactory(), device)
    options = proofs.request_passkey(user, due, client=HERE)
    with pytest.raises(PasskeyRefused):
        proofs.verify_passkey(user, due, answer=device.answer(options), client=HERE)
    assert proofs.is_due(user, due)
