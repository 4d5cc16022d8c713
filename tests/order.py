"""A pytest plugin: how the tests are spread over the processors, and in which order."""

import os

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are processors: some tests wait, as people on a slow network do."""
    return len(os.sched_getaffinity(0)) + 1


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that no worker ends alone with it.

    pytest-django puts tests with real transactions last, and most of the long ones are among them.
    """
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
