"""SEC-02: while codes are tried out everywhere, a stranger's device works for each try."""

import base64
import json
import threading
from datetime import datetime, timedelta
from typing import Any

import altcha
import pytest
from django.test import Client as HttpClient

from accounts.clients import Client
from accounts.models import LoginAttempt, OtpChallenge, SpentNonce, User
from accounts.services import clearing, codes, locks, send_limits, signin, single_use, work
from accounts.tests.cast import PHONE, ask_page, last_code, together
from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from accounts.tests.test_sec_02_spraying import failures, known_browser, number
from tutorhub.core import clock, outbox
from tutorhub.core.models import AuditEvent

db = pytest.mark.django_db
race = pytest.mark.django_db(transaction=True)

HERE = Client("192.0.2.1", "a new phone")
OTHER = "+919876500002"


@pytest.fixture(autouse=True)
def _little_work(settings: Any) -> None:
    settings.WORK_COST, settings.WORK_TRIES = 10, 20


def solved(challenge: dict[str, Any]) -> str:
    """What a device sends that has done the work."""
    given = altcha.Challenge.from_dict(challenge)
    solution = altcha.solve_challenge(given)
    assert solution is not None
    return altcha.Payload(given, solution).to_base64()


def changed(payload: str, *path: str, to: Any) -> str:
    """The same payload with another value in one place."""
    whole = json.loads(base64.b64decode(payload))
    inner = whole
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = to
    return base64.b64encode(json.dumps(whole).encode()).decode()


def enter(payload: str, phone: str = PHONE, client: Client = HERE) -> type[Exception]:
    """What comes of a wrong code entered with this work."""
    with pytest.raises((codes.CodeRefused, signin.SignInPaused)) as refusal:
        signin.verify_code(phone=phone, code="123456", client=client, work=payload)
    return refusal.type


def api(path: str, **body: str) -> Any:
    return HttpClient().post(f"/api/v1/auth/otp/{path}", body, "application/json")


@db
def test_sec_02_the_work_opens_the_door_to_a_stranger_twice():
    """Once for the code and once for entering it, each with a challenge of its own."""
    failures(2000)
    with pytest.raises(signin.WorkRequired) as asked:
        signin.request_code(phone=PHONE, client=HERE)
    payload = solved(asked.value.extra["challenge"])
    signin.request_code(phone=PHONE, client=HERE, work=payload)
    with pytest.raises(signin.WorkRequired) as asked:
        signin.verify_code(
            phone=PHONE, code=last_code(PHONE), client=HERE, role="student", work=payload
        )
    signed_in = signin.verify_code(
        phone=PHONE,
        code=last_code(PHONE),
        client=HERE,
        role="student",
        work=solved(asked.value.extra["challenge"]),
    )
    assert signed_in.user.phone == PHONE
    reasons = (
        LoginAttempt.objects.filter(phone=PHONE).order_by("at").values_list("reason", flat=True)
    )
    assert list(reasons) == ["work_required", "", "work_required", ""]


@db
def test_sec_02_a_solution_is_accepted_once():
    failures(2000)
    payload = solved(work.ask(PHONE))
    assert enter(payload) is codes.CodeRefused
    assert enter(payload) is signin.WorkRequired
    assert SpentNonce.objects.count() == 1


@db
def test_sec_02_a_solution_is_good_for_its_number_alone():
    failures(2000)
    payload = solved(work.ask(PHONE))
    assert enter(payload, OTHER) is signin.WorkRequired
    assert enter(payload) is codes.CodeRefused


@db
def test_sec_02_a_solution_is_good_for_five_minutes():
    failures(2000)
    now = clock.now()
    with clock.at(now):
        payload = solved(work.ask(PHONE))
    with clock.at(now + timedelta(minutes=5, seconds=1)):
        assert enter(payload) is signin.WorkRequired
    with clock.at(now + timedelta(minutes=4, seconds=55)):
        assert enter(payload) is codes.CodeRefused


@db
@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("challenge", "parameters", "nonce"), "00" * 16),
        (("challenge", "parameters", "cost"), 1),
        (("challenge", "parameters", "keyPrefix"), ""),
        (("challenge", "parameters", "expiresAt"), 4102444800),
        (("challenge", "parameters", "expiresAt"), None),
        (("challenge", "parameters", "data"), {"tries": 10**9}),
        (("challenge", "parameters", "data"), None),
        (("challenge", "signature"), "00" * 32),
        (("challenge", "signature"), None),
        (("challenge", "parameters"), []),
        (("solution", "counter"), 10**6),
        (("solution", "counter"), -1),
        (("solution", "counter"), "1"),
        (("solution", "derivedKey"), "00" * 32),
        (("solution",), None),
    ],
)
def test_sec_02_what_was_tampered_with_pays_for_nothing(path: tuple[str, ...], to: Any):
    failures(2000)
    payload = solved(work.ask(PHONE))
    assert enter(changed(payload, *path, to=to)) is signin.WorkRequired
    assert not SpentNonce.objects.exists()
    assert enter(payload) is codes.CodeRefused


