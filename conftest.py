"""Fixtures for the whole suite."""

from collections.abc import Callable

import pytest
from django.core.cache import cache

from tutorhub.core import outbox


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    cache.clear()


@pytest.fixture
def drain(db: None) -> Callable[[], int]:
    """Run everything the outbox holds, as the relay and a worker would."""
    return outbox.drain
