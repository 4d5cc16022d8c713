"""Passkeys: made, asked, refused, taken away."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from accounts import policies
from accounts.clients import Client
from accounts.models import AppSession, KnownDevice, LoginAttempt, Passkey, PasskeyChallenge, User
from accounts.services import passkey_answers, passkey_sites, passkeys, proofs, stepup, tokens
from accounts.services.passkey_answers import ChallengeOver, PasskeyRefused
from accounts.tests.authenticator import (
    MAY_SYNC,
    PRESENT,
    SITE,
    SYNCED,
    VERIFIED,
    Authenticator,
    passkey_of,
)
from accounts.tests.cast import step_up
from accounts.tests.factories import FamilyUserFactory, StaffFactory, TutorUserFactory
from notifications.models import Message
from tests.forgetting import forget
from tutorhub.core import clock
from tutorhub.core.models import AuditEvent, OutboxRow

pytestmark = pytest.mark.django_db

HERE = Client("203.0.113.9", "Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile Safari/537.36")


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    settings.SITE_URL = SITE


@pytest.fixture
def user() -> User:
    return TutorUserFactory(email="ravi@example.com")


def sign_in(user: User, *, days: int = 7, is_due: bool = False) -> UUID:
    """A sign-in of the app on a device that is known for so long."""
    device = KnownDevice.objects.create(
        user=user,
        kind="app",
        secret_hash=str(AppSession.objects.count()),
        first_seen_at=clock.now() - timedelta(days=days),
        proof_due=is_due,
    )
    tokens.issue(user=user, client=HERE, device=device)
    return AppSession.objects.get(known_device=device).pk


def proved(user: User) -> UUID:
    here = sign_in(user)
    step_up(user, here)
    return here


def made(user: User, here: UUID, device: Authenticator, name: str = "") -> Passkey:
    options = passkeys.begin(user, here, client=HERE)
    return passkeys.add(user, here, answer=device.make(options), name=name, client=HERE)


def step_up_by(user: User, here: UUID, device: Authenticator) -> None:
    options = stepup.request_passkey(user, here, client=HERE)
    stepup.verify_passkey(user, here, answer=device.answer(options), client=HERE)


def told(template: str) -> set[tuple[str, str]]:
    return set(Message.objects.filter(template=template).values_list("channel", "to"))


def test_a_passkey_is_made_and_its_owner_hears_of_it(user: User):
    device = Authenticator()
    device.flags |= MAY_SYNC | SYNCED
    passkey = made(user, proved(user), device)
    assert (passkey.user, passkey.name) == (user, "Chrome, Android")
    assert passkey.is_synced
    assert passkey.transports == "hybrid internal"
    assert AuditEvent.objects.filter(action="passkey.added", actor_id=user.pk).exists()
    assert {to for _channel, to in told("passkey_added")} == {user.phone, user.email}


def test_what_the_device_is_asked_wants_a_lock_and_says_no_number(user: User):
    options = passkeys.begin(user, proved(user), client=HERE)
    assert options["rp"] == {"name": "TutorHub", "id": "tutorhub.example"}
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert str(user.phone)[3:9] not in json.dumps(options)


def test_adding_one_takes_a_step_up_and_a_settled_device(user: User):
    with pytest.raises(stepup.StepUpNeeded):
        passkeys.begin(user, sign_in(user), client=HERE)
    new = sign_in(user, days=0)
    step_up(user, new)
    with pytest.raises(policies.DeviceTooNew):
        passkeys.begin(user, new, client=HERE)
    here = proved(user)
    options = passkeys.begin(user, here, client=HERE)
    with (
        clock.at(clock.now() + timedelta(minutes=5, seconds=1)),
        pytest.raises(stepup.StepUpNeeded),
    ):
        passkeys.add(user, here, answer=Authenticator().make(options), name="", client=HERE)
    assert not Passkey.objects.exists()


def test_an_answer_made_twice_or_late_is_refused(user: User):
    here = proved(user)
    options = passkeys.begin(user, here, client=HERE)
    passkeys.add(user, here, answer=Authenticator().make(options), name="", client=HERE)
    with pytest.raises(ChallengeOver):
        passkeys.add(user, here, answer=Authenticator().make(options), name="", client=HERE)
    assert Passkey.objects.count() == 1


@pytest.mark.parametrize("flags", [PRESENT, VERIFIED, 0])
def test_a_device_that_asked_nobody_makes_none(user: User, flags: int):
    device = Authenticator()
    device.flags = flags
    with pytest.raises(PasskeyRefused):
        made(user, proved(user), device)


def test_the_same_device_twice_and_too_many(user: User, settings: Any):
    here, device = proved(user), Authenticator()
    made(user, here, device)
    assert len(passkeys.begin(user, here, client=HERE)["excludeCredentials"]) == 1
    with pytest.raises(passkeys.PasskeyKnown):
        made(user, here, device)
    settings.PASSKEYS_AT_MOST = 1
    with pytest.raises(passkeys.TooManyPasskeys):
        made(user, here, Authenticator())


def test_a_passkey_steps_up_in_its_own_sign_in(user: User):
    device = Authenticator()
    passkey_of(user, device)
    here, elsewhere = sign_in(user), sign_in(user)
    device.count = 1
    step_up_by(user, here, device)
    assert stepup.is_fresh(user, here)
    assert not stepup.is_fresh(user, elsewhere)
    assert not stepup.is_fresh(FamilyUserFactory(), here)
    passkey = Passkey.objects.get()
    assert passkey.sign_count == 1
    assert passkey.last_used_at is not None
    attempt = LoginAttempt.objects.get(kind="step_up")
    assert attempt.is_success
    with clock.at(clock.now() + timedelta(minutes=5, seconds=1)):
        assert not stepup.is_fresh(user, here)


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
    assert not stepup.is_fresh(user, here)


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


def refuses(user: User, here: UUID, device: Authenticator) -> None:
    with pytest.raises(PasskeyRefused) as refusal:
        step_up_by(user, here, device)
    assert refusal.value.code == "passkey_refused"
    assert not stepup.is_fresh(user, here)
    assert LoginAttempt.objects.filter(reason="passkey_refused", user=user).exists()


@pytest.mark.parametrize(
    "origin", ["https://tutorhub.example.evil.com", "http://tutorhub.example", "null", ""]
)
def test_another_address_is_refused(user: User, origin: str):
    device = Authenticator(origin)
    passkey_of(user, device)
    refuses(user, sign_in(user), device)


def test_an_app_of_ours_is_no_other_address(user: User, settings: Any):
    settings.PASSKEY_APP_ORIGINS = ["android:apk-key-hash:abc"]
    device, here = Authenticator("android:apk-key-hash:abc"), sign_in(user)
    passkey_of(user, device)
    step_up_by(user, here, device)
    assert stepup.is_fresh(user, here)


def test_somebody_elses_passkey_is_refused(user: User):
    device = Authenticator()
    passkey_of(user, Authenticator())
    passkey_of(FamilyUserFactory(), device)
    refuses(user, sign_in(user), device)


def test_another_owner_in_the_answer_is_refused(user: User):
    device = Authenticator()
    passkey_of(user, device)
    device.user_handle = FamilyUserFactory().pk.bytes
    refuses(user, sign_in(user), device)


def test_a_wrong_signature_is_refused(user: User):
    device, other = Authenticator(), Authenticator()
    passkey_of(user, device)
    other.credential_id, other.user_handle = device.credential_id, device.user_handle
    refuses(user, sign_in(user), other)


def test_without_fingerprint_or_lock_it_is_refused(user: User):
    device = Authenticator()
    passkey_of(user, device)
    device.flags = PRESENT
    refuses(user, sign_in(user), device)


@pytest.mark.parametrize("count", [6, 7, 0])
def test_a_count_that_does_not_grow_is_refused_and_rings(user: User, count: int):
    device = Authenticator()
    passkey_of(user, device, sign_count=7)
    device.count = count
    refuses(user, sign_in(user), device)
    assert OutboxRow.objects.filter(payload={"what": "passkey_copied"}).count() == 1
    assert AuditEvent.objects.filter(action="passkey.copied").exists()
    assert Passkey.objects.get().sign_count == 7


def test_a_device_that_counts_nothing_rings_nothing(user: User):
    device, here = Authenticator(), sign_in(user)
    passkey_of(user, device)
    for _ in range(2):
        step_up_by(user, here, device)
    assert not OutboxRow.objects.filter(payload={"what": "passkey_copied"}).exists()


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "null",
        "[]",
        "{",
        "[" * 20_000,
        {},
        {"id": 1, "rawId": "", "type": "public-key", "response": {}},
        {"id": "a", "rawId": "a", "type": "public-key", "response": {"clientDataJSON": "é"}},
    ],
)
def test_what_is_no_answer_is_refused(user: User, answer: Any):
    here = proved(user)
    passkey_of(user, Authenticator())
    with pytest.raises(PasskeyRefused):
        passkeys.add(user, here, answer=answer, name="", client=HERE)
    with pytest.raises(PasskeyRefused):
        stepup.verify_passkey(user, here, answer=answer, client=HERE)
    assert passkey_answers.owner_of(answer) is None


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


@pytest.mark.parametrize("site", ["http://127.0.0.1:8000", "https://[::1]", "http://tutorhub.in"])
def test_an_address_that_browsers_do_not_take_makes_none(user: User, site: str, settings: Any):
    settings.SITE_URL = site
    assert not passkey_sites.public().is_at(site.partition("://")[2])
    passkey_of(user, Authenticator())
    with pytest.raises(passkey_answers.NoPasskeysHere):
        passkeys.begin(user, proved(user), client=HERE)
    with pytest.raises(passkey_answers.NoPasskeysHere):
        stepup.request_passkey(user, sign_in(user), client=HERE)


def test_the_back_office_has_its_own_address(settings: Any):
    settings.SITE_URL, settings.ADMIN_HOST = "https://tutorhub.in:8443", "desk.tutorhub.in"
    office = passkey_sites.office()
    assert (office.host, office.origin) == ("desk.tutorhub.in", "https://desk.tutorhub.in:8443")
    assert office.is_at("desk.tutorhub.in:8443")
    assert not office.is_at("tutorhub.in:8443")
    assert passkey_sites.of(StaffFactory()) == office


def test_strangers_ask_so_often_and_no_more(user: User, settings: Any):
    settings.PASSKEY_CHALLENGES_PER_HOUR_BY_ADDRESS = 2
    here = sign_in(user)
    passkey_of(user, Authenticator())
    for _ in range(2):
        stepup.request_passkey(user, here, client=HERE)
    with pytest.raises(passkey_answers.AskedTooOften):
        stepup.request_passkey(user, here, client=HERE)
    stepup.request_passkey(user, here, client=Client("203.0.113.10"))


def test_a_passkey_gets_another_name(user: User):
    passkey = passkey_of(user, Authenticator())
    passkeys.rename(passkey, name=" The tablet ", by=user)
    passkey.refresh_from_db()
    assert passkey.name == "The tablet"
    with pytest.raises(Passkey.DoesNotExist):
        passkeys.rename(passkey, name="Mine", by=FamilyUserFactory())


def test_removing_one_takes_a_step_up_and_its_owner_hears_of_it(user: User):
    device = Authenticator()
    passkey = passkey_of(user, device)
    here = sign_in(user)
    with pytest.raises(stepup.StepUpNeeded):
        passkeys.remove(passkey, here, by=user)
    options = stepup.request_passkey(user, here, client=HERE)
    step_up(user, here)
    for _ in range(2):
        passkeys.remove(passkey, here, by=user)
    assert AuditEvent.objects.filter(action="passkey.removed", actor_id=user.pk).count() == 1
    assert {to for _channel, to in told("passkey_removed")} == {user.phone, user.email}
    with pytest.raises(PasskeyRefused):
        stepup.verify_passkey(user, here, answer=device.answer(options), client=HERE)


def test_nobody_removes_what_is_anothers(user: User):
    passkey = passkey_of(user, Authenticator())
    other = FamilyUserFactory()
    passkeys.remove(passkey, proved(other), by=other)
    assert Passkey.objects.filter(pk=passkey.pk).exists()


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


def test_an_erased_account_leaves_no_passkey(user: User):
    device, here = Authenticator(), sign_in(user)
    passkey_of(user, device)
    step_up_by(user, here, device)
    forget(user)
    assert not Passkey.objects.exists()
    assert not PasskeyChallenge.objects.exists()
    assert passkey_answers.owner_of(device.answer({"rpId": "x", "challenge": "AAAA"})) is None