@db
@pytest.mark.parametrize("text", ["", "x", "bnVsbA==", "W10=", "é", "[" * 2000, "W1tb" * 500])
def test_sec_02_what_is_no_payload_pays_for_nothing(text: str):
    failures(2000)
    assert enter(text) is signin.WorkRequired


@db
@pytest.mark.parametrize("name", ["WORK_COST", "WORK_TRIES"])
def test_sec_02_a_solution_from_easier_times_is_refused(settings: Any, name: str):
    failures(2000)
    payload = solved(work.ask(PHONE))
    before = getattr(settings, name)
    setattr(settings, name, before + 1)
    assert enter(payload) is signin.WorkRequired
    setattr(settings, name, before - 1)
    assert enter(payload) is codes.CodeRefused


@db
def test_sec_02_a_challenge_of_somebody_elses_making_is_refused():
    failures(2000)
    for key in (b"another key", ""):
        own = altcha.create_challenge(
            work.ALGORITHM,
            10,
            counter=1,
            expires_at=clock.now() + timedelta(minutes=5),
            data={"tries": 20},
            hmac_secret=key,
        )
        assert enter(solved(own.to_dict())) is signin.WorkRequired


@race
def test_sec_02_twenty_uses_of_one_solution_at_once_count_once():
    failures(2000)
    payload = solved(work.ask(PHONE))
    entered = together(20, lambda _n: enter(payload))
    assert entered.count(codes.CodeRefused) == 1
    assert entered.count(signin.WorkRequired) == 19


def ask(payload: str, now: datetime) -> bool:
    try:
        with clock.at(now):
            signin.request_code(phone=PHONE, client=HERE, work=payload)
    except signin.WorkRequired:
        return False
    return True


