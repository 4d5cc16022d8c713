"""Pages of no app: who sees what, and what happens when something is wrong."""

import pytest
from django.conf import settings
from django.http import HttpRequest
from django.test import Client, RequestFactory, override_settings

from tutorhub.core import errors
from tutorhub.core.http import DomainErrorMiddleware

pytestmark = pytest.mark.django_db


def test_home_leads_into_the_search(client: Client) -> None:
    html = client.get("/").text
    assert 'action="/tutors/"' in html
    assert 'name="pin_code"' in html
    assert "₹\u00a0534.95" in html


def test_styleguide_is_for_development_only(client: Client) -> None:
    assert client.get("/styleguide").status_code == 200
    with override_settings(DEVELOPMENT_PAGES=False):
        assert client.get("/styleguide").status_code == 404


def test_language_is_kept_and_leads_nowhere_else(client: Client) -> None:
    answer = client.post("/language/", {"language": "hi", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"
    assert 'lang="hi"' in client.get("/").text
    assert client.get("/language/").status_code == 405


def test_missing_page_says_so_in_our_frame(client: Client) -> None:
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    assert "We cannot find this page" in answer.text


def test_missing_token_is_explained() -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/language/", {"language": "hi"})
    assert answer.status_code == 403
    assert "Please send it again" in answer.text


def test_domain_error_of_a_page_has_its_status_and_text(rf: RequestFactory) -> None:
    middleware = DomainErrorMiddleware(lambda request: None)  # type: ignore[arg-type,return-value]
    request: HttpRequest = rf.get("/")
    answer = middleware.process_exception(request, errors.Conflict("Somebody else was faster."))
    assert answer is not None
    assert answer.status_code == 409
    assert "Somebody else was faster." in answer.content.decode()


def test_broken_page_needs_nothing_to_be_drawn() -> None:
    text = (settings.BASE_DIR / "templates/500.html").read_text()
    assert "{%" not in text
    assert "{{" not in text


@pytest.mark.parametrize("path", ["/dashboard/", "/family/", "/tutor/"])
def test_dashboards_ask_for_a_sign_in(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/signin/")
