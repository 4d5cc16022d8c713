"""SEC-10: suspended while signed in; the next request by cookie and by token answers 403.

Walks the table of routes (`policy.py`). Two kinds: staff shut the account, or a moderator suspends
the tutor. The second may still look, and be told why, and do nothing. Neither the way out nor what
concerns nothing but the own account is an action.
"""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from accounts.services import erasures, users
from tests.access.policy import API, PAGES, Row
from tests.access.test_access import FORBIDDEN, SIGN_IN, THROUGH, outcome, undone
from tests.access.world import World
from tutors.models import TutorProfile
from tutors.services import verification
from tutors.tests.factories import claimed

pytestmark = pytest.mark.django_db

REASON = "Two families complained"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def world() -> World:
    """With the public page of a tutor whom nothing happens to."""
    world = World()
    other = TutorProfile.objects.get(user=world.users["other_tutor"])
    world.ids |= {
        "slug": {"slug": other.slug},
        "card": {"slug": other.slug, "mark": "x"},
        "profile": {"pk": other.pk},
    }
    return world


@pytest.fixture
def cookie(world: World) -> Client:
    return world.page_client("tutor")


def requests_of(role: str) -> Iterator[tuple[str, Row, str]]:
    """Every request that people of the role may send about what is theirs."""
    for name, row in {**PAGES, **API}.items():
        if role in row.allowed:
            yield from ((name, row, method) for method in row.methods.split())


def outcomes(world: World, cookie: Client, token: Client, role: str) -> dict[str, str]:
    """What each request gets; pages by cookie, operations by token. Effects are rolled back."""
    got, session = {}, cookie.cookies[settings.SESSION_COOKIE_NAME].value
    for name, row, method in requests_of(role):
        client = token if name in API else cookie
        kwargs = {"content_type": "application/json"} if name in API and method != "GET" else {}
        if row.body and method != "GET":
            kwargs = {"data": row.body, "content_type": "application/x-www-form-urlencoded"}
        # Signing out, undone in the database, has taken the cookie from the browser.
        cookie.cookies[settings.SESSION_COOKIE_NAME] = session
        with undone():
            url = reverse(name, kwargs=world.ids[row.ids])
            got[f"{method} {name}"] = outcome(getattr(client, method.lower())(url, **kwargs))
    return got


def shut(world: World, name: str) -> None:
    users.suspend(world.users[name], by=world.users["moderator"], reason=REASON)


def hide(world: World) -> None:
    verification.suspend(
        claimed(world.tutor, world.users["moderator"]), by=world.users["moderator"], reason=REASON
    )


@pytest.mark.parametrize("name", ["tutor", "family"])
def test_sec_10_a_shut_account_gets_403_everywhere_from_the_next_request_on(
    world: World, name: str
):
    cookie, token = world.page_client(name), world.api_client(name)
    before = outcomes(world, cookie, token, name)
    assert set(before.values()) == {THROUGH}

    shut(world, name)

    after = outcomes(world, cookie, token, name)
    expected = {
        f"{method} {route}": THROUGH
        if row.is_open and (route in PAGES or route.startswith("api:auth-"))
        else FORBIDDEN
        for route, row, method in requests_of(name)
    }
    assert after == expected
    assert list(expected.values()).count(FORBIDDEN) > 30


def test_sec_10_a_suspended_tutor_gets_403_for_every_action_and_may_look(
    world: World, cookie: Client
):
    token = world.api_client("tutor")
    assert set(outcomes(world, cookie, token, "tutor").values()) == {THROUGH}

    hide(world)

    after = outcomes(world, cookie, token, "tutor")
    expected = {
        f"{method} {route}": FORBIDDEN if row.is_action(method) else THROUGH
        for route, row, method in requests_of("tutor")
    }
    assert after == expected
    assert list(expected.values()).count(FORBIDDEN) > 25


def test_sec_10_lifting_the_suspension_of_a_tutor_opens_everything_again(
    world: World, cookie: Client
):
    token = world.api_client("tutor")
    hide(world)
    verification.restore(
        claimed(TutorProfile.objects.get(pk=world.tutor.pk), world.users["moderator"]),
        by=world.users["moderator"],
        reason="cleared",
    )
    assert set(outcomes(world, cookie, token, "tutor").values()) == {THROUGH}


