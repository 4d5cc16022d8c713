"""The registry of sign-ins: everything that is signed in is there, and can be ended."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts import queries
from accounts.clients import SIGN_IN, device_name
from accounts.clients import Client as Device
from accounts.models import AppSession, BrowserSession, User
from accounts.services import sign_ins, stepup, tokens
from accounts.tests.cast import PHONE, ask_page, last_code
from accounts.tests.factories import FamilyUserFactory
from tutorhub.core import clock
from tutorhub.core.errors import NotAllowed

pytestmark = pytest.mark.django_db

ANDROID = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"


def browser(user: User) -> Client:
    client = Client(headers={"User-Agent": ANDROID})
    client.force_login(user, backend="accounts.backends.PhoneBackend")
    return client


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_browsers_and_apps_are_in_one_list_this_one_first():
    user = FamilyUserFactory(phone=PHONE)
    tokens.issue(user=user, client=Device("192.0.2.9", "TutorHub-App/3"))
    client = Client(headers={"User-Agent": ANDROID}, REMOTE_ADDR="192.0.2.7")
    with clock.at(clock.now() - timedelta(minutes=1)):
        ask_page(client)
        client.post("/signin/code/", {"code": last_code(PHONE)})
    browser(FamilyUserFactory())
    here = BrowserSession.objects.get(user=user).public_id
    first, second = queries.signed_in(user, here)
    assert (first.kind, first.device, first.network) == ("browser", "Chrome, Android", "192.0.2.7")
    assert (first.is_this, second.is_this) == (True, False)
    assert (second.kind, second.device) == ("app", "TutorHub-App/3")


def test_signing_one_browser_out_ends_that_one_at_its_next_request():
    user = FamilyUserFactory()
    mine, lost = browser(user), browser(user)
    sign_ins.sign_out(user, lost.session[SIGN_IN]["id"])
    assert is_in(mine)
    assert not is_in(lost)


def test_signing_an_app_out_ends_its_tokens():
    user = FamilyUserFactory()
    pair = tokens.issue(user=user, client=Device())
    app = AppSession.objects.get()
    assert sign_ins.sign_out(user, app.pk)
    headers = {"Authorization": f"Bearer {pair.access}"}
    assert Client(headers=headers).get("/api/v1/me").status_code == 401
    with pytest.raises(tokens.SessionEnded):
        tokens.rotate(refresh=pair.refresh, client=Device())
    app.refresh_from_db()
    assert app.ended_by == "owner"


def test_nobody_ends_a_sign_in_of_somebody_else():
    user, other = FamilyUserFactory(), FamilyUserFactory()
    theirs = browser(other)
    tokens.issue(user=other, client=Device())
    assert not sign_ins.sign_out(user, theirs.session[SIGN_IN]["id"])
    assert not sign_ins.sign_out(user, AppSession.objects.get().pk)
    assert is_in(theirs)


def test_all_others_end_and_this_one_stays():
    user = FamilyUserFactory()
    here, there, stranger = browser(user), browser(user), browser(FamilyUserFactory())
    tokens.issue(user=user, client=Device())
    sign_ins.sign_out_others(user, here.session[SIGN_IN]["id"])
    assert [is_in(client) for client in (here, there, stranger)] == [True, False, True]
    assert AppSession.objects.get().ended_by == "owner"


@pytest.mark.parametrize("here", [None, "018f0000-0000-7000-8000-000000000000"])
def test_all_others_than_nowhere_is_refused(here: Any):
    user = FamilyUserFactory()
    client = browser(user)
    with pytest.raises(NotAllowed):
        sign_ins.sign_out_others(user, here)
    assert is_in(client)


def test_a_browser_stays_in_the_registry_whatever_is_written_into_its_session():
    user = FamilyUserFactory()
    client = browser(user)
    before = BrowserSession.objects.get(user=user).public_id
    session = client.session
    session["something"] = "else"
    session.save()
    assert BrowserSession.objects.get(user=user).public_id == before
    client.post("/signout/")
    assert not BrowserSession.objects.filter(user=user).exists()


def test_signs_of_life_are_kept_to_five_minutes():
    user = FamilyUserFactory()
    client = browser(user)
    began = BrowserSession.objects.get(user=user).seen_at
    for minutes, is_new in ((4, False), (6, True)):
        with clock.at(began + timedelta(minutes=minutes)):
            client.get("/account/")
        assert (BrowserSession.objects.get(user=user).seen_at > began) is is_new
    user.refresh_from_db()
    assert user.seen_at == began + timedelta(minutes=6)


def test_an_app_shows_a_sign_of_life_when_it_refreshes():
    user = FamilyUserFactory()
    start = clock.now()
    with clock.at(start):
        refresh = tokens.issue(user=user, client=Device()).refresh
    with clock.at(start + timedelta(minutes=6)):
        tokens.rotate(refresh=refresh, client=Device())
    assert AppSession.objects.get().seen_at == start + timedelta(minutes=6)


def test_a_step_up_is_good_for_five_minutes_in_its_own_sign_in():
    user = FamilyUserFactory(phone=PHONE)
    here, there = browser(user), browser(user)
    here_id, there_id = (client.session[SIGN_IN]["id"] for client in (here, there))
    start = clock.now()
    with clock.at(start):
        with pytest.raises(stepup.StepUpNeeded):
            stepup.check_enough(user, here_id)
        stepup.request(user, here_id, client=Device())
        code = last_code(PHONE, "step_up_code")
        with pytest.raises(stepup.codes.CodeRefused):
            stepup.verify(user, there_id, code=code, client=Device())
        stepup.verify(user, here_id, code=code, client=Device())
        stepup.check_enough(user, here_id)
        assert not stepup.is_enough(user, there_id)
        with pytest.raises(stepup.codes.CodeRefused):
            stepup.verify(user, here_id, code=code, client=Device())
    with clock.at(start + timedelta(minutes=4, seconds=59)):
        assert stepup.is_enough(user, here_id)
    with clock.at(start + timedelta(minutes=5)):
        assert not stepup.is_enough(user, here_id)


def test_a_sign_in_code_is_no_step_up_and_the_other_way_round():
    user = FamilyUserFactory(phone=PHONE)
    client = browser(user)
    here = client.session[SIGN_IN]["id"]
    stranger = Client()
    ask_page(stranger)
    with pytest.raises(stepup.codes.CodeRefused):
        stepup.verify(user, here, code=last_code(PHONE), client=Device())
    stepup.request(user, here, client=Device())
    code = last_code(PHONE, "step_up_code")
    if code != last_code(PHONE):
        assert stranger.post("/signin/code/", {"code": code}).status_code == 400


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (ANDROID, "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130", "Firefox, Linux"),
        ("TutorHub-App/3 (build 7)", "TutorHub-App/3"),
        ("", ""),
    ],
)
def test_devices_have_names_that_people_know(text: str, name: str):
    assert device_name(text) == name
