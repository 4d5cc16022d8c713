"""SEC-07: a SIM that was swapped, and a number that was given to somebody else."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.clients import SIGN_IN
from accounts.models import KnownDevice, User
from accounts.services import devices, proofs, signin
from accounts.tests.cast import PHONE, ask_page, last_code, step_up, trust
from accounts.tests.cast import sign_in as api_sign_in
from accounts.tests.factories import FamilyUserFactory, StaffFactory, TutorUserFactory
from notifications.models import Message
from students.tests.factories import LearnerFactory
from tutorhub.core import clock
from tutorhub.core.models import AuditEvent

pytestmark = pytest.mark.django_db

EMAIL = "ravi@example.com"


def enter(browser: Client) -> None:
    ask_page(browser)
    assert browser.post("/signin/code/", {"code": last_code(PHONE)}).status_code == 302


def api(access: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {access}"})


def sign_in_id(browser: Client) -> Any:
    return browser.session[SIGN_IN]["id"]


@pytest.fixture
def tutor() -> User:
    """A tutor who has been signed in on one device for long."""
    user = TutorUserFactory(phone=PHONE, email=EMAIL)
    with clock.at(clock.now() - timedelta(days=30)):
        enter(Client())
    Message.objects.all().delete()
    return user


WAITS = {
    "put /tutors/payout-method": (72, {"kind": "upi"}),
    "post /tutors/payouts": (72, {"amount_paise": 50_000}),
    "post /me/phone/request": (24, {"phone": "+919876500077"}),
    "post /me/email": (24, {"email": "thief@example.com"}),
}


@pytest.mark.parametrize("operation", WAITS)
def test_sec_07_a_new_device_waits_and_is_told_until_when(tutor: User, operation: str):
    hours, body = WAITS[operation]
    method, path = operation.split()
    start = clock.now()
    access = api_sign_in(Client(), PHONE)["access"]
    step_up(tutor, tutor.app_sessions.get().pk)

    def status(after: timedelta) -> Any:
        with clock.at(start + after):
            step_up(tutor, tutor.app_sessions.get().pk)
            return getattr(api(access), method)(f"/api/v1{path}", body, "application/json")

    for after in (timedelta(0), timedelta(hours=hours, seconds=-5)):
        refused = status(after)
        assert refused.status_code == 403, refused.content
        assert refused.json()["errors"][0]["code"] == "device_too_new"
        assert "new device" in refused.json()["errors"][0]["detail"]
        assert refused.json()["allowed_at"] > clock.now().isoformat()
    later = status(timedelta(hours=hours, seconds=5))
    assert b"device_too_new" not in later.content


@pytest.mark.parametrize("path", ["/payouts/", "/payout-method/"])
def test_sec_07_the_pages_say_so_too(tutor: User, path: str):
    thief = Client()
    enter(thief)
    assert thief.get(path).status_code == 200
    refused = thief.post(path, {"amount": "500"})
    assert refused.status_code == 403
    assert b"You are on a new device" in refused.content
    trust(thief, tutor)
    assert thief.post(path, {"amount": "500"}).status_code == 200


def test_sec_07_the_device_an_account_was_made_with_waits_for_nothing():
    browser = Client()
    ask_page(browser)
    browser.post("/signin/code/", {"code": last_code(PHONE), "role": "tutor"})
    assert KnownDevice.objects.get().is_original
    assert browser.post("/payouts/", {"amount": "500"}).status_code == 200
    browser.post("/signout/")
    enter(browser)
    assert browser.post("/payouts/", {"amount": "500"}).status_code == 200
    assert not Message.objects.filter(template="new_device").exists()


def test_sec_07_a_sign_in_on_a_new_device_is_told_by_phone_and_mail_and_on_the_others(tutor: User):
    known = Client()
    known.force_login(tutor, backend="accounts.backends.PhoneBackend")
    with clock.at(clock.now() + timedelta(seconds=1)):
        enter(Client())
    told = Message.objects.filter(template="new_device").values_list("channel", "to")
    assert set(told) == {("whatsapp", PHONE), ("email", EMAIL)}
    page = known.get("/help/")
    assert b"A new device has signed in" in page.content
    assert AuditEvent.objects.filter(action="user.new_device", object_id=str(tutor.pk)).exists()

    known.get("/account/devices/")
    assert b"A new device has signed in" not in known.get("/help/").content


def test_sec_07_the_new_device_itself_and_known_ones_see_no_notice(tutor: User):
    browser = Client()
    enter(browser)
    assert b"A new device has signed in" not in browser.get("/help/").content
    browser.post("/signout/")
    Message.objects.all().delete()
    enter(browser)
    assert not Message.objects.filter(template="new_device").exists()


@pytest.fixture
def dormant() -> User:
    """A family that was last seen a hundred days ago, with a child."""
    long_ago = clock.now() - timedelta(days=101)
    user = FamilyUserFactory(phone=PHONE, email=EMAIL, seen_at=long_ago)
    LearnerFactory(family__user=user, name="Kavya Secretname")
    with clock.at(clock.now() - timedelta(days=100)):
        enter(Client())
    user.refresh_from_db()
    return user


PRIVATE = ["/family/", "/classes/", "/enquiries/", "/payments/", "/wallet/", "/account/"]


def test_sec_07_a_dormant_account_shows_a_new_device_no_child(dormant: User):
    stranger = Client()
    enter(stranger)
    for path in PRIVATE:
        response = stranger.get(path, follow=True)
        assert response.redirect_chain == [("/account/prove/", 302)], path
        assert b"Kavya" not in response.content
    assert EMAIL.encode() not in stranger.get("/account/prove/").content
    assert b"r\xe2\x80\xa2" in stranger.get("/account/prove/").content

    access = api_sign_in(Client(), PHONE)["access"]
    for path in ("students/learners/", "enquiries/", "sessions/", "me", "me/sessions/"):
        answer = api(access).get(f"/api/v1/{path}")
        if answer.status_code == 404:
            continue
        assert answer.status_code == 403, path
        assert answer.json()["errors"][0]["code"] == "second_proof_needed"
    assert api(access).delete("/api/v1/me").status_code == 403
    assert User.objects.get(pk=dormant.pk).phone == PHONE


def test_sec_07_a_code_by_mail_opens_it(dormant: User):
    owner = Client()
    enter(owner)
    owner.post("/account/prove/", {"send": "1"})
    wrong = "000000" if last_code(EMAIL, "proof_code") != "000000" else "111111"
    assert owner.post("/account/prove/", {"code": wrong}).status_code == 400
    assert owner.get("/family/").status_code == 302
    proved = owner.post("/account/prove/", {"code": last_code(EMAIL, "proof_code")})
    assert proved.status_code == 302
    assert b"Kavya" in owner.get("/family/").content
    assert not devices.is_dormant(User.objects.get(pk=dormant.pk))


def test_sec_07_a_code_by_mail_opens_it_for_the_app(dormant: User):
    access = api_sign_in(Client(), PHONE)["access"]
    assert api(access).post("/api/v1/me/proof/request").status_code == 202
    body = {"code": last_code(EMAIL, "proof_code")}
    answer = api(access).post("/api/v1/me/proof/verify", body, "application/json")
    assert answer.status_code == 204
    assert api(access).get("/api/v1/students/learners/").status_code == 200


def test_sec_07_the_proof_of_one_device_does_not_open_another(dormant: User):
    owner, stranger = Client(), Client()
    enter(owner)
    with clock.at(clock.now() + timedelta(minutes=3)):
        enter(stranger)
    owner.post("/account/prove/", {"send": "1"})
    code = last_code(EMAIL, "proof_code")
    assert stranger.post("/account/prove/", {"code": code}).status_code == 400
    owner.post("/account/prove/", {"code": code})
    assert stranger.get("/family/")["Location"] == "/account/prove/"


def test_sec_07_the_device_it_was_used_with_needs_no_proof():
    browser = Client()
    FamilyUserFactory(phone=PHONE)
    with clock.at(clock.now() - timedelta(days=100)):
        enter(browser)
        browser.post("/signout/")
    enter(browser)
    assert browser.get("/account/").status_code == 200


def test_sec_07_ninety_days_are_not_yet_long():
    FamilyUserFactory(phone=PHONE)
    with clock.at(clock.now() - timedelta(days=89)):
        enter(Client())
    other = Client()
    enter(other)
    assert other.get("/account/").status_code == 200


def test_sec_07_staff_can_vouch(dormant: User):
    owner = Client()
    enter(owner)
    assert proofs.vouch(dormant, by=StaffFactory(), reason="came with the SIM card") == 1
    assert owner.get("/account/prove/")["Location"] == "/dashboard/"
    assert b"Kavya" in owner.get("/family/").content


def test_sec_07_the_new_holder_of_the_number_starts_clean(dormant: User):
    stranger = Client()
    enter(stranger)
    assert stranger.post("/account/prove/start-clean/").status_code == 302
    assert stranger.get("/family/")["Location"].startswith("/signin/")
    dormant.refresh_from_db()
    assert (dormant.phone, dormant.is_active) == (None, True)
    assert Message.objects.filter(template="number_let_go", to=EMAIL).exists()

    with clock.at(clock.now() + timedelta(minutes=5)):
        signin.request_code(phone=PHONE, client=devices.Client("192.0.2.1", "x"))
        entered = signin.verify_code(
            phone=PHONE,
            code=last_code(PHONE),
            role="student",
            client=devices.Client("192.0.2.1", "x"),
        )
    assert entered.is_new
    assert entered.user.pk != dormant.pk


def test_sec_07_nobody_can_let_go_of_an_account_that_is_open():
    user = FamilyUserFactory(phone=PHONE)
    browser = Client()
    enter(browser)
    assert browser.post("/account/prove/start-clean/").status_code == 409
    user.refresh_from_db()
    assert user.phone == PHONE
