"""Fixtures for the whole suite."""

from collections.abc import Callable, Iterator

import hypothesis
import pytest
from django.core.cache import cache
from django.utils import translation

from tutorhub.core import clock, memo, outbox

# How fast examples are made says something about the machine, not about the code.
hypothesis.settings.register_profile(
    "tutorhub", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("tutorhub")

pytest_plugins = [
    "payments.tests.simulator",
    "notifications.tests.simulator",
    "tests.browser",
    "tests.emptying",
    "tests.heap",
    "tests.leaks",
    "tests.order",
    "tutorhub.core.tests.operator_files",
    "tutorhub.core.tests.storages",
]


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    cache.clear()
    memo.forget()


@pytest.fixture(autouse=True)
def _no_language_of_before() -> None:
    """Django leaves a thread in the language of its last request until the next one."""
    translation.deactivate()


@pytest.fixture
def still_clock() -> Iterator[None]:
    """No day, hour or month turns between what is done and what is looked at. Name it first."""
    with clock.at(clock.now()):
        yield


@pytest.fixture
def drain(db: None) -> Callable[[], int]:
    """Run everything the outbox holds, as the relay and a worker would."""
    return outbox.drain