@pytest.fixture
def alone(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No lock of the number stands in the way: that a solution counts once does not hang on it."""
    settings.OTP_RESEND_AFTER = (0,)
    monkeypatch.setattr(locks, "hold", lambda kind, name: None)


def asked_at_once(count: int) -> int:
    """How many of so many get a code for one solution. The alarm of this hour has rung before."""
    failures(2000)
    now = clock.now()
    assert not ask("", now)
    payload = solved(work.ask(PHONE))
    return together(count, lambda _n: ask(payload, now)).count(True)


@race
@pytest.mark.usefixtures("alone")
def test_sec_02_twenty_codes_asked_for_with_one_solution_at_once_are_one():
    assert asked_at_once(20) == 1
    assert OtpChallenge.objects.count() == 1


@race
@pytest.mark.usefixtures("alone")
def test_sec_02_negative_control_if_one_only_looks_before_more_than_one_counts(
    monkeypatch: pytest.MonkeyPatch,
):
    both_have_looked = threading.Barrier(2, timeout=10)

    def look(nonce: str, expires_at: Any) -> bool:
        is_first = not SpentNonce.objects.filter(nonce=nonce).exists()
        both_have_looked.wait()
        SpentNonce.objects.bulk_create(
            [SpentNonce(nonce=nonce, expires_at=expires_at)], ignore_conflicts=True
        )
        return is_first

    monkeypatch.setattr(single_use, "spend", look)
    assert asked_at_once(2) == 2


@db
def test_sec_02_a_code_that_was_asked_for_too_soon_gives_the_work_back():
    failures(2000)
    now = clock.now()
    signin.request_code(phone=PHONE, client=HERE, work=solved(work.ask(PHONE)))
    payload = solved(work.ask(PHONE))
    with pytest.raises(send_limits.SentTooOften):
        signin.request_code(phone=PHONE, client=HERE, work=payload)
    with clock.at(now + timedelta(seconds=61)):
        signin.request_code(phone=PHONE, client=HERE, work=payload)
        with pytest.raises(signin.WorkRequired):
            signin.request_code(phone=PHONE, client=HERE, work=payload)


@db
def test_sec_02_nobody_is_asked_while_the_breaker_is_closed():
    failures(1990, succeeded=1400)
    client = HttpClient()
    assert ask_page(client).status_code == 302
    assert "challenge" not in client.get("/signin/code/").content.decode()
    assert client.post("/signin/code/", {"code": "000"}).status_code == 400
    assert api("request", phone=OTHER).status_code == 202
    assert api("verify", phone=OTHER, code="000").json()["errors"][0]["code"] == "code_invalid"


@db
def test_sec_02_work_that_nobody_asked_for_is_not_used_up():
    payload = solved(work.ask(PHONE))
    assert enter(payload) is codes.CodeRefused
    assert not SpentNonce.objects.exists()


@db
def test_sec_02_a_known_device_is_never_asked():
    browser = known_browser()
    install = "install-of-the-owner-0001"
    api("request", phone=OTHER, install_id=install)
    first = api("verify", phone=OTHER, code=last_code(OTHER), role="tutor", install_id=install)
    assert first.status_code == 200
    with clock.at(clock.now() + timedelta(minutes=10)):
        failures(2500)
        assert ask_page(browser).status_code == 302
        page = browser.get("/signin/code/")
        assert "challenge" not in page.content.decode()
        assert browser.post("/signin/code/", {"code": last_code(PHONE)}).status_code == 302
        assert api("request", phone=OTHER, install_id=install).status_code == 202
        again = api("verify", phone=OTHER, code=last_code(OTHER), install_id=install)
        assert again.status_code == 200


@db
def test_sec_02_above_the_second_count_strangers_wait_whatever_they_have_worked(settings: Any):
    settings.ALARM_EMAIL = "watch@example.com"
    browser = known_browser()
    LoginAttempt.objects.all().delete()
    failures(9_999)
    assert enter(solved(work.ask(PHONE))) is codes.CodeRefused
    assert LoginAttempt.objects.filter(reason="code_invalid").count() == 10_000
    assert enter(solved(work.ask(PHONE))) is signin.SignInPaused
    with pytest.raises(signin.SignInPaused) as paused:
        signin.request_code(phone=PHONE, client=HERE, work=solved(work.ask(PHONE)))
    assert paused.type is signin.SignInPaused
    assert "challenge" not in paused.value.extra
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert ask_page(browser).status_code == 302
        assert browser.post("/signin/code/", {"code": last_code(PHONE)}).status_code == 302
    outbox.drain()
    alarms = AuditEvent.objects.filter(action="signin.alarm").values_list("data__what", flat=True)
    assert set(alarms) == {"spraying", "spraying_despite_work"}


@db
def test_sec_02_a_network_that_is_closed_by_itself_cannot_work_its_way_in():
    failures(2000, at_address="10.8.0.1")
    inside = Client("10.8.0.77", "a new phone")
    assert enter(solved(work.ask(PHONE)), client=inside) is signin.SignInPaused
    assert enter(solved(work.ask(PHONE))) is codes.CodeRefused


@db
def test_sec_02_the_api_hands_out_the_work_and_takes_it_back():
    failures(2000)
    refused = api("request", phone=PHONE)
    assert (refused.status_code, refused["Retry-After"]) == (429, "600")
    body = refused.json()
    assert [error["code"] for error in body["errors"]] == ["work_required"]
    assert api("request", phone=PHONE, work=solved(body["challenge"])).status_code == 202
    entered = {"phone": PHONE, "code": last_code(PHONE), "role": "student"}
    refused = api("verify", **entered)
    assert refused.json()["errors"][0]["code"] == "work_required"
    assert api("verify", **entered, work=solved(refused.json()["challenge"])).status_code == 200
    assert User.objects.get().phone == PHONE


@db
def test_sec_02_the_page_hands_out_the_work_and_takes_it_back():
    failures(2000)
    client = HttpClient()
    asked = ask_page(client, next="/account/", role="tutor")
    assert (asked.status_code, asked["Retry-After"]) == (429, "600")
    challenge = json.loads(asked.context["work"]["challenge"])
    assert asked.context["work"]["goes_on"]
    again = client.post(
        "/signin/",
        {
            "phone": PHONE,
            "page": asked.context["page_token"],
            "next": "/account/",
            "role": "tutor",
            "work": solved(challenge),
        },
    )
    assert again.status_code == 302
    page = client.get("/signin/code/")
    assert not page.context["work"]["goes_on"]
    without = client.post("/signin/code/", {"code": last_code(PHONE), "role": "tutor"})
    assert (without.status_code, without.context["work"]["goes_on"]) == (429, True)
    challenge = json.loads(page.context["work"]["challenge"])
    body = {"code": last_code(PHONE), "role": "tutor", "work": solved(challenge)}
    assert client.post("/signin/code/", body).status_code == 302
    assert User.objects.get().role == "tutor"


@db
def test_sec_02_a_page_whose_work_was_refused_is_not_sent_again_by_itself():
    failures(2000)
    asked = ask_page(HttpClient(), work="x")
    assert (asked.status_code, asked.context["work"]["goes_on"]) == (429, False)


@db
def test_sec_06_the_work_is_the_same_for_known_and_unknown_numbers(settings: Any):
    failures(2000)
    FamilyUserFactory(phone=number(91_000_001))
    TutorUserFactory(phone=number(91_000_002))
    FamilyUserFactory(phone=number(91_000_003), is_active=False)
    shapes = set()
    for n in range(1, 5):
        phone = number(91_000_000 + n)
        for path, body in (("request", {}), ("verify", {"code": "000000"})):
            answer = api(path, phone=phone, **body)
            parsed = answer.json()
            parameters = parsed.pop("challenge")["parameters"]
            fixed = {name: parameters[name] for name in ("algorithm", "cost", "keyLength", "data")}
            lengths = {name: len(str(value)) for name, value in parameters.items()}
            headers = sorted(answer.items())
            shapes.add((path, answer.status_code, str((parsed, fixed, lengths, headers))))
    assert len(shapes) == 2


@db
def test_sec_02_what_was_spent_is_forgotten_two_days_after_it_ran_out():
    failures(2000)
    assert enter(solved(work.ask(PHONE))) is codes.CodeRefused
    rule = next(rule for rule in clearing.RULES if rule.name == "codes")
    for hours, left in ((47, 1), (49, 0)):
        with clock.at(clock.now() + timedelta(hours=hours)):
            rule.clear(clock.now() - rule.after)
        assert SpentNonce.objects.count() == left
