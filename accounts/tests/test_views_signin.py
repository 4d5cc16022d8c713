"""The pages of sign-in."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from accounts.decorators import family_required, tutor_required
from accounts.models import User
from accounts.services import onboarding
from accounts.tests.cast import PHONE, ask_page, last_code, wrong_code
from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from tutorhub.core.errors import NotAllowed

pytestmark = pytest.mark.django_db


def test_a_new_family_signs_in(client: Client, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        page = client.get("/signin/")
    assert page.status_code == 200
    assert page["Cache-Control"].startswith("max-age=0")
    assert ask_page(client, "98765 00001")["Location"] == "/signin/code/"
    with django_assert_max_num_queries(8):
        page = client.get("/signin/code/")
    assert PHONE.encode() in page.content
    response = client.post("/signin/code/", {"code": last_code(PHONE), "role": "student"})
    assert response.status_code == 302
    user = User.objects.get(phone=PHONE)
    assert response["Location"] == onboarding.next_url(user)
    assert client.session["_auth_user_id"] == str(user.pk)


def test_a_new_number_without_a_role_is_asked_and_need_not_wait_for_a_code(client: Client):
    ask_page(client, PHONE)
    code = last_code(PHONE)
    page = client.post("/signin/code/", {"code": code})
    assert page.status_code == 400
    assert b"This number is new here" in page.content
    assert client.post("/signin/code/", {"code": code, "role": "tutor"}).status_code == 302
    assert User.objects.get().is_tutor


def test_the_role_of_a_link_is_preselected(client: Client):
    page = client.get("/signin/?role=tutor")
    assert b'name="role" value="tutor"' in page.content
    ask_page(client, PHONE, role="tutor")
    page = client.get("/signin/code/")
    assert page.context["form"]["role"].value() == "tutor"


def test_a_wrong_code_says_so_on_the_form(client: Client):
    ask_page(client, PHONE)
    page = client.post("/signin/code/", {"code": wrong_code(PHONE), "role": "student"})
    assert page.status_code == 400
    assert b"not right or no longer valid" in page.content


def test_a_wrong_number_says_so_on_the_form(client: Client):
    page = ask_page(client, "12345")
    assert page.status_code == 200
    assert b"Indian mobile number" in page.content


def test_asking_too_soon_keeps_the_code_that_is_on_its_way(client: Client):
    ask_page(client, PHONE)
    response = ask_page(client, PHONE, follow=True)
    assert response.redirect_chain == [("/signin/code/", 302)]
    assert b"Please wait" in response.content
    other = ask_page(Client(), PHONE)
    assert other.status_code == 429
    assert int(other["Retry-After"]) > 0


def test_the_code_page_without_a_number_goes_back(client: Client):
    assert client.get("/signin/code/")["Location"] == "/signin/"


def test_a_page_asked_for_before_comes_after(client: Client, monkeypatch):
    monkeypatch.setitem(onboarding._steps, "student", lambda user: onboarding.DASHBOARD)
    FamilyUserFactory(phone=PHONE)
    ask_page(client, PHONE, next="/classes/?page=2")
    response = client.post("/signin/code/", {"code": last_code(PHONE)})
    assert response["Location"] == "/classes/?page=2"


def test_onboarding_comes_first_and_remembers_the_page(client: Client, monkeypatch):
    monkeypatch.setitem(onboarding._steps, "student", lambda user: ("learner", "site:help"))
    FamilyUserFactory(phone=PHONE)
    ask_page(client, PHONE, next="/classes/")
    response = client.post("/signin/code/", {"code": last_code(PHONE)})
    assert response["Location"] == "/help/?next=%2Fclasses%2F"


def test_signing_out_is_a_post(client: Client):
    client.force_login(FamilyUserFactory(), backend="accounts.backends.PhoneBackend")
    assert client.get("/signout/").status_code == 405
    assert client.post("/signout/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_the_language_is_kept_on_the_account(client: Client):
    user = FamilyUserFactory(phone=PHONE)
    client.force_login(user, backend="accounts.backends.PhoneBackend")
    client.post("/language/", {"language": "hi", "next": "/"})
    user.refresh_from_db()
    assert user.language == "hi"
    elsewhere = Client()
    ask_page(elsewhere, PHONE)
    response = elsewhere.post("/signin/code/", {"code": last_code(PHONE)})
    assert response.cookies["django_language"].value == "hi"


def test_decorators_send_strangers_to_sign_in_and_refuse_the_wrong_role(client: Client, rf):
    def page(request):
        return "seen"

    request = rf.get("/leads/?a=1")
    request.user = AnonymousUser()
    assert tutor_required(page)(request)["Location"] == "/signin/?next=/leads/%3Fa%3D1"
    request.user = FamilyUserFactory()
    with pytest.raises(NotAllowed):
        tutor_required(page)(request)
    assert family_required(page)(request) == "seen"
    request.user = TutorUserFactory()
    assert tutor_required(page)(request) == "seen"
