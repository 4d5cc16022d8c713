"""Every POST that moves money takes a key, and nobody forgot one."""

import re
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator

from tests.access.money import MONEY
from tests.access.policy import API, PAGES
from tests.access.routes import all_routes
from tests.access.test_access import undone
from tests.access.world import PEOPLE, World
from tutorhub.core.idempotency import FIELD, HEADER

pytestmark = pytest.mark.django_db

TEMPLATES = Path(__file__).parents[2] / "templates"
# Not a key: longer than any.
LONG = "x" * 81


@pytest.mark.parametrize("name", sorted(MONEY))
def test_it_takes_a_key(name):
    """What is no key is refused before anything else is looked at, and takes no key."""
    answer = ask(name, LONG)
    assert answer.status_code == HTTPStatus.BAD_REQUEST, answer.content[:300]
    if name in API:
        assert answer.json()["errors"][0]["attr"] == HEADER


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=str)
def test_the_forms_carry_one(template):
    """A form posts to the address it names, else to the page it is on: `app/noun_verb.html`."""
    for form in re.findall(r"<form\b.*?</form>", template.read_text(), re.DOTALL):
        named = re.search(r"<form\b[^>]*action=\"{% url \"([\w:-]+)\"", form)
        own = f"{template.parent.name}:{template.stem.replace('_', '-')}"
        route = named[1] if named else own
        assert ("{% once_key %}" in form) == (route in MONEY), form[:200]


@pytest.mark.parametrize("name", sorted(MONEY & API.keys()))
def test_the_api_says_so(name):
    operation = operations()[name]
    assert HEADER in [parameter["name"] for parameter in operation["parameters"]]
    assert {"400", "409", "422"} <= operation["responses"].keys()


def ask(name: str, key: str) -> HttpResponse:
    """A POST by somebody who may, with this key and otherwise nothing."""
    row = PAGES.get(name) or API[name]
    who = "tutor" if "tutor" in row.allowed else sorted(row.allowed & PEOPLE)[0]
    with undone():
        world = World()
        path = reverse(name, kwargs=world.ids[row.ids])
        if name in API:
            client = world.api_client(who)
            return client.post(path, content_type="application/json", headers={HEADER: key})
        return world.page_client(who).post(path, {FIELD: key})


@cache
def operations() -> dict[str, Any]:
    """Route name -> its POST in the OpenAPI description."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    found = {}
    for name, pattern in all_routes().items():
        if name in API and "POST" in API[name].methods.split():
            path = "/api/v1/" + re.sub(r"<\w+:\w+>", "{id}", str(pattern.pattern))
            found[name] = schema["paths"][path]["post"]
    return found
