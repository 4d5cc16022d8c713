"""What load balancers, crawlers and phones get."""

import pytest
import redis
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client


def test_live_touches_no_server(client: Client) -> None:
    answer = client.get("/health/live")
    assert answer.status_code == 200
    assert answer.json() == {"status": "live"}


@pytest.mark.django_db
def test_ready_asks_postgresql_and_redis(client: Client) -> None:
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["checks"] == {"postgresql": True, "redis": True}


@pytest.mark.django_db
def test_ready_says_which_server_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_database() -> None:
        raise OperationalError

    def no_redis(key: str) -> None:
        raise redis.ConnectionError

    monkeypatch.setattr(connection, "cursor", no_database)
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["checks"]["postgresql"]) == (503, False)
    monkeypatch.undo()
    monkeypatch.setattr(cache, "get", no_redis)
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["checks"]["redis"]) == (503, False)


def test_robots_stay_out_of_private_pages(client: Client) -> None:
    text = client.get("/robots.txt").text
    assert "Disallow: /family/" in text
    assert "Disallow: /tutors" not in text


def test_manifest_names_an_icon(client: Client) -> None:
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    assert answer.json()["icons"][0]["src"].endswith("icon.svg")
