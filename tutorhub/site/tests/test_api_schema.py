"""The description of the API is made once, and is what it would be if made anew."""

from typing import Any

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from tutorhub.site import api_schema


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Descriptions that were made, in their order."""
    api_schema._described.cache_clear()
    get_schema, found = SchemaGenerator.get_schema, []

    def watched(self: SchemaGenerator, request: Any = None, public: bool = False) -> Any:
        found.append(get_schema(self, request, public))
        return found[-1]

    monkeypatch.setattr(SchemaGenerator, "get_schema", watched)
    return found


@pytest.mark.django_db
def test_it_is_made_once_for_a_language_and_always_the_same(client: Client, made: list[Any]):
    asked = [client.get("/api/schema", {"format": "json"}).json() for _ in range(2)]
    assert len(made) == 1
    assert client.get("/api/schema", {"format": "json", "lang": "hi"}).status_code == 200
    assert len(made) == 2
    anew = SchemaGenerator().get_schema(request=None, public=True)
    assert asked[0] == asked[1] == anew
    assert "/api/v1/auth/logout" in anew["paths"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/schema", "/api/docs"])
def test_in_production_it_is_there_if_asked_for(client: Client, settings: Any, path: str):
    assert client.get(path).status_code == 200
    settings.API_DOCS = False
    assert client.get(path).status_code == 404
