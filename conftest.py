"""Fixtures for the whole suite."""

from collections.abc import Callable
from typing import Any

import hypothesis
import pytest
from django.core.cache import cache
from django.db import connection

from tutorhub.core import memo, outbox

# How fast examples are made says something about the machine, not about the code.
hypothesis.settings.register_profile(
    "tutorhub", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("tutorhub")

pytest_plugins = [
    "payments.tests.simulator",
    "notifications.tests.simulator",
    "tests.browser",
    "tests.leaks",
    "tutorhub.core.tests.storages",
]


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    cache.clear()
    memo.forget()


@pytest.fixture
def drain(db: None) -> Callable[[], int]:
    """Run everything the outbox holds, as the relay and a worker would."""
    return outbox.drain


REFERENCE_TABLES = {
    "accounts_consentnotice",
    "core_place",
    "curriculum_board",
    "curriculum_subject",
    "curriculum_language",
    "payments_creditpack",
    "payments_taxrate",
    "tutors_answertemplate",
}


@pytest.fixture(scope="session", autouse=True)
def _keep_reference_tables(django_db_setup: None) -> None:
    """Tests with real transactions empty every table afterwards, but not what migrations filled."""
    # On the class, because a test with a browser in it has a connection object of its own.
    introspection = type(connection.introspection)
    all_names = introspection.django_table_names

    def names(self: Any, only_existing: bool = False, include_views: bool = True) -> list[str]:
        return sorted(set(all_names(self, only_existing, include_views)) - REFERENCE_TABLES)

    introspection.django_table_names = names  # type: ignore[method-assign]
