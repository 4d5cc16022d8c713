"""The short way of machines, with views of this file's own."""

import pytest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client
from django.urls import path
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from tutorhub.core import access, errors

FOR_PEOPLE = ("session", "user", "csp_nonce", "htmx")


def seen(request: HttpRequest) -> HttpResponse:
    attributes = [name for name in FOR_PEOPLE if hasattr(request, name)]
    return JsonResponse({"attributes": attributes, "language": translation.get_language()})


def conflict(request: HttpRequest) -> HttpResponse:
    raise errors.Conflict


urlpatterns = [
    path("webhooks/seen", seen),
    path("webhooks/conflict", conflict),
    path("seen", csrf_exempt(seen)),
]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _a_rule_for_the_page(monkeypatch):
    monkeypatch.setitem(access.RULES, f"{__name__}.seen", access.Rule("GET POST"))


def test_a_machine_meets_nothing_that_is_for_people(client):
    client.cookies["sessionid"] = "of somebody"
    assert client.post("/webhooks/seen").json()["attributes"] == []
    assert client.post("/seen").json()["attributes"] == list(FOR_PEOPLE)


def test_no_cookie_and_no_variant_comes_back(client):
    answer = client.post("/webhooks/seen", headers={"Accept-Encoding": "gzip"})
    assert not answer.cookies
    assert not {"Vary", "Content-Language", "Content-Encoding"} & set(answer.headers)
    assert answer["Content-Length"] == str(len(answer.content))


def test_the_language_of_the_page_before_is_forgotten(client):
    assert client.get("/seen", headers={"Accept-Language": "hi"}).json()["language"] == "hi"
    assert client.post("/webhooks/seen").json()["language"] == "en"


def test_a_domain_error_is_its_status(client):
    answer = client.post("/webhooks/conflict")
    assert (answer.status_code, answer.content) == (409, b"")


def test_an_unknown_host_is_refused(settings):
    settings.ALLOWED_HOSTS = ["tutorhub.example"]
    assert Client(headers={"host": "tutorhub.example"}).post("/webhooks/seen").status_code == 200
    assert Client(headers={"host": "evil.example"}).post("/webhooks/seen").status_code == 400


def test_what_holds_for_everybody_holds_for_machines(settings):
    settings.SECURE_HSTS_SECONDS, settings.SECURE_SSL_REDIRECT = 3600, True
    answer = Client().post("/webhooks/seen", secure=True)
    assert answer["Strict-Transport-Security"].startswith("max-age=3600")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert Client().post("/webhooks/seen").status_code == 301


def test_a_refusal_is_logged(client, caplog):
    client.post("/webhooks/conflict")
    assert "Conflict: /webhooks/conflict" in caplog.messages
