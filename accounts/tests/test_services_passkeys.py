"""Passkeys: made, named, taken away."""

import json
import secrets
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from accounts import policies
from accounts.models import Passkey, PasskeyChallenge, User
from accounts.services import passkey_answers, passkey_sites, passkeys, stepup
from accounts.services.passkey_answers import ChallengeOver, PasskeyRefused
from accounts.tests.authenticator import (
    MAY_SYNC,
    PRESENT,
    SYNCED,
    VERIFIED,
    Authenticator,
    passkey_of,
)
from accounts.tests.cast import step_up
from accounts.tests.factories import FamilyUserFactory, StaffFactory, TutorUserFactory
from accounts.tests.passkey_cast import HERE, made, proved, sign_in, step_up_by
from notifications.models import Message
from tests.forgetting import forget
from tutorhub.core import clock
from tutorhub.core.models import AuditEvent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_of_passkeys")]


@pytest.fixture
def user() -> User:
    return TutorUserFactory(email="ravi@example.com")


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


def certificate_of_no_version() -> bytes:
    """A certificate that says it is of version 6; there are three."""
    key, today = ec.generate_private_key(ec.SECP256R1()), clock.now()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")])
    made_ = x509.CertificateBuilder(name, name, key.public_key(), 1, today, today)
    der = made_.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
    version = bytes.fromhex("a003020102")
    assert version in der
    return der.replace(version, bytes.fromhex("a003020105"), 1)


@pytest.mark.parametrize("what", ["certificate", "id"])
def test_what_only_a_forger_sends_is_refused_and_uses_the_challenge_up(user: User, what: str):
    here, device = proved(user), Authenticator()
    if what == "id":
        device.credential_id = secrets.token_bytes(1024)
    else:
        parts = {"alg": -7, "sig": b"x", "x5c": [certificate_of_no_version()]}
        device.attestation = {"fmt": "packed", "attStmt": parts}
    with pytest.raises(PasskeyRefused):
        made(user, here, device)
    assert not PasskeyChallenge.objects.filter(used_at=None).exists()
    assert not Passkey.objects.exists()


def test_the_same_device_twice_and_too_many(user: User, settings: Any):
    here, device = proved(user), Authenticator()
    made(user, here, device)
    assert len(passkeys.begin(user, here, client=HERE)["excludeCredentials"]) == 1
    with pytest.raises(passkeys.PasskeyKnown):
        made(user, here, device)
    settings.PASSKEYS_AT_MOST = 1
    with pytest.raises(passkeys.TooManyPasskeys):
        made(user, here, Authenticator())


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


def test_a_passkey_gets_another_name(user: User):
    passkey = passkey_of(user, Authenticator())
    passkeys.rename(passkey, name=" The tablet ", by=user)
    passkey.refresh_from_db()
    assert passkey.name == "The tablet"
    with pytest.raises(Passkey.DoesNotExist):
        passkeys.rename(passkey, name="Mine", by=FamilyUserFactory())


def test_removing_one_takes_a_passkey_and_its_owner_hears_of_it(user: User):
    device = Authenticator()
    passkey = passkey_of(user, device)
    here = sign_in(user)
    step_up(user, here)
    with pytest.raises(stepup.StrongStepUpNeeded):
        passkeys.remove(passkey, here, by=user)
    options = stepup.request_passkey(user, here, client=HERE)
    step_up_by(user, here, device)
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


def test_an_erased_account_leaves_no_passkey(user: User):
    device, here = Authenticator(), sign_in(user)
    passkey_of(user, device)
    step_up_by(user, here, device)
    forget(user)
    assert not Passkey.objects.exists()
    assert not PasskeyChallenge.objects.exists()
    assert passkey_answers.owner_of(device.answer({"rpId": "x", "challenge": "AAAA"})) is None
