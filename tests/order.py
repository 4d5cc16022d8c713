"""A pytest plugin: what takes longest begins first, so that no worker ends alone with it.

pytest-django puts tests with real transactions last, and most of the long ones are among them.
"""

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
