"""SEC-04: where it is required, the app's door sends codes to genuine apps alone."""

import base64
import hashlib
import random
import warnings
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from cbor2 import dumps, loads
from django.test import Client as HttpClient
from pyattest.verifiers.apple_attestation import AppleAttestationVerifier

from accounts.clients import Client
from accounts.gateway import NotGenuine, Proof, app_attest, attestor, play_integrity
from accounts.models import LoginAttempt, OtpChallenge, SpentNonce
from accounts.services import attestation
from accounts.tests.attested import APP_ID, Apple, Google, bytes_of
from accounts.tests.cast import PHONE, ask_page, last_code, together
from accounts.tests.factories import FamilyUserFactory
from notifications.models import Message
from tutorhub.core import clock

db = pytest.mark.django_db

MINE, THEIRS = "install-of-this-phone-0001", "install-of-another-phone-1"
ANDROID, IOS = "android", "ios"


@pytest.fixture(scope="module")
def google() -> Google:
    return Google.new()


@pytest.fixture(scope="module")
def apple() -> Apple:
    return Apple()


@pytest.fixture(autouse=True)
def _required(settings: Any, google: Google, apple: Apple, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.APP_ATTESTATION = "required"
    settings.APP_ATTESTORS = {
        ANDROID: "accounts.gateway.play_integrity.PlayIntegrity",
        IOS: "accounts.gateway.app_attest.AppAttest",
    }
    settings.APP_ATTEST_APP_ID = APP_ID
    for name, value in google.settings.items():
        setattr(settings, name, value)
    monkeypatch.setattr(app_attest._Config, "root_ca", apple.root.asn1)


@pytest.fixture
def prove(google: Google, apple: Apple) -> Callable[..., dict[str, str]]:
    """What a phone of this platform sends about a nonce."""

    def proof(platform: str, nonce: str, **changes: Any) -> dict[str, str]:
        if platform == ANDROID:
            said = {"token": google.token(nonce, **changes)}
        else:
            said = apple.proof(nonce, **changes)
        return {"platform": platform, "nonce": nonce, **said}

    return proof


def post(path: str, body: dict[str, Any]) -> Any:
    return HttpClient().post(f"/api/v1/auth/{path}", body, "application/json")


def new_nonce(install_id: str = MINE) -> str:
    answer = post("attestation", {"install_id": install_id})
    assert (answer.status_code, answer.json()["expires_in"]) == (200, 300)
    return str(answer.json()["nonce"])


def ask(said: dict[str, str] | None, phone: str = PHONE, install_id: str = MINE) -> str:
    """Ask for a code; `sent`, or the code of the refusal."""
    body: dict[str, Any] = {"phone": phone, "install_id": install_id}
    answer = post("otp/request", body | ({"attestation": said} if said else {}))
    if answer.status_code == 202:
        return "sent"
    assert answer.status_code == 403
    return str(answer.json()["errors"][0]["code"])


@db
@pytest.mark.parametrize("platform", [ANDROID, IOS])
def test_sec_04_a_genuine_app_signs_in(platform: str, prove: Any):
    assert ask(prove(platform, new_nonce())) == "sent"
    entered = {"phone": PHONE, "code": last_code(PHONE), "role": "student", "install_id": MINE}
    assert post("otp/verify", entered).status_code == 200


@db
def test_sec_04_without_a_proof_nothing_is_sent_and_the_log_says_why():
    assert ask(None) == "attestation_required"
    attempt = LoginAttempt.objects.get()
    assert (attempt.kind, attempt.reason) == ("code_request", "attestation_required")
    assert (attempt.phone, attempt.is_success) == (PHONE, False)
    assert not Message.objects.exists()
    assert not OtpChallenge.objects.exists()


@db
def test_sec_04_off_asks_nobody_and_looks_at_nothing(settings: Any):
    settings.APP_ATTESTATION = "off"
    said = {"platform": IOS, "token": "x", "nonce": "x", "key_id": "x"}
    assert ask(None) == "sent"
    assert ask(said, "+919876500002") == "sent"
    assert not SpentNonce.objects.exists()


@db
def test_sec_04_the_page_needs_none():
    assert ask_page(HttpClient()).status_code == 302


@db
@pytest.mark.parametrize("platform", [ANDROID, IOS])
def test_sec_04_a_proof_counts_once(platform: str, prove: Any):
    said = prove(platform, new_nonce())
    assert ask(said) == "sent"
    assert ask(said, "+919876500002") == "attestation_invalid"
    reasons = LoginAttempt.objects.order_by("at").values_list("reason", flat=True)
    assert list(reasons) == ["", "attestation_invalid"]


@pytest.mark.django_db(transaction=True)
def test_sec_04_twenty_uses_of_one_proof_at_once_count_once(prove: Any):
    said = prove(ANDROID, new_nonce())
    asked = together(20, lambda n: ask(said, f"+9198{n:05d}000"))
    assert asked.count("sent") == 1
    assert asked.count("attestation_invalid") == 19
    assert OtpChallenge.objects.count() == 1


@db
@pytest.mark.parametrize("platform", [ANDROID, IOS])
def test_sec_04_a_nonce_is_good_for_five_minutes(platform: str, prove: Any):
    now = clock.now()
    with clock.at(now):
        said = prove(platform, new_nonce())
    with clock.at(now + timedelta(minutes=5, seconds=2)):
        assert ask(said) == "attestation_invalid"
    with clock.at(now + timedelta(minutes=4, seconds=55)):
        assert ask(said) == "sent"


@db
@pytest.mark.parametrize("platform", [ANDROID, IOS])
def test_sec_04_a_proof_is_good_for_its_install_alone(platform: str, prove: Any):
    said = prove(platform, new_nonce())
    assert ask(said, install_id=THEIRS) == "attestation_invalid"
    assert post("otp/request", {"phone": PHONE, "attestation": said}).status_code == 403
    assert ask(said) == "sent"


@db
@pytest.mark.parametrize("platform", [ANDROID, IOS])
@pytest.mark.parametrize("change", ["first", "last", "short", "none", "words", "later"])
def test_sec_04_a_nonce_that_we_did_not_make_is_refused(platform: str, change: str, prove: Any):
    """Though the platform has vouched for it."""
    real = bytes_of(new_nonce())
    made = {
        "first": bytes([real[0] ^ 1]) + real[1:],
        "last": real[:-1] + bytes([real[-1] ^ 1]),
        "short": real[:21],
        "none": b"\0" * 54,
        "words": b"no nonce at all, yet of a length fit for one: look, so",
        "later": real[:21] + bytes([real[21] ^ 0x80]) + real[22:],
    }[change]
    nonce = base64.urlsafe_b64encode(made).decode()
    assert ask(prove(platform, nonce)) == "attestation_invalid"


@db
@pytest.mark.parametrize("nonce", ["é" * 72, "=" * 72, "A", "!" * 72])
def test_sec_04_a_nonce_that_cannot_be_read_is_refused(nonce: str):
    said = {"platform": ANDROID, "token": "x", "nonce": nonce}
    assert ask(said) == "attestation_invalid"


@db
@pytest.mark.parametrize(
    ("platform", "change"),
    [
        (ANDROID, {"app": "UNRECOGNIZED_VERSION"}),
        (ANDROID, {"app": "UNEVALUATED"}),
        (ANDROID, {"device": []}),
        (ANDROID, {"device": ["MEETS_BASIC_INTEGRITY"]}),
        (ANDROID, {"device": None}),
        (ANDROID, {"package": "in.example.imitation"}),
        (ANDROID, {"without": ["requestDetails"]}),
        (ANDROID, {"without": ["appIntegrity"]}),
        (ANDROID, {"without": ["deviceIntegrity"]}),
        (IOS, {"app_id": "ABCDE12345.in.example.imitation"}),
        (IOS, {"counter": 1}),
        (IOS, {"aaguid": b"appattestdevelop"}),
        (IOS, {"credential": bytes(32)}),
        (IOS, {"key_id": bytes(32)}),
        (IOS, {"is_over": True}),
    ],
)
def test_sec_04_an_app_that_is_not_ours_on_a_phone_that_is_sound_is_refused(
    platform: str, change: dict[str, Any], prove: Any
):
    nonce = new_nonce()
    assert ask(prove(platform, nonce, **change)) == "attestation_invalid"
    assert ask(prove(platform, nonce)) == "sent"


@db
@pytest.mark.parametrize("platform", [ANDROID, IOS])
def test_sec_04_a_proof_over_another_nonce_is_refused(platform: str, prove: Any):
    said = prove(platform, new_nonce())
    assert ask({**said, "nonce": new_nonce()}) == "attestation_invalid"


@db
def test_sec_04_what_others_signed_is_refused(google: Google):
    nonce = new_nonce()
    for forger in (Google.new(), Google(Google.new().signing, google.secret)):
        said = {"platform": ANDROID, "nonce": nonce, "token": forger.token(nonce)}
        assert ask(said) == "attestation_invalid"
    assert ask({"platform": IOS, "nonce": nonce, **Apple().proof(nonce)}) == "attestation_invalid"


def check_apple(apple: Apple, nonce: str) -> None:
    said = apple.proof(nonce)
    proof = Proof(said["token"], bytes_of(nonce), said["key_id"])
    app_attest.AppAttest().check(proof)


def test_sec_04_a_root_that_this_machine_trusts_is_not_apples(monkeypatch: pytest.MonkeyPatch):
    """With the control: left to itself the library takes whom the operating system takes."""
    forger = Apple()
    nonce = attestation.nonce_for(Client(device=MINE))
    monkeypatch.setattr(
        "pyhanko_certvalidator.registry._system_trust_roots", lambda: [forger.root.asn1]
    )
    with pytest.raises(NotGenuine):
        check_apple(forger, nonce)
    own = AppleAttestationVerifier.verify_certificate_chain
    monkeypatch.setattr(app_attest._Verifier, "verify_certificate_chain", own)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        check_apple(forger, nonce)


def test_sec_04_the_root_is_apples(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.undo()
    root = app_attest._Config(b"").root_ca
    assert root.subject.native["common_name"] == "Apple App Attestation Root CA"
    assert hashlib.sha256(root.dump()).hexdigest() == (
        "1cb9823ba28ba6ad2d33a006941de2ae4f513ef1d4e831b9f7e0fa7b6242c932"
    )


@time_machine.travel("2026-11-23T12:00:00Z", tick=False)
def test_sec_04_garbage_is_refused_and_breaks_nothing(
    google: Google, monkeypatch: pytest.MonkeyPatch
):
    """Single bytes, and pieces; whatever is no attestation ends in the same refusal.

    They are the same in each run, so that what fails once fails again.
    """
    nonce, apple = base64.urlsafe_b64encode(bytes(range(54))).decode(), Apple(b"garbage")
    monkeypatch.setattr(app_attest._Config, "root_ca", apple.root.asn1)
    check_apple(apple, nonce)
    said, again = (one.proof(nonce) for one in (Apple(b"garbage"), Apple(b"garbage")))
    assert said == again
    whole = base64.b64decode(said["token"])
    dice = random.Random(4)
    pieces = [whole[: dice.randrange(len(whole))] for _ in range(60)]
    for _ in range(150):
        place = dice.randrange(len(whole))
        pieces.append(whole[:place] + dice.randbytes(1) + whole[place + 1 :])
    pieces += [b"", b"\x81" * 5000, b"\xa0", b"\xf6", b"\x9f" * 3000, b"\xbf\xff"]
    refused = 0
    for piece in pieces:
        proof = Proof(base64.b64encode(piece).decode(), bytes_of(nonce), said["key_id"])
        try:
            app_attest.AppAttest().check(proof)
        except NotGenuine:
            refused += 1
    for chain in apple.odd_chains():
        token = base64.b64encode(dumps({**loads(whole), "attStmt": {"x5c": chain}})).decode()
        with pytest.raises(NotGenuine):
            app_attest.AppAttest().check(Proof(token, bytes_of(nonce), said["key_id"]))
    # What stands outside of everything signed may change: a letter of a name.
    assert refused > len(pieces) * 9 // 10
    token = google.token(nonce)
    for text in ("", ".", "....", "é", token[:-4], token + "A", token.swapcase(), "x" * 9000):
        with pytest.raises(NotGenuine):
            play_integrity.PlayIntegrity().check(Proof(text, bytes_of(nonce)))
    for key_id in ("", "é", "A"):
        with pytest.raises(NotGenuine):
            app_attest.AppAttest().check(Proof(said["token"], bytes_of(nonce), key_id))


@db
def test_sec_04_a_platform_without_keys_is_refused(settings: Any, prove: Any):
    settings.APP_ATTESTORS = {IOS: settings.APP_ATTESTORS[IOS]}
    assert attestor(ANDROID) is None
    assert ask(prove(ANDROID, new_nonce())) == "attestation_invalid"
    assert ask(prove(IOS, new_nonce())) == "sent"


@db
@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"platform": "windows"}, "attestation.platform"),
        ({"token": "x" * 20_001}, "attestation.token"),
        ({"nonce": ""}, "attestation.nonce"),
    ],
)
def test_sec_04_the_shape_is_looked_at_first(body: dict[str, str], attr: str):
    said = {"platform": ANDROID, "token": "x", "nonce": "x"} | body
    answer = post("otp/request", {"phone": PHONE, "install_id": MINE, "attestation": said})
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, attr)


@db
def test_sec_04_a_nonce_is_for_an_install_that_names_itself():
    for body in ({}, {"install_id": "short"}):
        answer = post("attestation", body)
        assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "install_id")


@db
def test_sec_06_refusals_of_apps_are_equal_for_known_and_unknown_numbers():
    FamilyUserFactory(phone=PHONE)
    shapes = set()
    for phone in (PHONE, "+919876500002"):
        for said in (None, {"platform": IOS, "token": "x", "nonce": "x", "key_id": "x"}):
            body: dict[str, Any] = {"phone": phone, "install_id": MINE}
            answer = post("otp/request", body | ({"attestation": said} if said else {}))
            shapes.add((said is None, answer.status_code, answer.content))
    assert len(shapes) == 2