def test_sec_10_a_new_epoch_signs_out_everywhere(world: World, cookie: Client):
    token = world.api_client("tutor")
    User.objects.filter(pk=world.users["tutor"].pk).update(session_epoch=1)
    got = outcomes(world, cookie, token, "tutor")
    closed = [f"{method} {name}" for name, row, method in requests_of("tutor") if not row.is_open]
    assert {got[request] for request in closed} == {SIGN_IN}


def test_sec_10_a_shut_account_is_told_whom_to_write_to_and_can_leave(world: World, cookie: Client):
    shut(world, "tutor")
    response = cookie.get("/earnings/")
    assert response.status_code == 403
    assert "no-store" in response["Cache-Control"]
    page = response.content.decode()
    assert "Your account is suspended" in page
    assert "mailto:help@tutorhub.example" in page
    assert 'action="/signout/"' in page
    assert REASON not in page

    assert cookie.get("/").status_code == 200
    assert cookie.get("/tutors/").status_code == 200
    left = cookie.post("/signout/")
    assert (left.status_code, left["Location"]) == (302, "/")
    assert cookie.get("/earnings/")["Location"].startswith("/signin/")


def test_sec_10_a_shut_account_still_sees_the_pictures_of_public_pages(
    world: World, cookie: Client
):
    shut(world, "tutor")
    picture = reverse("core:picture", kwargs={"name": f"{'a' * 32}-168.jpg"})
    assert cookie.get(picture).status_code == 404
    assert cookie.get("/earnings/").status_code == 403


def test_sec_10_the_page_speaks_hindi(world: World, cookie: Client):
    shut(world, "tutor")
    cookie.cookies[settings.LANGUAGE_COOKIE_NAME] = "hi"
    # A request leaves its language behind in this thread.
    with translation.override("en", deactivate=True):
        page = cookie.get("/earnings/").content.decode()
    assert "आपका खाता रोका गया है" in page
    with translation.override("hi"):
        assert translation.gettext("Our staff wrote:") != "Our staff wrote:"


def test_sec_10_htmx_and_programs_get_403_in_their_own_shape(world: World, cookie: Client):
    shut(world, "tutor")
    part = cookie.post("/tutor/profile/subjects/", {"add_row": "1"}, headers=HTMX)
    assert (part.status_code, part["HX-Retarget"]) == (403, "#main")
    assert part["HX-Reselect"] == "#suspended"
    assert b'id="suspended"' in part.content
    assert b"<html" not in part.content

    answer = cookie.post("/payouts/", headers={"Accept": "application/json"})
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["code"] == "account_suspended"


def test_sec_10_a_button_gets_403_too_and_no_way_back_to_its_page(world: World, cookie: Client):
    """Other refusals of a button go back to the page it was on, with a message."""
    hide(world)
    headers = {"Referer": "http://testserver/payouts/"}
    response = cookie.post("/payouts/", {"amount": "500"}, headers=headers)
    assert response.status_code == 403
    page = response.content.decode()
    assert "Your profile is suspended" in page
    assert REASON in page


def test_sec_10_a_suspended_tutor_reads_why_and_sees_the_own_earnings(world: World, cookie: Client):
    hide(world)
    assert REASON in cookie.get("/tutor/").content.decode()
    assert cookie.get("/earnings/").status_code == 200
    refusal = world.api_client("tutor").post("/api/v1/tutors/payouts")
    assert refusal.status_code == 403
    assert refusal.json()["errors"][0]["code"] == "suspended"
    assert refusal.json()["notes"] == REASON


def test_sec_10_a_shut_account_comes_back_by_signing_in_anew(world: World, cookie: Client):
    shut(world, "tutor")
    users.restore(world.users["tutor"], by=world.users["moderator"], reason="a mistake")
    assert cookie.get("/earnings/")["Location"].startswith("/signin/")


def test_sec_10_the_browser_of_somebody_erased_is_signed_out(world: World, cookie: Client):
    erasures.erase(world.users["tutor"], by=world.users["tutor"])
    assert cookie.get("/earnings/")["Location"].startswith("/signin/")


def test_sec_10_somebody_else_may_sign_in_from_the_same_browser(world: World, cookie: Client):
    shut(world, "tutor")
    assert cookie.get("/signin/").status_code == 200
    cookie.force_login(world.users["family"], backend="accounts.backends.PhoneBackend")
    assert cookie.get("/family/").status_code == 200
